//! Signatures of requests: what a caller's client put on a call to the API or on a link to the
//! Co-Branded UI. Checking them here, making them for our own clients and tests.
//!
//! | version | covers                                        | method             |
//! |---------|-----------------------------------------------|--------------------|
//! | 2       | verb, host, path, sorted encoded parameters    | SHA-256 or SHA-1   |
//! | 1       | names and values, sorted without case          | SHA-1              |
//! | 1, CBUI | path, `?`, encoded query sorted without case   | SHA-1              |
//! | 0       | `Action` and `Timestamp`                       | SHA-1              |
//!
//! Whether an old version is accepted at all is a switch of the server's, not a matter of this module.
//! Nor is what the parameters say: a good signature proves only who sent them.

use crate::canonical::{self, Verb};
use crate::secret::{GivenSignature, Secret};

pub use crate::secret::Method;

/// The parameter that carries the signature of an API request.
pub const SIGNATURE_API: &str = "Signature";
/// The parameter that carries the signature of a Co-Branded UI request.
pub const SIGNATURE_CBUI: &str = "signature";
/// The parameter that carries the signature of a Co-Branded UI request of version 1.
pub const SIGNATURE_CBUI_V1: &str = "awsSignature";
/// The path of the Co-Branded UI, which its signatures cover.
pub const CBUI_PATH: &str = "/cobranded-ui/actions/start";

/// Room for an ordinary string to sign, so that its buffer seldom grows.
const STRING_BYTES_USUAL: usize = 1_024;

/// The rule by which a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureVersion {
    /// Absent or `0`.
    V0,
    /// `1`.
    V1,
    /// `2`.
    V2,
}

impl SignatureVersion {
    /// Reads the `SignatureVersion` parameter.
    pub fn parse(sent: Option<&str>) -> Option<SignatureVersion> {
        match sent {
            None | Some("0") => Some(SignatureVersion::V0),
            Some("1") => Some(SignatureVersion::V1),
            Some("2") => Some(SignatureVersion::V2),
            Some(_) => None,
        }
    }
}

/// A request as far as a signature of version 2 covers it.
#[derive(Debug, Clone, Copy)]
pub struct Inbound<'a, N, V, H> {
    /// The method it came by.
    pub verb: Verb,
    /// The hosts it may be signed for, in order of trial (see [`crate::hosts`]).
    pub hosts: &'a [H],
    /// The paths it may be signed for, in order of trial; the empty one stands for itself.
    pub paths: &'a [&'a str],
    /// All parameters, decoded, the signature among them.
    pub pairs: &'a [(N, V)],
    /// The name of the parameter left out: [`SIGNATURE_API`] or [`SIGNATURE_CBUI`].
    pub signature_name: &'a str,
}

/// Whether `given` signs the request by version 2, for one of its hosts and paths.
pub fn verify_v2<N, V, H>(
    secret: &Secret,
    method: Method,
    request: &Inbound<'_, N, V, H>,
    given: &str,
) -> bool
where
    N: AsRef<str>,
    V: AsRef<str>,
    H: AsRef<str>,
{
    let Some(given) = GivenSignature::parse(given) else {
        return false;
    };
    let mut query = Vec::with_capacity(STRING_BYTES_USUAL);
    canonical::write_query(&mut query, request.pairs, Some(request.signature_name));
    let mut head = Vec::with_capacity(128);
    for path in request.paths {
        for host in request.hosts {
            head.clear();
            canonical::write_head(&mut head, request.verb, host.as_ref(), path);
            if secret.verify(method, &[&head, &query], &given) {
                return true;
            }
        }
    }
    false
}

/// Signs by version 2. `pairs` are all parameters but the signature, decoded.
pub fn sign_v2<N, V>(
    secret: &Secret,
    method: Method,
    verb: Verb,
    host: &str,
    path: &str,
    pairs: &[(N, V)],
) -> String
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut text = Vec::with_capacity(STRING_BYTES_USUAL);
    canonical::string_to_sign(&mut text, verb, host, path, pairs, None);
    secret.sign(method, &[&text])
}

/// Whether `given` signs the request by version 1. `signature_name` is left out of the pairs.
pub fn verify_v1<N, V>(secret: &Secret, pairs: &[(N, V)], signature_name: &str, given: &str) -> bool
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut text = Vec::with_capacity(STRING_BYTES_USUAL);
    canonical::write_concatenation(&mut text, pairs, Some(signature_name));
    verify_sha1(secret, &text, given)
}

/// Signs by version 1. `pairs` are all parameters but the signature, decoded.
pub fn sign_v1<N, V>(secret: &Secret, pairs: &[(N, V)]) -> String
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut text = Vec::with_capacity(STRING_BYTES_USUAL);
    canonical::write_concatenation(&mut text, pairs, None);
    secret.sign(Method::HmacSha1, &[&text])
}

/// Whether `given` signs a Co-Branded UI request by version 1; `awsSignature` is left out.
pub fn verify_cbui_v1<N, V>(secret: &Secret, path: &str, pairs: &[(N, V)], given: &str) -> bool
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    verify_sha1(secret, &cbui_v1_text(path, pairs), given)
}

/// Signs by version 1 of the Co-Branded UI: a request, or a return URL of the old form.
pub fn sign_cbui_v1<N, V>(secret: &Secret, path: &str, pairs: &[(N, V)]) -> String
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    secret.sign(Method::HmacSha1, &[&cbui_v1_text(path, pairs)])
}

/// Whether `given` signs the request by version 0.
pub fn verify_v0(secret: &Secret, action: &str, timestamp: &str, given: &str) -> bool {
    verify_sha1(secret, format!("{action}{timestamp}").as_bytes(), given)
}

/// Signs by version 0.
pub fn sign_v0(secret: &Secret, action: &str, timestamp: &str) -> String {
    secret.sign(Method::HmacSha1, &[action.as_bytes(), timestamp.as_bytes()])
}

fn cbui_v1_text<N, V>(path: &str, pairs: &[(N, V)]) -> Vec<u8>
where
    N: AsRef<str>,
    V: AsRef<str>,
{
    let mut text = Vec::with_capacity(STRING_BYTES_USUAL);
    text.extend_from_slice(path.as_bytes());
    text.push(b'?');
    canonical::write_query_ignoring_case(&mut text, pairs, Some(SIGNATURE_CBUI_V1));
    text
}

fn verify_sha1(secret: &Secret, text: &[u8], given: &str) -> bool {
    GivenSignature::parse(given)
        .is_some_and(|given| secret.verify(Method::HmacSha1, &[text], &given))
}

#[cfg(test)]
mod tests;
