//! What callers look up: always what is committed, never through the writer.

mod activity;
mod subscriptions;
mod tallies;
mod tokens;
mod transactions;

use std::sync::Arc;

use payments::commands::InstallInstruction;
use payments::rows::{Account, AccountStatus};
use payments::{AccountKey, Party, ReadSet, Refusal, WorkingSet};
use store::{Found, Query};
use wire::reply::Balances;
use wire::{Read, Reply, WireError};

use crate::api::outage;
use crate::app::App;

/// Answers a reading.
pub async fn answer(
    app: &Arc<App>,
    viewer: AccountKey,
    what: Read,
    reply: Reply<'_>,
) -> Result<Vec<u8>, WireError> {
    check_viewer(app, viewer).await?;
    let ask = Asking { app, viewer, reply };
    match what {
        Read::Transaction(id) => transactions::whole(ask, &id).await,
        Read::TransactionStatus(id) => transactions::status(ask, &id).await,
        Read::Activity(asked) => activity::page(ask, asked).await,
        Read::Token(asked) => tokens::one(ask, asked).await,
        Read::Tokens(filter) => tokens::list(ask, &filter).await,
        Read::TokenUsage(id) => tokens::usage(ask, &id).await,
        Read::PaymentInstruction(id) => tokens::instruction(ask, &id).await,
        Read::RecipientVerification(id) => tokens::recipient(ask, &id).await,
        Read::AccountBalance => balance(ask).await,
        Read::PrepaidBalance(id) => tallies::prepaid(ask, &id).await,
        Read::PrepaidLiability => tallies::liability(ask).await,
        Read::DebtBalance(id) => tallies::debt(ask, &id).await,
        Read::OutstandingDebt => tallies::outstanding(ask).await,
        Read::Subscription(id) => subscriptions::details(ask, &id).await,
        Read::SubscriptionTransactions(id) => subscriptions::payments(ask, &id).await,
    }
}

/// Finds the instruments that a text can stand for: the account's own, newest first.
pub async fn complete(
    app: &Arc<App>,
    mut install: InstallInstruction,
) -> Result<InstallInstruction, WireError> {
    let account = install.by.caller;
    let found = app.store.find(Query::InstrumentsOf(account)).await;
    let Found::Instruments(rows) = found.map_err(outage)? else {
        return Err(WireError::internal());
    };
    let usable = rows.iter().rev().filter(|row| !row.removed);
    install.instruments = usable.map(|row| row.key).collect();
    Ok(install)
}

/// Who asks, and how it is answered.
#[derive(Clone, Copy)]
struct Asking<'a> {
    app: &'a Arc<App>,
    viewer: AccountKey,
    reply: Reply<'a>,
}

impl Asking<'_> {
    async fn see(self, want: ReadSet) -> Result<WorkingSet, WireError> {
        self.app.store.see(want).await.map_err(outage)
    }

    async fn find(self, query: Query) -> Result<Found, WireError> {
        self.app.store.find(query).await.map_err(outage)
    }

    /// Product time.
    async fn now(self) -> Result<payments::Timestamp, WireError> {
        let now = self.app.store.now().await.map_err(outage)?;
        Ok(now.product)
    }
}

fn account(seen: &WorkingSet, key: AccountKey) -> Result<&Account, WireError> {
    seen.accounts.peek(&key).ok_or_else(WireError::internal)
}

async fn check_viewer(app: &Arc<App>, viewer: AccountKey) -> Result<(), WireError> {
    let mut want = ReadSet::default();
    want.accounts.insert(viewer);
    let seen = app.store.see(want).await.map_err(outage)?;
    let status = seen.accounts.get(&viewer).map(|account| account.status);
    match status {
        Some(AccountStatus::Active) => Ok(()),
        Some(AccountStatus::Suspended) | None => Err(WireError::from(
            &Refusal::InvalidAccountState(Party::Caller),
        )),
        Some(AccountStatus::Closed) => Err(WireError::from(&Refusal::AccountClosed)),
    }
}

async fn balance(ask: Asking<'_>) -> Result<Vec<u8>, WireError> {
    let Found::Balance(balance) = ask.find(Query::BalanceOf(ask.viewer)).await? else {
        return Err(WireError::internal());
    };
    Ok(ask.reply.balance(&Balances {
        available: balance.available,
        pending_in: balance.pending_in,
        pending_out: balance.pending_out,
    }))
}
