//! Choosing what to pay with.

use ledger::Balance;
use pages::{
    Accepts, BALANCE, BalanceChoice, CardChoice, FieldError, NewCard, PaymentMethod, TestCard,
};
use payments::rows::{Instrument, TallyKind};
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
    pub(super) errors: Vec<FieldError>,
}

impl Again {
    /// One error.
    pub(super) fn error(field: &'static str, words: &str) -> Again {
        Again {
            card: NewCard::default(),
            errors: vec![FieldError::new(field, words)],
        }
    }
}

/// The page that asks what to pay with.
pub(super) async fn page(at: &At<'_>, person: &Person, again: Again) -> Served {
    let offered = at.visit.offered;
    let cards = cards_of(at.host, person.account.key).await?;
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
    let first = cards.iter().find(|card| !card.is_inactive(at.now));
    let selected = match at.visit.method {
        Some(Chosen::Card(key)) => Some(key.to_string()),
        Some(Chosen::Balance) => Some(BALANCE.to_owned()),
        None if offered.card => usual(at).or_else(|| first.map(|card| card.key.to_string())),
        // The only choice there is.
        None => (!too_little(at, balance)).then(|| BALANCE.to_owned()),
    };
    let status = if again.errors.is_empty() { 200 } else { 422 };
    let currency = at.host.terms().currency;
    let page = PaymentMethod {
        purpose: Some(purpose(at)),
        accepts: Accepts {
            cards: offered.card,
            balance: offered.balance,
        },
        cards: cards.iter().filter_map(choice).collect(),
        balance: Some(BalanceChoice {
            available: words::micros(balance.available, currency),
            unusable: too_little(at, balance).then(|| "Less than the amount".to_owned()),
        }),
        selected,
        new_card: again.card,
        test_cards: test_cards(at.host),
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
        id if offered.card => {
            let cards = cards_of(at.host, person.account.key).await?;
            let key = id.parse().ok().map(InstrumentKey);
            let own = cards
                .iter()
                .find(|card| Some(card.key) == key && !card.is_inactive(at.now));
            own.map(|card| Chosen::Card(card.key))
        }
        _ => None,
    };
    if chosen.is_none() {
        let again = Again::error("method", "Choose one of your payment methods.");
        return page(&at, person, again).await;
    }
    at.visit.method = chosen;
    at.visit.keep(at.host).await?;
    Ok(at.next())
}

/// The cards of an account that were not removed.
pub(super) async fn cards_of(
    host: &dyn Host,
    account: AccountKey,
) -> Result<Vec<Instrument>, Outage> {
    let found = host.store().find(Query::InstrumentsOf(account)).await?;
    let Found::Instruments(mut cards) = found else {
        return Err(another_answer());
    };
    cards.retain(|card| !card.removed);
    Ok(cards)
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
            format!("{amount} for {paid}, again and again")
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

fn test_cards(host: &dyn Host) -> Vec<TestCard> {
    if host.terms().mode == Mode::Production {
        return Vec::new();
    }
    let cards = processor::CARDS.iter().map(|card| TestCard {
        number: card.number.to_owned(),
        behaviour: card.says.to_owned(),
    });
    cards.collect()
}
