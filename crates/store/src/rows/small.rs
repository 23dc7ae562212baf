//! Work, documents and settings.

use crate::Outage;
use payments::rows::{Document, DocumentId, Work, WorkKind};
use payments::{Timestamp, WorkId};

use super::codec::{Fields, Keyed, Values};

/// The table `works`.
pub struct Works;
/// The table `documents`.
pub struct Documents;
/// The table `settings`.
pub struct Settings;

/// Reads work with its key.
pub fn work(from: &mut impl Fields) -> Result<Work, Outage> {
    let id = WorkId {
        due: from.moment()?,
        key: from.get()?,
    };
    let read = Works::read(&id, from);
    read.map_err(|outage| named(outage, id))
}

/// Several rows of work are due at one moment: only both parts of the key name one.
fn named(mut outage: Outage, id: WorkId) -> Outage {
    if let Outage::Corrupt { key, .. } = &mut outage {
        *key = format!("{} due {}", id.key, id.due.0);
    }
    outage
}

impl Keyed for Works {
    type Key = WorkId;
    type Row = Work;
    const NAME: &'static str = "works";

    fn put_key(key: &WorkId, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.due.0)?;
        to.put(key.key)
    }

    fn put(row: &Work, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.kind as u8)?;
        to.put(row.subject)?;
        to.put(row.tries)?;
        to.put(row.since.0)?;
        to.put(row.leased_until.0)
    }

    fn read(key: &WorkId, from: &mut impl Fields) -> Result<Work, Outage> {
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

    fn put_key(key: &DocumentId, to: &mut impl Values) -> Result<(), Outage> {
        to.put(&key.kind)?;
        to.put(&key.id)
    }

    fn put(row: &Document, to: &mut impl Values) -> Result<(), Outage> {
        to.put(&row.content)?;
        to.put(row.expires_at.0)
    }

    fn read(_key: &DocumentId, from: &mut impl Fields) -> Result<Document, Outage> {
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

    fn put_key(key: &String, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key)
    }

    fn put(row: &String, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row)
    }

    fn read(_key: &String, from: &mut impl Fields) -> Result<String, Outage> {
        from.get()
    }
}
