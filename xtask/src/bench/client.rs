//! An HTTP/1.1 client that does no more than a load needs: one connection, one request at a time,
//! and of the reply the status, the length and the body.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes of a reply at most.
const REPLY_BYTES_MAX: usize = 1 << 20;
/// How long one answer may take where a thread waits for it.
const ASK_MAX: Duration = Duration::from_secs(10);

/// What a reply begins with.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Where the body lies.
    body: Range<usize>,
}

/// A kept-alive connection.
pub struct Connection {
    stream: TcpStream,
    input: Vec<u8>,
}

/// A reply.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> std::io::Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            input: Vec::with_capacity(4_096),
        })
    }

    /// Sends a request and reads its reply.
    pub async fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.input.clear();
        let head = loop {
            if let Some(head) = whole(&self.input)? {
                break head;
            }
            if self.stream.read_buf(&mut self.input).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        };
        Ok(Answer {
            status: head.status,
            body: &self.input[head.body],
        })
    }
}

/// A kept-alive connection whose thread waits.
pub struct Talk {
    stream: std::net::TcpStream,
    input: Vec<u8>,
}

impl Talk {
    /// Connects.
    pub fn open(address: SocketAddr) -> std::io::Result<Talk> {
        let stream = std::net::TcpStream::connect_timeout(&address, ASK_MAX)?;
        stream.set_read_timeout(Some(ASK_MAX))?;
        stream.set_nodelay(true)?;
        Ok(Talk {
            stream,
            input: Vec::with_capacity(4_096),
        })
    }

    /// Sends a request and reads its reply.
    pub fn exchange(&mut self, request: &[u8]) -> std::io::Result<Answer<'_>> {
        self.stream.write_all(request)?;
        self.input.clear();
        let mut piece = [0; 4_096];
        let head = loop {
            if let Some(head) = whole(&self.input)? {
                break head;
            }
            match self.stream.read(&mut piece)? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                bytes => self.input.extend_from_slice(&piece[..bytes]),
            }
        };
        Ok(Answer {
            status: head.status,
            body: &self.input[head.body],
        })
    }
}

/// Asks for one page on a connection of its own.
pub fn get(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let mut talk = Talk::open(address)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let answer = talk.exchange(request.as_bytes())?;
    let body = String::from_utf8_lossy(answer.body).into_owned();
    Ok((answer.status, body))
}

/// The head of a reply that is there in full; `None` while something is missing.
fn whole(input: &[u8]) -> std::io::Result<Option<Head>> {
    let Some(end) = input.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if input.len() < REPLY_BYTES_MAX {
            Ok(None)
        } else {
            Err(odd("has no end"))
        };
    };
    let mut lines = input[..end].split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix(b"HTTP/1.1 ")
        .and_then(|rest| number(rest.get(..3)?));
    let status = status.and_then(|status| u16::try_from(status).ok());
    let status = status.ok_or_else(|| odd("has no status"))?;
    let length = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(15)?;
        name.eq_ignore_ascii_case(b"content-length:")
            .then(|| number(value.trim_ascii()))?
    });
    let length = length.filter(|length| *length <= REPLY_BYTES_MAX);
    let length = length.ok_or_else(|| odd("has no length, or a large one"))?;
    let body = end + 4..end + 4 + length;
    Ok((body.end <= input.len()).then_some(Head { status, body }))
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn odd(what: &str) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, format!("a reply {what}"))
}

/// The text of the first element of this name.
pub fn element<'a>(body: &'a [u8], name: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(body).ok()?;
    let opening = text.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = &text[opening..];
    rest.find('<').map(|end| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_whole_when_its_length_is_there() {
        let reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\ncontent-LENGTH: 5\r\n\r\nhello";
        for bytes in 0..reply.len() {
            assert_eq!(
                whole(&reply[..bytes]).expect("no error yet"),
                None,
                "{bytes}"
            );
        }
        let head = whole(reply).expect("a reply").expect("a whole one");
        assert_eq!(head.status, 200);
        assert_eq!(&reply[head.body], b"hello");
    }

    #[test]
    fn odd_replies_are_errors() {
        for reply in [
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        ] {
            assert!(whole(reply.as_bytes()).is_err(), "{reply}");
        }
    }

    #[test]
    fn elements_are_found_by_name() {
        let body = b"<R><TransactionId>14G</TransactionId><Code>X</Code></R>";
        assert_eq!(element(body, "TransactionId"), Some("14G"));
        assert_eq!(element(body, "Code"), Some("X"));
        assert_eq!(element(body, "Message"), None);
        assert_eq!(element(b"\xff<Code>", "Code"), None);
    }
}
