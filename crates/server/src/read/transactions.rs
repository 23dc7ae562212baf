//! GetTransaction and GetTransactionStatus.

use payments::rows::{Event, State, Transaction};
use payments::{ReadSet, Refusal, TokenId, TokenKey, TransactionId, WorkingSet, rows};
use store::{Found, Query};
use wire::WireError;
use wire::reply::{Related, Relation, TransactionView};

use super::{Asking, account};

pub(super) async fn status(ask: Asking<'_>, id: &TransactionId) -> Result<Vec<u8>, WireError> {
    let found = find(ask, id).await?;
    Ok(ask.reply.transaction_status(found.shown()))
}

/// A transaction that the viewer takes part in.
enum FoundOne {
    Whole(Transaction),
    /// The marketplace fee of one.
    FeeOf {
        master: Transaction,
        fee: Box<Transaction>,
    },
}

impl FoundOne {
    fn shown(&self) -> &Transaction {
        match self {
            FoundOne::Whole(row) => row,
            FoundOne::FeeOf { fee, .. } => fee,
        }
    }
}

async fn find(ask: Asking<'_>, id: &TransactionId) -> Result<FoundOne, WireError> {
    let unknown = || WireError::from(&Refusal::InvalidTransactionId);
    let key = id.key().ok_or_else(unknown)?;
    let mut want = ReadSet::default();
    want.transactions.insert(key);
    let seen = ask.see(want).await?;
    let row = seen.transactions.get(&key).ok_or_else(unknown)?;
    let takes_part =
        |row: &Transaction| [row.caller, row.sender, row.recipient].contains(&ask.viewer);
    if id.names(row.key, &row.nonce) && takes_part(row) {
        return Ok(FoundOne::Whole(row.clone()));
    }
    let fee = row.marketplace_fee_view();
    // The sender of a payment has no part in what the recipient and the caller have agreed.
    let fee = fee.filter(|fee| {
        *id == row.marketplace_fee_id() && [fee.sender, fee.recipient].contains(&ask.viewer)
    });
    let fee = Box::new(fee.ok_or_else(unknown)?);
    let master = row.clone();
    Ok(FoundOne::FeeOf { master, fee })
}

pub(super) async fn whole(ask: Asking<'_>, id: &TransactionId) -> Result<Vec<u8>, WireError> {
    let found = find(ask, id).await?;
    let row = found.shown();
    let mut want = ReadSet::default();
    want.accounts
        .extend([row.caller, row.sender, row.recipient]);
    want.tokens.extend(row.sender_token);
    want.tokens.extend(row.recipient_token);
    want.tallies.extend(row.tally);
    want.transactions.extend(row.parent);
    let seen = ask.see(want).await?;
    let (events, related) = match &found {
        FoundOne::Whole(row) => (events(ask, row).await?, related(ask, row, &seen).await?),
        FoundOne::FeeOf { master, .. } => {
            let events = events(ask, master).await?;
            let parent = Related {
                id: master.id(),
                relation: Relation::Parent,
            };
            (master.marketplace_fee_events(&events), vec![parent])
        }
    };
    let token = |key: Option<TokenKey>| token_id(&seen, key);
    let (sender_token, recipient_token) = (token(row.sender_token), token(row.recipient_token));
    Ok(ask.reply.transaction(&TransactionView {
        transaction: row,
        events: &events,
        viewer: ask.viewer,
        caller: account(&seen, row.caller)?,
        sender: account(&seen, row.sender)?,
        recipient: account(&seen, row.recipient)?,
        sender_token: sender_token.as_ref(),
        recipient_token: recipient_token.as_ref(),
        tally: row.tally.and_then(|key| seen.tallies.get(&key)),
        related: &related,
    }))
}

pub(super) fn token_id(seen: &WorkingSet, key: Option<TokenKey>) -> Option<TokenId> {
    key.and_then(|key| seen.tokens.peek(&key))
        .map(rows::Token::id)
}

async fn events(ask: Asking<'_>, row: &Transaction) -> Result<Vec<Event>, WireError> {
    let Found::Events(events) = ask.find(Query::Events(row.key)).await? else {
        return Err(WireError::internal());
    };
    Ok(events)
}

/// What it belongs with: its parent, or its refunds and its marketplace fee. A refund that failed was
/// taken back.
async fn related(
    ask: Asking<'_>,
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
    let fee = row.marketplace_fee_view();
    let shows_fee = [row.caller, row.recipient].contains(&ask.viewer);
    list.extend(fee.filter(|_| shows_fee).map(|fee| Related {
        id: fee.id(),
        relation: Relation::MarketplaceFee,
    }));
    if let Found::Transactions(refunds) = ask.find(Query::RefundsOf(row.key)).await? {
        let line = |refund: &Transaction| Related {
            id: refund.id(),
            relation: match refund.state {
                State::Failed => Relation::RefundReversal,
                State::Authorising
                | State::Reserved { .. }
                | State::Capturing
                | State::Refunding
                | State::Succeeded
                | State::Cancelled => Relation::Refund,
            },
        };
        list.extend(refunds.iter().map(line));
    }
    Ok(list)
}
