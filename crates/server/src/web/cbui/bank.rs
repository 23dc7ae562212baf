//! Adding a bank account. Its number is sealed at once.
//!
//! Nobody asks the bank whose account it is. In a sandbox it counts as verified, unless its number
//! stands for one that is not; in production the operator says so.

use accounts::people;
use pages::{FieldError, NewBank};
use payments::Mode;
use payments::rows::{BankAccount, Means};
use processor::{BadBankNumber, BadRoutingNumber, BankNumber, RoutingNumber, test_bank};

use super::instrument;
use super::method::{self, Again};
use super::steps::At;
use crate::web::Served;
use crate::web::door::Person;
use crate::web::form::Form;

/// Adds the bank account in the form, and chooses it.
pub(super) async fn add(at: At<'_>, person: &Person, form: &Form) -> Served {
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
    instrument::add(at, person, Means::Bank(bank), number.digits()).await
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
