//! Requests of the load, signed one by one, each written once into one buffer.
//!
//! The parameters are written in their canonical order and encoding. So the same bytes are what is
//! signed and what is sent, and a request costs one pass and one HMAC. A test holds them against
//! `signing`'s own way.

use std::io::Write as _;
use std::time::{Duration, Instant};

use signing::Verb;
use signing::canonical::{encode, write_encoded};
use signing::secret::Method;

use super::machine;
use super::world::Caller;

/// What each reservation of the load is about, in dollars.
const AMOUNT: &str = "10.00";
const VERSION: &str = "2008-09-17";
/// How long one time stamp is used; requests may be much older.
const STAMP_AGE_MAX: Duration = Duration::from_millis(250);

/// Writes signed requests to one server.
pub struct Signer {
    host: String,
    /// The string to sign: a head that stays, then the parameters.
    text: Vec<u8>,
    head_bytes: usize,
    request: Vec<u8>,
    stamp: String,
    stamped: Instant,
}

impl Signer {
    /// For the server that is known as `host`.
    pub fn new(host: &str) -> Signer {
        let text = format!("POST\n{host}\n/\n").into_bytes();
        Signer {
            host: host.to_owned(),
            head_bytes: text.len(),
            text,
            request: Vec::with_capacity(1_024),
            stamp: stamp(),
            stamped: Instant::now(),
        }
    }

    /// A Reserve request, with the parameters that real clients send.
    pub fn reserve(&mut self, caller: &Caller, token: &str, reference: &str) -> &[u8] {
        self.begin(caller, "Reserve");
        self.add("CallerDescription", "Order%20of%20the%20benchmark");
        self.add("CallerReference", reference);
        self.add("ChargeFeeTo", "Recipient");
        self.add("SenderTokenId", token);
        self.end(caller)
    }

    /// A Settle request for the whole amount.
    pub fn settle(&mut self, caller: &Caller, transaction: &str) -> &[u8] {
        self.begin(caller, "Settle");
        self.add("ReserveTransactionId", transaction);
        self.end(caller)
    }

    fn begin(&mut self, caller: &Caller, action: &str) {
        if STAMP_AGE_MAX < self.stamped.elapsed() {
            self.stamp = stamp();
            self.stamped = Instant::now();
        }
        self.text.truncate(self.head_bytes);
        self.text.extend_from_slice(b"AWSAccessKeyId=");
        self.text.extend_from_slice(caller.key.as_bytes());
        self.add("Action", action);
    }

    /// Name and value must not need encoding, and come in the order of their bytes.
    fn add(&mut self, name: &str, value: &str) {
        self.text.push(b'&');
        self.text.extend_from_slice(name.as_bytes());
        self.text.push(b'=');
        self.text.extend_from_slice(value.as_bytes());
    }

    fn end(&mut self, caller: &Caller) -> &[u8] {
        self.add("SignatureMethod", Method::HmacSha256.as_str());
        self.add("SignatureVersion", "2");
        let stamp = std::mem::take(&mut self.stamp);
        self.add("Timestamp", &stamp);
        self.stamp = stamp;
        self.add("TransactionAmount.CurrencyCode", "USD");
        self.add("TransactionAmount.Value", AMOUNT);
        self.add("Version", VERSION);
        let signature = caller.secret.sign(Method::HmacSha256, &[&self.text]);
        self.text.extend_from_slice(b"&Signature=");
        write_encoded(&mut self.text, signature.as_bytes());
        let body = &self.text[self.head_bytes..];
        self.request.clear();
        write!(
            self.request,
            "{} / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n",
            Verb::Post.as_str(),
            self.host,
            body.len()
        )
        .expect("writing to memory cannot fail");
        self.request.extend_from_slice(body);
        &self.request
    }
}

fn stamp() -> String {
    encode(&wire::instant::write(machine::now()))
}

#[cfg(test)]
mod tests {
    use signing::form::{self, Limits};
    use signing::request::sign_v2;

    use super::super::world;
    use super::*;

    #[test]
    fn requests_are_signed_as_signing_does_it() {
        let callers = world::of_the_ceiling();
        let caller = &callers[1];
        let mut signer = Signer::new("127.0.0.1:8480");
        for kind in ["Reserve", "Settle", "Reserve"] {
            let request = match kind {
                "Reserve" => signer.reserve(caller, &caller.tokens[3], "b0001-000000000042"),
                _ => signer.settle(caller, "14GKI1SKSR1V6DO1RCCB32RBR6KLODMGQUD"),
            };
            let text = std::str::from_utf8(request).expect("text");
            let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
            assert!(
                head.contains(&format!("Content-Length: {}", body.len())),
                "{head}"
            );
            let mut pairs = form::parse(body.as_bytes(), &Limits::DEFAULT).expect("a form");
            assert_eq!(form::value(&pairs, "Action"), Some(kind));
            let (name, signature) = pairs.pop().expect("a signature");
            assert_eq!(name, "Signature");
            let expected = sign_v2(
                &caller.secret,
                Method::HmacSha256,
                Verb::Post,
                "127.0.0.1:8480",
                "/",
                &pairs,
            );
            assert_eq!(signature, expected);
        }
    }
}
