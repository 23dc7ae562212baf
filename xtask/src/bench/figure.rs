//! The figures that a turn can come to, each with its unit, and how people see it.

use std::collections::BTreeMap;
use std::time::Duration;

/// One figure of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Done each second.
    Rate,
    /// Half of the answers took at most this.
    P50,
    /// Nine of ten took at most this.
    P90,
    /// 99 of 100 took at most this.
    P99,
    /// 999 of 1,000 took at most this.
    P999,
    /// The longest.
    Longest,
    /// Half of the answers, in flushes of the same round.
    FlushesP50,
    /// 99 of 100, in flushes of the same round.
    FlushesP99,
    /// 999 of 1,000, in flushes of the same round.
    FlushesP999,
    /// Processor time for each thing done.
    Cpu,
    /// Resident memory before the load.
    MemoryStart,
    /// Resident memory after it.
    MemoryEnd,
    /// The most that was resident.
    MemoryPeak,
    /// Bytes of the database for each transaction that was added.
    Bytes,
    /// Settles that were sent before the processor's answer, and sent again.
    Early,
    /// From starting the program to the first signed answer.
    Start,
    /// One page of an account's activity.
    Page,
    /// One look at a transaction's status.
    Status,
    /// One expiry.
    Expiry,
    /// Signatures of our library, in turns with those of another.
    Ours,
}

/// What one turn came to.
pub type Turn = BTreeMap<Figure, u64>;

/// How a number is shown to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// As it is, with its thousands parted.
    Whole,
    /// Nanoseconds, shown as milliseconds.
    Ms,
    /// Nanoseconds, shown as microseconds.
    Us,
    /// KiB, shown as MiB.
    Mib,
    /// Thousandths, shown with their point.
    Thousandths,
}

impl Figure {
    /// The heading of its column.
    pub const fn head(self) -> &'static str {
        match self {
            Figure::Rate => "per second",
            Figure::P50 => "p50 ms",
            Figure::P90 => "p90 ms",
            Figure::P99 => "p99 ms",
            Figure::P999 => "p99.9 ms",
            Figure::Longest => "longest ms",
            Figure::FlushesP50 => "p50 in flushes",
            Figure::FlushesP99 => "p99 in flushes",
            Figure::FlushesP999 => "p99.9 in flushes",
            Figure::Cpu => "CPU µs each",
            Figure::MemoryStart => "MiB at first",
            Figure::MemoryEnd => "MiB at last",
            Figure::MemoryPeak => "MiB at most",
            Figure::Bytes => "bytes each",
            Figure::Early => "sent early",
            Figure::Start => "first answer ms",
            Figure::Page => "a page µs",
            Figure::Status => "a status µs",
            Figure::Expiry => "an expiry µs",
            Figure::Ours => "ours in turns",
        }
    }

    /// Its name in JSON, with the unit of the number there.
    pub const fn name(self) -> &'static str {
        match self {
            Figure::Rate => "per_second",
            Figure::P50 => "p50_ns",
            Figure::P90 => "p90_ns",
            Figure::P99 => "p99_ns",
            Figure::P999 => "p999_ns",
            Figure::Longest => "longest_ns",
            Figure::FlushesP50 => "p50_flushes_thousandths",
            Figure::FlushesP99 => "p99_flushes_thousandths",
            Figure::FlushesP999 => "p999_flushes_thousandths",
            Figure::Cpu => "cpu_ns_each",
            Figure::MemoryStart => "memory_start_kib",
            Figure::MemoryEnd => "memory_end_kib",
            Figure::MemoryPeak => "memory_peak_kib",
            Figure::Bytes => "bytes_each",
            Figure::Early => "settles_sent_early",
            Figure::Start => "first_answer_ns",
            Figure::Page => "page_ns",
            Figure::Status => "status_ns",
            Figure::Expiry => "expiry_ns",
            Figure::Ours => "ours_per_second",
        }
    }

    /// How it is shown.
    pub const fn unit(self) -> Unit {
        match self {
            Figure::Rate | Figure::Bytes | Figure::Early | Figure::Ours => Unit::Whole,
            Figure::P50
            | Figure::P90
            | Figure::P99
            | Figure::P999
            | Figure::Longest
            | Figure::Start => Unit::Ms,
            Figure::FlushesP50 | Figure::FlushesP99 | Figure::FlushesP999 => Unit::Thousandths,
            Figure::Cpu | Figure::Page | Figure::Status | Figure::Expiry => Unit::Us,
            Figure::MemoryStart | Figure::MemoryEnd | Figure::MemoryPeak => Unit::Mib,
        }
    }
}

impl Unit {
    /// The number as people read it: enough digits to tell two apart, no more.
    pub fn show(self, number: u64) -> String {
        match self {
            Unit::Whole => grouped(number),
            Unit::Ms => rounded(number / 1_000),
            Unit::Us | Unit::Thousandths => rounded(number),
            Unit::Mib => grouped(number / 1_024),
        }
    }
}

/// Thousandths with three places below ten, with one below a hundred, else none.
fn rounded(thousandths: u64) -> String {
    match thousandths {
        0..10_000 => format!("{}.{:0>3}", thousandths / 1_000, thousandths % 1_000),
        10_000..100_000 => {
            let tenths = (thousandths + 50) / 100;
            format!("{}.{}", tenths / 10, tenths % 10)
        }
        _ => grouped((thousandths + 500) / 1_000),
    }
}

/// A number with a blank before each three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if 0 < at && (digits.len() - at).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// Nanoseconds.
pub fn ns(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds for each thing done; nothing done costs nothing.
pub fn ns_each(time: Duration, done: u64) -> u64 {
    ns(time).checked_div(done).unwrap_or(0)
}

/// Things done each second.
pub fn rate(done: u64, took: Duration) -> u64 {
    let each_second = u128::from(done) * 1_000_000 / took.as_micros().max(1);
    u64::try_from(each_second).unwrap_or(u64::MAX)
}

/// How much the first is of the second, in thousandths; `None` of nothing.
pub fn thousandths_of(over: u64, under: u64) -> Option<u64> {
    let ratio = (u128::from(over) * 1_000).checked_div(u128::from(under))?;
    Some(u64::try_from(ratio).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_with_few_digits() {
        for (unit, number, expected) in [
            (Unit::Whole, 7, "7"),
            (Unit::Whole, 1_069, "1 069"),
            (Unit::Whole, 12_345_678, "12 345 678"),
            (Unit::Ms, 1_300_000, "1.300"),
            (Unit::Ms, 50_249_999, "50.2"),
            (Unit::Ms, 99_950_000, "100.0"),
            (Unit::Ms, 1_250_000_000, "1 250"),
            (Unit::Us, 142_400, "142"),
            (Unit::Us, 28_050, "28.1"),
            (Unit::Mib, 102_400, "100"),
            (Unit::Thousandths, 230, "0.230"),
        ] {
            assert_eq!(unit.show(number), expected, "{unit:?} {number}");
        }
    }

    #[test]
    fn rates_costs_and_ratios_are_whole() {
        assert_eq!(rate(64_000, Duration::from_secs(2)), 32_000);
        assert_eq!(rate(1, Duration::from_secs(3)), 0);
        assert_eq!(rate(5, Duration::ZERO), 5_000_000);
        assert_eq!(ns_each(Duration::from_micros(9), 3), 3_000);
        assert_eq!(ns_each(Duration::from_micros(9), 0), 0);
        assert_eq!(thousandths_of(3, 4), Some(750));
        assert_eq!(thousandths_of(3, 0), None);
        assert_eq!(thousandths_of(u64::MAX, 1), Some(u64::MAX));
    }
}
