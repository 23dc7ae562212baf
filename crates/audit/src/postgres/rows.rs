//! The statements, and how their rows are read: columns in the order of the statement.

use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use crate::rows::{CurrencyCode, RefundFacts};
use crate::{PostingRow, TallyFacts, TallyRow, TransactionRow};

pub(super) const TRANSACTIONS: &str = "
    SELECT t.key, t.nonce, t.operation, t.method, t.caller, t.sender, t.recipient, t.parent,
        t.currency, t.amount, t.fee_payer, t.state, t.reserved_at, t.code, t.settled, t.fps_fee,
        t.marketplace_fee, t.caller_held, t.refunded, t.marketplace_refunded, t.fps_fee_returned,
        t.marketplace_fee_returned, t.release, t.events, t.postings, t.completed_at,
        (SELECT r.transaction_key FROM caller_references r
            WHERE r.caller = t.caller AND r.reference = t.reference),
        t.parent IS NOT NULL AND EXISTS (SELECT 1 FROM relations r
            WHERE r.parent = t.parent AND r.child = t.key),
        t.notify_url IS NOT NULL,
        t.notify_url IS NOT NULL AND EXISTS (SELECT 1 FROM notifications n
            WHERE n.transaction_key = t.key AND n.event = t.events),
        t.tally, y.kind, y.sender, y.recipient, y.currency
    FROM transactions t LEFT JOIN tallies y ON y.key = t.tally WHERE $1::int8 < t.key ORDER BY t.key LIMIT $2::int8";

pub(super) const EVENTS: &str = "
    SELECT transaction_key, number, at, operation, status, code, currency
    FROM events WHERE $1::int8 < transaction_key AND transaction_key <= $2::int8
    ORDER BY transaction_key, number";

pub(super) const POSTINGS: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE $1::int8 < transaction_key AND transaction_key <= $2::int8
    ORDER BY transaction_key, line";

pub(super) const ALONE: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE $1::int8 < transaction_key AND transaction_key <= $2::int8 AND event = 0
    ORDER BY transaction_key, line";

pub(super) const REFUNDS: &str = "
    SELECT r.parent, r.child, t.key, t.parent, t.operation, t.state, t.settled,
        t.marketplace_refunded, t.fps_fee, t.marketplace_fee
    FROM relations r LEFT JOIN transactions t ON t.key = r.child
    WHERE $1::int8 < r.parent AND r.parent <= $2::int8 ORDER BY r.parent, r.child";

pub(super) const REFERENCES: &str = "
    SELECT r.caller, r.reference, r.transaction_key, r.refused IS NOT NULL,
        EXISTS (SELECT 1 FROM transactions t WHERE t.key = r.transaction_key
            AND t.caller = r.caller AND t.reference = r.reference)
    FROM caller_references r WHERE ($1::int8, $2::text) < (r.caller, r.reference)
    ORDER BY r.caller, r.reference LIMIT $3::int8";

pub(super) const NOTIFICATIONS: &str = "
    SELECT n.key, n.delivery, n.transaction_key, n.event,
        EXISTS (SELECT 1 FROM events e
            WHERE e.transaction_key = n.transaction_key AND e.number = n.event)
    FROM notifications n WHERE $1::int8 < n.key ORDER BY n.key LIMIT $2::int8";

pub(super) const BATCHES: &str = "
    SELECT lane, number, first_key, last_key, digest, touched FROM batches
    WHERE ($1::int8, $2::int8) < (lane, number) ORDER BY lane, number LIMIT $3::int8";

pub(super) const TALLIES: &str = "
    SELECT key, kind, recipient, max, balance, pending FROM tallies
    WHERE $1::int8 < key ORDER BY key LIMIT $2::int8";

pub(super) const STANDING: &str = "
    SELECT state, release, coalesce(completed_at,
        (SELECT e.at FROM events e WHERE e.transaction_key = key ORDER BY e.number DESC LIMIT 1), 0)
    FROM transactions WHERE key = $1::int8";

pub(super) const BALANCES: &str = "
    SELECT account, sum(available)::int8, sum(pending_in)::int8, sum(pending_out)::int8
    FROM balances WHERE $1::int8 < account GROUP BY account ORDER BY account LIMIT $2::int8";

/// A whole number of any width.
pub(super) struct Whole(pub(super) i64);

impl<'a> FromSql<'a> for Whole {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Whole, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Whole(match *kind {
            Type::INT2 => i64::from(i16::from_sql(kind, raw)?),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8].contains(kind)
    }
}

pub(super) fn int(row: &Row, at: usize) -> Result<i64, tokio_postgres::Error> {
    row.try_get(at).map(|Whole(number)| number)
}

pub(super) fn int_if_any(row: &Row, at: usize) -> Result<Option<i64>, tokio_postgres::Error> {
    let number: Option<Whole> = row.try_get(at)?;
    Ok(number.map(|Whole(number)| number))
}

pub(super) fn transaction(row: &Row) -> Result<TransactionRow, tokio_postgres::Error> {
    let nonce: &[u8] = row.try_get(1)?;
    Ok(TransactionRow {
        key: int(row, 0)?,
        nonce: nonce.try_into().unwrap_or_default(),
        operation: int(row, 2)?,
        method: int(row, 3)?,
        caller: int(row, 4)?,
        sender: int(row, 5)?,
        recipient: int(row, 6)?,
        parent: int_if_any(row, 7)?,
        currency: currency(row, 8)?,
        amount: int(row, 9)?,
        fee_payer: int(row, 10)?,
        state: int(row, 11)?,
        reserved_at: int_if_any(row, 12)?,
        code: int(row, 13)?,
        settled: int(row, 14)?,
        fps_fee: int(row, 15)?,
        marketplace_fee: int(row, 16)?,
        caller_held: int(row, 17)?,
        refunded: int(row, 18)?,
        marketplace_refunded: int(row, 19)?,
        fps_fee_returned: int(row, 20)?,
        marketplace_fee_returned: int(row, 21)?,
        release: int(row, 22)?,
        events: int(row, 23)?,
        postings: int(row, 24)?,
        completed_at: int_if_any(row, 25)?,
        referenced: int_if_any(row, 26)?,
        is_related: row.try_get(27)?,
        has_listener: row.try_get(28)?,
        is_last_told: row.try_get(29)?,
        tally: int_if_any(row, 30)?,
        tally_facts: tally_facts(row)?,
    })
}

fn tally_facts(row: &Row) -> Result<Option<TallyFacts>, tokio_postgres::Error> {
    let Some(kind) = int_if_any(row, 31)? else {
        return Ok(None);
    };
    Ok(Some(TallyFacts {
        kind,
        sender: int(row, 32)?,
        recipient: int(row, 33)?,
        currency: currency(row, 34)?,
    }))
}

pub(super) fn tally(row: &Row) -> Result<TallyRow, tokio_postgres::Error> {
    Ok(TallyRow {
        key: int(row, 0)?,
        kind: int(row, 1)?,
        recipient: int(row, 2)?,
        limit: int(row, 3)?,
        balance: int(row, 4)?,
        pending: int(row, 5)?,
    })
}

pub(super) fn posting(row: &Row) -> Result<PostingRow, tokio_postgres::Error> {
    Ok(PostingRow {
        transaction: int(row, 0)?,
        line: int(row, 1)?,
        event: int(row, 2)?,
        reason: int(row, 3)?,
        layer: int(row, 4)?,
        debit: (int(row, 5)?, int(row, 6)?),
        credit: (int(row, 7)?, int(row, 8)?),
        amount: int(row, 9)?,
        currency: currency(row, 10)?,
    })
}

pub(super) fn refund(row: &Row) -> Result<RefundFacts, tokio_postgres::Error> {
    Ok(RefundFacts {
        parent: int_if_any(row, 3)?,
        operation: int(row, 4)?,
        state: int(row, 5)?,
        settled: int(row, 6)?,
        marketplace_refunded: int(row, 7)?,
        fps_fee: int(row, 8)?,
        marketplace_fee: int(row, 9)?,
    })
}

/// The letters of a currency as one number; only equality matters.
pub(super) fn currency(row: &Row, at: usize) -> Result<CurrencyCode, tokio_postgres::Error> {
    let letters: &str = row.try_get(at)?;
    let letters = letters.bytes();
    Ok(letters.fold(0, |code, letter| (code << 8) | u32::from(letter)))
}
