//! Listening: connections, TLS, time and size limits, and a stop that finishes what was begun.
//!
//! One loop accepts; each connection is served by hyper over HTTP/1.0 or 1.1, request lines in
//! origin or absolute form. Whole bodies only, both ways: old clients understand no chunks.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

use crate::app::App;
use crate::counters::Counters;
use crate::dispatch;

/// Bytes of a request body at most.
pub const BODY_BYTES_MAX: usize = 65_536;
/// Bytes of a request head at most; VerifySignature puts 4 kB and more into the request line.
pub const HEAD_BYTES_MAX: usize = 32_768;
/// Seconds to send a request's head.
pub const HEAD_READ_S_MAX: u64 = 15;
/// Seconds to send a request's body.
pub const BODY_READ_S_MAX: u64 = 15;
/// Seconds for a TLS handshake.
pub const HANDSHAKE_S_MAX: u64 = 10;
/// Connections at the same time at most.
pub const CONNECTIONS_MAX: usize = 4_096;
/// Seconds for open connections to finish at a stop.
pub const DRAIN_S_MAX: u64 = 8;

/// A request with its whole body.
pub struct Received {
    /// The head.
    pub head: hyper::http::request::Parts,
    /// The body.
    pub body: Bytes,
    /// Who is connected.
    pub remote: SocketAddr,
    /// Whether the connection is encrypted.
    pub secure: bool,
}

/// A reply with its whole body.
pub type Reply = Response<Full<Bytes>>;

/// Which paths a listener serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everything.
    All,
    /// Everything but health and metrics, which have a listener of their own.
    Public,
    /// Health and metrics only.
    Operations,
}

/// Accepts until told to stop, then lets open requests finish.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    door: Door,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let place = places.clone().acquire_owned();
        let accepted = tokio::select! {
            biased;
            () = stopped(&mut stop) => break,
            place = place => {
                let Ok(place) = place else { break };
                tokio::select! {
                    () = stopped(&mut stop) => break,
                    accepted = listener.accept() => (place, accepted),
                }
            }
        };
        while connections.try_join_next().is_some() {}
        let (place, stream) = match accepted {
            (place, Ok(accepted)) => (place, accepted),
            (_, Err(error)) => {
                tracing::warn!(error = %error, "a connection could not be accepted");
                // Out of descriptors, say: let some close instead of spinning.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        Counters::count(&app.counters.connections);
        let connection = Connection {
            app: app.clone(),
            door,
            remote: stream.1,
        };
        let (tls, stop) = (tls.clone(), stop.clone());
        connections.spawn(async move {
            connection.run(stream.0, tls, stop).await;
            drop(place);
        });
    }
    drop(listener);
    let drain = async { while connections.join_next().await.is_some() {} };
    let in_time = tokio::time::timeout(Duration::from_secs(DRAIN_S_MAX), drain).await;
    if in_time.is_err() {
        tracing::warn!("some connections did not finish in time and were closed");
    }
}

/// Waits until it is time to stop, or whoever would say so is gone.
pub async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

#[derive(Clone)]
struct Connection {
    app: Arc<App>,
    door: Door,
    remote: SocketAddr,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<TlsAcceptor>, stop: watch::Receiver<bool>) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = tls else {
            return self.http(stream, false, stop).await;
        };
        let handshake = tls.accept(stream);
        match tokio::time::timeout(Duration::from_secs(HANDSHAKE_S_MAX), handshake).await {
            Ok(Ok(stream)) => self.http(stream, true, stop).await,
            Ok(Err(error)) => tracing::debug!(error = %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    async fn http<S>(self, stream: S, secure: bool, mut stop: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = service_fn(move |request| {
            let connection = self.clone();
            async move { Ok::<Reply, Infallible>(connection.answer(request, secure).await) }
        });
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(HEAD_READ_S_MAX))
            // Bodies are read piece by piece, so the buffer bounds the head alone. Flushes are not put
            // off for pipelined requests: the answer to a broken one would then never leave.
            .max_buf_size(HEAD_BYTES_MAX);
        let served = builder.serve_connection(TokioIo::new(stream), service);
        let mut served = std::pin::pin!(served);
        let result = tokio::select! {
            result = served.as_mut() => result,
            () = stopped(&mut stop) => {
                served.as_mut().graceful_shutdown();
                served.await
            }
        };
        if let Err(error) = result {
            tracing::debug!(error = %error, "a connection ended with an error");
        }
    }

    async fn answer(&self, request: Request<Incoming>, secure: bool) -> Reply {
        let (head, body) = request.into_parts();
        if HEAD_BYTES_MAX < head_bytes(&head) {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return plain(status, "the request head is too large\n");
        }
        let body = match read_body(body).await {
            Ok(body) => body,
            Err(status) => return plain(status, "the request body could not be taken\n"),
        };
        let received = Received {
            head,
            body,
            remote: self.remote,
            secure,
        };
        // A bug must not take the connection with it: the client gets an error, the log the cause.
        let app = self.app.clone();
        let door = self.door;
        dispatch::answer(&app, received, door).await
    }
}

/// What a head takes, its line and headers; the reading buffer lets a little more pass.
fn head_bytes(head: &hyper::http::request::Parts) -> usize {
    let target = head.uri.path_and_query();
    let line = target.map_or(0, |target| target.as_str().len());
    let header = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len();
    line + head.headers.iter().map(header).sum::<usize>()
}

async fn read_body(body: Incoming) -> Result<Bytes, StatusCode> {
    let hint = hyper::body::Body::size_hint(&body);
    if hint.upper() == Some(0) {
        return Ok(Bytes::new());
    }
    if hint.lower() > u64::try_from(BODY_BYTES_MAX).unwrap_or(u64::MAX) {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let collect = Limited::new(body, BODY_BYTES_MAX).collect();
    match tokio::time::timeout(Duration::from_secs(BODY_READ_S_MAX), collect).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// A short reply in plain text.
pub fn plain(status: StatusCode, text: impl Into<Bytes>) -> Reply {
    reply(status, "text/plain; charset=utf-8", text)
}

/// A reply with a type.
pub fn reply(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let value = HeaderValue::from_static(content_type);
    headers.insert(hyper::header::CONTENT_TYPE, value);
    response
}
