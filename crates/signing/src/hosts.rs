//! Which host names a request may have been signed for. Clients sign the host they were configured
//! with, which is not always what their `Host` header says, so several are tried, likeliest first:
//!
//! 1. the header as sent, in lower case;
//! 2. the header with its port cut;
//! 3. the names the operator made public, as configured and with their ports cut.
//!
//! The address the server listens on never counts: nobody signs it unless it is in the header.

use std::borrow::Cow;

/// The public names of the server, prepared once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicNames(Vec<String>);

impl PublicNames {
    /// Takes names as configured, `host` or `host:port`, in the order in which to try them.
    pub fn new<N: AsRef<str>>(names: &[N]) -> PublicNames {
        let mut found: Vec<String> = Vec::new();
        for name in names {
            let name = name.as_ref().to_ascii_lowercase();
            for form in [name.as_str(), without_port(&name)] {
                if !found.iter().any(|known| known == form) {
                    found.push(form.to_owned());
                }
            }
        }
        PublicNames(found)
    }

    /// The hosts to try for a request that came with this `Host` header, without repetition.
    pub fn candidates<'a>(&'a self, host_header: &'a str) -> Vec<Cow<'a, str>> {
        let sent = lower(host_header.trim());
        let bare = match &sent {
            Cow::Borrowed(text) => Cow::Borrowed(without_port(text)),
            Cow::Owned(text) => Cow::Owned(without_port(text).to_owned()),
        };
        let mut hosts = Vec::with_capacity(2 + self.0.len());
        let configured = self.0.iter().map(|name| Cow::Borrowed(name.as_str()));
        for host in [sent, bare].into_iter().chain(configured) {
            if !host.is_empty() && !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// `host:8480` without its `:8480`; an IPv6 address in brackets keeps its colons.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_tried_likeliest_first() {
        let names = PublicNames::new(&["FPS.sandbox.example", "pay.example:8443", "pay.example"]);
        for (header, expected) in [
            ("127.0.0.1:8480", &["127.0.0.1:8480", "127.0.0.1"][..]),
            ("Localhost", &["localhost"]),
            ("LOCALHOST:443", &["localhost:443", "localhost"]),
            ("[::1]:8480", &["[::1]:8480", "[::1]"]),
            ("[::1]", &["[::1]"]),
            ("", &[]),
        ] {
            let expected: Vec<_> = expected
                .iter()
                .chain(&["fps.sandbox.example", "pay.example:8443", "pay.example"])
                .collect();
            assert_eq!(
                names.candidates(header).iter().collect::<Vec<_>>(),
                expected,
                "{header}"
            );
        }
        let none = PublicNames::default();
        assert_eq!(none.candidates("pay.example"), ["pay.example"]);
        assert_eq!(names.candidates("pay.example").len(), 3);
    }
}
