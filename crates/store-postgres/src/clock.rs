//! The database's clock, as a node knows it between two looks.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use payments::Timestamp;
use store::Clock;

/// What the database's clock said last, and the time since, measured by this machine's steady
/// clock. It runs behind the database by the way of the answer, never ahead.
#[derive(Debug)]
pub struct DatabaseClock {
    anchor: Mutex<(i64, Instant)>,
    last: AtomicI64,
}

impl DatabaseClock {
    /// A clock that the database has just been asked for.
    pub fn at(now: Timestamp) -> DatabaseClock {
        DatabaseClock {
            anchor: Mutex::new((now.0, Instant::now())),
            last: AtomicI64::new(now.0),
        }
    }

    /// The database has said what time it is.
    pub fn set(&self, now: Timestamp) {
        let mut anchor = self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        *anchor = (now.0, Instant::now());
        self.last.fetch_max(now.0, Ordering::Relaxed);
    }
}

impl Clock for DatabaseClock {
    fn real(&self) -> Timestamp {
        let (said, at) = *self.anchor.lock().unwrap_or_else(PoisonError::into_inner);
        let since = i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX);
        let now = said.saturating_add(since);
        Timestamp(self.last.fetch_max(now, Ordering::Relaxed).max(now))
    }
}
