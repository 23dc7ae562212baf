//! Requests, signed in every way that clients sign.

use payments::Timestamp;
use signing::request::{self, Method};
use signing::{Secret, Verb, form};
use wire::instant;

use super::{Reply, Scene, Shop, Wire, World, exchange};

/// Names and values.
pub type Pairs = Vec<(String, String)>;

/// Names and values from literals.
pub fn pairs(list: &[(&str, &str)]) -> Pairs {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    list.iter().map(owned).collect()
}

/// The same with one value set.
pub fn with(mut list: Pairs, name: &str, value: &str) -> Pairs {
    match list.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) => value.clone_into(known),
        None => list.push((name.to_owned(), value.to_owned())),
    }
    list
}

/// The same without one name.
pub fn without(mut list: Pairs, name: &str) -> Pairs {
    list.retain(|(known, _)| known != name);
    list
}

/// As a query or a form.
pub fn encode(list: &Pairs) -> String {
    form::encode(list)
}

/// How a request is signed and sent. Fields are set as a client has its habits.
#[derive(Clone)]
pub struct Signer {
    /// `AWSAccessKeyId`.
    pub key: String,
    /// The secret.
    pub secret: String,
    /// The verb that is signed and sent.
    pub verb: Verb,
    /// The host that is signed.
    pub signed_host: String,
    /// The `Host` header.
    pub host: String,
    /// The path that is signed.
    pub path: String,
    /// `SignatureMethod`; none for version 1.
    pub method: Option<Method>,
    /// `Version`.
    pub version: String,
    /// `Timestamp`.
    pub at: Timestamp,
}

impl Signer {
    /// The usual way: GET, version 2, SHA-256. Every signer has a time of its own, so that no two
    /// requests are the same bytes.
    pub fn new(world: &World, shop: &Shop, at: Timestamp) -> Signer {
        Signer {
            key: shop.key.clone(),
            secret: shop.secret.clone(),
            verb: Verb::Get,
            signed_host: world.host(),
            host: world.host(),
            path: "/".to_owned(),
            method: Some(Method::HmacSha256),
            version: "2008-09-17".to_owned(),
            at,
        }
    }

    /// The parameters of a request, the signature last.
    pub fn sign(&self, action: &str, own: &Pairs) -> Pairs {
        let mut all = pairs(&[("Action", action), ("AWSAccessKeyId", &self.key)]);
        all.extend(own.iter().cloned());
        all.extend(pairs(&[
            ("Timestamp", &instant::write(self.at)),
            ("Version", &self.version),
        ]));
        self.seal(all)
    }

    /// Adds how it is signed, and the signature.
    pub fn seal(&self, mut all: Pairs) -> Pairs {
        let secret = Secret::new(&self.secret);
        let signature = if let Some(method) = self.method {
            all = with(all, "SignatureMethod", method.as_str());
            all = with(all, "SignatureVersion", "2");
            let (host, path) = (&self.signed_host, &self.path);
            request::sign_v2(&secret, method, self.verb, host, path, &all)
        } else {
            all = with(all, "SignatureVersion", "1");
            request::sign_v1(&secret, &all)
        };
        all.push(("Signature".to_owned(), signature));
        all
    }

    /// Sends parameters as they are: a query, or a form.
    pub fn send(&self, world: &World, all: &Pairs) -> Reply {
        exchange(world.address, &self.bytes(&encode(all)))
    }

    /// The bytes of a request with this text as its parameters.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        let host = &self.host;
        let head = match self.verb {
            Verb::Get => format!("GET /?{text} HTTP/1.1\r\nHost: {host}\r\n"),
            Verb::Post => {
                let kind = "application/x-www-form-urlencoded; charset=utf-8";
                let length = text.len();
                format!(
                    "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
                )
            }
        };
        let body = if self.verb == Verb::Post { text } else { "" };
        format!("{head}Connection: close\r\n\r\n{body}").into_bytes()
    }

    /// Signs and sends.
    pub fn ask(&self, world: &World, action: &str, own: &Pairs) -> Reply {
        self.send(world, &self.sign(action, own))
    }
}

impl Scene {
    /// Asks as the shop, in the usual way.
    pub fn ask(&self, action: wire::Action, own: &Pairs) -> Reply {
        self.ask_as(&self.shop, action, own)
    }

    /// Asks as somebody else.
    pub fn ask_as(&self, shop: &Shop, action: wire::Action, own: &Pairs) -> Reply {
        if self.wire == Wire::Soap {
            return self.send_message(&self.message(shop, action, own));
        }
        let signer = Signer::new(&self.world, shop, self.next_time());
        signer.ask(&self.world, action.as_str(), own)
    }
}
