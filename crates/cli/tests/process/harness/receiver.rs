//! Somebody who is told: records every notification as it came, and answers what the test wants.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::text::{pairs_of, value_of};
use super::wait;

/// How long a notification may take to come.
const ARRIVES_MAX: Duration = Duration::from_secs(20);

/// One request, as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Path and query.
    pub target: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Received {
    /// The fields of the form.
    pub fn pairs(&self) -> Vec<(String, String)> {
        pairs_of(&self.body)
    }

    /// One field of the form.
    pub fn field(&self, name: &str) -> Option<String> {
        value_of(&self.pairs(), name).map(str::to_owned)
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        value_of(&self.headers, name).unwrap_or_default()
    }

    /// Whether it is about this transaction and status.
    pub fn says(&self, transaction: &str, operation: &str, status: &str) -> bool {
        let is = |name: &str, wanted: &str| self.field(name).as_deref() == Some(wanted);
        is("transactionId", transaction)
            && is("operation", operation)
            && is("transactionStatus", status)
    }
}

#[derive(Default)]
struct Shared {
    received: Mutex<Vec<Received>>,
    answers: Mutex<VecDeque<u16>>,
}

/// A receiver on loopback. It lives as long as the test's process.
pub struct Receiver {
    /// Where it listens.
    pub address: String,
    shared: Arc<Shared>,
}

impl Receiver {
    /// Begins to listen. It answers 200 unless told otherwise.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let shared: Arc<Shared> = Arc::default();
        let given = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = given.clone();
                std::thread::spawn(move || drop(serve(stream, &shared)));
            }
        });
        Receiver { address, shared }
    }

    /// A URL of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What the next requests are answered with, before 200 again.
    pub fn answer_next(&self, statuses: &[u16]) {
        self.shared
            .answers
            .lock()
            .expect("no poison")
            .extend(statuses);
    }

    /// Everything that came so far.
    pub fn all(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no poison").clone()
    }

    /// Waits for a notification.
    pub fn wait_for(&self, transaction: &str, operation: &str, status: &str) -> Received {
        let what = format!("the notification {operation} {status} of {transaction}");
        wait::until(&what, ARRIVES_MAX, || {
            self.all()
                .into_iter()
                .find(|one| one.says(transaction, operation, status))
        })
    }
}

fn serve(mut stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let length = value_of(&headers, "content-length").and_then(|text| text.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body)?;
        let body = String::from_utf8_lossy(&body).into_owned();
        let received = Received {
            target,
            headers,
            body,
        };
        shared.received.lock().expect("no poison").push(received);
        let status = shared
            .answers
            .lock()
            .expect("no poison")
            .pop_front()
            .unwrap_or(200);
        write!(
            stream,
            "HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\n\r\n"
        )?;
    }
}
