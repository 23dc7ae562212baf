//! Work that nobody has: left over from a crash, put off until now, or without a place before.
//!
//! Once a second, and at start, due rows whose lease has lapsed are leased to this node and put on
//! the desk, as many as find room there. Nothing claimed is fresh: somebody may have begun it. Before
//! that, calls that found no place when they were handed over are put off by nothing, which hands them
//! over again.

use std::sync::Arc;

use payments::commands::Defer;
use payments::rows::WorkKind;
use payments::{Command, WorkId};
use store::{Outage, Store};

use crate::desk::Desk;
use crate::figures::count;
use crate::submit::submit_all;

/// Rows claimed at once: one commit of the store's writer.
const CLAIM_MAX: usize = 512;
/// Claims in a row before others get their turn.
const ROUNDS_MAX: usize = 16;

/// How long work is put off that was claimed and found no place.
const PUT_OFF_MS: i64 = 1_000;

/// What the processor does.
const CALLS: [WorkKind; 4] = [
    WorkKind::Authorize,
    WorkKind::Capture,
    WorkKind::Void,
    WorkKind::Refund,
];

/// Claims work.
pub(crate) struct Claimer {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Arc<dyn Store>,
}

impl Claimer {
    /// Claims what is due and puts it on the desk.
    pub(crate) async fn sweep(&self) {
        let swept = self
            .hand_over_again()
            .await
            .and(self.claim_calls().await)
            .and(self.claim_notifications().await);
        if let Err(outage) = swept {
            count(&self.desk.figures.workers_outages_total);
            tracing::warn!(%outage, "work left over could not be claimed");
        }
    }

    /// What is put off and due at once is leased to this node anew, and comes to its desk with the commit.
    async fn hand_over_again(&self) -> Result<(), Outage> {
        for _ in 0..ROUNDS_MAX {
            let room = self.desk.calls.room().min(CLAIM_MAX);
            let left = self.desk.left.take(room);
            if left.is_empty() {
                break;
            }
            self.put_off(left, 0).await?;
        }
        Ok(())
    }

    /// All of them in one commit, if the store can.
    async fn put_off(&self, rows: Vec<WorkId>, after_ms: i64) -> Result<(), Outage> {
        let defer = |work| {
            Command::from(Defer {
                work,
                after_ms,
                looked_at: None,
            })
        };
        let defers = rows.into_iter().map(defer).collect();
        let given_up = submit_all(&*self.store, defers).await;
        given_up
            .into_iter()
            .next()
            .map_or(Ok(()), |(_, outage)| Err(outage))
    }

    async fn claim_calls(&self) -> Result<(), Outage> {
        for _ in 0..ROUNDS_MAX {
            let room = self.desk.calls.room().min(CLAIM_MAX);
            if !self.claim(&CALLS, room).await? {
                break;
            }
        }
        Ok(())
    }

    async fn claim_notifications(&self) -> Result<(), Outage> {
        for _ in 0..ROUNDS_MAX {
            let room = self.desk.post.room().min(CLAIM_MAX);
            if !self.claim(&[WorkKind::Notify], room).await? {
                break;
            }
        }
        Ok(())
    }

    /// Whether there may be more. What finds no place is put off, so that its lease does not keep it
    /// from everybody: a lane that is full has room again soon.
    async fn claim(&self, kinds: &[WorkKind], most: usize) -> Result<bool, Outage> {
        if most == 0 {
            return Ok(false);
        }
        let items = self.store.claim(kinds.to_vec(), most).await?;
        let more = items.len() == most;
        let refused = self.desk.put_claimed(items);
        let all_found_room = refused.is_empty();
        if !all_found_room {
            self.put_off(refused, PUT_OFF_MS).await?;
        }
        Ok(more && all_found_room)
    }
}
