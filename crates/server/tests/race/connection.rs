//! One keep-alive connection, and the replies that come back on it.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a connection may lie idle before it is opened again; the server closes one after 15 s.
const IDLE_MAX: Duration = Duration::from_secs(5);

/// A connection of a client that sends one request at a time.
pub struct Connection {
    stream: TcpStream,
    host: String,
    bytes: Vec<u8>,
    used: Instant,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub body: String,
}

impl Connection {
    /// Connects to a host and port.
    pub async fn open(host: &str) -> Connection {
        Connection {
            stream: connect(host).await,
            host: host.to_owned(),
            bytes: Vec::new(),
            used: Instant::now(),
        }
    }

    /// Sends a signed query and reads the reply; the connection stays open.
    pub async fn send(&mut self, query: &str) -> Reply {
        if IDLE_MAX < self.used.elapsed() {
            self.stream = connect(&self.host).await;
        }
        let request = format!("GET /?{query} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        let sent = self.stream.write_all(request.as_bytes()).await;
        sent.expect("the server takes requests");
        self.bytes.clear();
        loop {
            if let Some(reply) = parse(&self.bytes) {
                self.used = Instant::now();
                return reply;
            }
            let read = self.stream.read_buf(&mut self.bytes).await;
            let count = read.expect("the server answers");
            assert!(0 < count, "the server closed the connection");
        }
    }
}

async fn connect(host: &str) -> TcpStream {
    let stream = TcpStream::connect(host).await.expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    stream
}

/// The reply, once all of it is there.
fn parse(bytes: &[u8]) -> Option<Reply> {
    let text = std::str::from_utf8(bytes).expect("replies are UTF-8");
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().expect("a length"))
    });
    let length = length.expect("whole replies with a length");
    let status = head.split(' ').nth(1).expect("a status line");
    let status = status.parse().expect("a status");
    (length <= body.len()).then(|| Reply {
        status,
        body: body.to_owned(),
    })
}

impl Reply {
    /// The text of the first element of that name.
    pub fn text(&self, element: &str) -> Option<&str> {
        texts(&self.body, element).next()
    }

    /// Whether it is an answer and no error.
    pub fn is_ok(&self) -> bool {
        self.status == 200
    }

    /// The transaction that an answer names.
    #[track_caller]
    pub fn transaction(&self) -> String {
        let id = self.text("TransactionId");
        assert!(self.is_ok(), "{}", self.body);
        id.unwrap_or_else(|| panic!("no transaction: {}", self.body))
            .to_owned()
    }

    /// Checks that it is an answer with one of these statuses.
    #[track_caller]
    pub fn answers(&self, statuses: &[&str]) {
        let status = self.text("TransactionStatus").unwrap_or_default();
        let fits = self.is_ok() && statuses.contains(&status);
        assert!(fits, "not {statuses:?}: {}", self.body);
    }

    /// Checks that it is this error, and that its sentence says one of these.
    #[track_caller]
    pub fn refused(&self, code: &str, says: &[&str]) {
        let found = self.text("Code").unwrap_or_default();
        assert_eq!(found, code, "{}", self.body);
        let known = wire::codes::find(code).expect("a documented code");
        assert_eq!(self.status, known.http, "{}", self.body);
        let message = self.text("Message").unwrap_or_default();
        let named = says.iter().any(|part| message.contains(part));
        assert!(named, "{message:?} names none of {says:?}");
    }
}

/// The texts of all elements of that name, in order.
pub fn texts<'a>(xml: &'a str, element: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&open)?;
        let (text, after) = after.split_once(&close)?;
        rest = after;
        Some(text)
    })
}
