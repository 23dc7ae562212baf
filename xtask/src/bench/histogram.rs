//! A histogram of durations: 32 steps to each doubling, so a value is told to within a thirtieth.

use std::time::Duration;

/// Steps to each doubling, as a power of two.
const STEP_BITS: u32 = 5;
const STEPS: usize = 1 << STEP_BITS;
/// Durations from here on count as this long: 2⁴⁰ ns, 18 minutes.
const DOUBLINGS: usize = 41;
const BUCKETS: usize = DOUBLINGS * STEPS;

/// Counts durations.
#[derive(Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    longest: Duration,
}

impl Histogram {
    /// An empty one.
    pub fn new() -> Histogram {
        Histogram {
            counts: vec![0; BUCKETS],
            total: 0,
            longest: Duration::ZERO,
        }
    }

    /// Counts one duration.
    pub fn record(&mut self, took: Duration) {
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(ns)] += 1;
        self.total += 1;
        self.longest = self.longest.max(took);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Histogram) {
        for (own, others) in self.counts.iter_mut().zip(&other.counts) {
            *own += others;
        }
        self.total += other.total;
        self.longest = self.longest.max(other.longest);
    }

    /// The duration that so many thousandths of all stay within; zero when nothing was counted.
    pub fn within(&self, thousandths: u64) -> Duration {
        let wanted = self
            .total
            .saturating_mul(thousandths)
            .div_ceil(1_000)
            .max(1);
        let mut seen = 0;
        for (place, count) in self.counts.iter().enumerate() {
            seen += count;
            if wanted <= seen {
                return Duration::from_nanos(upper_end(place)).min(self.longest);
            }
        }
        self.longest
    }

    /// How many were counted.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The longest of all.
    pub fn longest(&self) -> Duration {
        self.longest
    }
}

/// Below 32 each value has its own place; above, the five bits after the leading one choose.
fn bucket(ns: u64) -> usize {
    let doubling = ns.max(1).ilog2();
    if doubling < STEP_BITS {
        return usize::try_from(ns).unwrap_or(0);
    }
    let shift = doubling - STEP_BITS;
    let step = usize::try_from((ns >> shift) & ((1 << STEP_BITS) - 1)).unwrap_or(0);
    let row = usize::try_from(shift + 1).unwrap_or(DOUBLINGS);
    (row * STEPS + step).min(BUCKETS - 1)
}

/// The largest value that falls into a place.
fn upper_end(place: usize) -> u64 {
    let (row, step) = (place / STEPS, place % STEPS);
    let step = u64::try_from(step).unwrap_or(0);
    match u32::try_from(row).unwrap_or(u32::MAX).checked_sub(1) {
        None => step,
        Some(shift) => (((1 << STEP_BITS) + step + 1) << shift) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_below_the_end_of_its_place_and_above_the_one_before() {
        let mut value: u64 = 0;
        while value < 1 << 40 {
            let place = bucket(value);
            assert!(value <= upper_end(place), "{value}");
            assert!(place == 0 || upper_end(place - 1) < value, "{value}");
            let slack = upper_end(place) - value;
            assert!(
                slack <= value / 32 + 1,
                "{value} is told as {}",
                upper_end(place)
            );
            value = value * 9 / 8 + 1;
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn shares_are_told_in_order() {
        let mut all = Histogram::new();
        assert_eq!(all.within(500), Duration::ZERO);
        for ms in 1..=100 {
            all.record(Duration::from_millis(ms));
        }
        for (thousandths, expected) in [(10, 1), (500, 50), (990, 99), (1_000, 100)] {
            let told = all.within(thousandths);
            let expected = Duration::from_millis(expected);
            assert!(
                expected <= told && told <= expected + expected / 30,
                "{thousandths}: {told:?}"
            );
        }
        assert_eq!(all.longest(), Duration::from_millis(100));
    }

    #[test]
    fn merging_is_counting_both() {
        let (mut left, mut right) = (Histogram::new(), Histogram::new());
        left.record(Duration::from_micros(10));
        right.record(Duration::from_millis(10));
        left.merge(&right);
        assert!(left.within(500) < Duration::from_micros(11));
        assert_eq!(left.within(1_000), Duration::from_millis(10));
    }
}
