//! Work, documents and settings.

use payments::rows::{Document, DocumentId, Work, WorkKind};
use payments::{Timestamp, WorkId};
use store::Outage;

use crate::row::{Fields, Keyed, Values};

pub(crate) struct Works;
pub(crate) struct Documents;
pub(crate) struct Settings;

/// All columns of `works`, in the order in which [`work`] reads them.
pub(crate) const WORK_COLUMNS: &str = "due, key, kind, subject, tries, since, leased_until";

/// Reads work with its key.
pub(crate) fn work(from: &mut Fields) -> Result<Work, Outage> {
    let id = WorkId {
        due: from.moment()?,
        key: from.get()?,
    };
    Works::read(&id, from)
}

impl Keyed for Works {
    type Key = WorkId;
    type Row = Work;
    const NAME: &'static str = "works";
    const SELECT: &'static str =
        "SELECT kind, subject, tries, since, leased_until FROM works WHERE due = ? AND key = ?";
    const UPSERT: &'static str = "REPLACE INTO works \
        (due, key, kind, subject, tries, since, leased_until) VALUES (?, ?, ?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM works WHERE due = ? AND key = ?";

    fn put_key(key: &WorkId, to: &mut Values) -> rusqlite::Result<()> {
        to.put(key.due.0)?;
        to.put(key.key)
    }

    fn put(row: &Work, to: &mut Values) -> rusqlite::Result<()> {
        to.put(row.kind as u8)?;
        to.put(row.subject)?;
        to.put(row.tries)?;
        to.put(row.since.0)?;
        to.put(row.leased_until.0)
    }

    fn read(key: &WorkId, from: &mut Fields) -> Result<Work, Outage> {
        Ok(Work {
            id: *key,
            kind: from.known_small("kind of work", WorkKind::from_number)?,
            subject: from.get()?,
            tries: from.get()?,
            since: from.moment()?,
            leased_until: from.moment()?,
        })
    }
}

impl Keyed for Documents {
    type Key = DocumentId;
    type Row = Document;
    const NAME: &'static str = "documents";
    const SELECT: &'static str =
        "SELECT content, expires_at FROM documents WHERE kind = ? AND id = ?";
    const UPSERT: &'static str =
        "REPLACE INTO documents (kind, id, content, expires_at) VALUES (?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM documents WHERE kind = ? AND id = ?";

    fn put_key(key: &DocumentId, to: &mut Values) -> rusqlite::Result<()> {
        to.put(&key.kind)?;
        to.put(&key.id)
    }

    fn put(row: &Document, to: &mut Values) -> rusqlite::Result<()> {
        to.put(&row.content)?;
        to.put(row.expires_at.0)
    }

    fn read(_key: &DocumentId, from: &mut Fields) -> Result<Document, Outage> {
        Ok(Document {
            content: from.get()?,
            expires_at: from.get().map(Timestamp)?,
        })
    }
}

impl Keyed for Settings {
    type Key = String;
    type Row = String;
    const NAME: &'static str = "settings";
    const SELECT: &'static str = "SELECT value FROM settings WHERE name = ?";
    const UPSERT: &'static str = "REPLACE INTO settings (name, value) VALUES (?, ?)";
    const DELETE: &'static str = "DELETE FROM settings WHERE name = ?";

    fn put_key(key: &String, to: &mut Values) -> rusqlite::Result<()> {
        to.put(key)
    }

    fn put(row: &String, to: &mut Values) -> rusqlite::Result<()> {
        to.put(row)
    }

    fn read(_key: &String, from: &mut Fields) -> Result<String, Outage> {
        from.get()
    }
}
