//! One HTTP exchange, just large enough for the demo.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// An answer.
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// What is asked of `host` (with its port).
pub struct Question<'a> {
    /// `GET` or `POST`.
    pub verb: &'a str,
    /// Where.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// The `Cookie` header.
    pub cookie: &'a str,
    /// A form to post.
    pub form: &'a str,
}

/// Asks, and reads the whole answer.
pub async fn ask(question: &Question<'_>) -> Result<Answer, Failure> {
    let Question {
        verb,
        host,
        target,
        cookie,
        form,
    } = question;
    let mut head = format!("{verb} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    if !cookie.is_empty() {
        head.extend(["Cookie: ", cookie, "\r\n"]);
    }
    if *verb == "POST" {
        let length = form.len().to_string();
        head += "Content-Type: application/x-www-form-urlencoded\r\n";
        head.extend(["Content-Length: ", length.as_str(), "\r\n"]);
    }
    let mut stream = TcpStream::connect(host).await.map_err(Failure::untried)?;
    stream
        .write_all(format!("{head}\r\n{form}").as_bytes())
        .await
        .map_err(Failure::untried)?;
    let mut bytes = Vec::new();
    stream
        .read_to_end(&mut bytes)
        .await
        .map_err(Failure::untried)?;
    parse(&String::from_utf8_lossy(&bytes))
}

fn parse(text: &str) -> Result<Answer, Failure> {
    let broken = || Failure::wrong("an answer that is no HTTP");
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(broken)?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status
        .and_then(|text| text.parse().ok())
        .ok_or_else(broken)?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Ok(Answer {
        status,
        headers: headers.collect(),
        body: body.to_owned(),
    })
}
