//! Documents of the pages: kept and forgotten.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Document, DocumentId};
use crate::tables::written;
use crate::{ChangeSet, ReadSet, WorkingSet};

/// Keeps a document, in place of one with the same id.
#[derive(Clone, Debug)]
pub struct Keep {
    /// Its id.
    pub id: DocumentId,
    /// Its content and end.
    pub document: Document,
}

/// Forgets a document.
#[derive(Clone, Debug)]
pub struct Forget {
    /// Its id.
    pub id: DocumentId,
}

/// Forgets documents that have ended; one that was kept anew meanwhile stays.
#[derive(Clone, Debug)]
pub struct ForgetEnded {
    /// Their ids.
    pub ids: Vec<DocumentId>,
}

impl Decide for Keep {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, _want: &mut ReadSet) {}

    fn decide(&self, _seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let mut changes = ChangeSet::default();
        changes
            .documents
            .push((self.id.clone(), written(self.document.clone())));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for Forget {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, _want: &mut ReadSet) {}

    fn decide(&self, _seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let mut changes = ChangeSet::default();
        changes.documents.push((self.id.clone(), None));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for ForgetEnded {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.documents.extend(self.ids.iter().cloned());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let mut changes = ChangeSet::default();
        for id in &self.ids {
            let found = seen.documents.get(id);
            if found.is_some_and(|document| document.expires_at <= stamp.real) {
                changes.documents.push((id.clone(), None));
            }
        }
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
