//! The signature of the Standard Webhooks convention, sent beside the protocol's own so that today's
//! receivers can check a notification with a library they already have.
//!
//! `webhook-signature: v1,<Base64 of HMAC-SHA256(secret, id.timestamp.body)>`

use std::fmt;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// The shortest secret the convention allows.
pub const SECRET_BYTES_MIN: usize = 24;
/// The longest secret the convention allows.
pub const SECRET_BYTES_MAX: usize = 64;
const SECRET_PREFIX: &str = "whsec_";
const VERSION_PREFIX: &str = "v1,";

/// Why a text is not a webhook secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadSecret {
    /// Not `whsec_` and Base64.
    #[error("a webhook secret is whsec_ followed by Base64")]
    Form,
    /// Too short or too long.
    #[error("a webhook secret has {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")]
    Length,
}

/// A receiver's secret, prepared for signing. Its debug form shows nothing.
#[derive(Clone)]
pub struct WebhookSecret(hmac::Key);

impl WebhookSecret {
    /// Takes the raw bytes, which the caller drew at random.
    pub fn from_bytes(bytes: &[u8]) -> Result<WebhookSecret, BadSecret> {
        if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len()) {
            return Err(BadSecret::Length);
        }
        Ok(WebhookSecret(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// Reads the text form, `whsec_<Base64>`.
    pub fn parse(text: &str) -> Result<WebhookSecret, BadSecret> {
        let encoded = text.strip_prefix(SECRET_PREFIX).ok_or(BadSecret::Form)?;
        WebhookSecret::from_bytes(&STANDARD.decode(encoded).map_err(|_| BadSecret::Form)?)
    }

    /// The value of `webhook-signature` for a message: its id, its time in seconds since 1970, its body.
    pub fn sign(&self, id: &str, timestamp_s: u64, body: &[u8]) -> String {
        format!(
            "{VERSION_PREFIX}{}",
            STANDARD.encode(self.context(id, timestamp_s, body).sign())
        )
    }

    /// Whether one of the signatures in a `webhook-signature` header is right.
    pub fn verify(&self, id: &str, timestamp_s: u64, body: &[u8], header: &str) -> bool {
        let tag = self.context(id, timestamp_s, body).sign();
        let given = header.split_ascii_whitespace();
        given
            .filter_map(|one| STANDARD.decode(one.strip_prefix(VERSION_PREFIX)?).ok())
            .any(|one| {
                aws_lc_rs::constant_time::verify_slices_are_equal(tag.as_ref(), &one).is_ok()
            })
    }

    fn context(&self, id: &str, timestamp_s: u64, body: &[u8]) -> hmac::Context {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{timestamp_s}.").as_bytes());
        context.update(body);
        context
    }
}

/// The text form of a secret, to show to the receiver once.
pub fn secret_text(bytes: &[u8]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes))
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("WebhookSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    #[test]
    fn the_published_vector_holds() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(secret.sign(ID, 1_614_265_330, BODY), signature);
        let verify = |timestamp_s, header: &str| secret.verify(ID, timestamp_s, BODY, header);
        assert!(verify(1_614_265_330, signature));
        assert!(verify(1_614_265_330, &format!("v1a,x v1,AAAA {signature}")));
        assert!(!verify(1_614_265_331, signature));
        assert!(!verify(1_614_265_330, signature.trim_start_matches("v1,")));
        assert!(!verify(1_614_265_330, ""));
    }

    #[test]
    fn secrets_are_read_as_written() {
        let secret = WebhookSecret::parse(&secret_text(&[7; 24])).unwrap();
        let same = WebhookSecret::from_bytes(&[7; 24]).unwrap();
        assert_eq!(secret.sign("a", 1, b"b"), same.sign("a", 1, b"b"));
        assert_eq!(format!("{secret:?}"), "WebhookSecret(..)");
        for (text, error) in [
            ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", BadSecret::Form),
            ("whsec_***", BadSecret::Form),
            ("whsec_", BadSecret::Length),
            (&secret_text(&[7; 65]), BadSecret::Length),
        ] {
            assert_eq!(WebhookSecret::parse(text).unwrap_err(), error);
        }
    }
}
