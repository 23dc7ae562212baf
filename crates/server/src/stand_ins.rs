//! Makes what stands for unknown tokens, where the operator has set that a sandbox takes them.
//!
//! Before a Pay or Reserve is submitted, its token ids are looked up. When one names nothing and the
//! caller has no stand-ins yet, they are made: two accounts, a card that is always approved, and two
//! tokens. Each step looks for what an earlier try has left, so a crash in between leaves nothing
//! twice; requests that come together wait for each other.

use std::sync::Arc;

use accounts::people::STAND_IN_DOMAIN;
use payments::commands::{AddInstrument, CreateAccount, InstallStandIns, stand_ins_of};
use payments::rows::{AccountType, Card, Instrument, Means};
use payments::{
    AccountKey, Command, InstrumentKey, Outcome, PaymentAsked, ReadSet, TokenId, WorkingSet,
};
use store::{Found, Outage, Query};
use tokio::sync::Mutex;
use vault::Purpose;
use workers::card_owner;

use crate::app::App;
use crate::random;

/// The test card that is always approved.
const APPROVED_CARD: &str = "4242424242424242";
/// It never expires.
const EXPIRY_YEAR: u16 = 9_999;

/// One request at a time makes stand-ins.
#[derive(Debug, Default)]
pub struct StandIns {
    making: Mutex<()>,
}

/// Sees to it that what stands for the unknown tokens of a payment is there.
pub(crate) async fn prepare(app: &Arc<App>, command: &Command) -> Result<(), Outage> {
    if !app.settings.sandbox_accept_unknown_tokens {
        return Ok(());
    }
    let Some((caller, asked)) = payment(command) else {
        return Ok(());
    };
    let ids = [Some(&asked.sender_token), asked.recipient_token.as_ref()];
    let mut want = names_of(caller);
    want.tokens
        .extend(ids.into_iter().flatten().filter_map(TokenId::key));
    let seen = app.store.see(want).await?;
    let is_unknown = |id: &TokenId| {
        let found = id.key().and_then(|key| seen.tokens.peek(&key));
        !found.is_some_and(|token| id.names(token.key, &token.nonce))
    };
    if are_made(caller, &seen) || !ids.into_iter().flatten().any(is_unknown) {
        return Ok(());
    }
    let _alone = app.stand_ins.making.lock().await;
    let seen = app.store.see(names_of(caller)).await?;
    if are_made(caller, &seen) {
        return Ok(());
    }
    make(app, caller).await
}

fn payment(command: &Command) -> Option<(AccountKey, &PaymentAsked)> {
    if let Command::Pay(pay) = command {
        return Some((pay.by.caller, &pay.asked));
    }
    if let Command::Reserve(reserve) = command {
        return Some((reserve.by.caller, &reserve.asked));
    }
    None
}

fn names_of(caller: AccountKey) -> ReadSet {
    let mut want = ReadSet::default();
    want.token_references.extend(stand_ins_of(caller));
    want
}

fn are_made(caller: AccountKey, seen: &WorkingSet) -> bool {
    stand_ins_of(caller)
        .iter()
        .all(|name| seen.token_references.peek(name).is_some())
}

async fn make(app: &Arc<App>, caller: AccountKey) -> Result<(), Outage> {
    let sender = person(app, caller, AccountType::Personal, "sender").await?;
    let recipient = person(app, caller, AccountType::Business, "recipient").await?;
    let card = card(app, sender).await?;
    let install = InstallStandIns {
        caller,
        sender,
        card,
        recipient,
    };
    match app.store.submit(install.into()).await? {
        Ok(_) => Ok(()),
        Err(refusal) => Err(unexpected(&refusal)),
    }
}

/// The account that stands for one side, by the address that only it can have.
async fn person(
    app: &Arc<App>,
    caller: AccountKey,
    kind: AccountType,
    side: &str,
) -> Result<AccountKey, Outage> {
    let email = format!("{side}-{caller}@{STAND_IN_DOMAIN}");
    let new = CreateAccount {
        kind,
        name: format!("Stand-in {side}"),
        email: email.clone(),
        email_verified: true,
        marketplace: false,
        ipn_url: None,
        password_hash: None,
        webhook_secret: None,
    };
    let answer = app.store.submit(new.into()).await?;
    if let Ok(Outcome::Account(key)) = answer {
        return Ok(key);
    }
    // An earlier try has made it, or another node.
    let mut want = ReadSet::default();
    want.emails.insert(email.clone());
    let seen = app.store.see(want).await?;
    let found = seen.emails.peek(&email).copied();
    found.ok_or_else(|| unexpected(&answer))
}

async fn card(app: &Arc<App>, account: AccountKey) -> Result<InstrumentKey, Outage> {
    let found = app.store.find(Query::InstrumentsOf(account)).await?;
    if let Found::Instruments(rows) = &found
        && let Some(row) = rows.iter().find(|row: &&Instrument| !row.removed)
    {
        return Ok(row.key);
    }
    let number = APPROVED_CARD.as_bytes();
    let sealed = app.vault.seal(
        Purpose::CardNumber,
        card_owner(account),
        number,
        random::bytes(),
    );
    let card = Card {
        brand: "Visa".to_owned(),
        last_four: APPROVED_CARD[12..].to_owned(),
        expiry_month: 12,
        expiry_year: EXPIRY_YEAR,
        name: "Stand-in sender".to_owned(),
    };
    let add = AddInstrument {
        account,
        means: Means::Card(card),
        sealed_number: sealed.into_bytes(),
    };
    match app.store.submit(add.into()).await? {
        Ok(Outcome::Instrument(key)) => Ok(key),
        other => Err(unexpected(&other)),
    }
}

fn unexpected(answer: &impl std::fmt::Debug) -> Outage {
    Outage::Failed {
        doing: "making stand-ins",
        reason: format!("it was answered with {answer:?}"),
    }
}
