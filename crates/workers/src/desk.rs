//! Where work waits in memory: fresh from a commit, or claimed.
//!
//! Two bounded queues: calls to the processor in the order they came, and notifications by receiver
//! and transaction. Taking work never blocks, because the store's writer hands it over. Work that
//! finds no place is left in the store. Of calls it is remembered which: they come back as soon as there
//! is room. The leases of all others lapse, and a claim brings them back.
//!
//! **Invariant:** on one node, a row of work is in one place only: waiting, under way, or neither.
//! A claim of a row that is still here renews its lease and adds nothing.
//!
//! A row is its due moment and its key. Once it is put off it is another row, and may be taken while
//! the item that it was is still here: whoever puts a row off does nothing more for it. Work of one
//! key can be under way twice only when it outlasts its lease and another node puts it off meanwhile;
//! then it is as with two nodes, and a call repeated under its key has no second effect.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use payments::WorkId;
use payments::rows::WorkKind;
use store::{Handover, WorkItem};

use crate::failpoint;
use crate::figures::{Figures, count_by};

pub(crate) mod held;
mod left;
mod post;
mod queue;
#[cfg(test)]
mod samples;

pub(crate) use left::Left;
pub(crate) use post::{Post, PostLimits};
pub(crate) use queue::Queue;

/// Takes work from the store. It is made first, given to the store, then to the workers.
pub struct Desk {
    pub(crate) calls: Queue,
    pub(crate) post: Post,
    /// Calls that found no place when they were handed over.
    pub(crate) left: Left,
    pub(crate) figures: Arc<Figures>,
}

/// What found no place.
#[derive(Debug, Default)]
pub(crate) struct Refused {
    calls: Vec<WorkId>,
    notifications: Vec<WorkId>,
}

impl Desk {
    /// An empty desk with the usual limits: 8,192 calls, 65,536 notifications, 32,768 of them for one
    /// receiver, 8 at a time to one receiver.
    pub fn new() -> Arc<Desk> {
        Desk::with_limits(8_192, PostLimits::default().notifications_max)
    }

    /// An empty desk for so many calls and notifications.
    pub fn with_limits(calls_max: usize, notifications_max: usize) -> Arc<Desk> {
        let figures: Arc<Figures> = Arc::default();
        let limits = PostLimits {
            notifications_max,
            ..PostLimits::default()
        };
        Arc::new(Desk {
            calls: Queue::new(calls_max, figures.clone()),
            post: Post::new(limits, figures.clone()),
            left: Left::default(),
            figures,
        })
    }

    /// Takes work of either class, calls by one lock and one wake-up. Gives back what found no place:
    /// it stays in the store.
    pub(crate) fn put(&self, items: Vec<WorkItem>) -> Refused {
        let mut calls = Vec::with_capacity(items.len());
        let mut refused = Refused::default();
        for item in items {
            let id = item.work.id;
            match item.work.kind {
                WorkKind::Authorize | WorkKind::Capture | WorkKind::Void | WorkKind::Refund => {
                    calls.push(item);
                }
                WorkKind::Notify => {
                    let found = self.post.put(item);
                    refused.notifications.extend((!found).then_some(id));
                }
                // The store hands these to nobody: the clock finds them.
                WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Charge => {}
            }
        }
        if !calls.is_empty() {
            self.calls.put(calls, &mut refused.calls);
        }
        let count = refused.calls.len() + refused.notifications.len();
        count_by(&self.figures.workers_overflow_total, count);
        refused
    }

    /// Takes claimed work; gives back what found no place, which nobody else can have for a while.
    pub(crate) fn put_claimed(&self, items: Vec<WorkItem>) -> Vec<WorkId> {
        count_by(&self.figures.workers_claimed_total, items.len());
        let Refused {
            mut calls,
            notifications,
        } = self.put(items);
        calls.extend(notifications);
        calls
    }

    /// Takes nothing more and gives nothing more out. What waits is left to its leases.
    pub(crate) fn close(&self) {
        self.calls.close();
        self.post.close();
    }
}

impl Handover for Desk {
    fn take(&self, items: Vec<WorkItem>) {
        let calls = items.iter().filter(|item| item.work.kind.is_processor());
        calls.for_each(|_| failpoint::hit(failpoint::INTENT_WRITTEN));
        let refused = self.put(items);
        self.left.put(refused.calls);
    }
}

/// A worker that panicked while it held the lock has left nothing half done: the holder only ever
/// moves whole items.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
