//! Every signature Holdfast checks or makes: of requests (HMAC under a caller's secret, or WS-Security
//! under a caller's certificate), of the messages it sends out (RSA-SHA1, and Standard Webhooks), and
//! the keys behind them.
//!
//! **Invariant:** no IO, no clock, no randomness, except that the crypto library draws its own when
//! a key pair is generated. Nothing here fetches anything: a message names its certificate by
//! URL, and that URL is only ever compared with our own.
//!
//! All comparison of signatures is in constant time. No secret has a debug form.

pub mod canonical;
pub mod form;
pub mod url;

pub mod hosts;
pub mod request;
pub mod secret;

pub mod certificate;
pub mod outbound;
pub mod verification;
pub mod webhook;

pub mod soap;
pub mod x509;

mod pem;

pub use canonical::Verb;
pub use certificate::SigningKey;
pub use secret::Secret;
pub use url::UrlParts;

#[cfg(test)]
mod vectors;
