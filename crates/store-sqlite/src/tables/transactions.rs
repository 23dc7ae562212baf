//! Transactions: what was asked is written once, where the life stands again and again.

use store::rows::Transactions;

use crate::row::Sql;

impl Sql for Transactions {
    const SELECT: &'static str = "SELECT nonce, operation, method, caller, sender, recipient, \
        sender_token, recipient_token, instrument, tally, parent, currency, amount, received_at, \
        reference, caller_date, timeout_at, fee_payer, marketplace_fixed, marketplace_rate, details, \
        state, reserved_at, code, message, settled, fps_fee, marketplace_fee, caller_held, \
        refunded, marketplace_refunded, fps_fee_returned, marketplace_fee_returned, release, \
        events, postings, settle_mark, cancel_mark, completed_at, notify_url FROM transactions WHERE key = ?";
    const UPSERT: &'static str = "INSERT INTO transactions (key, nonce, operation, method, caller, \
        sender, recipient, sender_token, recipient_token, instrument, tally, parent, currency, amount, \
        received_at, reference, caller_date, timeout_at, fee_payer, marketplace_fixed, marketplace_rate, \
        details, state, reserved_at, code, message, settled, fps_fee, marketplace_fee, \
        caller_held, refunded, marketplace_refunded, fps_fee_returned, marketplace_fee_returned, \
        release, events, postings, settle_mark, cancel_mark, completed_at, notify_url) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE transactions SET state = ?, reserved_at = ?, code = ?, message = ?, settled = ?, \
        fps_fee = ?, marketplace_fee = ?, caller_held = ?, refunded = ?, \
        marketplace_refunded = ?, fps_fee_returned = ?, marketplace_fee_returned = ?, \
        release = ?, events = ?, postings = ?, settle_mark = ?, cancel_mark = ?, \
        completed_at = ?, notify_url = ? WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM transactions WHERE key = ?";
}
