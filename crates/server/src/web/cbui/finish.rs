//! The end of a visit: tokens are installed, and the browser goes back with a signed result.

use payments::rows::TallyKind;
use payments::{InstrumentKey, Outcome, ReadSet, Refusal};
use store::Outage;

use super::install::{self, Installed};
use super::method::{self, Again};
use super::steps::At;
use super::visit::Chosen;
use super::wish::Kind;
use crate::web::door::Person;
use crate::web::return_url::{Status, pair};
use crate::web::{Served, WebResponse, reply};

/// The person agrees: installs what was agreed and returns.
pub(super) async fn agree(at: At<'_>, person: &Person) -> Served {
    let sender = at.visit.wish.asks_sender();
    let chosen = at.visit.method.filter(|_| sender);
    let address_missing = at.visit.wish.collect_address && at.visit.address.is_none();
    if sender && (chosen.is_none() || address_missing) {
        return Ok(at.next());
    }
    let command = install::command(&at, person, chosen);
    let installed = match at.host.store().submit(command).await? {
        Ok(Outcome::Tokens { token, refund }) => Some(Installed::Tokens { token, refund }),
        Ok(Outcome::Tally {
            tally,
            spending,
            moving,
        }) => Some(Installed::Tally {
            tally,
            spending,
            moving,
        }),
        // A token that is no longer active may have been replaced by this very form.
        Err(Refusal::DuplicateRequest(_) | Refusal::TokenNotActive(_)) => {
            install::by_this_visit(&at, person).await?
        }
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
        Some(installed) => succeed(at, chosen, &installed).await,
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

async fn succeed(at: At<'_>, chosen: Option<Chosen>, installed: &Installed) -> Served {
    let status = match chosen {
        _ if is_unchanged(&at, installed) => Status::Unchanged,
        None => Status::Recipient,
        Some(Chosen::Balance) => Status::SenderBalance,
        Some(Chosen::Bank(_)) => Status::SenderBank,
        Some(Chosen::Card(_)) => Status::SenderCard,
    };
    let mut result = names(&at, installed);
    result.extend(status.alone());
    if let Installed::Tokens { .. } = installed {
        let reference = at.visit.wish.reference.as_str();
        result.push(pair("callerReference", reference));
    }
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

/// Whether a token was to be changed and was left as it was.
fn is_unchanged(at: &At<'_>, installed: &Installed) -> bool {
    match (&at.visit.wish.kind, installed) {
        (Kind::Edit(edit), Installed::Tokens { token, .. }) => *token == edit.token,
        (
            Kind::Single(_)
            | Kind::Multi(_)
            | Kind::Recurring(_)
            | Kind::Tally(_)
            | Kind::Edit(_)
            | Kind::Recipient(_),
            Installed::Tokens { .. } | Installed::Tally { .. },
        ) => false,
    }
}

/// What was installed, by the names of the protocol.
fn names(at: &At<'_>, installed: &Installed) -> Vec<(String, String)> {
    match installed {
        Installed::Tokens { token, refund } => {
            let mut pairs = vec![pair("tokenID", token.as_str())];
            pairs.extend(
                refund
                    .iter()
                    .map(|refund| pair("refundTokenID", refund.as_str())),
            );
            pairs
        }
        Installed::Tally {
            tally,
            spending,
            moving,
        } => {
            let is_credit = matches!(
                &at.visit.wish.kind,
                Kind::Tally(setup) if setup.kind == TallyKind::Credit
            );
            let [instrument, spends, moves] = if is_credit {
                [
                    "creditInstrumentID",
                    "creditSenderTokenID",
                    "settlementTokenID",
                ]
            } else {
                [
                    "prepaidInstrumentID",
                    "prepaidSenderTokenID",
                    "fundingTokenID",
                ]
            };
            vec![
                pair(instrument, tally.as_str()),
                pair(spends, spending.as_str()),
                pair(moves, moving.as_str()),
            ]
        }
    }
}
