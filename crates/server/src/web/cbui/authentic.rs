//! Whether a request comes from the caller that it names.
//!
//! The return URL is not used before this has been answered: whoever forged a request also chose
//! where it returns to.

use std::borrow::Cow;

use accounts::people;
use pages::Problem;
use payments::rows::{Account, AccountStatus};
use signing::request::{
    CBUI_PATH, Inbound, Method, SIGNATURE_CBUI, SIGNATURE_CBUI_V1, verify_cbui_v1, verify_v2,
};
use signing::{Verb, form};
use store::Outage;

use crate::web::return_url::ReturnUrl;
use crate::web::{Caller, Host, WebRequest};

/// The request's parameters, decoded.
pub(super) type Pairs<'a> = [(Cow<'a, str>, Cow<'a, str>)];

/// A request whose caller and return URL can be trusted.
pub(super) struct Authentic {
    pub(super) caller: Account,
    pub(super) return_url: ReturnUrl,
    /// Whether it is signed, and not only bound to a registered origin.
    pub(super) signed: bool,
}

/// Why a request cannot be trusted: what the page says, never a redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Untrusted {
    code: &'static str,
    detail: String,
}

/// Checks who sent a request and where it may return to.
pub(super) async fn authenticate(
    host: &dyn Host,
    request: &WebRequest,
    pairs: &Pairs<'_>,
) -> Result<Result<Authentic, Untrusted>, Outage> {
    let unknown = || {
        untrusted(
            "InvalidClientTokenId",
            "callerKey names no active access key",
        )
    };
    let Some(key) = one_of(pairs, &["callerKey", "accessKey"]) else {
        return Ok(Err(unknown()));
    };
    let Some(caller) = host.caller(key).await? else {
        return Ok(Err(unknown()));
    };
    let account = people::by_key(host.store(), caller.account).await?;
    let account = account.filter(|account| account.status == AccountStatus::Active);
    let Some(account) = account else {
        return Ok(Err(unknown()));
    };
    let signed = match check_signature(host, request, pairs, &caller) {
        Ok(signed) => signed,
        Err(untrusted) => return Ok(Err(untrusted)),
    };
    let url = one_of(pairs, &["returnURL", "returnUrl"]).unwrap_or_default();
    let return_url = match ReturnUrl::parse(url) {
        Ok(return_url) => return_url,
        Err(error) => {
            return Ok(Err(untrusted(
                "InvalidReturnURL",
                format!("returnURL: {error}"),
            )));
        }
    };
    if !signed && !is_registered(&account, &return_url) {
        let origin = return_url.origin();
        let detail = format!("the request is not signed and {origin} is not registered");
        return Ok(Err(untrusted("MissingSignature", detail)));
    }
    Ok(Ok(Authentic {
        caller: account,
        return_url,
        signed,
    }))
}

/// Whether the request is signed. A signature that is there must hold.
fn check_signature(
    host: &dyn Host,
    request: &WebRequest,
    pairs: &Pairs<'_>,
    caller: &Caller,
) -> Result<bool, Untrusted> {
    let wrong = |detail: String| untrusted("InvalidSignature", detail);
    let value = |name| form::value(pairs, name).filter(|value| !value.is_empty());
    let (given, version_1) = match (value(SIGNATURE_CBUI), value(SIGNATURE_CBUI_V1)) {
        (Some(given), _) => (given, value("signatureVersion").is_none_or(|v| v == "1")),
        (None, Some(given)) => (given, true),
        (None, None) => return Ok(false),
    };
    if version_1 {
        if !host.takes_version_1() {
            return Err(wrong("signature version 1 is switched off here".to_owned()));
        }
        let covered: Vec<_> = pairs
            .iter()
            .filter(|(name, _)| name != SIGNATURE_CBUI)
            .collect();
        let covered: Vec<(&str, &str)> = covered.iter().map(|(n, v)| (&**n, &**v)).collect();
        return if verify_cbui_v1(&caller.secret, CBUI_PATH, &covered, given) {
            Ok(true)
        } else {
            Err(wrong("the signature of version 1 does not hold".to_owned()))
        };
    }
    if value("signatureVersion") != Some("2") {
        return Err(wrong("signatureVersion is neither 1 nor 2".to_owned()));
    }
    let Some(method) = value("signatureMethod").and_then(Method::parse) else {
        return Err(wrong(
            "signatureMethod is neither HmacSHA256 nor HmacSHA1".to_owned(),
        ));
    };
    let hosts = host.names().candidates(&request.host);
    let verb = if request.is_post() {
        Verb::Post
    } else {
        Verb::Get
    };
    let inbound = Inbound {
        verb,
        hosts: &hosts,
        paths: &[CBUI_PATH],
        pairs,
        signature_name: SIGNATURE_CBUI,
    };
    if verify_v2(&caller.secret, method, &inbound, given) {
        Ok(true)
    } else {
        let detail = format!(
            "the signature does not hold for {} {CBUI_PATH} at any of: {}",
            verb.as_str(),
            hosts.join(", ")
        );
        Err(wrong(detail))
    }
}

/// The first value of the first name that has one.
fn one_of<'a>(pairs: &'a Pairs<'_>, names: &[&str]) -> Option<&'a str> {
    let mut values = names.iter().filter_map(|name| form::value(pairs, name));
    values.find(|value| !value.is_empty())
}

fn is_registered(caller: &Account, return_url: &ReturnUrl) -> bool {
    let origin = return_url.origin();
    let same = |known: &String| known.trim_end_matches('/').eq_ignore_ascii_case(&origin);
    caller.return_origins.iter().any(same)
}

/// A request that cannot be trusted.
pub(super) fn untrusted(code: &'static str, detail: impl Into<String>) -> Untrusted {
    let detail = detail.into();
    Untrusted { code, detail }
}

impl Untrusted {
    /// The page that says so.
    pub(super) fn problem(&self) -> Problem {
        Problem {
            title: "This link cannot be trusted".to_owned(),
            code: self.code.to_owned(),
            explanation: "The site that sent you here made a request that we cannot accept."
                .to_owned(),
            advice: "Go back to the site and start again. If it happens again, tell the site."
                .to_owned(),
            detail: Some(self.detail.clone()),
            request_id: Some(crate::random::request_id()),
        }
    }
}
