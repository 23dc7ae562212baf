//! The FPS API: bytes, call, verified call, command, outcome, bytes. Over Query here, over SOAP in
//! [`soap`]; from the verified call on the way is the same.

use std::sync::Arc;

use futures_catch::caught;
use hyper::{Method, StatusCode};
use payments::{AccountKey, Command, Outcome};
use signing::Verb;
use signing::verification::{self, Verdict};
use store::Outage;
use wire::call::Check;
use wire::{Call, Reply as Document, Request, VerifiedCall, WireError, reply};

use crate::access::NoAccess;
use crate::app::App;
use crate::counters::Counters;
use crate::dispatch::{host, parameters};
use crate::http::{self, Received, Reply};
use crate::random;
use crate::read;
use crate::stand_ins;

mod futures_catch;
mod soap;

/// The body of a success, or the error that is told.
type Answered = Result<Vec<u8>, WireError>;

/// Answers one call of the API.
pub async fn answer(app: &Arc<App>, received: &Received) -> Reply {
    if soap::is_message(received) {
        return soap::answer(app, received).await;
    }
    let id = random::request_id();
    // A bug in a reading must not take the connection with it.
    let answered = match caught(answer_call(app, received, &id)).await {
        Some(answered) => answered,
        None => Err(WireError::internal()),
    };
    count(app, &answered, &id);
    match answered {
        Ok(body) => http::reply(StatusCode::OK, reply::CONTENT_TYPE, body),
        Err(error) => {
            let status = StatusCode::from_u16(error.http).unwrap_or(StatusCode::BAD_REQUEST);
            http::reply(status, reply::CONTENT_TYPE, reply::error(&error, &id))
        }
    }
}

fn count(app: &App, answered: &Answered, request_id: &str) {
    let counters = &app.counters;
    let Err(error) = answered else {
        return Counters::count(&counters.requests_ok);
    };
    let is_ours = 500 <= error.http;
    let counter = if is_ours {
        &counters.requests_failed
    } else {
        &counters.requests_refused
    };
    Counters::count(counter);
    tracing::debug!(
        request.id = request_id,
        error.code = error.code,
        "a call was refused"
    );
}

async fn answer_call(app: &Arc<App>, received: &Received, request_id: &str) -> Answered {
    let verb = match received.head.method {
        Method::GET => Verb::Get,
        Method::POST => Verb::Post,
        _ => return Err(invalid_request("Requests are sent by GET or POST.")),
    };
    let pairs = parameters(received).map_err(|error| invalid_request(error.to_string()))?;
    let call = Call::read(verb, host(&received.head), received.head.uri.path(), pairs)?;
    let document = Document {
        version: call.version(),
        request_id,
    };
    let (call, caller) = verify(app, call).await?;
    perform(app, call, caller, document).await
}

/// Does what a verified call asks, and writes the document that answers it.
async fn perform(
    app: &Arc<App>,
    call: VerifiedCall<'_>,
    caller: AccountKey,
    document: Document<'_>,
) -> Answered {
    let action = call.action();
    match call.request(caller)? {
        Request::Command(command) => {
            let outcome = submit(app, command).await?;
            Ok(document.outcome(action, &outcome))
        }
        Request::Install(install) => {
            let command = read::complete(app, *install).await?;
            let outcome = submit(app, command.into()).await?;
            Ok(document.outcome(action, &outcome))
        }
        Request::Read(what) => read::answer(app, caller, what, document).await,
        Request::VerifySignature {
            url_end_point,
            http_parameters,
        } => {
            let judge = || {
                let keys = app.keyring.published();
                verification::verify_message(&keys, &url_end_point, &http_parameters)
                    .map_err(|error| WireError::invalid_params(error.to_string()))
            };
            let mut verdict = judge();
            if !matches!(verdict, Ok(Verdict::Success)) && app.take_over_signing_keys().await {
                verdict = judge();
            }
            Ok(document.verification(verdict?))
        }
    }
}

async fn submit(app: &Arc<App>, command: Command) -> Result<Outcome, WireError> {
    stand_ins::prepare(app, &command).await.map_err(outage)?;
    let answer = app.store.submit(command).await.map_err(outage)?;
    answer.map_err(|refusal| WireError::from(&refusal))
}

/// Proves who sent a call. A call that needs no signature has no caller; its account is never used.
async fn verify<'a>(
    app: &Arc<App>,
    call: Call<'a>,
) -> Result<(VerifiedCall<'a>, AccountKey), WireError> {
    let now = app.real_now();
    let Some(key) = call.access_key() else {
        return Ok((call.unsigned(now)?, AccountKey(0)));
    };
    let found = app
        .access
        .find(app, key.as_str())
        .await
        .map_err(no_access)?;
    let access = found.ok_or_else(WireError::unknown_access_key)?;
    let accepts_version_1 = app.settings.signature_version_1;
    let check = Check {
        secret: &access.secret,
        names: &app.names,
        now,
        accepts_version_1,
    };
    let verified = call.verify(&check)?;
    // Commands read the key's status again inside their batch; readings rely on this.
    if !access.active {
        return Err(WireError::auth_failure());
    }
    Ok((verified, access.account))
}

/// Why an access key is of no use now, as its caller is told.
fn no_access(no_access: NoAccess) -> WireError {
    match no_access {
        NoAccess::Sealed => WireError::access_failure(),
        NoAccess::Outage(failed) => outage(failed),
    }
}

fn invalid_request(message: impl Into<String>) -> WireError {
    WireError::new("InvalidRequest", message)
}

/// What the environment's failure looks like from outside. The cause is for the log alone.
#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
pub fn outage(outage: Outage) -> WireError {
    match &outage {
        Outage::Busy { .. } | Outage::Closing => WireError::unavailable(),
        Outage::Contended { .. } => WireError::concurrent_modification(),
        Outage::Failed { .. } | Outage::Corrupt { .. } => {
            tracing::error!(outage = %outage, "the store failed a request");
            WireError::internal()
        }
    }
}
