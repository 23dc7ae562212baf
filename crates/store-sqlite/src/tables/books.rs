//! Events, postings, relations and balances.

use ledger::{AccountKind, Balance, Layer, LedgerAccount, Posting};
use payments::rows::{Event, Operation, Status, StatusCode};
use payments::tables::{PostingRow, Reason, Relation};
use payments::{AccountKey, TransactionKey};
use store::Outage;

use crate::row::{Added, Fields, Keyed, Values};

pub(crate) struct Balances;

/// Reads the events of a transaction.
pub(crate) const EVENTS: &str = "SELECT transaction_key, number, at, operation, status, code, \
    currency, amount, message FROM events WHERE transaction_key = ? ORDER BY number";

/// Reads the postings of a transaction.
pub(crate) const POSTINGS: &str = "SELECT transaction_key, line, event, reason, layer, debit_kind, \
    debit_owner, credit_kind, credit_owner, currency, amount FROM postings \
    WHERE transaction_key = ? ORDER BY line";

impl Added for Event {
    const INSERT: &'static str = "INSERT INTO events (transaction_key, number, at, operation, \
        status, code, currency, amount, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

    fn put(&self, to: &mut Values) -> rusqlite::Result<()> {
        to.put(self.transaction.0)?;
        to.put(self.number)?;
        to.put(self.at.0)?;
        to.put(self.operation as u8)?;
        to.put(self.status as u8)?;
        to.put(self.code as u8)?;
        to.put(self.amount.currency().as_str())?;
        to.put(self.amount.micros())?;
        to.put(&self.message)
    }
}

/// Reads an event.
pub(crate) fn event(from: &mut Fields) -> Result<Event, Outage> {
    let transaction = TransactionKey(from.get()?);
    let number = from.get()?;
    let at = from.moment()?;
    let operation = from.known_small("operation", Operation::from_number)?;
    let status = from.known_small("status", Status::from_number)?;
    let code = from.known_small("status code", StatusCode::from_number)?;
    let currency = from.currency()?;
    let amount = from.amount(currency)?;
    let message = from.get()?;
    Ok(Event {
        transaction,
        number,
        at,
        operation,
        status,
        code,
        amount,
        message,
    })
}

impl Added for PostingRow {
    const INSERT: &'static str = "INSERT INTO postings (transaction_key, line, event, reason, \
        layer, debit_kind, debit_owner, credit_kind, credit_owner, currency, amount) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    fn put(&self, to: &mut Values) -> rusqlite::Result<()> {
        to.put(self.transaction.0)?;
        to.put(self.line)?;
        to.put(self.event)?;
        to.put(self.reason as u8)?;
        to.put(self.posting.layer as u8)?;
        to.put(self.posting.debit.kind.number())?;
        to.put(self.posting.debit.owner)?;
        to.put(self.posting.credit.kind.number())?;
        to.put(self.posting.credit.owner)?;
        to.put(self.posting.amount.currency().as_str())?;
        to.put(self.posting.amount.micros())
    }
}

/// Reads a posting.
pub(crate) fn posting(from: &mut Fields) -> Result<PostingRow, Outage> {
    let transaction = TransactionKey(from.get()?);
    let line = from.get()?;
    let event = from.get()?;
    let reason = from.known_small("reason", Reason::from_number)?;
    let layer = from.known_small("layer", layer_of)?;
    let debit = ledger_account(from)?;
    let credit = ledger_account(from)?;
    let currency = from.currency()?;
    let posting = Posting {
        layer,
        debit,
        credit,
        amount: from.amount(currency)?,
    };
    Ok(PostingRow {
        transaction,
        line,
        event,
        reason,
        posting,
    })
}

pub(crate) fn layer_of(number: u8) -> Option<Layer> {
    [Layer::Money, Layer::Hold, Layer::Claim]
        .into_iter()
        .find(|layer| *layer as u8 == number)
}

fn ledger_account(from: &mut Fields) -> Result<LedgerAccount, Outage> {
    let kind = from.known_small("kind of ledger account", |n| {
        AccountKind::from_number(n).ok()
    })?;
    Ok(LedgerAccount {
        kind,
        owner: from.get()?,
    })
}

impl Added for Relation {
    const INSERT: &'static str = "INSERT INTO relations (parent, child) VALUES (?, ?)";

    fn put(&self, to: &mut Values) -> rusqlite::Result<()> {
        to.put(self.parent.0)?;
        to.put(self.child.0)
    }
}

impl Keyed for Balances {
    type Key = (AccountKey, u16);
    type Row = Balance;
    const NAME: &'static str = "balances";
    const SELECT: &'static str = "SELECT available, pending_in, pending_out FROM balances \
        WHERE account = ? AND lane = ?";
    const UPSERT: &'static str = "REPLACE INTO balances \
        (account, lane, available, pending_in, pending_out) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM balances WHERE account = ? AND lane = ?";

    fn put_key(key: &Self::Key, to: &mut Values) -> rusqlite::Result<()> {
        to.put(key.0.0)?;
        to.put(key.1)
    }

    fn put(row: &Balance, to: &mut Values) -> rusqlite::Result<()> {
        to.put(row.available)?;
        to.put(row.pending_in)?;
        to.put(row.pending_out)
    }

    fn read(_key: &Self::Key, from: &mut Fields) -> Result<Balance, Outage> {
        Ok(Balance {
            available: from.get()?,
            pending_in: from.get()?,
            pending_out: from.get()?,
        })
    }
}
