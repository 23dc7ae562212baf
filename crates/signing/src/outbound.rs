//! Signing what the server sends out: return URLs (as `GET`) and notifications (as `POST`).
//!
//! Version 2 covers the receiver's host and path and **every** parameter the receiver gets: those of
//! the message and those of the receiver's own URL, in one sorted list, all but `signature`.
//! The signature is Base64 without line breaks.
//!
//! **Invariant:** signing changes no parameter; the same message to the same URL under the same key
//! has the same bytes, so every retry of a notification is identical.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::canonical::{self, Verb};
use crate::certificate::SigningKey;
use crate::request;
use crate::secret::Secret;
use crate::url::UrlParts;

/// The parameter that carries the signature.
pub const SIGNATURE: &str = "signature";
/// The parameter that names the rule.
pub const SIGNATURE_VERSION: &str = "signatureVersion";
/// The parameter that names the algorithm.
pub const SIGNATURE_METHOD: &str = "signatureMethod";
/// The parameter that says where the certificate is.
pub const CERTIFICATE_URL: &str = "certificateUrl";
/// The one value of [`SIGNATURE_VERSION`] that has a certificate.
pub const VERSION_2: &str = "2";
/// The one value of [`SIGNATURE_METHOD`].
pub const RSA_SHA1: &str = "RSA-SHA1";

impl SigningKey {
    /// The Base64 signature of a message to `target`. `pairs` are the message's own parameters,
    /// decoded, with `signatureVersion`, `signatureMethod` and `certificateUrl` already among them.
    pub fn sign_message<N, V>(&self, verb: Verb, target: &UrlParts, pairs: &[(N, V)]) -> String
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let all = with_query(target, pairs);
        let text = message_text(verb, target, &all);
        STANDARD.encode(self.sign_bytes(&text))
    }

    /// Appends the four parameters of a signature of version 2 to a message, the signature last.
    pub fn sign_onto(
        &self,
        pairs: &mut Vec<(String, String)>,
        verb: Verb,
        target: &UrlParts,
        certificate_url: &str,
    ) {
        for (name, value) in [
            (SIGNATURE_VERSION, VERSION_2),
            (SIGNATURE_METHOD, RSA_SHA1),
            (CERTIFICATE_URL, certificate_url),
        ] {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        let signature = self.sign_message(verb, target, pairs);
        pairs.push((SIGNATURE.to_owned(), signature));
    }
}

/// The Base64 signature of version 1: HMAC-SHA1 with the caller's own secret over names and values,
/// those of the receiver's URL included. Its message has no `signatureVersion`.
pub fn sign_message_v1<N, V>(secret: &Secret, target: &UrlParts, pairs: &[(N, V)]) -> String
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut all = with_query(target, pairs);
    all.retain(|(name, _)| *name != SIGNATURE);
    request::sign_v1(secret, &all)
}

/// The string to sign of version 2; `pairs` are all the receiver gets.
pub(crate) fn message_text(verb: Verb, target: &UrlParts, pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut text = Vec::with_capacity(1_024);
    let host = target.host_for_signature();
    canonical::string_to_sign(&mut text, verb, &host, &target.path, pairs, Some(SIGNATURE));
    text
}

fn with_query<'a, N, V>(target: &'a UrlParts, pairs: &'a [(N, V)]) -> Vec<(&'a str, &'a str)>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let own = target
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    pairs
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()))
        .chain(own)
        .collect()
}
