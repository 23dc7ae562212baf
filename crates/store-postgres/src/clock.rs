//! The database's clock, as a node knows it between two looks.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use payments::Timestamp;
use payments::commands::CLOCK_OFFSET;
use store::{Clock, Outage};
use tokio_postgres::{Error, Row};

/// Real time and the offset of product time.
pub(crate) const TIME: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::int8, \
    (SELECT s.value FROM settings s WHERE s.name = 'clock-offset-ms')";

/// What [`TIME`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    pub(crate) real_ms: i64,
    pub(crate) offset_ms: i64,
}

impl Time {
    pub(crate) fn read(row: &Row) -> Result<Time, Outage> {
        let corrupt = |problem: Error| not_a_time(problem.to_string());
        let offset: Option<&str> = row.try_get(1).map_err(corrupt)?;
        Ok(Time {
            real_ms: row.try_get(0).map_err(corrupt)?,
            offset_ms: parse_offset(offset)?,
        })
    }
}

fn parse_offset(text: Option<&str>) -> Result<i64, Outage> {
    let parsed = text.map_or(Ok(0), str::parse);
    parsed.map_err(|_| not_a_time("not a whole number of milliseconds".to_owned()))
}

fn not_a_time(reason: String) -> Outage {
    Outage::Corrupt {
        table: "settings",
        key: CLOCK_OFFSET.to_owned(),
        reason,
    }
}

/// What the database's clock said last, and the time since, measured by this machine's steady
/// clock. It runs behind the database by the way of the answer, never ahead. Every request asks it,
/// so nobody waits for it.
#[derive(Debug)]
pub struct DatabaseClock {
    since: Instant,
    /// What the database's clock said at `since`, as far as is known.
    began: AtomicI64,
    last: AtomicI64,
}

impl DatabaseClock {
    /// A clock that the database has just been asked for.
    pub fn at(now: Timestamp) -> DatabaseClock {
        DatabaseClock {
            since: Instant::now(),
            began: AtomicI64::new(now.0),
            last: AtomicI64::new(now.0),
        }
    }

    /// The database has said what time it is.
    pub fn set(&self, now: Timestamp) {
        let began = now.0.saturating_sub(self.elapsed_ms());
        self.began.store(began, Ordering::Relaxed);
        self.last.fetch_max(now.0, Ordering::Relaxed);
    }

    fn elapsed_ms(&self) -> i64 {
        i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Clock for DatabaseClock {
    fn real(&self) -> Timestamp {
        let began = self.began.load(Ordering::Relaxed);
        let now = began.saturating_add(self.elapsed_ms());
        Timestamp(self.last.fetch_max(now, Ordering::Relaxed).max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_the_database_says_and_never_goes_back() {
        let clock = DatabaseClock::at(Timestamp(1_000));
        let near = |said: i64| (said..said + 500).contains(&clock.real().0);
        assert!(near(1_000));
        clock.set(Timestamp(90_000));
        assert!(near(90_000));
        let before = clock.real();
        clock.set(Timestamp(5_000));
        assert!(
            before <= clock.real() && near(90_000),
            "another server is behind"
        );
        clock.set(Timestamp(100_000));
        assert!(near(100_000));
    }
}
