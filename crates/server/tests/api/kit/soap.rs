//! The same requests over SOAP, signed under certificates that are registered when they are needed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use payments::AccountKey;
use server::admin::{Ask, AskCertificate};
use test_kit::soap::{Message, Signer, payload};
use wire::{Action, Version, instant};

use super::{Pairs, Reply, Scene, Shop, exchange};

/// A wire of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// Parameters in a query or form.
    Query,
    /// Signed envelopes.
    Soap,
}

/// Every account's key and certificate, made when they are first needed.
pub type Signers = Mutex<BTreeMap<AccountKey, Arc<Signer>>>;

/// The usual cast, asking over SOAP.
pub fn over_soap() -> Scene {
    let mut scene = Scene::new();
    scene.wire = Wire::Soap;
    scene
}

impl Scene {
    /// The key that signs a caller's messages; its certificate is registered.
    pub fn signer_of(&self, account: AccountKey) -> Arc<Signer> {
        let mut known = self.signers.lock().expect("no test panics with it");
        let fresh = || {
            let signer = Signer::fresh();
            self.world.admin(Ask::Certificate(AskCertificate::Add {
                account: account.0.to_string(),
                pem: signer.certificate_pem().to_owned(),
            }));
            Arc::new(signer)
        };
        known.entry(account).or_insert_with(fresh).clone()
    }

    /// An ordinary message that asks this; every message has a time of its own.
    pub fn plan(&self, action: Action, own: &Pairs) -> Message {
        self.plan_in(Version::V2008, action, own)
    }

    /// The same in another version.
    pub fn plan_in(&self, version: Version, action: Action, own: &Pairs) -> Message {
        let payload = payload(version.namespace(), action.as_str(), own);
        Message::new(&payload, &instant::write(self.next_time()))
    }

    /// A signed message of a caller.
    pub fn message(&self, shop: &Shop, action: Action, own: &Pairs) -> String {
        self.signer_of(shop.account).sign(&self.plan(action, own))
    }

    /// Signs a message as the shop and sends it.
    pub fn send_planned(&self, message: &Message) -> Reply {
        self.send_message(&self.signer_of(self.shop.account).sign(message))
    }

    /// Sends a text as a message.
    pub fn send_message(&self, text: &str) -> Reply {
        self.send_as("text/xml; charset=utf-8", text.as_bytes())
    }

    /// Sends bytes as whatever they are said to be.
    pub fn send_as(&self, kind: &str, bytes: &[u8]) -> Reply {
        let (host, length) = (self.world.host(), bytes.len());
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nSOAPAction: \"\"\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        exchange(self.world.address, &[head.as_bytes(), bytes].concat())
    }
}
