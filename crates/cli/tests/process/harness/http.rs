//! A client of a few lines: one request, one connection, one whole reply.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a reply may take.
const REPLY_MAX: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// The first header of a name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Reads a reply; a cut one is an error, because it says nothing.
    pub fn read(bytes: &[u8]) -> Result<Reply> {
        let cut = || Error::new(ErrorKind::UnexpectedEof, "the reply was cut");
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or_else(cut)?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let body = &bytes[end + 4..];
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .ok_or_else(cut)?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let status = status.parse().map_err(Error::other)?;
        let body = String::from_utf8_lossy(body).into_owned();
        let reply = Reply {
            status,
            headers,
            body,
        };
        let promised = reply.header("content-length").map(str::parse::<usize>);
        match promised {
            Some(Ok(length)) if reply.body.len() < length => Err(cut()),
            Some(_) | None => Ok(reply),
        }
    }
}

/// Sends bytes and reads one reply to the end of the connection.
pub fn exchange(address: &str, request: &[u8]) -> Result<Reply> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(REPLY_MAX))?;
    stream.write_all(request)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Reply::read(&bytes)
}

/// `GET`, with further headers.
pub fn get(address: &str, target: &str, headers: &[(&str, &str)]) -> Result<Reply> {
    let head = head("GET", address, target, headers);
    exchange(address, format!("{head}\r\n").as_bytes())
}

/// `POST` of a form, with further headers.
pub fn post(address: &str, target: &str, headers: &[(&str, &str)], form: &str) -> Result<Reply> {
    let head = head("POST", address, target, headers);
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let request = format!(
        "{head}{kind}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    exchange(address, request.as_bytes())
}

fn head(verb: &str, address: &str, target: &str, headers: &[(&str, &str)]) -> String {
    let named = headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = [("Host", address)];
    let own = if named { &[][..] } else { &host[..] };
    let lines = own
        .iter()
        .chain(headers)
        .map(|(name, value)| format!("{name}: {value}\r\n"));
    let lines: String = lines.collect();
    format!("{verb} {target} HTTP/1.1\r\nConnection: close\r\n{lines}")
}
