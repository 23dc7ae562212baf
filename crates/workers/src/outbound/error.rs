//! Why a request to the outside has no answer.

use std::time::Duration;

use signing::url::UrlError;

use super::Class;

/// Why a request to the outside has no answer. The words hold no secret and no path: they are shown
/// in the delivery log.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Not a URL that we send to.
    #[error("the URL cannot be used: {0}")]
    Url(#[from] UrlError),
    /// The URL cannot stand in a request.
    #[error("the URL cannot stand in a request")]
    Target,
    /// The name is not known, or nobody could be asked.
    #[error("the host name was not resolved")]
    Resolve(#[source] std::io::Error),
    /// The name has no address.
    #[error("the host name has no address")]
    NoAddress,
    /// The only addresses are such that we do not reach.
    #[error("the address is not allowed: {0}")]
    Forbidden(Class),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    /// No secured connection.
    #[error("no secured connection: {0}")]
    Tls(#[source] std::io::Error),
    /// The answer is not HTTP, or the connection broke.
    #[error("no answer: {0}")]
    Http(#[from] hyper::Error),
    /// The answer took too long.
    #[error("no answer within {} ms", .0.as_millis())]
    TooSlow(Duration),
    /// The body is longer than `body_bytes_max`.
    #[error("the body is longer than body_bytes_max, {0}")]
    TooLong(usize),
}
