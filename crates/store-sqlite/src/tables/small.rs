//! Work, documents and settings.

use store::rows::{Documents, Settings, Works};

use crate::row::Sql;

/// All columns of `works`, in the order in which [`work`] reads them.
pub(crate) const WORK_COLUMNS: &str = "due, key, kind, subject, tries, since, leased_until";

impl Sql for Works {
    const SELECT: &'static str =
        "SELECT kind, subject, tries, since, leased_until FROM works WHERE due = ? AND key = ?";
    const UPSERT: &'static str = "REPLACE INTO works \
        (due, key, kind, subject, tries, since, leased_until) VALUES (?, ?, ?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM works WHERE due = ? AND key = ?";
}

impl Sql for Documents {
    const SELECT: &'static str =
        "SELECT content, expires_at FROM documents WHERE kind = ? AND id = ?";
    const UPSERT: &'static str =
        "REPLACE INTO documents (kind, id, content, expires_at) VALUES (?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM documents WHERE kind = ? AND id = ?";
}

impl Sql for Settings {
    const SELECT: &'static str = "SELECT value FROM settings WHERE name = ?";
    const UPSERT: &'static str = "REPLACE INTO settings (name, value) VALUES (?, ?)";
    const DELETE: &'static str = "DELETE FROM settings WHERE name = ?";
}
