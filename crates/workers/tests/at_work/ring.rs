//! The key that signs everything in these tests.

use std::sync::Arc;

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

    fn webhook_secret(
        &self,
        account: &payments::rows::Account,
    ) -> Option<signing::webhook::WebhookSecret> {
        let bytes = account.webhook_secret.as_ref()?;
        signing::webhook::WebhookSecret::from_bytes(bytes).ok()
    }
}

pub fn ring() -> Arc<Ring> {
    let pair = signing::certificate::generate("test", 0, 4_000_000_000).unwrap();
    let key = SigningKey::load(pair.certificate_pem, &pair.private_key_der).unwrap();
    Arc::new(Ring { key })
}
