//! The books a page at a time, for those who want all of them.

use ledger::Balance;
use payments::ids::{TRANSACTION_NONCE_BYTES, key_time};
use payments::rows::DocumentId;
use payments::{AccountKey, Timestamp, TransactionId};
use rusqlite::Connection;
use store::query::Booked;
use store::rows;
use store::rows::codec::Fields as _;
use store::{Found, Outage};

use crate::row::read_rows;

/// Postings above a place, with the moment of the event that made them.
pub(crate) fn booked(
    connection: &Connection,
    after: (i64, u16),
    to: i64,
    most: i64,
) -> Result<Vec<Booked>, Outage> {
    let sql = "SELECT p.transaction_key, p.line, p.event, p.reason, p.layer, p.debit_kind, \
        p.debit_owner, p.credit_kind, p.credit_owner, p.currency, p.amount, e.at, t.nonce \
        FROM postings p \
        LEFT JOIN events e ON e.transaction_key = p.transaction_key AND e.number = p.event \
        LEFT JOIN transactions t ON t.key = p.transaction_key \
        WHERE (p.transaction_key, p.line) > (?, ?) AND p.transaction_key <= ? \
        ORDER BY p.transaction_key, p.line LIMIT ?";
    let values = (after.0, after.1, to, most);
    read_rows(connection, "postings", sql, values, |from| {
        let posting = rows::posting(from)?;
        let at = from.moment_if_any()?;
        let nonce: Option<[u8; TRANSACTION_NONCE_BYTES]> = from.get()?;
        Ok(Booked {
            posting,
            at: at.unwrap_or(key_time(posting.transaction.0)),
            transaction: nonce.map(|nonce| TransactionId::of(posting.transaction, &nonce)),
        })
    })
}

/// The balances of accounts above a key, each the sum of its lanes.
pub(crate) fn balances(
    connection: &Connection,
    after: i64,
    most: i64,
) -> Result<Vec<(AccountKey, Balance)>, Outage> {
    let sql = "SELECT account, sum(available), sum(pending_in), sum(pending_out) FROM balances \
        WHERE ? < account GROUP BY account ORDER BY account LIMIT ?";
    read_rows(connection, "balances", sql, [after, most], |from| {
        let account = AccountKey(from.get()?);
        let balance = Balance {
            available: from.get()?,
            pending_in: from.get()?,
            pending_out: from.get()?,
        };
        Ok((account, balance))
    })
}

/// Documents that ended before a moment, above an id.
pub(crate) fn ended(
    connection: &Connection,
    after: Option<&DocumentId>,
    before: Timestamp,
    most: usize,
) -> Result<Found, Outage> {
    let sql = "SELECT kind, id, expires_at FROM documents WHERE (kind, id) > (?, ?) \
        ORDER BY kind, id LIMIT ?";
    let (kind, id) = after.map_or(("", ""), |after| (&*after.kind, &*after.id));
    let values = (kind, id, i64::try_from(most).unwrap_or(i64::MAX));
    let walked = read_rows(connection, "documents", sql, values, |from| {
        let (kind, id) = (from.get()?, from.get()?);
        Ok((DocumentId { kind, id }, Timestamp(from.get()?)))
    })?;
    let scanned_to = walked.last().filter(|_| walked.len() == most);
    Ok(Found::Ended {
        scanned_to: scanned_to.map(|(id, _)| id.clone()),
        ids: walked
            .into_iter()
            .filter(|(_, expires_at)| *expires_at < before)
            .map(|(id, _)| id)
            .collect(),
    })
}
