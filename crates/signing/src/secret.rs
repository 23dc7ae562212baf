//! A caller's secret, prepared once so that each check of a request costs two hash blocks less.

use std::fmt;

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Longer signatures are refused before decoding; the longest real one (SHA-256) has 44 signs.
const SIGNATURE_TEXT_MAX: usize = 64;

/// Which hash the HMAC uses: the `SignatureMethod` of version 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `HmacSHA256`.
    HmacSha256,
    /// `HmacSHA1`; the only one of versions 0 and 1.
    HmacSha1,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::HmacSha256 => "HmacSHA256",
            Method::HmacSha1 => "HmacSHA1",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(name: &str) -> Option<Method> {
        [Method::HmacSha256, Method::HmacSha1]
            .into_iter()
            .find(|method| method.as_str() == name)
    }
}

/// The secret of an access key, ready for both methods. Its debug form shows nothing.
#[derive(Clone)]
pub struct Secret {
    sha256: hmac::Key,
    sha1: hmac::Key,
}

impl Secret {
    /// Prepares a secret; its UTF-8 bytes are the key, whatever they look like.
    pub fn new(secret: &str) -> Secret {
        let key = |algorithm| hmac::Key::new(algorithm, secret.as_bytes());
        Secret {
            sha256: key(hmac::HMAC_SHA256),
            sha1: key(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY),
        }
    }

    /// The Base64 signature of the parts, taken as one string.
    pub fn sign(&self, method: Method, parts: &[&[u8]]) -> String {
        STANDARD.encode(self.tag(method, parts))
    }

    /// Whether `given` (already decoded) signs the parts. Takes the same time wherever they differ.
    pub fn verify(&self, method: Method, parts: &[&[u8]], given: &GivenSignature) -> bool {
        let tag = self.tag(method, parts);
        constant_time::verify_slices_are_equal(tag.as_ref(), given.bytes()).is_ok()
    }

    fn tag(&self, method: Method, parts: &[&[u8]]) -> hmac::Tag {
        let key = match method {
            Method::HmacSha256 => &self.sha256,
            Method::HmacSha1 => &self.sha1,
        };
        let mut context = hmac::Context::with_key(key);
        for part in parts {
            context.update(part);
        }
        context.sign()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}

/// A signature as a request carries it, decoded from Base64 without allocating.
#[derive(Clone, Copy)]
pub struct GivenSignature {
    buffer: [u8; SIGNATURE_TEXT_MAX],
    length: usize,
}

impl GivenSignature {
    /// Decodes Base64 with padding; white space around it, which careless clients add, is cut.
    pub fn parse(text: &str) -> Option<GivenSignature> {
        let text = text.trim();
        if text.len() > SIGNATURE_TEXT_MAX {
            return None;
        }
        let mut buffer = [0; SIGNATURE_TEXT_MAX];
        let length = STANDARD.decode_slice(text, &mut buffer).ok()?;
        Some(GivenSignature { buffer, length })
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_trimmed_and_otherwise_strict() {
        let secret = Secret::new("key");
        let signed = secret.sign(Method::HmacSha1, &[b"ab", b"c"]);
        let verify = |text: &str| {
            GivenSignature::parse(text)
                .is_some_and(|given| secret.verify(Method::HmacSha1, &[b"abc"], &given))
        };
        assert!(verify(&signed));
        assert!(verify(&format!(" {signed}\r\n")));
        assert!(!verify(signed.trim_end_matches('=')));
        assert!(!verify(&signed.to_lowercase()));
        assert!(!verify(""));
        assert!(!verify(&"A".repeat(68)));
        assert!(!verify("%%%%"));
    }

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
    }

    #[test]
    fn methods_have_their_wire_names() {
        assert_eq!(Method::parse("HmacSHA256"), Some(Method::HmacSha256));
        assert_eq!(Method::parse("HmacSHA1"), Some(Method::HmacSha1));
        assert_eq!(Method::parse("RSA-SHA1"), None);
    }
}
