//! Messages that are signed by WS-Security 1.0 with an X.509 certificate.
//!
//! ```text
//! Document ─▶ Envelope ─▶ Signed ─▶ verify(the registered certificate) ─▶ Proof
//!             one Body     structure           digests, signature         payload
//! ```
//!
//! **Promise:** a [`Proof`] says that the holder of the certificate's key signed exactly this Body and
//! this Timestamp, in these places. A reference must name one element, and that element must *be* the
//! Body of the envelope, the Timestamp of its Security header, the token, or a header block; so a
//! signed part that was moved elsewhere proves nothing. Algorithms are a closed list: exclusive
//! canonicalization and nothing else, RSA and nothing else, no transform that computes.
//!
//! Not looked at: the certificate's dates, issuer and revocation, whether the message is fresh
//! (whoever has a clock asks [`Signed::created`] and [`Signed::expires`]), and what the payload says.

mod algorithms;
mod envelope;
mod security;
mod verify;

mod fuzz;

use thiserror::Error;

use crate::x509::BadCertificate;

pub use envelope::{BadEnvelope, Envelope};
pub use fuzz::fuzz_entry;
pub use security::Signed;
pub use verify::Proof;

/// The namespace of SOAP 1.1.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of SOAP 1.2, which is not spoken.
pub const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// The namespace of the Security header.
pub const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// The namespace of ids and timestamps.
pub const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// The namespace of signatures.
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";

/// References of one signature at most.
pub const REFERENCES_MAX: usize = 16;

/// Why a message proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BadSecurity {
    /// An element or attribute that must be there exactly once is not.
    #[error("{0} must be there exactly once")]
    NotOne(&'static str),
    /// Something stands where it has no business.
    #[error("{0} is not expected there")]
    Unexpected(String),
    /// An algorithm, or a kind of token, that is not taken.
    #[error("the algorithm or type {0} is not accepted")]
    Algorithm(String),
    /// What should be Base64 is not.
    #[error("{0} is not Base64")]
    NotBase64(&'static str),
    /// The token holds no certificate that is taken.
    #[error("the security token cannot be used: {0}")]
    Certificate(#[from] BadCertificate),
    /// The token is not the certificate that was registered.
    #[error("the security token is not the registered certificate")]
    OtherCertificate,
    /// A reference that is not `#` and an id.
    #[error("a reference must be a `#` and an id of this message")]
    BadReference,
    /// No element has the id, or several have.
    #[error("the id {0} must be on exactly one element")]
    AmbiguousId(String),
    /// The element is neither Body nor Timestamp nor token nor a header block, in its place.
    #[error("the id {0} is on an element that may not be signed alone")]
    NotSignable(String),
    /// More references than [`REFERENCES_MAX`].
    #[error("more than references_max, {REFERENCES_MAX}")]
    TooManyReferences,
    /// The signature does not cover what it must.
    #[error("the signature must cover the {0}")]
    Uncovered(&'static str),
    /// The content of a referenced element was changed.
    #[error("the digest of {0} is wrong")]
    WrongDigest(String),
    /// The signature is not of this key over these references.
    #[error("the signature is wrong")]
    WrongSignature,
}

#[cfg(test)]
mod tests;
