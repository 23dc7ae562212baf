//! A caller sends somebody: the request is checked, and a visit begins.

use payments::rows::{PaymentMethod, TokenStatus};
use payments::tables::TokenReference;
use payments::{AccountKey, ReadSet, Timestamp, TokenId};
use signing::form::{self, Limits};
use store::Outage;

use super::authentic::{Authentic, Pairs, authenticate, untrusted};
use super::logo;
use super::params::{self, Read};
use super::payees::{self, Payee};
use super::visit::{Beginning, Brand, Visit};
use super::wish::{Edit, Kind, Methods, Wish};
use crate::web::return_url::{ReturnUrl, Status, not_well_formed};
use crate::web::{Host, Served, WebRequest, frame, reply};

/// Checks a request and begins the visit it asks for.
pub(in crate::web) async fn start(host: &dyn Host, request: &WebRequest) -> Served {
    let mut pairs = Vec::new();
    let mut read = form::parse_into(&mut pairs, request.query.as_bytes(), &Limits::DEFAULT);
    if request.is_post() {
        read = read.and_then(|()| form::parse_into(&mut pairs, &request.body, &Limits::DEFAULT));
    }
    let authentic = match read {
        Ok(()) => authenticate(host, request, &pairs).await?,
        Err(error) => Err(untrusted("MalformedRequest", error.to_string())),
    };
    let authentic = match authentic {
        Ok(authentic) => authentic,
        Err(untrusted) => return Ok(reply::problem(host, 400, &untrusted.problem())),
    };
    let now = host.store().now().await?.product;
    match wanted(host, &authentic, &pairs, now).await? {
        Err(result) => Ok(back(host, &authentic.return_url, result)),
        Ok(Wanted {
            wish,
            payees,
            offered,
            logo,
            as_recipient,
        }) => {
            let brand = if as_recipient {
                let name = Some(payees::names(&payees));
                Brand { name, logo: None }
            } else {
                let logo = logo.filter(|_| authentic.signed);
                let logo = match logo {
                    Some(address) => logo::path_of(host, &address).await?,
                    None => None,
                };
                Brand { name: None, logo }
            };
            let beginning = Beginning {
                caller: authentic.caller.key,
                caller_name: authentic.caller.name,
                brand,
                return_url: authentic.return_url,
                wish,
                payees,
                offered,
                now,
            };
            let (visit, cookie) = Visit::begin(host, request, beginning);
            visit.keep(host).await?;
            Ok(reply::see_other(host, &visit.href()).with_cookie(cookie))
        }
    }
}

/// What goes back to the caller at once.
type AtOnce = Vec<(String, String)>;

/// A request that a visit can begin with.
struct Wanted {
    wish: Wish,
    payees: Vec<Payee>,
    offered: Methods,
    logo: Option<String>,
    as_recipient: bool,
}

/// What is asked, who is paid and by what; otherwise the result that goes back at once.
async fn wanted(
    host: &dyn Host,
    authentic: &Authentic,
    pairs: &Pairs<'_>,
    now: Timestamp,
) -> Result<Result<Wanted, AtOnce>, Outage> {
    let Read {
        mut wish,
        mut recipients,
        recipients_name,
        logo,
        as_recipient,
    } = match params::read(pairs, now, &host.terms()) {
        Ok(read) => read,
        Err(names) => return Ok(Err(not_well_formed(&names))),
    };
    let caller = &authentic.caller;
    if let Kind::Edit(edit) = &mut wish.kind {
        let Some(found) = edited(host, caller.key, edit, now).await? else {
            return Ok(Err(not_well_formed(&["tokenId"])));
        };
        (recipients, wish.reason) = found;
    }
    let for_others = matches!(wish.kind, Kind::Recipient(_)) || !recipients.is_empty();
    if for_others && !caller.marketplace {
        return Ok(Err(Status::NotMarketplace.alone()));
    }
    let payees = match &wish.kind {
        Kind::Recipient(_) => Vec::new(),
        Kind::Single(_) | Kind::Multi(_) | Kind::Recurring(_) | Kind::Tally(_) | Kind::Edit(_)
            if recipients.is_empty() =>
        {
            vec![payees::of_caller(caller)]
        }
        Kind::Single(_) | Kind::Multi(_) | Kind::Recurring(_) | Kind::Tally(_) | Kind::Edit(_) => {
            let found = payees::of_tokens(host, caller.key, &recipients, now).await?;
            match found {
                Some(payees) => payees,
                None => return Ok(Err(not_well_formed(&[recipients_name]))),
            }
        }
    };
    if is_used(host, caller.key, &wish).await? {
        return Ok(Err(Status::NotPossible.alone()));
    }
    let offered = match &wish.kind {
        Kind::Recipient(_) => Ok(wish.methods),
        Kind::Single(_) | Kind::Multi(_) | Kind::Recurring(_) | Kind::Tally(_) | Kind::Edit(_) => {
            payees::offered(&wish, &payees)
        }
    };
    Ok(offered
        .map(|offered| Wanted {
            wish,
            payees,
            offered,
            logo,
            as_recipient,
        })
        .map_err(Status::alone))
}

/// Whether one of its references has made a token before.
async fn is_used(host: &dyn Host, caller: AccountKey, wish: &Wish) -> Result<bool, Outage> {
    let names = wish.references().into_iter();
    let names = names.map(|(role, reference)| TokenReference {
        installer: caller,
        role: role.into(),
        reference: reference.clone(),
    });
    let names: Vec<TokenReference> = names.collect();
    let mut want = ReadSet::default();
    want.token_references.extend(names.iter().cloned());
    let seen = host.store().see(want).await?;
    let taken = |name| seen.token_references.get(name).is_some();
    Ok(names.iter().any(taken))
}

/// Looks up the token that is to be changed, whom it may pay, and what it was said to be for; `None`
/// when this caller has no such token in force that pays by itself.
async fn edited(
    host: &dyn Host,
    caller: AccountKey,
    edit: &mut Edit,
    now: Timestamp,
) -> Result<Option<(Vec<TokenId>, Option<String>)>, Outage> {
    let Some(key) = edit.token.key() else {
        return Ok(None);
    };
    let mut want = ReadSet::default();
    want.tokens.insert(key);
    let seen = host.store().see(want).await?;
    let found = seen.tokens.get(&key).filter(|token| {
        edit.token.names(token.key, &token.nonce)
            && token.installer == caller
            && token.status == TokenStatus::Active
            && now < token.facts.expires_at
    });
    let pays = found.filter(|token| match token.facts.method {
        Some(PaymentMethod::Card | PaymentMethod::Bank | PaymentMethod::Balance) => true,
        Some(PaymentMethod::Debt | PaymentMethod::Prepaid) | None => false,
    });
    let Some(token) = pays else {
        return Ok(None);
    };
    edit.owner = token.account;
    edit.role = token.facts.role;
    edit.method = token.facts.method;
    edit.instrument = token.facts.instrument;
    edit.reserve = token.facts.reserve;
    let mut want = ReadSet::default();
    want.tokens.extend(token.facts.recipients.iter().copied());
    let others = host.store().see(want).await?;
    let recipients = token.facts.recipients.iter();
    let known = recipients.filter_map(|key| others.tokens.get(key));
    let known = known.map(payments::rows::Token::id).collect();
    Ok(Some((known, token.facts.payment_reason.clone())))
}

/// Straight back to the caller.
fn back(
    host: &dyn Host,
    return_url: &ReturnUrl,
    result: Vec<(String, String)>,
) -> crate::web::WebResponse {
    let href = return_url.with(host, result);
    let label = format!("Return to {}", return_url.host());
    reply::onward(&href, &label, &frame::plain(host))
}
