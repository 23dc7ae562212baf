//! Tokens: what was agreed is written once, their use again and again.

use store::rows::Tokens;

use crate::row::Sql;

impl Sql for Tokens {
    const SELECT: &'static str = "SELECT t.nonce, t.account, t.installer, t.facts, u.status, \
        u.currency, u.used, u.uses, u.windows, u.used_at, u.successor \
        FROM tokens t CROSS JOIN token_uses u ON u.key = t.key WHERE t.key = ?";
    const UPSERT: &'static str =
        "INSERT INTO tokens (key, nonce, account, installer, facts) VALUES (?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE token_uses SET status = ?, currency = ?, used = ?, uses = ?, windows = ?, \
        used_at = ?, successor = ? WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM tokens WHERE key = ?";
    const UPSERT_CHANGING: Option<&'static str> = Some(
        "INSERT INTO token_uses (key, status, currency, used, uses, windows, used_at, \
        successor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const DELETE_CHANGING: &'static str = "DELETE FROM token_uses WHERE key = ?";
}
