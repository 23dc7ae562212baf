//! Tokens: what was agreed is written once, their use again and again.

use store::rows::Tokens;

use crate::row::Sql;

impl Sql for Tokens {
    const SELECT: &'static str = "SELECT nonce, account, installer, facts, status, currency, used, \
        uses, windows, used_at, successor FROM tokens WHERE key = ?";
    const UPSERT: &'static str = "INSERT INTO tokens (key, nonce, account, installer, facts, \
        status, currency, used, uses, windows, used_at, successor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE tokens SET status = ?, currency = ?, used = ?, uses = ?, windows = ?, used_at = ?, \
        successor = ? \
        WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM tokens WHERE key = ?";
}
