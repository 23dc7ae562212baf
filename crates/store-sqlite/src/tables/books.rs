//! Events, postings, relations and balances.

use payments::rows::Event;
use payments::tables::{PostingRow, Relation};
use store::rows::Balances;

use crate::row::{Sql, SqlAdded};

/// Reads the events of a transaction.
pub(crate) const EVENTS: &str = "SELECT transaction_key, number, at, operation, status, code, \
    currency, amount, message FROM events WHERE transaction_key = ? ORDER BY number";

/// Reads the postings of a transaction.
pub(crate) const POSTINGS: &str = "SELECT transaction_key, line, event, reason, layer, debit_kind, \
    debit_owner, credit_kind, credit_owner, currency, amount FROM postings \
    WHERE transaction_key = ? ORDER BY line";

impl SqlAdded for Event {
    const INSERT: &'static str = "INSERT INTO events (transaction_key, number, at, operation, \
        status, code, currency, amount, message) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
}

impl SqlAdded for PostingRow {
    const INSERT: &'static str = "INSERT INTO postings (transaction_key, line, event, reason, \
        layer, debit_kind, debit_owner, credit_kind, credit_owner, currency, amount) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
}

impl SqlAdded for Relation {
    const INSERT: &'static str = "INSERT INTO relations (parent, child) VALUES (?, ?)";
}

impl Sql for Balances {
    const SELECT: &'static str = "SELECT available, pending_in, pending_out FROM balances \
        WHERE account = ? AND lane = ?";
    const UPSERT: &'static str = "REPLACE INTO balances \
        (account, lane, available, pending_in, pending_out) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM balances WHERE account = ? AND lane = ?";
}
