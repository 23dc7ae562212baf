//! Fresh row keys of one lane.
//!
//! **Invariant:** a lane's keys only grow, across restarts too: the last key of the last batch is
//! stored, and allotting goes on above it. When a millisecond's counter is used up, the keys of the
//! next millisecond are taken early.

use payments::Timestamp;
use payments::command::KEYS_PER_COMMAND;
use payments::ids::{COUNTER_BITS, first_key, key_time};

const COUNTER_MAX: i64 = (1 << COUNTER_BITS) - 1;

/// Allots the keys of a lane.
#[derive(Debug)]
pub struct KeyAllotter {
    lane: u16,
    last: i64,
}

impl KeyAllotter {
    /// Goes on above the last key that was used, if any was.
    pub fn after(lane: u16, last: Option<i64>) -> KeyAllotter {
        KeyAllotter {
            lane,
            last: last.unwrap_or(0),
        }
    }

    /// The first of the keys of one command.
    pub fn allot(&mut self, now: Timestamp) -> i64 {
        let counted = self.last & COUNTER_MAX;
        let next = if COUNTER_MAX < counted + KEYS_PER_COMMAND {
            first_key(key_time(self.last).plus_ms(1), self.lane)
        } else {
            self.last + 1
        };
        let first = next.max(first_key(now, self.lane));
        self.last = first + KEYS_PER_COMMAND - 1;
        first
    }

    /// The last key that was allotted.
    pub fn last(&self) -> i64 {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_grow_and_stay_in_their_lane(
            lane in 0..1024_u16,
            start in 0..1_000_000_i64,
            steps in proptest::collection::vec((-5..5_i64, 1..400_usize), 1..20),
        ) {
            let mut keys = KeyAllotter::after(lane, None);
            let (mut now, mut before) = (start, -1);
            for (step, count) in steps {
                now = (now + step).max(0);
                for _ in 0..count {
                    let first = keys.allot(Timestamp(now));
                    prop_assert!(before < first);
                    prop_assert!(Timestamp(now) <= key_time(first));
                    let last = first + KEYS_PER_COMMAND - 1;
                    let in_lane = |key: i64| (key >> COUNTER_BITS) & 0x3ff == i64::from(lane);
                    prop_assert!(in_lane(first) && in_lane(last));
                    before = last;
                }
                keys = KeyAllotter::after(lane, Some(keys.last()));
            }
        }
    }
}
