//! Work that is put off.

use crate::command::{Decide, LEASE_MS, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Work, WorkKind};
use crate::tables::written;
use crate::{ChangeSet, ReadSet, Timestamp, WorkId, WorkingSet};

/// Puts work off until a later moment, because it could not be done now.
#[derive(Clone, Debug)]
pub struct Defer {
    /// Which.
    pub work: WorkId,
    /// In how many milliseconds of product time it is due again.
    pub after_ms: i64,
    /// Counted from when; none means from the decision. Whoever has looked says when it began to:
    /// what product time has passed since then has not been looked at.
    pub looked_at: Option<Timestamp>,
}

impl Decide for Defer {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.works.insert(self.work);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let Some(work) = seen.works.get(&self.work) else {
            return Verdict::same(Outcome::Done);
        };
        let mut changes = ChangeSet::default();
        let from = self.looked_at.unwrap_or(stamp.now);
        let id = WorkId {
            due: from.plus_ms(self.after_ms),
            key: self.work.key,
        };
        let leased_until = if id.due <= stamp.now {
            stamp.real.plus_ms(LEASE_MS)
        } else {
            Timestamp::default()
        };
        // A notification that waits for its turn has not been tried.
        let tries = match work.kind {
            WorkKind::Notify => work.tries,
            WorkKind::Authorize
            | WorkKind::Capture
            | WorkKind::Void
            | WorkKind::Refund
            | WorkKind::TimeOut
            | WorkKind::Deadline
            | WorkKind::Charge => work.tries.saturating_add(1),
        };
        changes.works.push((self.work, None));
        changes.works.push((
            id,
            written(Work {
                id,
                tries,
                leased_until,
                ..work.clone()
            }),
        ));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
