//! The key that signs everything in these tests.

use std::sync::Arc;

use payments::rows::{Account, Document};
use signing::webhook::WebhookSecret;
use signing::{SigningKey, UrlParts, Verb};
use workers::KeyRing;

use crate::world::{CERTIFICATE, CERTIFICATE_URL};

/// One key for everything.
pub struct Ring {
    pub key: SigningKey,
}

impl KeyRing for Ring {
    fn sign_onto(
        &self,
        certificate: &str,
        target: &UrlParts,
        pairs: &mut Vec<(String, String)>,
    ) -> bool {
        if certificate == CERTIFICATE {
            self.key
                .sign_onto(pairs, Verb::Post, target, CERTIFICATE_URL);
        }
        certificate == CERTIFICATE
    }

    /// What is sealed for others is plain here; an earlier secret is kept in its text form.
    fn webhook_secrets(&self, account: &Account, earlier: Option<&Document>) -> Vec<WebhookSecret> {
        let own = account.webhook_secret.iter();
        let own = own.map(|bytes| WebhookSecret::from_bytes(bytes).unwrap());
        let earlier = earlier.map(|document| WebhookSecret::parse(&document.content).unwrap());
        own.chain(earlier).collect()
    }
}

pub fn ring() -> Arc<Ring> {
    let pair = signing::certificate::generate("test", 0, 4_000_000_000).unwrap();
    let key = SigningKey::load(pair.certificate_pem, &pair.private_key_der).unwrap();
    Arc::new(Ring { key })
}
