//! The parts of a URL that a signature covers: of a return URL, of a notification's address, of the
//! `UrlEndPoint` of VerifySignature. Parsed once; everything else takes the parts.
//!
//! Only what a caller can mean is accepted: `http` or `https`, an ASCII host, no user, no fragment,
//! no control character anywhere. A path or query may hold spaces and other bare signs, because
//! clients send `UrlEndPoint` in any state of encoding.

use thiserror::Error;

use crate::canonical::{text_of, write_path};
use crate::form::{self, FormError, Limits};

/// The longest URL; request targets of real clients reach 4 kB.
pub const URL_BYTES_MAX: usize = 8_192;

/// How the receiver is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Plain; port 80 unless given.
    Http,
    /// Over TLS; port 443 unless given.
    Https,
}

impl Scheme {
    /// The scheme's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that is meant when none is given.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

/// A URL, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// `http` or `https`.
    pub scheme: Scheme,
    /// The host in lower case; an IPv6 address keeps its brackets.
    pub host: String,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// The path as written; `/` when there is none.
    pub path: String,
    /// The decoded parameters of the query.
    pub query: Vec<(String, String)>,
}

/// Why a text is not a URL we sign for or send to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Longer than [`URL_BYTES_MAX`].
    #[error("the URL is longer than url_bytes_max, {URL_BYTES_MAX}")]
    TooLong,
    /// A control character.
    #[error("the URL has a control character at byte {at}")]
    Control {
        /// Where it stands.
        at: usize,
    },
    /// Neither `http://` nor `https://`.
    #[error("the URL does not begin with http:// or https://")]
    Scheme,
    /// A user or password before the host.
    #[error("the URL names a user")]
    User,
    /// A `#` part, which would never reach the receiver.
    #[error("the URL has a fragment")]
    Fragment,
    /// An empty host, or one with signs that no host name has.
    #[error("the host of the URL is not a host name")]
    Host,
    /// A port that is not a number from 1 to 65535.
    #[error("the port of the URL is not a number from 1 to 65535")]
    Port,
    /// A query that cannot be decoded.
    #[error("in the query of the URL: {0}")]
    Query(#[from] FormError),
}

impl UrlParts {
    /// Takes a URL apart. White space around it does not count.
    pub fn parse(url: &str) -> Result<UrlParts, UrlError> {
        let url = url.trim_ascii();
        if url.len() > URL_BYTES_MAX {
            return Err(UrlError::TooLong);
        }
        if let Some(at) = url.bytes().position(|byte| byte.is_ascii_control()) {
            return Err(UrlError::Control { at });
        }
        if url.contains('#') {
            return Err(UrlError::Fragment);
        }
        let (scheme, rest) = scheme(url).ok_or(UrlError::Scheme)?;
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, port) = authority_parts(authority)?;
        let query = form::parse(query.as_bytes(), &Limits::DEFAULT)?;
        Ok(UrlParts {
            scheme,
            host,
            port,
            path: if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            },
            query: query
                .into_iter()
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect(),
        })
    }

    /// The host line of a string to sign: with the port only when it is not the scheme's own.
    pub fn host_for_signature(&self) -> String {
        match self.port {
            Some(port) if port != self.scheme.default_port() => format!("{}:{port}", self.host),
            Some(_) | None => self.host.clone(),
        }
    }

    /// The port to dial.
    pub fn port_or_default(&self) -> u16 {
        self.port.unwrap_or(self.scheme.default_port())
    }

    /// The path in the encoding that is signed, safe to stand in a request line.
    pub fn path_encoded(&self) -> String {
        let mut out = Vec::with_capacity(self.path.len());
        write_path(&mut out, &self.path);
        text_of(out)
    }

    /// What follows the authority in a request line: path and query, both encoded anew.
    pub fn request_target(&self) -> String {
        let path = self.path_encoded();
        if self.query.is_empty() {
            path
        } else {
            format!("{path}?{}", form::encode(&self.query))
        }
    }

    /// The URL without its query, as VerifySignature wants its `UrlEndPoint`.
    pub fn end_point(&self) -> String {
        format!(
            "{}://{}{}",
            self.scheme.as_str(),
            self.host_for_signature(),
            self.path_encoded()
        )
    }
}

fn scheme(url: &str) -> Option<(Scheme, &str)> {
    let (name, rest) = url.split_once("://")?;
    let known = [Scheme::Http, Scheme::Https];
    let scheme = known
        .into_iter()
        .find(|scheme| name.eq_ignore_ascii_case(scheme.as_str()))?;
    Some((scheme, rest))
}

/// The host in lower case, and the port.
fn authority_parts(authority: &str) -> Result<(String, Option<u16>), UrlError> {
    if authority.contains('@') {
        return Err(UrlError::User);
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (authority, None),
    };
    if !is_host(host) {
        return Err(UrlError::Host);
    }
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let port = match port {
        Some(text) if digits(text) => Some(text.parse::<u16>().map_err(|_| UrlError::Port)?),
        Some(_) => return Err(UrlError::Port),
        None => None,
    };
    if port == Some(0) {
        Err(UrlError::Port)
    } else {
        Ok((host.to_ascii_lowercase(), port))
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !host.is_empty() && host.bytes().all(sign)
}

/// Any bytes at all: never panics, and what was read is written and read again the same.
pub fn fuzz_entry(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(parts) = UrlParts::parse(text) else {
        return;
    };
    let mut again = parts.clone();
    again.path = parts.path_encoded();
    again.port = parts
        .port
        .filter(|port| *port != parts.scheme.default_port());
    let url = format!(
        "{}://{}{}",
        parts.scheme.as_str(),
        parts.host_for_signature(),
        parts.request_target()
    );
    if url.len() <= URL_BYTES_MAX {
        assert_eq!(UrlParts::parse(&url), Ok(again));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (url, host, target) in [
            ("http://shop.example", "shop.example", "/"),
            (" http://shop.example/ \n", "shop.example", "/"),
            ("HTTPS://Shop.Example:443/ipn", "shop.example", "/ipn"),
            ("https://shop.example:80/ipn/", "shop.example:80", "/ipn/"),
            (
                "http://127.0.0.1:9471/a b?x=1+2&y",
                "127.0.0.1:9471",
                "/a%20b?x=1%202&y=",
            ),
            ("http://[::1]:8080?q=%41", "[::1]:8080", "/?q=A"),
            ("http://[::1]/%7Euser", "[::1]", "/~user"),
        ] {
            let parts = UrlParts::parse(url).unwrap();
            assert_eq!(
                (&*parts.host_for_signature(), &*parts.request_target()),
                (host, target),
                "{url}"
            );
        }
        let parts = UrlParts::parse("https://a:8443/x%20y?q=1").unwrap();
        assert_eq!((parts.port, parts.port_or_default()), (Some(8443), 8443));
        assert_eq!(parts.end_point(), "https://a:8443/x%20y");
        assert_eq!(parts.query, [("q".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn urls_are_refused() {
        for (url, error) in [
            ("", UrlError::Scheme),
            ("ftp://a/", UrlError::Scheme),
            ("//a/", UrlError::Scheme),
            ("javascript:alert(1)", UrlError::Scheme),
            ("http://", UrlError::Host),
            ("http:///path", UrlError::Host),
            ("http://a b/", UrlError::Host),
            ("http://a\\@b/", UrlError::User),
            ("http://me:pw@a/", UrlError::User),
            ("http://straße.example/", UrlError::Host),
            ("http://[::1/", UrlError::Host),
            ("http://[nonsense]/", UrlError::Host),
            ("http://a:b:1/", UrlError::Host),
            ("http://a:/", UrlError::Port),
            ("http://a:0/", UrlError::Port),
            ("http://a:65536/", UrlError::Port),
            ("http://a:+80/", UrlError::Port),
            ("http://a/#top", UrlError::Fragment),
            ("http://a/\r\nX: y", UrlError::Control { at: 9 }),
            (
                "http://a/?q=%f",
                UrlError::Query(FormError::BadEscape { at: 2 }),
            ),
        ] {
            assert_eq!(UrlParts::parse(url), Err(error), "{url}");
        }
        assert_eq!(
            UrlParts::parse(&format!("http://a/{}", "x".repeat(8_192))),
            Err(UrlError::TooLong)
        );
    }
}
