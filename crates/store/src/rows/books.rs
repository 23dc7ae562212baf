//! Events, postings, relations and balances.

use crate::Outage;
use ledger::{AccountKind, Balance, Layer, LedgerAccount, Posting};
use payments::rows::{Event, Operation, Status, StatusCode};
use payments::tables::{PostingRow, Reason, Relation};
use payments::{AccountKey, TransactionKey};

use super::codec::{Added, Fields, Keyed, Values};

/// The table `balances`.
pub struct Balances;

impl Added for Event {
    fn put(&self, to: &mut impl Values) -> Result<(), Outage> {
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
pub fn event(from: &mut impl Fields) -> Result<Event, Outage> {
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
    fn put(&self, to: &mut impl Values) -> Result<(), Outage> {
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
pub fn posting(from: &mut impl Fields) -> Result<PostingRow, Outage> {
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

/// A layer by its number.
pub fn layer_of(number: u8) -> Option<Layer> {
    [Layer::Money, Layer::Hold, Layer::Claim]
        .into_iter()
        .find(|layer| *layer as u8 == number)
}

/// A kind of ledger account by its number.
pub fn kind_of(number: u8) -> Option<AccountKind> {
    AccountKind::from_number(number).ok()
}

fn ledger_account(from: &mut impl Fields) -> Result<LedgerAccount, Outage> {
    let kind = from.known_small("kind of ledger account", kind_of)?;
    Ok(LedgerAccount {
        kind,
        owner: from.get()?,
    })
}

impl Added for Relation {
    fn put(&self, to: &mut impl Values) -> Result<(), Outage> {
        to.put(self.parent.0)?;
        to.put(self.child.0)
    }
}

impl Keyed for Balances {
    type Key = (AccountKey, u16);
    type Row = Balance;
    const NAME: &'static str = "balances";

    fn put_key(key: &Self::Key, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0.0)?;
        to.put(key.1)
    }

    fn put(row: &Balance, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.available)?;
        to.put(row.pending_in)?;
        to.put(row.pending_out)
    }

    fn read(_key: &Self::Key, from: &mut impl Fields) -> Result<Balance, Outage> {
        Ok(Balance {
            available: from.get()?,
            pending_in: from.get()?,
            pending_out: from.get()?,
        })
    }
}
