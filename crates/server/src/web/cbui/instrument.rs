//! What adding a card and adding a bank account share: the number is sealed at once, the instrument
//! becomes the person's, and the visit goes on with it.

use payments::commands::AddInstrument;
use payments::rows::Means;
use payments::{InstrumentKey, Outcome};
use store::Outage;
use vault::Purpose;

use super::method::{self, Again};
use super::steps::At;
use super::visit::Chosen;
use crate::web::Served;
use crate::web::door::Person;
use crate::web::host::random;

/// Cards and bank accounts of one account at most.
const INSTRUMENTS_MAX: usize = 20;

/// Adds what the person typed in, and chooses it.
pub(super) async fn add(mut at: At<'_>, person: &Person, means: Means, digits: &str) -> Served {
    let account = person.account.key;
    if INSTRUMENTS_MAX <= method::instruments_of(at.host, account).await?.len() {
        let words = "An account has at most 20 cards and bank accounts.";
        return method::page(&at, person, Again::error("", words)).await;
    }
    let (purpose, chosen, doing): (_, fn(InstrumentKey) -> Chosen, _) = match &means {
        Means::Card(_) => (Purpose::CardNumber, Chosen::Card, "adding a card"),
        Means::Bank(_) => (Purpose::BankNumber, Chosen::Bank, "adding a bank account"),
    };
    // The row has no key yet, so the number is sealed for the account.
    let vault = at.host.vault();
    let sealed = vault.seal(purpose, account.0, digits.as_bytes(), random(at.host));
    let command = AddInstrument {
        account,
        means,
        sealed_number: sealed.into_bytes(),
    };
    match at.host.store().submit(command.into()).await? {
        Ok(Outcome::Instrument(key)) => {
            at.visit.method = Some(chosen(key));
            at.visit.keep(at.host).await?;
            Ok(at.next())
        }
        other => Err(Outage::Failed {
            doing,
            reason: format!("it was answered with {other:?}"),
        }),
    }
}
