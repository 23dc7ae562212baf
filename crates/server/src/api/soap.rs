//! The FPS API over SOAP: an envelope, a message, a verified call; then as over Query.

use std::sync::Arc;

use hyper::header::CONTENT_TYPE;
use hyper::{Method, StatusCode};
use payments::rows::Certificate;
use payments::{AccountKey, ReadSet};
use wire::soap::{self, FAULT_HTTP, Message};
use wire::{Reply as Document, VerifiedCall, WireError, reply};

use super::futures_catch::caught;
use super::{Answered, count, outage, perform};
use crate::app::{App, request_id};
use crate::dispatch::header;
use crate::http::{self, Received, Reply};

const SOAP_11: &str = "text/xml";
const SOAP_12: &str = "application/soap+xml";

/// Whether a request is a message rather than a query.
pub(super) fn is_message(received: &Received) -> bool {
    received.head.method == Method::POST
        && (is_kind(received, SOAP_11) || is_kind(received, SOAP_12))
}

/// Answers one message.
pub(super) async fn answer(app: &Arc<App>, received: &Received) -> Reply {
    let id = request_id();
    let answered = match caught(answer_message(app, received, &id)).await {
        Some(answered) => answered,
        None => Err(WireError::internal()),
    };
    count(app, &answered, &id);
    match answered {
        Ok(body) => http::reply(StatusCode::OK, reply::CONTENT_TYPE, body),
        Err(error) => {
            let status = StatusCode::from_u16(FAULT_HTTP);
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            http::reply(status, reply::CONTENT_TYPE, soap::fault(&error, &id))
        }
    }
}

async fn answer_message(app: &Arc<App>, received: &Received, request_id: &str) -> Answered {
    check_media_type(received)?;
    let document = xml::Document::read(&received.body, &xml::Limits::DEFAULT)?;
    let message = Message::read(&document)?;
    let relates_to = message.message_id();
    let (version, action) = (message.version(), message.action());
    let (call, caller) = verify(app, message).await?;
    let document = Document {
        version,
        request_id,
    };
    let body = perform(app, call, caller, document).await?;
    let relates_to = relates_to.as_deref();
    Ok(soap::reply(action, request_id, relates_to, &body))
}

/// Proves who sent a message. What needs no signature has no caller; its account is never used.
async fn verify<'d>(
    app: &Arc<App>,
    message: Message<'d, '_>,
) -> Result<(VerifiedCall<'d>, AccountKey), WireError> {
    let Some(name) = message.certificate() else {
        return Ok((message.unsigned()?, AccountKey(0)));
    };
    // Asked of the store every time: a disabled certificate fails at once.
    let mut want = ReadSet::default();
    want.certificates.insert(name);
    let seen = app.store.see(want).await.map_err(outage)?;
    let found: Option<&Certificate> = seen.certificates.get(&name);
    let certificate = found.ok_or_else(WireError::unknown_certificate)?;
    let verified = message.verify(&certificate.der, app.real_now())?;
    if !certificate.active {
        return Err(WireError::auth_failure());
    }
    Ok((verified, certificate.account))
}

fn check_media_type(received: &Received) -> Result<(), WireError> {
    let refusal = |message: &str| Err(WireError::new("InvalidRequest", message));
    if is_kind(received, SOAP_12) {
        return refusal("This service speaks SOAP 1.1, sent as text/xml; this is SOAP 1.2.");
    }
    let whole = header(&received.head, CONTENT_TYPE).unwrap_or_default();
    let mut parameters = whole.split(';').skip(1).map(str::trim);
    let charset = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches('"'))
    });
    match charset {
        Some(name) if !name.eq_ignore_ascii_case("utf-8") => {
            refusal("The message must be sent in UTF-8.")
        }
        Some(_) | None => Ok(()),
    }
}

fn is_kind(received: &Received, kind: &str) -> bool {
    let whole = header(&received.head, CONTENT_TYPE).unwrap_or_default();
    let sent = whole.split(';').next().unwrap_or_default();
    sent.trim().eq_ignore_ascii_case(kind)
}
