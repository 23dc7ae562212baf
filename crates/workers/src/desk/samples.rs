//! Work for the tests of the desk.

use payments::rows::{Work, WorkKind};
use payments::{Timestamp, WorkId};
use store::WorkItem;

/// Fresh work that has nothing with it.
pub(super) fn item(kind: WorkKind, key: i64, due: i64) -> WorkItem {
    let due = Timestamp(due);
    let work = Work {
        id: WorkId { due, key },
        kind,
        subject: key,
        tries: 0,
        since: Timestamp(0),
        leased_until: Timestamp(0),
    };
    WorkItem {
        work,
        transaction: None,
        instrument: None,
        parent: None,
        recipient: None,
        notification: None,
        fresh: true,
    }
}
