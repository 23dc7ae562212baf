//! How far the walk over the keys of transactions has come, and what it left behind.
//!
//! **Invariant:** every transaction up to [`Cursor::proven`], which is what is written down, has had
//! its expiry decided. What the store could not decide is remembered and tried again, and the walk
//! goes on meanwhile: one row that cannot be read keeps nobody else from expiring.

use std::collections::BTreeSet;
use std::time::Duration;

use payments::command::LEASE_MS;
use payments::ids::first_key;
use payments::{Timestamp, TransactionKey};
use tokio::time::Instant;

/// How often the cursor is written while it passes rows.
const WRITE_AFTER: Duration = Duration::from_secs(10);
/// How far it goes over nothing before it is written: a day's keys.
const WRITE_GAP_MS: i64 = payments::time::DAY_MS;
/// When what was left behind is tried again: as late as a row of work whose lease must lapse.
const AGAIN_AFTER: Duration = Duration::from_millis(LEASE_MS.unsigned_abs());
/// With so many left behind the walk waits for them.
const LEFT_MAX: usize = 512;

/// Where the walk is.
pub(super) struct Cursor {
    at: i64,
    left: BTreeSet<TransactionKey>,
    tried_at: Instant,
    written: i64,
    written_at: Instant,
    passed_rows: bool,
}

impl Cursor {
    /// A walk that begins behind a key that was written down.
    pub(super) fn behind(key: i64) -> Cursor {
        let now = Instant::now();
        Cursor {
            at: key,
            left: BTreeSet::new(),
            tried_at: now,
            written: key,
            written_at: now,
            passed_rows: false,
        }
    }

    /// Behind which key the walk goes on, if it has not come to its end.
    pub(super) fn next(&self, end: i64) -> Option<i64> {
        (self.at < end && self.left.len() < LEFT_MAX).then_some(self.at)
    }

    /// The walk has come to a key, over rows or over nothing, and leaves these undecided.
    pub(super) fn pass(&mut self, to: i64, rows: bool, undecided: Vec<TransactionKey>) {
        if self.left.is_empty() {
            self.tried_at = Instant::now();
        }
        self.left.extend(undecided);
        self.at = to;
        self.passed_rows |= rows;
    }

    /// What was left behind, when it is time to try it again.
    pub(super) fn to_try(&self) -> Vec<TransactionKey> {
        let is_time = AGAIN_AFTER <= self.tried_at.elapsed();
        let left = self.left.iter().filter(|_| is_time);
        left.copied().collect()
    }

    /// What was left behind has been tried, and of it these are undecided still.
    pub(super) fn tried(&mut self, undecided: Vec<TransactionKey>) {
        self.left = undecided.into_iter().collect();
        self.tried_at = Instant::now();
    }

    /// What is to be written down, if it is time.
    pub(super) fn to_write(&self) -> Option<i64> {
        let proven = self.proven();
        let over_rows = self.passed_rows && WRITE_AFTER <= self.written_at.elapsed();
        let gap = first_key(Timestamp(WRITE_GAP_MS), 0);
        let far = gap <= proven.saturating_sub(self.written);
        (self.written < proven && (over_rows || far)).then_some(proven)
    }

    /// What is to be written down at the end.
    pub(super) fn last_to_write(&self) -> Option<i64> {
        let proven = self.proven();
        (self.written < proven && self.passed_rows).then_some(proven)
    }

    /// It is written down.
    pub(super) fn wrote(&mut self, proven: i64) {
        self.written = proven;
        self.written_at = Instant::now();
        self.passed_rows = proven < self.at;
    }

    /// The last key up to which everything is decided.
    fn proven(&self) -> i64 {
        let before = self.left.first().map(|key| key.0.saturating_sub(1));
        before.map_or(self.at, |before| before.min(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_day() -> i64 {
        first_key(Timestamp(WRITE_GAP_MS), 0)
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_written_stays_behind_what_is_undecided() {
        let mut cursor = Cursor::behind(10);
        assert_eq!((cursor.next(10), cursor.next(11)), (None, Some(10)));
        let (early, late) = (TransactionKey(20), TransactionKey(30));
        cursor.pass(a_day() + 40, true, vec![late, early]);
        assert_eq!(
            cursor.next(2 * a_day()),
            Some(a_day() + 40),
            "the walk goes on"
        );
        assert_eq!(cursor.last_to_write(), Some(19));
        assert_eq!((cursor.to_write(), cursor.to_try()), (None, vec![]));
        tokio::time::advance(AGAIN_AFTER).await;
        assert_eq!(cursor.to_write(), Some(19));
        cursor.wrote(19);
        assert_eq!(cursor.to_write(), None);
        assert_eq!(cursor.to_try(), [early, late]);
        cursor.tried(vec![late]);
        assert_eq!(cursor.last_to_write(), Some(29));
        assert_eq!(cursor.to_try(), [], "not at once again");
        cursor.tried(vec![]);
        assert_eq!(cursor.to_write(), Some(a_day() + 40), "a day is far");
    }

    #[tokio::test(start_paused = true)]
    async fn the_walk_waits_when_much_is_undecided() {
        let mut cursor = Cursor::behind(0);
        let many = (1..).take(LEFT_MAX).map(TransactionKey);
        cursor.pass(a_day(), true, many.collect());
        assert_eq!(cursor.next(2 * a_day()), None);
        cursor.tried(Vec::new());
        assert_eq!(cursor.next(2 * a_day()), Some(a_day()));
    }
}
