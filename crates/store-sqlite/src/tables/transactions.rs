//! Transactions: what was asked is written once, where the life stands again and again.

use store::rows::Transactions;

use crate::row::Sql;

impl Sql for Transactions {
    const SELECT: &'static str = "SELECT t.nonce, t.operation, t.method, t.caller, t.sender, \
        t.recipient, t.sender_token, t.recipient_token, t.instrument, t.tally, t.parent, \
        t.currency, t.amount, t.received_at, t.reference, t.caller_date, t.timeout_at, \
        t.fee_payer, t.marketplace_fixed, t.marketplace_rate, t.details, k.nonce, s.state, \
        s.reserved_at, s.code, s.message, s.settled, s.fps_fee, s.marketplace_fee, \
        s.caller_held, s.refunded, s.marketplace_refunded, s.fps_fee_returned, \
        s.marketplace_fee_returned, s.release, s.events, s.postings, s.settle_mark, \
        s.cancel_mark, s.completed_at, s.notify_url \
        FROM transactions t CROSS JOIN transaction_states s ON s.key = t.key \
        LEFT JOIN tokens k ON k.key = t.sender_token WHERE t.key = ?";
    const UPSERT: &'static str = "INSERT INTO transactions (key, nonce, operation, method, caller, \
        sender, recipient, sender_token, recipient_token, instrument, tally, parent, currency, amount, \
        received_at, reference, caller_date, timeout_at, fee_payer, marketplace_fixed, marketplace_rate, \
        details) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE transaction_states SET state = ?, reserved_at = ?, code = ?, message = ?, \
        settled = ?, fps_fee = ?, marketplace_fee = ?, caller_held = ?, refunded = ?, \
        marketplace_refunded = ?, fps_fee_returned = ?, marketplace_fee_returned = ?, \
        release = ?, events = ?, postings = ?, settle_mark = ?, cancel_mark = ?, \
        completed_at = ?, notify_url = ? WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM transactions WHERE key = ?";
    const UPSERT_CHANGING: Option<&'static str> = Some(
        "INSERT INTO transaction_states (key, state, reserved_at, code, message, settled, \
        fps_fee, marketplace_fee, caller_held, refunded, marketplace_refunded, \
        fps_fee_returned, marketplace_fee_returned, release, events, postings, settle_mark, \
        cancel_mark, completed_at, notify_url) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const DELETE_CHANGING: &'static str = "DELETE FROM transaction_states WHERE key = ?";
}
