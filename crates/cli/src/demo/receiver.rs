//! The marketplace's own web server: takes notifications, and the browsers that come back.

use std::sync::Arc;

use signing::verification::{self, PublishedKey, Verdict};
use signing::{UrlParts, form};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};

use super::PATIENCE;
use super::client::{self, Question};
use crate::Failure;

/// A notification as it came.
#[derive(Clone)]
pub struct Told {
    /// The body, a form.
    pub body: String,
}

impl Told {
    /// One of its fields.
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = form::parse(self.body.as_bytes(), &form::Limits::DEFAULT).ok()?;
        form::value(&pairs, name).map(str::to_owned)
    }
}

/// The marketplace's web server.
pub struct Receiver {
    /// `127.0.0.1:port`.
    pub host: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    told: Mutex<Vec<Told>>,
    news: Notify,
}

impl Receiver {
    /// Starts it on a free port.
    pub async fn start() -> Result<Receiver, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(Failure::untried)?;
        let host = listener.local_addr().map_err(Failure::untried)?.to_string();
        let shared: Arc<Shared> = Arc::default();
        let to = shared.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let to = to.clone();
                tokio::spawn(async move { take(stream, &to).await });
            }
        });
        Ok(Receiver { host, shared })
    }

    /// Where notifications go.
    pub fn ipn_url(&self) -> String {
        format!("http://{}/notifications", self.host)
    }

    /// Where browsers come back.
    pub fn return_url(&self) -> String {
        format!("http://{}/return?cart=7", self.host)
    }

    /// Waits for the notification about a transaction with this operation and status.
    pub async fn wait_for(
        &self,
        transaction: &str,
        operation: &str,
        status: &str,
    ) -> Result<Told, Failure> {
        let is_it = |told: &&Told| {
            let is = |name, value: &str| told.field(name).as_deref() == Some(value);
            is("transactionId", transaction)
                && is("operation", operation)
                && is("transactionStatus", status)
        };
        let wait = async {
            loop {
                let news = self.shared.news.notified();
                if let Some(told) = self.shared.told.lock().await.iter().find(is_it) {
                    return told.clone();
                }
                news.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait)
            .await
            .map_err(|_| Failure::wrong(format!("no notification {operation} {status} came")))
    }
}

/// Takes one connection's requests; an answer of 200 is a delivery.
async fn take(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut bytes = Vec::new();
    loop {
        let (head, length) = loop {
            if let Some(found) = whole_head(&bytes) {
                break found;
            }
            fill(&mut stream, &mut bytes).await?;
        };
        while bytes.len() < head + length {
            fill(&mut stream, &mut bytes).await?;
        }
        let body = String::from_utf8_lossy(&bytes[head..head + length]).into_owned();
        bytes.drain(..head + length);
        if !body.is_empty() {
            shared.told.lock().await.push(Told { body });
            shared.news.notify_waiters();
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await
            .ok()?;
    }
}

async fn fill(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(bytes).await.ok()?;
    (0 < read).then_some(())
}

/// Where the body begins, and how long it is.
fn whole_head(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    Some((
        end,
        length
            .and_then(|text| text.trim().parse().ok())
            .unwrap_or(0),
    ))
}

/// Fetches the certificate that a message names, and checks the message's signature with it.
pub async fn is_genuine(end_point: &str, parameters: &str) -> Result<bool, Failure> {
    let pairs = form::parse(parameters.as_bytes(), &form::Limits::DEFAULT);
    let pairs = pairs.map_err(Failure::wrong)?;
    let certificate_url = form::value(&pairs, "certificateUrl")
        .unwrap_or_default()
        .to_owned();
    let url = UrlParts::parse(&certificate_url).map_err(Failure::wrong)?;
    let host = url.host_for_signature();
    let target = url.request_target();
    let question = Question {
        verb: "GET",
        host: &host,
        target: &target,
        cookie: "",
        form: "",
    };
    let pem = client::ask(&question).await?.body;
    let public_key = signing::certificate::public_key(&pem).map_err(Failure::wrong)?;
    let keys = [PublishedKey {
        certificate_url,
        public_key,
    }];
    let verdict = verification::verify_message(&keys, end_point, parameters);
    Ok(verdict.map_err(Failure::wrong)? == Verdict::Success)
}
