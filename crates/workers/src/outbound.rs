//! Requests to addresses that others have chosen, without letting them choose what we reach.
//!
//! **Invariant:** the address that is checked is the address that is dialled. A name is resolved here,
//! every address of it is judged, and a connection is opened to one that passed; nobody resolves
//! the name again. Redirects are not followed. Every wait and every size has a limit.
//!
//! Connections are kept for a while and used again, because notifications of one life follow each
//! other within milliseconds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Response};
use signing::UrlParts;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

mod address;
mod connect;
mod error;
mod network;
mod pool;

pub use address::{Class, class_of};
pub use connect::extra_roots;
pub use error::OutboundError;
pub use network::{BadNetwork, Network};

use connect::Connector;
use pool::{Connection, Pool};

/// Which addresses may be reached besides public ones.
#[derive(Clone, Debug, Default)]
pub struct Allowed {
    /// This machine: the sandbox allows it.
    pub loopback: bool,
    /// Networks of the operator's own.
    pub networks: Vec<Network>,
}

/// Limits of one exchange.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the beginning to the head of the answer.
    pub answer_max: Duration,
    /// From the beginning to the end of the body.
    pub total_max: Duration,
    /// Bytes of a body that is read.
    pub body_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            answer_max: Duration::from_secs(10),
            total_max: Duration::from_secs(30),
            body_bytes_max: 1 << 20,
        }
    }
}

/// What was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// What it is said to be.
    pub content_type: Option<String>,
    /// The body, whole.
    pub body: Bytes,
}

/// The door to the outside.
pub struct Outbound {
    allowed: Allowed,
    limits: Limits,
    connector: Connector,
    pool: Pool,
}

impl Outbound {
    /// A door with the usual trust: the public roots, and those of the operator.
    ///
    /// # Errors
    /// When one of the operator's roots is not a certificate.
    pub fn new(
        allowed: Allowed,
        limits: Limits,
        roots: Vec<rustls::pki_types::CertificateDer<'static>>,
    ) -> Result<Arc<Outbound>, rustls::Error> {
        Ok(Arc::new(Outbound {
            allowed,
            limits,
            connector: Connector::new(roots)?,
            pool: Pool::default(),
        }))
    }

    /// Posts a form and gives the status of the answer; its body is read within limits and dropped.
    pub async fn post(
        &self,
        target: &UrlParts,
        headers: HeaderMap,
        form: Bytes,
    ) -> Result<u16, OutboundError> {
        let until = Instant::now() + self.limits.total_max;
        let (connection, response) = self.exchange(Method::POST, target, headers, form).await?;
        let status = response.status().as_u16();
        // What counts is the status. A body that is cut or too long costs the connection only.
        let body = read(response, self.limits.body_bytes_max);
        if let Ok(Ok(_)) = timeout_at(until, body).await {
            self.pool.give_back(connection);
        }
        Ok(status)
    }

    /// Fetches what stands at a URL.
    pub async fn get(&self, url: &str) -> Result<Fetched, OutboundError> {
        let target = UrlParts::parse(url)?;
        let until = Instant::now() + self.limits.total_max;
        let nothing = (HeaderMap::new(), Bytes::new());
        let (connection, response) = self
            .exchange(Method::GET, &target, nothing.0, nothing.1)
            .await?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = timeout_at(until, read(response, self.limits.body_bytes_max)).await;
        let body = body.map_err(|_| OutboundError::TooSlow(self.limits.total_max))??;
        self.pool.give_back(connection);
        Ok(Fetched {
            status,
            content_type,
            body,
        })
    }

    /// Sends a request and waits for the head of its answer. A kept connection that turns out to be
    /// closed is replaced by a new one, once.
    async fn exchange(
        &self,
        method: Method,
        target: &UrlParts,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<(Connection, Response<Incoming>), OutboundError> {
        let request = request(method, target, headers, body)?;
        let exchanged = timeout(self.limits.answer_max, async {
            if let Some(mut kept) = self.pool.take(target)
                && kept.sender.ready().await.is_ok()
            {
                match kept.sender.send_request(request.clone()).await {
                    Ok(response) => return Ok((kept, response)),
                    Err(error) if was_closed(&error) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let mut fresh = self.connect(target).await?;
            let response = fresh.sender.send_request(request).await?;
            Ok((fresh, response))
        });
        let late = |_| OutboundError::TooSlow(self.limits.answer_max);
        exchanged.await.map_err(late)?
    }

    async fn connect(&self, target: &UrlParts) -> Result<Connection, OutboundError> {
        let stream = self.dial(target).await?;
        self.connector.open(target, stream).await
    }

    /// Resolves, judges, and dials what passed.
    async fn dial(&self, target: &UrlParts) -> Result<TcpStream, OutboundError> {
        let host = target.host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((host, target.port_or_default())).await;
        let found: Vec<SocketAddr> = found.map_err(OutboundError::Resolve)?.collect();
        let mut problem = OutboundError::NoAddress;
        for address in found {
            if let Err(class) = self.allowed.judge(address.ip()) {
                problem = OutboundError::Forbidden(class);
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(OutboundError::Connect)?;
                    return Ok(stream);
                }
                Err(error) => problem = OutboundError::Connect(error),
            }
        }
        Err(problem)
    }
}

fn request(
    method: Method,
    target: &UrlParts,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, OutboundError> {
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    let path = target.request_target();
    *request.uri_mut() = path.parse().map_err(|_| OutboundError::Target)?;
    *request.headers_mut() = headers;
    let host = HeaderValue::try_from(target.host_for_signature());
    let host = host.map_err(|_| OutboundError::Target)?;
    request.headers_mut().insert(HOST, host);
    let agent = concat!("Holdfast/", env!("CARGO_PKG_VERSION"));
    request
        .headers_mut()
        .insert(USER_AGENT, HeaderValue::from_static(agent));
    Ok(request)
}

/// Whether a kept connection had been closed by the other side before it could be used.
fn was_closed(error: &hyper::Error) -> bool {
    error.is_canceled() || error.is_closed() || error.is_incomplete_message()
}

async fn read(response: Response<Incoming>, bytes_max: usize) -> Result<Bytes, OutboundError> {
    let mut body = response.into_body();
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(part) = frame?.into_data() else {
            continue;
        };
        if bytes_max.saturating_sub(read.len()) < part.len() {
            return Err(OutboundError::TooLong(bytes_max));
        }
        read.extend_from_slice(&part);
    }
    Ok(read.into())
}
