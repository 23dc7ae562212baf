//! What callers look up: always what is committed, never through the writer.

use std::sync::Arc;

use payments::rows::{Account, Transaction};
use payments::tables::{RoleNumber, TokenReference};
use payments::{
    AccountKey, CallerReference, Party, ReadSet, Refusal, TokenId, TransactionId, WorkingSet, rows,
};
use store::{Found, Query};
use wire::reply::{Balances, Related, Relation, TokenView, TransactionView};
use wire::{Read, Reply, TokenAsked, WireError};

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
    match what {
        Read::TransactionStatus(id) => {
            let (transaction, _) = find_transaction(app, viewer, &id).await?;
            Ok(reply.transaction_status(&transaction))
        }
        Read::Transaction(id) => whole_transaction(app, viewer, &id, reply).await,
        Read::Token(asked) => token(app, viewer, asked, reply).await,
        Read::AccountBalance => {
            let found = app
                .store
                .find(Query::BalanceOf(viewer))
                .await
                .map_err(outage)?;
            let Found::Balance(balance) = found else {
                return Err(WireError::internal());
            };
            Ok(reply.balance(&Balances {
                available: balance.available,
                pending_in: balance.pending_in,
                pending_out: balance.pending_out,
            }))
        }
    }
}

async fn check_viewer(app: &Arc<App>, viewer: AccountKey) -> Result<(), WireError> {
    let mut want = ReadSet::default();
    want.accounts.insert(viewer);
    let seen = app.store.see(want).await.map_err(outage)?;
    let account = seen.accounts.get(&viewer);
    let refusal = match account.map(|account| account.status) {
        Some(rows::AccountStatus::Active) => return Ok(()),
        Some(rows::AccountStatus::Closed) => Refusal::AccountClosed,
        Some(rows::AccountStatus::Suspended) | None => Refusal::InvalidAccountState(Party::Caller),
    };
    Err(WireError::from(&refusal))
}

/// A transaction that the viewer takes part in, and what was seen with it.
async fn find_transaction(
    app: &Arc<App>,
    viewer: AccountKey,
    id: &TransactionId,
) -> Result<(Transaction, WorkingSet), WireError> {
    let unknown = || WireError::from(&Refusal::InvalidTransactionId);
    let key = id.key().ok_or_else(unknown)?;
    let mut want = ReadSet::default();
    want.transactions.insert(key);
    let seen = app.store.see(want).await.map_err(outage)?;
    let found = seen.transactions.get(&key);
    let found = found.filter(|row| id.names(row.key, &row.nonce));
    let takes_part = |row: &&Transaction| [row.caller, row.sender, row.recipient].contains(&viewer);
    let transaction = found.filter(takes_part).cloned().ok_or_else(unknown)?;
    Ok((transaction, seen))
}

async fn whole_transaction(
    app: &Arc<App>,
    viewer: AccountKey,
    id: &TransactionId,
    reply: Reply<'_>,
) -> Result<Vec<u8>, WireError> {
    let (row, _) = find_transaction(app, viewer, id).await?;
    let mut want = ReadSet::default();
    want.accounts
        .extend([row.caller, row.sender, row.recipient]);
    want.tokens.extend(row.sender_token);
    want.tokens.extend(row.recipient_token);
    want.transactions.extend(row.parent);
    let seen = app.store.see(want).await.map_err(outage)?;
    let related = related(app, &row, &seen).await?;
    let Found::Events(events) = app
        .store
        .find(Query::Events(row.key))
        .await
        .map_err(outage)?
    else {
        return Err(WireError::internal());
    };
    let account = |key: AccountKey| -> Result<&Account, WireError> {
        seen.accounts.get(&key).ok_or_else(WireError::internal)
    };
    let token = |key: Option<payments::TokenKey>| -> Option<TokenId> {
        key.and_then(|key| seen.tokens.get(&key))
            .map(rows::Token::id)
    };
    let (sender_token, recipient_token) = (token(row.sender_token), token(row.recipient_token));
    Ok(reply.transaction(&TransactionView {
        transaction: &row,
        events: &events,
        viewer,
        caller: account(row.caller)?,
        sender: account(row.sender)?,
        recipient: account(row.recipient)?,
        sender_token: sender_token.as_ref(),
        recipient_token: recipient_token.as_ref(),
        related: &related,
    }))
}

async fn related(
    app: &Arc<App>,
    row: &Transaction,
    seen: &WorkingSet,
) -> Result<Vec<Related>, WireError> {
    let mut list = Vec::new();
    if let Some(parent) = row.parent.and_then(|key| seen.transactions.get(&key)) {
        list.push(Related {
            id: parent.id(),
            relation: Relation::Parent,
        });
        return Ok(list);
    }
    let refunds = app
        .store
        .find(Query::RefundsOf(row.key))
        .await
        .map_err(outage)?;
    if let Found::Transactions(refunds) = refunds {
        let line = |refund: &Transaction| Related {
            id: refund.id(),
            relation: Relation::Refund,
        };
        list.extend(refunds.iter().map(line));
    }
    Ok(list)
}

async fn token(
    app: &Arc<App>,
    viewer: AccountKey,
    asked: TokenAsked,
    reply: Reply<'_>,
) -> Result<Vec<u8>, WireError> {
    let (key, unknown) = match &asked {
        TokenAsked::Id(id) => (id.key(), Refusal::InvalidToken),
        TokenAsked::Reference(reference) => (
            by_reference(app, viewer, reference).await?,
            Refusal::InvalidCallerReference,
        ),
    };
    let unknown = || WireError::from(&unknown);
    let key = key.ok_or_else(unknown)?;
    let mut want = ReadSet::default();
    want.tokens.insert(key);
    let seen = app.store.see(want).await.map_err(outage)?;
    let found = seen.tokens.get(&key).filter(|token| match &asked {
        TokenAsked::Id(id) => id.names(token.key, &token.nonce),
        TokenAsked::Reference(_) => true,
    });
    // A token is shown to the caller that it was given to, and to whoever gave it.
    let found = found.filter(|token| [token.installer, token.account].contains(&viewer));
    let token = found.ok_or_else(unknown)?;
    let now = app.store.now().await.map_err(outage)?.product;
    Ok(reply.token(&TokenView { token, now }))
}

/// The token made under a reference of this caller: a sender's first, then a recipient's.
async fn by_reference(
    app: &Arc<App>,
    installer: AccountKey,
    reference: &CallerReference,
) -> Result<Option<payments::TokenKey>, WireError> {
    let name = |role: rows::TokenRole| TokenReference {
        installer,
        role: RoleNumber::from(role),
        reference: reference.clone(),
    };
    let names = [
        name(rows::TokenRole::Sender),
        name(rows::TokenRole::Recipient),
    ];
    let mut want = ReadSet::default();
    want.token_references.extend(names.iter().cloned());
    let seen = app.store.see(want).await.map_err(outage)?;
    Ok(names
        .iter()
        .find_map(|name| seen.token_references.get(name).copied()))
}
