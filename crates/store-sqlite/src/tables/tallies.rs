//! Prepaid and credit instruments, and subscriptions.

use store::rows::{Subscriptions, Tallies};

use crate::row::Sql;

impl Sql for Tallies {
    const SELECT: &'static str = "SELECT nonce, kind, sender, recipient, currency, max, \
        spending_token, installed_at, valid_from, expires_at, moving_token, balance, pending \
        FROM tallies WHERE key = ?";
    const UPSERT: &'static str = "INSERT INTO tallies (key, nonce, kind, sender, recipient, \
        currency, max, spending_token, installed_at, valid_from, expires_at, moving_token, \
        balance, pending) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> =
        Some("UPDATE tallies SET moving_token = ?, balance = ?, pending = ? WHERE key = ?");
    const DELETE: &'static str = "DELETE FROM tallies WHERE key = ?";
}

impl Sql for Subscriptions {
    const SELECT: &'static str = "SELECT nonce, caller, sender, token, plan, starts_at, notify_url, \
        status, charges, last, next_at FROM subscriptions WHERE key = ?";
    const UPSERT: &'static str = "INSERT INTO subscriptions (key, nonce, caller, sender, token, \
        plan, starts_at, notify_url, status, charges, last, next_at) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE subscriptions SET status = ?, charges = ?, last = ?, next_at = ? WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM subscriptions WHERE key = ?";
}
