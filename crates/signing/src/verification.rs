//! What the action VerifySignature does: says whether a return URL or a notification came from us.
//!
//! The message names its certificate by URL. That URL is looked up among our own published keys and
//! **never fetched**: whoever could make us fetch a certificate could make us vouch for anything.
//! An unknown URL is a false signature, no more.
//!
//! Clients hand the message over in every state: order, `+` or `%20`, line breaks inside the signature,
//! the whole encoded once too often, the receiver's own query on either side. So it is parsed
//! and put together anew. They do not say how it reached them, so it is tried as `GET` and as `POST`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa_sha1::PublicKey;
use thiserror::Error;

use crate::canonical::Verb;
use crate::form::{self, FormError, Limits};
use crate::outbound::{
    CERTIFICATE_URL, RSA_SHA1, SIGNATURE, SIGNATURE_METHOD, SIGNATURE_VERSION, VERSION_2,
    message_text,
};
use crate::url::{UrlError, UrlParts};

/// A key of ours, current or retired, under the URL at which its certificate is published.
#[derive(Debug)]
pub struct PublishedKey {
    /// Compared with `certificateUrl`, byte by byte.
    pub certificate_url: String,
    /// What verifies.
    pub public_key: PublicKey,
}

/// The answer: `VerificationStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One of our keys signed exactly this message to this URL.
    Success,
    /// Anything else that could be asked in form.
    Failure,
}

impl Verdict {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Success => "Success",
            Verdict::Failure => "Failure",
        }
    }
}

/// Why there is no answer. The display form is the message the protocol's clients know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadMessage {
    /// A member of the signature is absent or empty.
    #[error("{0} is missing in 'HttpParameters'.")]
    Missing(&'static str),
    /// `HttpParameters` cannot be decoded.
    #[error("'HttpParameters' cannot be read: {0}.")]
    HttpParameters(FormError),
    /// `UrlEndPoint` is no URL that we would send to.
    #[error("'UrlEndPoint' cannot be read: {0}.")]
    UrlEndPoint(UrlError),
}

/// Checks a message that somebody received at `url_end_point`. Both texts are as decoded once from
/// the request's own parameters. Missing members are reported in a fixed order, `certificateUrl` first.
pub fn verify_message(
    keys: &[PublishedKey],
    url_end_point: &str,
    http_parameters: &str,
) -> Result<Verdict, BadMessage> {
    let text = decoded_if_whole(http_parameters);
    let pairs =
        form::parse(text.as_bytes(), &Limits::DEFAULT).map_err(BadMessage::HttpParameters)?;
    let member = |name| {
        let found = form::value(&pairs, name).filter(|value| !value.is_empty());
        found.ok_or(BadMessage::Missing(name))
    };
    let certificate_url = member(CERTIFICATE_URL)?;
    let signature = member(SIGNATURE)?;
    let version = member(SIGNATURE_VERSION)?;
    let method = member(SIGNATURE_METHOD)?;
    let target = UrlParts::parse(url_end_point).map_err(BadMessage::UrlEndPoint)?;
    if version != VERSION_2 || method != RSA_SHA1 {
        return Ok(Verdict::Failure);
    }
    let Some(signature) = decode_signature(signature) else {
        return Ok(Verdict::Failure);
    };
    let signed = keys
        .iter()
        .filter(|key| key.certificate_url == certificate_url)
        .any(|key| signs(&key.public_key, &target, &pairs, &signature));
    Ok(if signed {
        Verdict::Success
    } else {
        Verdict::Failure
    })
}

/// Whether the key signed the message in one of the forms in which it may have arrived.
fn signs(key: &PublicKey, target: &UrlParts, pairs: &[form::Pair<'_>], signature: &[u8]) -> bool {
    let sent: Vec<_> = pairs
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let own = target
        .query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let joined: Vec<_> = sent
        .iter()
        .copied()
        .chain(own.filter(|pair| !sent.contains(pair)))
        .collect();
    let lists = if joined.len() == sent.len() {
        vec![sent]
    } else {
        vec![sent, joined]
    };
    lists.iter().any(|list| {
        [Verb::Get, Verb::Post]
            .into_iter()
            .any(|verb| key.verify(&message_text(verb, target, list), signature))
    })
}

/// Some clients encode the whole string once more than they should: then it has no `=` of its own.
fn decoded_if_whole(http_parameters: &str) -> Cow<'_, str> {
    let text = http_parameters.trim();
    if text.contains('=') || !text.to_ascii_lowercase().contains("%3d") {
        return Cow::Borrowed(text);
    }
    match form::parse(text.as_bytes(), &Limits::DEFAULT).as_deref() {
        Ok([(whole, _)]) => Cow::Owned(whole.trim().to_owned()),
        Ok(_) | Err(_) => Cow::Borrowed(text),
    }
}

/// Decodes Base64 in any line length: the old service broke its lines, and old clients keep the breaks.
fn decode_signature(text: &str) -> Option<Vec<u8>> {
    let signs: String = text.split_whitespace().collect();
    STANDARD.decode(signs).ok()
}

/// Any bytes at all, the URL before the first line feed and the parameters after it: never panics,
/// and never finds a signature where none was made.
pub fn fuzz_entry(keys: &[PublishedKey], bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (url, parameters) = text.split_once('\n').unwrap_or(("http://a/", &text));
    assert_ne!(verify_message(keys, url, parameters), Ok(Verdict::Success));
}

#[cfg(test)]
mod tests;
