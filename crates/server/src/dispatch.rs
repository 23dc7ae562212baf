//! Who answers: by the path, and for `/` by what the request asks for.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use signing::{Verb, form};

use crate::app::App;
use crate::counters::Counters;
use crate::http::{Door, Received, Reply, plain};
use crate::web::{self, WebRequest, WebResponse};
use crate::{api, description, operations};

/// Answers one request.
pub async fn answer(app: &Arc<App>, received: Received, door: Door) -> Reply {
    let path = received.head.uri.path();
    if door != Door::Public {
        match path {
            "/healthz" => return operations::healthz(),
            "/readyz" => return operations::readyz(app).await,
            "/metrics" => return operations::metrics(app).await,
            _ => {}
        }
    }
    if door == Door::Operations {
        return plain(
            StatusCode::NOT_FOUND,
            "this listener serves health and metrics only\n",
        );
    }
    if path == "/" || path.is_empty() {
        if is_for_api(&received) {
            return api::answer(app, &received).await;
        }
    } else if let Some(reply) = operations::certificate(app, path).await {
        return reply;
    } else {
        let (_, secure) = seen_through_proxies(app, &received);
        if let Some(reply) = description::answer(app, &received, secure) {
            return reply;
        }
    }
    Counters::count(&app.counters.page_requests);
    page(app, received).await
}

/// A browser asks for `/` with nothing; everything else is a call, if only a broken one.
fn is_for_api(received: &Received) -> bool {
    let has_query = received
        .head
        .uri
        .query()
        .is_some_and(|query| !query.is_empty());
    has_query || received.head.method != Method::GET
}

async fn page(app: &Arc<App>, received: Received) -> Reply {
    let Some(request) = web_request(app, received) else {
        return plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "pages are asked for with GET or POST\n",
        );
    };
    match web::handle(app, request).await {
        Some(response) => from_web(response),
        None => plain(StatusCode::NOT_FOUND, "there is nothing here\n"),
    }
}

/// `None` for a method that no page has.
fn web_request(app: &Arc<App>, received: Received) -> Option<WebRequest> {
    let (remote, secure) = seen_through_proxies(app, &received);
    let Received { head, body, .. } = received;
    let text = |name| header(&head, name).unwrap_or_default().to_owned();
    let verb = match head.method {
        Method::GET | Method::HEAD => Verb::Get,
        Method::POST => Verb::Post,
        _ => return None,
    };
    Some(WebRequest {
        verb,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        host: host(&head).to_owned(),
        cookie: text(COOKIE),
        content_type: text(CONTENT_TYPE),
        fetch_site: header_named(&head, "sec-fetch-site")
            .unwrap_or_default()
            .to_owned(),
        remote,
        secure,
        body: body.to_vec(),
    })
}

/// Who is really there: what a listed proxy says, or else whoever is connected.
fn seen_through_proxies(app: &Arc<App>, received: &Received) -> (IpAddr, bool) {
    let peer = received.remote.ip();
    if !app.settings.trusted_proxies.contains(&peer) {
        return (peer, received.secure);
    }
    let head = &received.head;
    let chain = header_named(head, "x-forwarded-for").unwrap_or_default();
    // The last address that is not a listed proxy is the nearest that nobody here vouches for.
    let addresses = chain
        .rsplit(',')
        .filter_map(|part| part.trim().parse::<IpAddr>().ok());
    let client = addresses
        .into_iter()
        .find(|ip| !app.settings.trusted_proxies.contains(ip));
    let secure = header_named(head, "x-forwarded-proto") == Some("https");
    (client.unwrap_or(peer), secure || received.secure)
}

fn from_web(response: WebResponse) -> Reply {
    let mut reply = Response::new(Full::new(Bytes::from(response.body)));
    let status = StatusCode::from_u16(response.status);
    *reply.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        let name = hyper::header::HeaderName::from_bytes(name.as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(&value)) {
            reply.headers_mut().append(name, value);
        }
    }
    reply
}

/// The host that the client named: the authority of an absolute request line, which counts where both
/// are sent (RFC 9112, 3.2.2), or else the `Host` header.
pub fn host(head: &Parts) -> &str {
    let authority = head
        .uri
        .authority()
        .map(hyper::http::uri::Authority::as_str);
    authority.or(header(head, HOST)).unwrap_or_default()
}

/// A header as text.
pub fn header(head: &Parts, name: hyper::header::HeaderName) -> Option<&str> {
    head.headers.get(name).and_then(|value| value.to_str().ok())
}

fn header_named<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name).and_then(|value| value.to_str().ok())
}

/// The parameters of a request: its query's, and its body's when that is a form.
pub fn parameters(received: &Received) -> Result<Vec<form::Pair<'_>>, form::FormError> {
    let limits = form::Limits::DEFAULT;
    let query = received.head.uri.query().unwrap_or_default();
    let mut pairs = form::parse(query.as_bytes(), &limits)?;
    let kind = header(&received.head, CONTENT_TYPE).unwrap_or_default();
    let is_form = kind.is_empty() || kind.starts_with("application/x-www-form-urlencoded");
    if is_form && !received.body.is_empty() {
        form::parse_into(&mut pairs, &received.body, &limits)?;
    }
    Ok(pairs)
}
