//! The signed ceiling: a server that reads a request, checks its signature and answers a constant.
//!
//! It stands where Holdfast would stand if everything behind the signature cost nothing: the same
//! HTTP library set up the same way, the same reading of parameters, the same check. No faster
//! Holdfast can exist without changing one of those, so its rate is what ours is divided by.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use signing::form::{self, Limits};
use signing::hosts::PublicNames;
use signing::{Secret, Verb};
use tokio::net::{TcpListener, TcpStream};
use wire::{Call, Check};

use super::{machine, world};
use crate::run::{Failure, Outcome};

/// The limits of the server's own listener.
const BODY_BYTES_MAX: usize = 65_536;
const HEAD_BYTES_MAX: usize = 32_768;
const HEAD_READ_MAX: Duration = Duration::from_secs(15);
/// As long as a real reply.
const REPLY: &str = "<?xml version=\"1.0\"?>\n\
    <ReserveResponse xmlns=\"http://fps.amazonaws.com/doc/2008-09-17/\"><ReserveResult>\
    <TransactionId>14GKI1SKSR1V6DO1RCCB32RBR6KLODMGQUD</TransactionId>\
    <TransactionStatus>Pending</TransactionStatus></ReserveResult><ResponseMetadata>\
    <RequestId>c21e7735-9c08-4cd8-99bf-535a848c79b4:0</RequestId></ResponseMetadata>\
    </ReserveResponse>";

/// What the server knows.
struct Known {
    secrets: HashMap<String, Secret>,
    names: PublicNames,
}

/// Listens on a free port of loopback, says where, and serves until it is killed.
pub fn run(_: &Path, _: &[String]) -> Outcome {
    let failed = |error: std::io::Error| Failure::because(format!("the ceiling: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime.map_err(failed)?.block_on(serve()).map_err(failed)
}

async fn serve() -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("the ceiling listens on {}", listener.local_addr()?);
    let callers = world::of_the_ceiling().into_iter();
    let known = Arc::new(Known {
        secrets: callers.map(|caller| (caller.key, caller.secret)).collect(),
        names: PublicNames::default(),
    });
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(connection(stream, known.clone()));
    }
}

async fn connection(stream: TcpStream, known: Arc<Known>) {
    // Both fail only for a connection that is gone, and then there is nobody to tell.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let known = known.clone();
        async move { Ok::<_, Infallible>(answer(request, &known).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_READ_MAX)
        .max_buf_size(HEAD_BYTES_MAX + BODY_BYTES_MAX)
        .pipeline_flush(true);
    let _ = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(request: Request<Incoming>, known: &Known) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await;
    let (status, text) = match body.map(http_body_util::Collected::to_bytes) {
        Ok(body) if is_signed(&head, &body, known) => (StatusCode::OK, REPLY),
        Ok(_) => (StatusCode::FORBIDDEN, "<Code>SignatureDoesNotMatch</Code>"),
        Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, "<Code>InvalidRequest</Code>"),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static(wire::CONTENT_TYPE);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn is_signed(head: &hyper::http::request::Parts, body: &[u8], known: &Known) -> bool {
    let verb = Verb::parse(head.method.as_str());
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    let (Some(verb), Some(host)) = (verb, host) else {
        return false;
    };
    let Ok(pairs) = form::parse(body, &Limits::DEFAULT) else {
        return false;
    };
    let Ok(call) = Call::read(verb, host, head.uri.path(), pairs) else {
        return false;
    };
    let secret = call
        .access_key()
        .and_then(|key| known.secrets.get(key.as_str()));
    let Some(secret) = secret else { return false };
    let now = machine::now();
    let check = Check {
        secret,
        names: &known.names,
        now,
        accepts_version_1: false,
    };
    call.verify(&check).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::client::Connection;
    use super::super::signer::Signer;
    use super::*;

    #[test]
    fn it_answers_what_is_signed_and_nothing_else() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                .await
                .expect("a port");
            let address = listener.local_addr().expect("an address");
            let callers = world::of_the_ceiling();
            let secrets = callers
                .iter()
                .map(|caller| (caller.key.clone(), caller.secret.clone()));
            let known = Known {
                secrets: secrets.collect(),
                names: PublicNames::default(),
            };
            tokio::spawn(async move {
                let (stream, _) = listener.accept().await.expect("a connection");
                connection(stream, Arc::new(known)).await;
            });
            let mut connection = Connection::open(address).await.expect("a connection");
            let mut signer = Signer::new(&address.to_string());
            let caller = &callers[0];
            let good = signer.reserve(caller, &caller.tokens[0], "r-1").to_vec();
            for _ in 0..2 {
                let answer = connection.exchange(&good).await.expect("an answer");
                assert_eq!((answer.status, answer.body), (200, REPLY.as_bytes()));
            }
            let text = String::from_utf8(good)
                .expect("text")
                .replace("=r-1&", "=r-2&");
            let answer = connection
                .exchange(text.as_bytes())
                .await
                .expect("an answer");
            assert_eq!(answer.status, 403);
        });
    }
}
