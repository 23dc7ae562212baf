//! A web server that takes notifications and answers 200.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use signing::form;

use super::Pairs;

/// How long a notification may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A notification as it came.
#[derive(Clone, Debug)]
pub struct Message {
    /// The body, a form.
    pub body: String,
}

impl Message {
    /// Its fields, decoded, in the order sent.
    pub fn fields(&self) -> Pairs {
        let read = form::parse(self.body.as_bytes(), &form::Limits::DEFAULT).expect("a form");
        let owned = read
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value.into_owned()));
        owned.collect()
    }

    /// One field; empty when it is absent.
    pub fn field(&self, name: &str) -> String {
        form::value(&self.fields(), name)
            .unwrap_or_default()
            .to_owned()
    }
}

/// The web server. It lives as long as the test.
pub struct Receiver {
    /// Where notifications go.
    pub url: String,
    messages: mpsc::Receiver<Message>,
}

impl Receiver {
    /// Starts one on a free port.
    pub fn start() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (to, messages) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let to = to.clone();
                std::thread::spawn(move || take(stream, &to));
            }
        });
        Receiver {
            url: format!("http://{address}/ipn?shop=7"),
            messages,
        }
    }

    /// The next notification.
    pub fn next(&self) -> Message {
        let next = self.messages.recv_timeout(PATIENCE);
        next.expect("a notification")
    }
}

fn take(mut stream: TcpStream, to: &mpsc::Sender<Message>) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text
            .split_once("\r\n\r\n")
            .filter(|(head, body)| length(head) <= body.len());
        let Some((_, body)) = whole else {
            let mut buffer = [0; 4_096];
            let read = stream.read(&mut buffer).ok().filter(|read| 0 < *read)?;
            bytes.extend_from_slice(&buffer[..read]);
            continue;
        };
        let body = body.to_owned();
        to.send(Message { body }).ok()?;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .ok()?;
        bytes.clear();
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_lowercase();
    let line = lower
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    line.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
