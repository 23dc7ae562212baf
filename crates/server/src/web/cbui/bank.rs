//! Adding a bank account. Its number is sealed at once.
//!
//! Nobody asks the bank whose account it is. In a sandbox it counts as verified, unless its number
//! stands for one that is not; in production the operator says so.

use accounts::people;
use pages::{FieldError, NewBank};
use payments::commands::AddInstrument;
use payments::rows::{BankAccount, Means};
use payments::{Mode, Outcome};
use processor::{BadBankNumber, BadRoutingNumber, BankNumber, RoutingNumber, test_bank};
use store::Outage;
use vault::Purpose;

use super::card::{INSTRUMENTS_MAX, TOO_MANY};
use super::method::{self, Again};
use super::steps::At;
use super::visit::Chosen;
use crate::web::Served;
use crate::web::door::Person;
use crate::web::form::Form;
use crate::web::host::random;

/// Adds the bank account in the form, and chooses it.
pub(super) async fn add(mut at: At<'_>, person: &Person, form: &Form) -> Served {
    let account = person.account.key;
    if !at.visit.offered.bank {
        let again = Again::error("", "No bank account can be used here.");
        return method::page(&at, person, again).await;
    }
    let (number, bank) = match read(form, at.host.terms().mode) {
        Ok(read) => read,
        Err(errors) => {
            let again = Again {
                bank: typed(form),
                errors,
                ..Again::default()
            };
            return method::page(&at, person, again).await;
        }
    };
    if INSTRUMENTS_MAX <= method::instruments_of(at.host, account).await?.len() {
        let again = Again::error("", TOO_MANY);
        return method::page(&at, person, again).await;
    }
    // The row has no key yet, so the number is sealed for the account.
    let digits = number.digits().as_bytes();
    let vault = at.host.vault();
    let sealed = vault.seal(Purpose::BankNumber, account.0, digits, random(at.host));
    let command = AddInstrument {
        account,
        means: Means::Bank(bank),
        sealed_number: sealed.into_bytes(),
    };
    match at.host.store().submit(command.into()).await? {
        Ok(Outcome::Instrument(key)) => {
            at.visit.method = Some(Chosen::Bank(key));
            at.visit.keep(at.host).await?;
            Ok(at.next())
        }
        other => Err(Outage::Failed {
            doing: "adding a bank account",
            reason: format!("it was answered with {other:?}"),
        }),
    }
}

/// What may be shown again.
fn typed(form: &Form) -> NewBank {
    NewBank {
        routing: form.get("bank_routing").to_owned(),
        name: form.get("bank_name").to_owned(),
    }
}

fn read(form: &Form, mode: Mode) -> Result<(BankNumber, BankAccount), Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut wrong = |field, words: &str| errors.push(FieldError::new(field, words));
    let routing = RoutingNumber::parse(form.get("bank_routing"));
    match &routing {
        Ok(_) => {}
        Err(BadRoutingNumber::Digits) => {
            wrong("bank_routing", "A routing number has nine digits.");
        }
        Err(BadRoutingNumber::CheckDigit) => {
            wrong(
                "bank_routing",
                "There is a typing mistake in the routing number.",
            );
        }
    }
    let number = BankNumber::parse(form.get("bank_number"));
    match &number {
        Ok(_) => {}
        Err(BadBankNumber::NotDigits) => {
            wrong("bank_number", "An account number has digits only.");
        }
        Err(BadBankNumber::Length) => {
            wrong("bank_number", "An account number has 4 to 17 digits.");
        }
    }
    let name = people::name(form.get("bank_name"));
    if name.is_none() {
        let words = "Enter the name of the account holder, at most 128 characters.";
        wrong("bank_name", words);
    }
    let (Ok(routing), Ok(number), Some(name)) = (routing, number, name) else {
        return Err(errors);
    };
    let verified = match mode {
        Mode::Sandbox => test_bank(number.digits()).is_none_or(|bank| bank.verified),
        Mode::Production => false,
    };
    let bank = BankAccount {
        routing_number: routing.as_str().to_owned(),
        last_four: number.last_four().to_owned(),
        name,
        verified,
    };
    Ok((number, bank))
}
