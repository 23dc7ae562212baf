//! Notifications and the tries to deliver them.

use payments::rows::Attempt;
use store::rows::Notifications;

use crate::row::{Sql, SqlAdded};

/// Reads the tries of a notification.
pub(crate) const ATTEMPTS: &str = "SELECT notification, number, at, took_ms, http_status, problem \
    FROM attempts WHERE notification = ? ORDER BY number";

impl Sql for Notifications {
    const SELECT: &'static str = "SELECT account, url, certificate, subject, created_at, delivery, \
        tries FROM notifications WHERE key = ?";
    const UPSERT: &'static str = "INSERT INTO notifications (key, account, url, certificate, \
        subject, transaction_key, event, created_at, delivery, tries) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> =
        Some("UPDATE notifications SET delivery = ?, tries = ? WHERE key = ?");
    const DELETE: &'static str = "DELETE FROM notifications WHERE key = ?";
}

impl SqlAdded for Attempt {
    const INSERT: &'static str = "INSERT INTO attempts \
        (notification, number, at, took_ms, http_status, problem) VALUES (?, ?, ?, ?, ?, ?)";
}
