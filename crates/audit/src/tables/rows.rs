//! The statements, and how their rows are read: columns in the order of the statement.
//!
//! Both databases take them as they stand. A value is named `$1`, `$2`, … in the order in which it first
//! appears, because SQLite numbers names so; one that is compared with a lane is cast, because PostgreSQL
//! gives a value the narrow type of the column beside it.

use super::Columns;
use crate::rows::{CurrencyCode, RefundFacts};
use crate::{PostingRow, SubscriptionRow, TallyFacts, TallyRow, TransactionRow};

/// Stands in a statement for [`Tables::STATES`](super::Tables::STATES).
pub(super) const STATES: &str = "{states}";
/// Stands in a statement for the columns by which a database keeps callers' references.
pub(super) const REFERENCE: &str = "{reference}";

pub(super) const TRANSACTIONS: &str = "
    SELECT t.key, t.nonce, t.operation, t.method, t.caller, t.sender, t.recipient, t.parent,
        t.currency, t.amount, t.fee_payer, coalesce(s.state, 0), s.reserved_at, coalesce(s.code, 0),
        coalesce(s.settled, 0), coalesce(s.fps_fee, 0), coalesce(s.marketplace_fee, 0),
        coalesce(s.caller_held, 0), coalesce(s.refunded, 0), coalesce(s.marketplace_refunded, 0),
        coalesce(s.fps_fee_returned, 0), coalesce(s.marketplace_fee_returned, 0),
        coalesce(s.release, 0), coalesce(s.events, 0), coalesce(s.postings, 0), s.completed_at,
        (SELECT r.transaction_key FROM caller_references r
            WHERE r.caller = t.caller AND r.reference = t.reference),
        t.parent IS NOT NULL AND EXISTS (SELECT 1 FROM relations r
            WHERE r.parent = t.parent AND r.child = t.key),
        s.notify_url IS NOT NULL,
        s.notify_url IS NOT NULL AND EXISTS (SELECT 1 FROM notifications n
            WHERE n.transaction_key = t.key AND n.event = s.events),
        t.tally, y.kind, y.sender, y.recipient, y.currency
    FROM transactions t LEFT JOIN {states} s ON s.key = t.key
        LEFT JOIN tallies y ON y.key = t.tally
    WHERE $1 < t.key ORDER BY t.key LIMIT $2";

pub(super) const EVENTS: &str = "
    SELECT transaction_key, number, at, operation, status, code, currency
    FROM events WHERE $1 < transaction_key AND transaction_key <= $2
    ORDER BY transaction_key, number";

pub(super) const POSTINGS: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE $1 < transaction_key AND transaction_key <= $2
    ORDER BY transaction_key, line";

pub(super) const ALONE: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE $1 < transaction_key AND transaction_key <= $2 AND event = 0
    ORDER BY transaction_key, line";

pub(super) const REFUNDS: &str = "
    SELECT r.parent, r.child, t.key, t.parent, t.operation, coalesce(s.state, 0),
        coalesce(s.settled, 0), coalesce(s.marketplace_refunded, 0), coalesce(s.fps_fee, 0),
        coalesce(s.marketplace_fee, 0)
    FROM relations r LEFT JOIN transactions t ON t.key = r.child
        LEFT JOIN {states} s ON s.key = r.child
    WHERE $1 < r.parent AND r.parent <= $2 ORDER BY r.parent, r.child";

pub(super) const REFERENCES: &str = "
    SELECT r.caller, r.reference, r.transaction_key, r.refused IS NOT NULL,
        EXISTS (SELECT 1 FROM transactions t WHERE t.key = r.transaction_key
            AND t.caller = r.caller AND t.reference = r.reference)
    FROM caller_references r WHERE ($1, $2) < ({reference}) ORDER BY {reference} LIMIT $3";

pub(super) const NOTIFICATIONS: &str = "
    SELECT n.key, n.delivery, n.transaction_key, n.event,
        EXISTS (SELECT 1 FROM events e
            WHERE e.transaction_key = n.transaction_key AND e.number = n.event)
    FROM notifications n WHERE $1 < n.key ORDER BY n.key LIMIT $2";

pub(super) const SUBSCRIPTIONS: &str = "
    SELECT key, nonce, caller, sender, status, charges, last, next_at
    FROM subscriptions WHERE $1 < key ORDER BY key LIMIT $2";

pub(super) const CHARGE: &str = "
    SELECT r.transaction_key, t.sender, t.recipient
    FROM caller_references r LEFT JOIN transactions t
        ON t.key = r.transaction_key AND t.operation = 1
    WHERE r.caller = $1 AND r.reference = $2";

pub(super) const BATCHES: &str = "
    SELECT lane, number, first_key, last_key, digest, touched FROM batches
    WHERE (CAST($1 AS BIGINT), $2) < (lane, number) ORDER BY lane, number LIMIT $3";

pub(super) const TALLIES: &str = "
    SELECT key, kind, recipient, max, balance, pending FROM tallies
    WHERE $1 < key ORDER BY key LIMIT $2";

pub(super) const STANDING: &str = "
    SELECT state, release, coalesce(completed_at,
        (SELECT e.at FROM events e WHERE e.transaction_key = key ORDER BY e.number DESC LIMIT 1), 0)
    FROM {states} WHERE key = $1";

pub(super) const BALANCES: &str = "
    SELECT account, CAST(sum(available) AS BIGINT), CAST(sum(pending_in) AS BIGINT),
        CAST(sum(pending_out) AS BIGINT)
    FROM balances WHERE $1 < account GROUP BY account ORDER BY account LIMIT $2";

pub(super) const LANE: &str = "
    SELECT lane FROM batches WHERE CAST($1 AS BIGINT) < lane ORDER BY lane LIMIT 1";

pub(super) const LAST_BATCH: &str = "
    SELECT number, last_key FROM batches WHERE lane = CAST($1 AS BIGINT)
    ORDER BY number DESC LIMIT 1";

pub(super) const BATCH_FROM: &str = "
    SELECT number, last_key FROM batches WHERE lane = CAST($1 AS BIGINT) AND $2 <= number
    ORDER BY number LIMIT 1";

pub(super) const TOUCHED: &str = "
    SELECT number, touched FROM batches WHERE lane = CAST($1 AS BIGINT) AND $2 <= number
    ORDER BY number LIMIT $3";

pub(super) const WORKS: &str = "
    SELECT due, key, kind, subject FROM works
    WHERE ($1, $2) < (due, key) ORDER BY due, key LIMIT $3";

pub(super) const DUE: &str = "SELECT delivery = 1 FROM notifications WHERE key = $1";

pub(super) fn transaction<C: Columns>(row: &C) -> Result<TransactionRow, C::Error> {
    Ok(TransactionRow {
        key: row.int(0)?,
        nonce: row.bytes(1)?.try_into().unwrap_or_default(),
        operation: row.int(2)?,
        method: row.int(3)?,
        caller: row.int(4)?,
        sender: row.int(5)?,
        recipient: row.int(6)?,
        parent: row.int_if_any(7)?,
        currency: currency(row, 8)?,
        amount: row.int(9)?,
        fee_payer: row.int(10)?,
        state: row.int(11)?,
        reserved_at: row.int_if_any(12)?,
        code: row.int(13)?,
        settled: row.int(14)?,
        fps_fee: row.int(15)?,
        marketplace_fee: row.int(16)?,
        caller_held: row.int(17)?,
        refunded: row.int(18)?,
        marketplace_refunded: row.int(19)?,
        fps_fee_returned: row.int(20)?,
        marketplace_fee_returned: row.int(21)?,
        release: row.int(22)?,
        events: row.int(23)?,
        postings: row.int(24)?,
        completed_at: row.int_if_any(25)?,
        referenced: row.int_if_any(26)?,
        is_related: row.flag(27)?,
        has_listener: row.flag(28)?,
        is_last_told: row.flag(29)?,
        tally: row.int_if_any(30)?,
        tally_facts: tally_facts(row)?,
    })
}

fn tally_facts<C: Columns>(row: &C) -> Result<Option<TallyFacts>, C::Error> {
    let Some(kind) = row.int_if_any(31)? else {
        return Ok(None);
    };
    Ok(Some(TallyFacts {
        kind,
        sender: row.int(32)?,
        recipient: row.int(33)?,
        currency: currency(row, 34)?,
    }))
}

pub(super) fn tally<C: Columns>(row: &C) -> Result<TallyRow, C::Error> {
    Ok(TallyRow {
        key: row.int(0)?,
        kind: row.int(1)?,
        recipient: row.int(2)?,
        limit: row.int(3)?,
        balance: row.int(4)?,
        pending: row.int(5)?,
    })
}

pub(super) fn subscription<C: Columns>(row: &C) -> Result<SubscriptionRow, C::Error> {
    Ok(SubscriptionRow {
        key: row.int(0)?,
        nonce: row.bytes(1)?.try_into().unwrap_or_default(),
        caller: row.int(2)?,
        sender: row.int(3)?,
        status: row.int(4)?,
        charges: row.int(5)?,
        last: row.int_if_any(6)?,
        next_at: row.int_if_any(7)?,
    })
}

pub(super) fn posting<C: Columns>(row: &C) -> Result<PostingRow, C::Error> {
    Ok(PostingRow {
        transaction: row.int(0)?,
        line: row.int(1)?,
        event: row.int(2)?,
        reason: row.int(3)?,
        layer: row.int(4)?,
        debit: (row.int(5)?, row.int(6)?),
        credit: (row.int(7)?, row.int(8)?),
        amount: row.int(9)?,
        currency: currency(row, 10)?,
    })
}

pub(super) fn refund<C: Columns>(row: &C) -> Result<RefundFacts, C::Error> {
    Ok(RefundFacts {
        parent: row.int_if_any(3)?,
        operation: row.int(4)?,
        state: row.int(5)?,
        settled: row.int(6)?,
        marketplace_refunded: row.int(7)?,
        fps_fee: row.int(8)?,
        marketplace_fee: row.int(9)?,
    })
}

/// The letters of a currency as one number; only equality matters.
pub(super) fn currency<C: Columns>(row: &C, at: usize) -> Result<CurrencyCode, C::Error> {
    let letters = row.text(at)?.bytes();
    Ok(letters.fold(0, |code, letter| (code << 8) | u32::from(letter)))
}
