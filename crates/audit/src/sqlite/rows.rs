//! The statements, and how their rows are read: columns in the order of the statement.

use rusqlite::Row;

use crate::rows::{CurrencyCode, RefundFacts};
use crate::{PostingRow, TallyFacts, TallyRow, TransactionRow};

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
    FROM transactions t LEFT JOIN transaction_states s ON s.key = t.key
        LEFT JOIN tallies y ON y.key = t.tally WHERE ?1 < t.key ORDER BY t.key LIMIT ?2";

pub(super) const EVENTS: &str = "
    SELECT transaction_key, number, at, operation, status, code, currency
    FROM events WHERE ?1 < transaction_key AND transaction_key <= ?2
    ORDER BY transaction_key, number";

pub(super) const POSTINGS: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE ?1 < transaction_key AND transaction_key <= ?2
    ORDER BY transaction_key, line";

pub(super) const ALONE: &str = "
    SELECT transaction_key, line, event, reason, layer, debit_kind, debit_owner, credit_kind,
        credit_owner, amount, currency
    FROM postings WHERE ?1 < transaction_key AND transaction_key <= ?2 AND event = 0
    ORDER BY transaction_key, line";

pub(super) const REFUNDS: &str = "
    SELECT r.parent, r.child, t.key, t.parent, t.operation, coalesce(s.state, 0),
        coalesce(s.settled, 0), coalesce(s.marketplace_refunded, 0), coalesce(s.fps_fee, 0),
        coalesce(s.marketplace_fee, 0)
    FROM relations r LEFT JOIN transactions t ON t.key = r.child
        LEFT JOIN transaction_states s ON s.key = r.child
    WHERE ?1 < r.parent AND r.parent <= ?2 ORDER BY r.parent, r.child";

pub(super) const REFERENCES: &str = "
    SELECT r.caller, r.reference, r.transaction_key, r.refused IS NOT NULL,
        EXISTS (SELECT 1 FROM transactions t WHERE t.key = r.transaction_key
            AND t.caller = r.caller AND t.reference = r.reference)
    FROM caller_references r WHERE (?1, ?2) < (r.caller, r.reference)
    ORDER BY r.caller, r.reference LIMIT ?3";

pub(super) const NOTIFICATIONS: &str = "
    SELECT n.key, n.delivery, n.transaction_key, n.event,
        EXISTS (SELECT 1 FROM events e
            WHERE e.transaction_key = n.transaction_key AND e.number = n.event)
    FROM notifications n WHERE ?1 < n.key ORDER BY n.key LIMIT ?2";

pub(super) const BATCHES: &str = "
    SELECT lane, number, first_key, last_key, digest, touched FROM batches
    WHERE (?1, ?2) < (lane, number) ORDER BY lane, number LIMIT ?3";

pub(super) const STANDING: &str = "
    SELECT state, release, coalesce(completed_at,
        (SELECT e.at FROM events e WHERE e.transaction_key = key ORDER BY e.number DESC LIMIT 1), 0)
    FROM transaction_states WHERE key = ?1";

pub(super) const BALANCES: &str = "
    SELECT account, sum(available), sum(pending_in), sum(pending_out)
    FROM balances GROUP BY account ORDER BY account";

pub(super) const TALLIES: &str = "
    SELECT key, kind, recipient, max, balance, pending FROM tallies ORDER BY key";

pub(super) fn transaction(row: &Row) -> rusqlite::Result<TransactionRow> {
    let nonce = row.get_ref(1)?.as_blob()?.try_into().unwrap_or_default();
    Ok(TransactionRow {
        key: row.get(0)?,
        nonce,
        operation: row.get(2)?,
        method: row.get(3)?,
        caller: row.get(4)?,
        sender: row.get(5)?,
        recipient: row.get(6)?,
        parent: row.get(7)?,
        currency: currency(row, 8)?,
        amount: row.get(9)?,
        fee_payer: row.get(10)?,
        state: row.get(11)?,
        reserved_at: row.get(12)?,
        code: row.get(13)?,
        settled: row.get(14)?,
        fps_fee: row.get(15)?,
        marketplace_fee: row.get(16)?,
        caller_held: row.get(17)?,
        refunded: row.get(18)?,
        marketplace_refunded: row.get(19)?,
        fps_fee_returned: row.get(20)?,
        marketplace_fee_returned: row.get(21)?,
        release: row.get(22)?,
        events: row.get(23)?,
        postings: row.get(24)?,
        completed_at: row.get(25)?,
        referenced: row.get(26)?,
        is_related: row.get(27)?,
        has_listener: row.get(28)?,
        is_last_told: row.get(29)?,
        tally: row.get(30)?,
        tally_facts: tally_facts(row)?,
    })
}

fn tally_facts(row: &Row) -> rusqlite::Result<Option<TallyFacts>> {
    let Some(kind) = row.get(31)? else {
        return Ok(None);
    };
    Ok(Some(TallyFacts {
        kind,
        sender: row.get(32)?,
        recipient: row.get(33)?,
        currency: currency(row, 34)?,
    }))
}

pub(super) fn tally(row: &Row) -> rusqlite::Result<TallyRow> {
    Ok(TallyRow {
        key: row.get(0)?,
        kind: row.get(1)?,
        recipient: row.get(2)?,
        limit: row.get(3)?,
        balance: row.get(4)?,
        pending: row.get(5)?,
    })
}

pub(super) fn posting(row: &Row) -> rusqlite::Result<PostingRow> {
    Ok(PostingRow {
        transaction: row.get(0)?,
        line: row.get(1)?,
        event: row.get(2)?,
        reason: row.get(3)?,
        layer: row.get(4)?,
        debit: (row.get(5)?, row.get(6)?),
        credit: (row.get(7)?, row.get(8)?),
        amount: row.get(9)?,
        currency: currency(row, 10)?,
    })
}

pub(super) fn refund(row: &Row) -> rusqlite::Result<RefundFacts> {
    Ok(RefundFacts {
        parent: row.get(3)?,
        operation: row.get(4)?,
        state: row.get(5)?,
        settled: row.get(6)?,
        marketplace_refunded: row.get(7)?,
        fps_fee: row.get(8)?,
        marketplace_fee: row.get(9)?,
    })
}

/// The letters of a currency as one number; only equality matters.
pub(super) fn currency(row: &Row, at: usize) -> rusqlite::Result<CurrencyCode> {
    let letters = row.get_ref(at)?.as_str()?.bytes();
    Ok(letters.fold(0, |code, letter| (code << 8) | u32::from(letter)))
}
