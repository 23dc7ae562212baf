//! Which rows of work are on this node, and for how long they are its own.

use std::collections::HashMap;
use std::time::Duration;

use payments::command::LEASE_MS;
use payments::tables::QuickHash;
use tokio::time::Instant;

/// How much of the lease must be left when work is begun, so that another node seldom begins it too.
const LEASE_LEFT: Duration = Duration::from_secs(5);
/// The lease, as the store writes it.
const LEASE: Duration = Duration::from_millis(LEASE_MS.unsigned_abs());
/// How long after it came here work may be begun.
const BEGIN_WITHIN: Duration = LEASE.saturating_sub(LEASE_LEFT);

const _: () = assert!(LEASE_LEFT.as_millis() < LEASE.as_millis());

/// The rows on this node, by the key of the row.
#[derive(Debug, Default)]
pub(super) struct Held(HashMap<i64, Lease, QuickHash>);

/// One row's lease, measured by this node's steady clock from the moment it got it.
#[derive(Debug)]
struct Lease {
    until: Instant,
    fresh: bool,
}

impl Held {
    /// Whether the row is new here. For a row that is here already, the lease begins anew; a row that
    /// had to be claimed is not fresh any more.
    pub(super) fn admit(&mut self, key: i64, fresh: bool, now: Instant) -> bool {
        let until = now + BEGIN_WITHIN;
        match self.0.get_mut(&key) {
            Some(lease) => {
                lease.until = lease.until.max(until);
                lease.fresh &= fresh;
                false
            }
            None => self.0.insert(key, Lease { until, fresh }).is_none(),
        }
    }

    /// Whether work on a row may begin now, and if so whether nobody else can have begun it.
    pub(super) fn begin(&self, key: i64, now: Instant) -> Option<bool> {
        let lease = self.0.get(&key)?;
        (now < lease.until).then_some(lease.fresh)
    }

    /// The row is not here any more.
    pub(super) fn release(&mut self, key: i64) {
        self.0.remove(&key);
    }

    /// How many rows are here, waiting or under way.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
