//! Which rows of work are on this node, and for how long they are its own.

use std::collections::HashMap;
use std::time::Duration;

use payments::WorkId;
use payments::command::LEASE_MS;
use payments::tables::QuickHash;
use store::claim::LEASE_SPARE_MS;
use tokio::time::Instant;

/// How much of the lease must be left when work is begun, so that another node seldom begins it too;
/// and how long ago it may have been leased when it comes.
const LEASE_LEFT: Duration = Duration::from_millis(LEASE_SPARE_MS.unsigned_abs());
/// The lease, as the store writes it.
const LEASE: Duration = Duration::from_millis(LEASE_MS.unsigned_abs());
/// How long after it came here work may be begun.
pub(crate) const BEGIN_WITHIN: Duration = LEASE.saturating_sub(LEASE_LEFT);

const _: () = assert!(LEASE_LEFT.as_millis() < LEASE.as_millis());

/// The rows on this node, each as it was leased: by its due moment and its key. A row that was put off
/// is due at another moment, and comes here anew whatever became of the one that it was.
#[derive(Debug, Default)]
pub(super) struct Held(HashMap<WorkId, Lease, QuickHash>);

/// One row's lease, measured by this node's steady clock from the moment it got it.
#[derive(Debug)]
struct Lease {
    until: Instant,
    fresh: bool,
}

impl Held {
    /// Whether the row is here already. Then its lease begins anew; a row that had to be claimed is not
    /// fresh any more.
    pub(super) fn renew(&mut self, row: WorkId, fresh: bool, now: Instant) -> bool {
        let lease = self.0.get_mut(&row);
        let lease = lease.map(|lease| {
            lease.until = lease.until.max(now + BEGIN_WITHIN);
            lease.fresh &= fresh;
        });
        lease.is_some()
    }

    /// Takes a row that is not here.
    pub(super) fn admit(&mut self, row: WorkId, fresh: bool, now: Instant) {
        let until = now + BEGIN_WITHIN;
        let earlier = self.0.insert(row, Lease { until, fresh });
        assert!(earlier.is_none(), "a row of work is in one place only");
    }

    /// Whether work on a row may begin now, and if so whether nobody else can have begun it.
    pub(super) fn begin(&self, row: WorkId, now: Instant) -> Option<bool> {
        let lease = self.0.get(&row)?;
        (now < lease.until).then_some(lease.fresh)
    }

    /// The row is not here any more.
    pub(super) fn release(&mut self, row: WorkId) {
        self.0.remove(&row);
    }

    /// How many rows are here, waiting or under way.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
