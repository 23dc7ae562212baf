//! A client that sends exactly the bytes it is given.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::closed_world;

/// How long a reply may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status; 0 when the connection was closed without a word.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body.
    pub body: String,
}

/// Sends bytes on a connection of their own and reads until the server closes it.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    // A server that refuses early closes while we still write; its answer is what counts.
    let _ = stream.write_all(bytes);
    let mut read = Vec::new();
    if let Err(error) = stream.read_to_end(&mut read) {
        assert!(!read.is_empty(), "no answer: {error}");
    }
    Reply::parse(&read)
}

impl Reply {
    fn parse(bytes: &[u8]) -> Reply {
        let text = String::from_utf8(bytes.to_vec()).expect("replies are UTF-8");
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        closed_world::hold(body);
        Reply {
            status: status.unwrap_or(0),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The text of the first element of that name.
    pub fn text(&self, element: &str) -> Option<&str> {
        let from = self.body.split_once(&format!("<{element}>"))?.1;
        Some(from.split_once(&format!("</{element}>"))?.0)
    }

    /// The error code; empty for a success.
    pub fn code(&self) -> &str {
        let over_soap = self.text("faultcode").and_then(|code| code.split_once('.'));
        let over_soap = over_soap.map(|(_, code)| code);
        self.text("Code").or(over_soap).unwrap_or_default()
    }

    /// The error's sentence as it was meant: without the entities of XML.
    pub fn message(&self) -> String {
        let sent = self.text("Message").or(self.text("faultstring"));
        let sent = sent.unwrap_or_default();
        let plain = sent.replace("&quot;", "\"").replace("&apos;", "'");
        let plain = plain.replace("&lt;", "<").replace("&gt;", ">");
        plain.replace("&amp;", "&")
    }

    /// The transaction it names.
    pub fn transaction(&self) -> String {
        self.clone()
            .ok()
            .text("TransactionId")
            .expect("a transaction")
            .to_owned()
    }

    /// Itself, if it is a success.
    #[track_caller]
    pub fn ok(self) -> Reply {
        assert_eq!(self.status, 200, "{}", self.body);
        self
    }

    /// Checks that it is this error, documented and in the form that every client reads.
    #[track_caller]
    pub fn refused(&self, code: &str) {
        assert_eq!(self.code(), code, "{}", self.body);
        let known = wire::codes::find(code).expect("a documented code");
        if self.body.contains("<SOAP-ENV:Fault>") {
            return self.check_fault(known);
        }
        assert_eq!(self.status, known.http, "{}", self.body);
        let line = self.body.lines().last().unwrap_or_default();
        let starts = "<Response><Errors><Error><Code>";
        assert!(
            line.starts_with(starts) && line.ends_with("</RequestID></Response>"),
            "{line}"
        );
        assert!(self.head.contains("text/xml"), "{}", self.head);
    }

    /// Checks the form of a fault.
    #[track_caller]
    fn check_fault(&self, known: &wire::codes::Code) {
        assert_eq!(self.status, 500, "{}", self.body);
        assert!(self.head.contains("text/xml"), "{}", self.head);
        let side = if known.http < 500 { "Client" } else { "Server" };
        let code = format!("<faultcode>aws:{side}.{}</faultcode>", known.name);
        assert!(self.body.contains(&code), "{}", self.body);
        let document = xml::Document::read(self.body.as_bytes(), &xml::Limits::DEFAULT);
        document.expect("a fault is XML");
    }
}
