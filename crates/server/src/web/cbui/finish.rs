//! The end of a visit: tokens are installed, and the browser goes back with a signed result.

use payments::commands::InstallTokens;
use payments::rows::{PaymentMethod, TokenRole, TokenType};
use payments::tables::TokenReference;
use payments::{InstrumentKey, Outcome, ReadSet, Refusal, TokenId, TokenKey};
use store::Outage;

use super::method::{self, Again};
use super::steps::At;
use super::visit::Chosen;
use super::wish::Kind;
use crate::web::door::Person;
use crate::web::return_url::{Status, pair};
use crate::web::{Served, WebResponse, reply};

/// The tokens of a consent: the token and, for a recipient, its refund token.
type Installed = (TokenId, Option<TokenId>);

/// The person agrees: installs the tokens and returns.
pub(super) async fn agree(at: At<'_>, person: &Person) -> Served {
    let sender = at.visit.wish.asks_sender();
    let chosen = at.visit.method.filter(|_| sender);
    let address_missing = at.visit.wish.collect_address && at.visit.address.is_none();
    if sender && (chosen.is_none() || address_missing) {
        return Ok(at.next());
    }
    let command = command(&at, person, chosen);
    let installed = match at.host.store().submit(command.into()).await? {
        Ok(Outcome::Tokens { token, refund }) => Some((token, refund)),
        Err(Refusal::DuplicateRequest(_)) => installed_by_this_visit(&at, person).await?,
        Err(Refusal::InactiveInstrument) => {
            let again = Again::error("method", "This payment method cannot be used any more.");
            return method::page(&at, person, again).await;
        }
        other => {
            let reason = format!("it was answered with {other:?}");
            let doing = "installing tokens";
            return Err(Outage::Failed { doing, reason });
        }
    };
    match installed {
        Some(installed) => succeed(at, chosen, installed).await,
        None => end(at, Status::NotPossible.alone()).await,
    }
}

/// Ends the visit with a result and returns.
pub(super) async fn end(mut at: At<'_>, result: Vec<(String, String)>) -> Served {
    let href = at.visit.return_url()?.with(at.host, result);
    at.visit.result = Some(href.clone());
    at.visit.keep(at.host).await?;
    Ok(again(&at, &href))
}

/// Returns once more with the result that a visit ended with.
pub(super) fn again(at: &At<'_>, href: &str) -> WebResponse {
    let site = at.visit.wish.site.as_ref();
    let label = format!("Continue to {}", site.unwrap_or(&at.visit.caller_name));
    let frame = at.frame(None, "Confirm");
    reply::onward(href, &label, &frame)
}

async fn succeed(at: At<'_>, chosen: Option<Chosen>, installed: Installed) -> Served {
    let (token, refund) = installed;
    let status = match chosen {
        None => Status::Recipient,
        Some(Chosen::Balance) => Status::SenderBalance,
        Some(Chosen::Bank(_)) => Status::SenderBank,
        Some(Chosen::Card(_)) => Status::SenderCard,
    };
    let mut result = vec![pair("tokenID", token.as_str())];
    if let Some(refund) = refund {
        result.push(pair("refundTokenID", refund.as_str()));
    }
    result.extend(status.alone());
    let reference = at.visit.wish.reference.as_str();
    result.push(pair("callerReference", reference));
    if let Some(Chosen::Card(key)) = chosen
        && let Some(expiry) = expiry(&at, key).await?
    {
        result.push(pair("expiry", expiry));
    }
    if at.visit.wish.collect_address {
        let entered = at.visit.address.clone().unwrap_or_default();
        let parts = entered.0.into_iter().filter(|(_, value)| !value.is_empty());
        result.extend(parts);
    }
    end(at, result).await
}

/// `MM/YYYY` of a card.
async fn expiry(at: &At<'_>, key: InstrumentKey) -> Result<Option<String>, Outage> {
    let mut want = ReadSet::default();
    want.instruments.insert(key);
    let seen = at.host.store().see(want).await?;
    let card = seen
        .instruments
        .get(&key)
        .and_then(payments::rows::Instrument::card);
    Ok(card.map(payments::rows::Card::expiry))
}

fn command(at: &At<'_>, person: &Person, chosen: Option<Chosen>) -> InstallTokens {
    let visit = &at.visit;
    let (method, instrument) = match chosen {
        None => (None, None),
        Some(Chosen::Balance) => (Some(PaymentMethod::Balance), None),
        Some(Chosen::Card(key)) => (Some(PaymentMethod::Card), Some(key)),
        Some(Chosen::Bank(key)) => (Some(PaymentMethod::Bank), Some(key)),
    };
    let tokens = visit.payees.iter().filter_map(|payee| payee.token);
    let plain = InstallTokens {
        installer: visit.caller,
        account: person.account.key,
        caller_reference: visit.wish.reference.clone(),
        kind: TokenType::Unrestricted,
        role: visit.wish.role(),
        payment_reason: visit.wish.reason.clone(),
        method,
        instrument,
        valid_from: None,
        expires_at: None,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: tokens.collect(),
        also_caller: false,
        reserve: false,
        terms: None,
    };
    match &visit.wish.kind {
        Kind::Single(single) => InstallTokens {
            kind: TokenType::SingleUse,
            each: Some(payments::rows::AmountRule::Maximum(single.amount)),
            total_max: Some(single.amount),
            reserve: single.reserve,
            ..plain
        },
        Kind::Multi(multi) => InstallTokens {
            kind: TokenType::MultiUse,
            valid_from: multi.from,
            expires_at: multi.until,
            each: multi.each,
            total_max: Some(multi.total),
            limits: multi.limits.clone(),
            ..plain
        },
        Kind::Recipient(accept) => InstallTokens {
            valid_from: accept.from,
            expires_at: accept.until,
            terms: Some(accept.terms.clone()),
            ..plain
        },
    }
}

/// The tokens under the reference, if this person made them since the visit began: then the form was
/// posted twice, and both posts get the same answer.
async fn installed_by_this_visit(
    at: &At<'_>,
    person: &Person,
) -> Result<Option<Installed>, Outage> {
    let visit = &at.visit;
    let name = TokenReference {
        installer: visit.caller,
        role: visit.wish.role().into(),
        reference: visit.wish.reference.clone(),
    };
    let mut want = ReadSet::default();
    want.token_references.insert(name.clone());
    let seen = at.host.store().see(want).await?;
    let Some(key) = seen.token_references.get(&name).copied() else {
        return Ok(None);
    };
    // A recipient's refund token is made by the same command, with the next key.
    let next = TokenKey(key.0.saturating_add(1));
    let mut want = ReadSet::default();
    want.tokens.extend([key, next]);
    let seen = at.host.store().see(want).await?;
    let ours = |key: &TokenKey, role| {
        let found = seen.tokens.get(key);
        found.filter(|token| {
            token.account == person.account.key
                && token.installer == visit.caller
                && token.facts.role == role
                && token.facts.caller_reference == visit.wish.reference
                && visit.began < token.facts.installed_at
        })
    };
    let token = ours(&key, visit.wish.role()).map(payments::rows::Token::id);
    let refund = ours(&next, TokenRole::Refund).map(payments::rows::Token::id);
    Ok(token.map(|token| (token, refund)))
}
