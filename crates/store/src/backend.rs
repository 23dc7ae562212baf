//! What a database has to do for the [`Writer`](crate::Writer).

use payments::{ChangeSet, ReadSet, Timestamp, WorkId, WorkingSet};

use crate::{BatchRow, Outage};

/// A database that blocks: one transaction at a time, everything in it or nothing.
pub trait Backend {
    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), Outage>;

    /// Reads rows inside the transaction and puts them into the working set, absent ones too.
    fn load(&mut self, want: &ReadSet, seen: &mut WorkingSet) -> Result<(), Outage>;

    /// Writes rows. Rows whose key lies in the batch's own keys are new; others may be there
    /// already. Without a batch row, no row is new.
    fn write(&mut self, changes: &ChangeSet, batch: Option<&BatchRow>) -> Result<(), Outage>;

    /// Leases work without reading it: what it needs cannot be read, or not even its own row.
    fn put_aside(&mut self, works: &[WorkId], leased_until: Timestamp) -> Result<(), Outage>;

    /// Ends the transaction: when it returns, what was written is durable.
    fn commit(&mut self) -> Result<(), Outage>;

    /// Ends the transaction, if there is one, without a trace.
    fn roll_back(&mut self);

    /// The newest batch of a lane.
    fn last_batch(&mut self, lane: u16) -> Result<Option<BatchRow>, Outage>;
}
