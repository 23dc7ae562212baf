//! JSON over HTTP to the driver: one request, one connection, one answer.

use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long the driver may take to answer: it answers when a page has loaded.
const ANSWER_MAX: Duration = Duration::from_secs(40);

/// Sends a command; gives the `value` of the answer, or the error that the driver names.
pub fn command(address: &str, verb: &str, path: &str, body: &Value) -> Result<Value> {
    let body = if verb == "POST" {
        body.to_string()
    } else {
        String::new()
    };
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(ANSWER_MAX))?;
    let head = format!(
        "{verb} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    let answer: Value = serde_json::from_slice(&answer(&mut stream)?).map_err(Error::other)?;
    let value = answer.get("value").cloned().unwrap_or(Value::Null);
    match value.get("error").and_then(Value::as_str) {
        Some(error) => Err(Error::other(format!("{error}: {}", value["message"]))),
        None => Ok(value),
    }
}

/// The body of an answer; the driver keeps connections open, so the length counts.
fn answer(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16_384];
    loop {
        if let Some(begins) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..begins]).to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.unwrap_or("0").trim().parse().map_err(Error::other)?;
            if begins + 4 + length <= bytes.len() {
                return Ok(bytes.split_off(begins + 4));
            }
        }
        match stream.read(&mut chunk)? {
            0 => return Err(Error::other("the driver hung up")),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
