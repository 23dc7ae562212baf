//! The books a page at a time, for those who want all of them.

use ledger::Balance;
use payments::ids::{TRANSACTION_NONCE_BYTES, key_time};
use payments::rows::DocumentId;
use payments::{AccountKey, Timestamp, TransactionId};
use store::query::Booked;
use store::rows;
use store::rows::codec::{Fields, Values};
use store::{Found, Outage};

use crate::columns::Columns;
use crate::error::Failure;
use crate::find::{limit, walk};
use crate::session::Session;

const BOOKED: &str = "SELECT p.transaction_key, p.line, p.event, p.reason, p.layer, p.debit_kind, \
    p.debit_owner, p.credit_kind, p.credit_owner, p.currency, p.amount, e.at, t.nonce \
    FROM postings p \
    LEFT JOIN events e ON e.transaction_key = p.transaction_key AND e.number = p.event \
    LEFT JOIN transactions t ON t.key = p.transaction_key \
    WHERE (p.transaction_key, p.line) > ($1::int8, $2::int8) AND p.transaction_key <= $3::int8 \
    ORDER BY p.transaction_key, p.line LIMIT $4::int8";
const BALANCES: &str = "SELECT account, sum(available)::int8, sum(pending_in)::int8, \
    sum(pending_out)::int8 FROM balances WHERE $1::int8 < account \
    GROUP BY account ORDER BY account LIMIT $2::int8";
const ENDED: &str = "SELECT d.kind, d.id, d.expires_at FROM documents d \
    WHERE (d.kind, d.id) > (($1::text[])[1], ($2::text[])[1]) \
    ORDER BY d.kind, d.id LIMIT $3::int8";

/// Postings above a place, with the moment of the event that made them.
pub(crate) async fn booked(
    session: &mut Session,
    after: (i64, u16),
    to: i64,
    most: usize,
) -> Result<Vec<Booked>, Failure> {
    let values = Columns::default()
        .and(after.0)
        .and(i64::from(after.1))
        .and(to)
        .and(limit(most));
    walk(session, BOOKED, values, "postings", |from| {
        let posting = rows::posting(from)?;
        let at = from.moment_if_any()?;
        let nonce: Option<[u8; TRANSACTION_NONCE_BYTES]> = from.get()?;
        Ok(Booked {
            posting,
            at: at.unwrap_or(key_time(posting.transaction.0)),
            transaction: nonce.map(|nonce| TransactionId::of(posting.transaction, &nonce)),
        })
    })
    .await
}

/// The balances of accounts above a key, each the sum of its lanes.
pub(crate) async fn balances(
    session: &mut Session,
    after: i64,
    most: usize,
) -> Result<Vec<(AccountKey, Balance)>, Failure> {
    let values = Columns::default().and(after).and(limit(most));
    walk(session, BALANCES, values, "balances", |from| {
        let account = AccountKey(from.get()?);
        let balance = Balance {
            available: from.get()?,
            pending_in: from.get()?,
            pending_out: from.get()?,
        };
        Ok((account, balance))
    })
    .await
}

/// Documents that ended before a moment, above an id.
pub(crate) async fn ended(
    session: &mut Session,
    after: Option<&DocumentId>,
    before: Timestamp,
    most: usize,
) -> Result<Found, Failure> {
    let (kind, id) = after.map_or(("", ""), |after| (&*after.kind, &*after.id));
    let mut values = Columns::default();
    values.text(Some(kind))?;
    values.text(Some(id))?;
    let values = values.and(limit(most));
    let walked = walk(session, ENDED, values, "documents", |from| {
        let (kind, id) = (from.get()?, from.get()?);
        Ok::<_, Outage>((DocumentId { kind, id }, Timestamp(from.get()?)))
    });
    let walked = walked.await?;
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
