//! Calls that found no place when they were handed over: this node has their leases, so nobody else
//! looks at them until these lapse. Whoever puts them off after that might take them from another node.

use std::collections::VecDeque;
use std::sync::Mutex;

use payments::WorkId;
use tokio::time::Instant;

use super::held::BEGIN_WITHIN;
use super::lock;

/// Calls that are remembered. Of more than these the leases lapse.
const CALLS_MAX: usize = 65_536;

/// Which calls were left in the store, and since when, in that order.
#[derive(Debug, Default)]
pub(crate) struct Left(Mutex<VecDeque<(WorkId, Instant)>>);

impl Left {
    /// Remembers what was refused just now.
    pub(super) fn put(&self, calls: Vec<WorkId>) {
        if calls.is_empty() {
            return;
        }
        let now = Instant::now();
        let mut left = lock(&self.0);
        let room = CALLS_MAX.saturating_sub(left.len());
        left.extend(calls.into_iter().take(room).map(|call| (call, now)));
    }

    /// Gives out so many at most, and forgets those whose leases have lapsed: others may have them.
    pub(crate) fn take(&self, most: usize) -> Vec<WorkId> {
        let now = Instant::now();
        let mut left = lock(&self.0);
        let lapsed = left.partition_point(|(_, since)| BEGIN_WITHIN <= now - *since);
        left.drain(..lapsed);
        let count = most.min(left.len());
        left.drain(..count).map(|(call, _)| call).collect()
    }
}

#[cfg(test)]
mod tests {
    use payments::Timestamp;

    use super::*;

    fn calls(keys: std::ops::Range<i64>) -> Vec<WorkId> {
        let call = |key| WorkId {
            due: Timestamp(0),
            key,
        };
        keys.map(call).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn they_come_in_order_until_their_leases_lapse() {
        let left = Left::default();
        left.put(calls(0..3));
        tokio::time::advance(BEGIN_WITHIN / 2).await;
        left.put(calls(3..5));
        assert_eq!(left.take(2), calls(0..2));
        tokio::time::advance(BEGIN_WITHIN / 2).await;
        assert_eq!(left.take(9), calls(3..5), "the third is anybody's by now");
        assert_eq!(left.take(9), []);
    }

    #[tokio::test(start_paused = true)]
    async fn memory_is_bounded() {
        let left = Left::default();
        let most = i64::try_from(CALLS_MAX).expect("it fits");
        left.put(calls(0..most - 1));
        left.put(calls(most..most + 9));
        assert_eq!(left.take(usize::MAX).len(), CALLS_MAX);
    }
}
