//! Choosing what to pay with.

use ledger::Balance;
use pages::{
    Accepts, BALANCE, BalanceChoice, BankChoice, CardChoice, FieldError, NewBank, NewCard,
    PaymentMethod, TestNumber,
};
use payments::rows::{Instrument, Means, TallyKind};
use payments::{AccountKey, InstrumentKey, Mode};
use store::{Found, Outage, Query};

use super::payees;
use super::steps::At;
use super::visit::Chosen;
use super::wish::Kind;
use crate::web::door::Person;
use crate::web::form::Form;
use crate::web::host::{self, another_answer};
use crate::web::{Host, Served, words};

/// What is shown again when something was wrong.
#[derive(Default)]
pub(super) struct Again {
    pub(super) card: NewCard,
    pub(super) bank: NewBank,
    pub(super) errors: Vec<FieldError>,
}

impl Again {
    /// One error.
    pub(super) fn error(field: &'static str, words: &str) -> Again {
        Again {
            errors: vec![FieldError::new(field, words)],
            ..Again::default()
        }
    }
}

/// The page that asks what to pay with.
pub(super) async fn page(at: &At<'_>, person: &Person, again: Again) -> Served {
    let offered = at.visit.offered;
    let all = instruments_of(at.host, person.account.key).await?;
    let balance = host::balance(at.host, person.account.key).await?;
    let choice = |instrument: &Instrument| {
        let card = instrument.card()?;
        Some(CardChoice {
            id: instrument.key.to_string(),
            brand: card.brand.clone(),
            last_four: card.last_four.clone(),
            expiry: card.expiry(),
            unusable: card.is_expired(at.now).then(|| "Expired".to_owned()),
        })
    };
    let bank = |instrument: &Instrument| match &instrument.means {
        Means::Card(_) => None,
        Means::Bank(bank) => Some(BankChoice {
            id: instrument.key.to_string(),
            last_four: bank.last_four.clone(),
            verified: bank.verified,
        }),
    };
    let first = all.iter().find(|one| usable(at, one).is_some());
    let selected = match at.visit.method {
        Some(Chosen::Card(key) | Chosen::Bank(key)) => Some(key.to_string()),
        Some(Chosen::Balance) => Some(BALANCE.to_owned()),
        None if offered.card || offered.bank => {
            usual(at).or_else(|| first.map(|one| one.key.to_string()))
        }
        // The only choice there is.
        None => (!too_little(at, balance)).then(|| BALANCE.to_owned()),
    };
    let status = if again.errors.is_empty() { 200 } else { 422 };
    let currency = at.host.terms().currency;
    let page = PaymentMethod {
        purpose: Some(purpose(at)),
        accepts: Accepts {
            cards: offered.card,
            banks: offered.bank,
            balance: offered.balance,
        },
        cards: all.iter().filter_map(choice).collect(),
        banks: all.iter().filter_map(bank).collect(),
        balance: Some(BalanceChoice {
            available: words::micros(balance.available, currency),
            unusable: too_little(at, balance).then(|| "Less than the amount".to_owned()),
        }),
        selected,
        new_card: again.card,
        new_bank: again.bank,
        test_cards: test_cards(at.host),
        test_banks: test_banks(at.host),
        errors: again.errors,
    };
    let frame = at.frame(Some(person), "Payment");
    at.page(status, |frame| page.render(frame), &frame)
}

/// Takes the chosen method, if it is one of this person's.
pub(super) async fn choose(mut at: At<'_>, person: &Person, form: &Form) -> Served {
    let offered = at.visit.offered;
    let chosen = match form.get("method") {
        BALANCE if offered.balance => {
            let balance = host::balance(at.host, person.account.key).await?;
            (!too_little(&at, balance)).then_some(Chosen::Balance)
        }
        id => {
            let all = instruments_of(at.host, person.account.key).await?;
            let key = id.parse().ok().map(InstrumentKey);
            let own = all.iter().find(|one| Some(one.key) == key);
            own.and_then(|one| usable(&at, one))
        }
    };
    if chosen.is_none() {
        let again = Again::error("method", "Choose one of your payment methods.");
        return page(&at, person, again).await;
    }
    at.visit.method = chosen;
    at.visit.keep(at.host).await?;
    Ok(at.next())
}

/// The choice of an instrument, if it can be used and its kind is offered.
fn usable(at: &At<'_>, one: &Instrument) -> Option<Chosen> {
    let offered = at.visit.offered;
    let chosen = match one.means {
        Means::Card(_) => offered.card.then_some(Chosen::Card(one.key)),
        Means::Bank(_) => offered.bank.then_some(Chosen::Bank(one.key)),
    };
    chosen.filter(|_| !one.is_inactive(at.now))
}

/// The cards and bank accounts of an account that were not removed.
pub(super) async fn instruments_of(
    host: &dyn Host,
    account: AccountKey,
) -> Result<Vec<Instrument>, Outage> {
    let found = host.store().find(Query::InstrumentsOf(account)).await?;
    let Found::Instruments(mut all) = found else {
        return Err(another_answer());
    };
    all.retain(|one| !one.removed);
    Ok(all)
}

/// Whether the balance cannot pay the one payment that is asked.
fn too_little(at: &At<'_>, balance: Balance) -> bool {
    match &at.visit.wish.kind {
        Kind::Single(single) => balance.available < single.amount.micros(),
        Kind::Multi(_)
        | Kind::Recurring(_)
        | Kind::Tally(_)
        | Kind::Edit(_)
        | Kind::Recipient(_) => false,
    }
}

/// What is chosen unless the person chooses otherwise: what a token pays with now, and the balance
/// for what recurs.
fn usual(at: &At<'_>) -> Option<String> {
    match &at.visit.wish.kind {
        Kind::Edit(edit) => match edit.instrument {
            Some(instrument) => Some(instrument.to_string()),
            None => Some(BALANCE.to_owned()),
        },
        Kind::Recurring(_) => at.visit.offered.balance.then(|| BALANCE.to_owned()),
        Kind::Single(_) | Kind::Multi(_) | Kind::Tally(_) | Kind::Recipient(_) => None,
    }
}

/// What is to be paid, and to whom: the recipients, whoever calls for them.
fn purpose(at: &At<'_>) -> String {
    let paid = payees::names(&at.visit.payees);
    match &at.visit.wish.kind {
        Kind::Single(single) => format!("{} for {paid}", words::amount(single.amount)),
        Kind::Multi(multi) => {
            let total = words::amount(multi.total);
            format!("Repeated payments for {paid}, at most {total} in all")
        }
        Kind::Recurring(recurring) => {
            let amount = words::amount(recurring.amount);
            let within = super::confirm::within(Some(recurring.period));
            format!("{amount} for {paid}, at most once {within}")
        }
        Kind::Tally(setup) => {
            let limit = words::amount(setup.limit);
            match setup.kind {
                TallyKind::Prepaid => format!("Paying {paid} ahead, at most {limit} at a time"),
                TallyKind::Credit => format!("Paying {paid} later, at most {limit} owed at a time"),
            }
        }
        Kind::Edit(_) => format!("What {paid} charges by your agreement"),
        // A recipient pays nothing, so is never asked by what.
        Kind::Recipient(_) => at.visit.caller_name.clone(),
    }
}

fn test_cards(host: &dyn Host) -> Vec<TestNumber> {
    if host.terms().mode == Mode::Production {
        return Vec::new();
    }
    let cards = processor::CARDS.iter().map(|card| TestNumber {
        number: card.number.to_owned(),
        behaviour: card.says.to_owned(),
    });
    cards.collect()
}

fn test_banks(host: &dyn Host) -> Vec<TestNumber> {
    if host.terms().mode == Mode::Production {
        return Vec::new();
    }
    let banks = processor::BANKS.iter().map(|bank| TestNumber {
        number: bank.number.to_owned(),
        behaviour: bank.says.to_owned(),
    });
    banks.collect()
}
