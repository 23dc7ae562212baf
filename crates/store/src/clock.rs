//! The two clocks: real time, and product time that a sandbox can move forward.
//!
//! **Invariant:** neither goes backwards while a store is open, and product time does not fall
//! behind the newest key of the store when it is opened again.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use payments::Timestamp;

use crate::Moment;

/// Where real time comes from.
pub trait Clock: Send + Sync {
    /// Now. Never earlier than what it said before.
    fn real(&self) -> Timestamp;
}

/// The machine's clock, held still where the machine would go backwards.
#[derive(Debug, Default)]
pub struct SystemClock {
    last: AtomicI64,
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one reader of the machine's clock"
    )]
    fn real(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        });
        let before = self.last.fetch_max(now, Ordering::Relaxed);
        Timestamp(before.max(now))
    }
}

/// A clock that stands still until it is moved: for tests.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicI64,
}

impl ManualClock {
    /// A clock that stands at a moment.
    pub fn at(now: Timestamp) -> ManualClock {
        ManualClock {
            now: AtomicI64::new(now.0),
        }
    }

    /// Moves it forward.
    pub fn advance(&self, ms: i64) {
        assert!(0 <= ms, "a clock moves forward only");
        self.now.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn real(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Relaxed))
    }
}

/// Both clocks of an open store, shared by its threads.
pub struct Clocks {
    clock: Arc<dyn Clock>,
    offset: AtomicI64,
    product: AtomicI64,
}

impl Clocks {
    /// Starts with the stored offset and a moment that product time has reached before.
    pub fn new(clock: Arc<dyn Clock>, offset_ms: i64, reached: Timestamp) -> Clocks {
        Clocks {
            clock,
            offset: AtomicI64::new(offset_ms),
            product: AtomicI64::new(reached.0),
        }
    }

    /// Now, by both clocks.
    pub fn now(&self) -> Moment {
        let real = self.clock.real();
        let product = real.plus_ms(self.offset.load(Ordering::Acquire));
        let before = self.product.fetch_max(product.0, Ordering::AcqRel);
        Moment {
            product: Timestamp(before.max(product.0)),
            real,
        }
    }

    /// Takes over an offset that has just been committed.
    pub fn set_offset(&self, offset_ms: i64) {
        self.offset.store(offset_ms, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_time_never_goes_back() {
        let clock = Arc::new(ManualClock::at(Timestamp(1_000)));
        let clocks = Clocks::new(clock.clone(), 0, Timestamp(5_000));
        assert_eq!(
            clocks.now(),
            Moment {
                product: Timestamp(5_000),
                real: Timestamp(1_000)
            }
        );
        clocks.set_offset(10_000);
        assert_eq!(clocks.now().product, Timestamp(11_000));
        clocks.set_offset(0);
        assert_eq!(clocks.now().product, Timestamp(11_000));
        clock.advance(20_000);
        assert_eq!(
            clocks.now(),
            Moment {
                product: Timestamp(21_000),
                real: Timestamp(21_000)
            }
        );
    }

    #[test]
    fn the_machines_clock_is_after_2020() {
        let clock = SystemClock::default();
        let first = clock.real();
        assert!(Timestamp(1_577_836_800_000) < first);
        assert!(first <= clock.real());
    }
}
