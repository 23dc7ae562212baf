//! Calendar windows of usage limits.

use jiff::{Span, ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The length of a usage window: so many hours, days, weeks, months or years, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    /// How many units; at least one.
    pub count: u16,
    /// The unit.
    pub unit: PeriodUnit,
}

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PeriodUnit {
    /// Sixty minutes.
    Hour,
    /// A day in UTC.
    Day,
    /// Seven days.
    Week,
    /// A calendar month.
    Month,
    /// A calendar year.
    Year,
}

/// Units in one period at most.
pub const PERIOD_COUNT_MAX: u16 = 1_000;

impl Period {
    /// Reads `1 Month`, `12 Months`, `2 hour`.
    pub fn parse(text: &str) -> Option<Period> {
        let (count, unit) = text.trim().split_once(' ')?;
        let count: u16 = count.parse().ok()?;
        if !(1..=PERIOD_COUNT_MAX).contains(&count) {
            return None;
        }
        let unit = match unit.trim().to_ascii_lowercase().trim_end_matches('s') {
            "hour" => PeriodUnit::Hour,
            "day" => PeriodUnit::Day,
            "week" => PeriodUnit::Week,
            "month" => PeriodUnit::Month,
            "year" => PeriodUnit::Year,
            _ => return None,
        };
        Some(Period { count, unit })
    }

    /// The start of the window that `now` lies in, counted from an anchor. Before the anchor the
    /// first window counts.
    pub fn window_start(self, anchor: Timestamp, now: Timestamp) -> Timestamp {
        if now <= anchor {
            return anchor;
        }
        let approximate = now.ms_since(anchor) / self.longest_ms();
        let mut index = approximate.max(0);
        while self.start_of(anchor, index.saturating_add(1)) <= now {
            index = index.saturating_add(1);
        }
        self.start_of(anchor, index)
    }

    /// The moment so many periods after an anchor, by the calendar; `NEVER` when there is none.
    pub fn after(self, anchor: Timestamp, periods: u32) -> Timestamp {
        self.start_of(anchor, i64::from(periods))
    }

    /// For people: `1 month`, `12 months`.
    pub fn describe(self) -> String {
        let unit = match self.unit {
            PeriodUnit::Hour => "hour",
            PeriodUnit::Day => "day",
            PeriodUnit::Week => "week",
            PeriodUnit::Month => "month",
            PeriodUnit::Year => "year",
        };
        let plural = if self.count == 1 { "" } else { "s" };
        format!("{} {unit}{plural}", self.count)
    }

    /// An upper bound of its length, so that dividing by it never overshoots.
    fn longest_ms(self) -> i64 {
        let hours = match self.unit {
            PeriodUnit::Hour => 1,
            PeriodUnit::Day => 24,
            PeriodUnit::Week => 7 * 24,
            PeriodUnit::Month => 31 * 24,
            PeriodUnit::Year => 366 * 24,
        };
        crate::time::HOUR_MS * hours * i64::from(self.count)
    }

    fn start_of(self, anchor: Timestamp, index: i64) -> Timestamp {
        let units = index.saturating_mul(i64::from(self.count));
        let added = jiff::Timestamp::from_millisecond(anchor.0)
            .ok()
            .and_then(|start| {
                let zoned = start.to_zoned(TimeZone::UTC);
                zoned.checked_add(self.span(units)?).ok()
            });
        added.map_or(Timestamp::NEVER, |zoned| {
            Timestamp(zoned.timestamp().as_millisecond())
        })
    }

    fn span(self, units: i64) -> Option<Span> {
        let none = 0.days();
        match self.unit {
            PeriodUnit::Hour => none.try_hours(units).ok(),
            PeriodUnit::Day => none.try_days(units).ok(),
            PeriodUnit::Week => none.try_weeks(units).ok(),
            PeriodUnit::Month => none.try_months(units).ok(),
            PeriodUnit::Year => none.try_years(units).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().expect("a moment");
        Timestamp(moment.as_millisecond())
    }

    #[test]
    fn reads_what_clients_send() {
        let month = Period {
            count: 1,
            unit: PeriodUnit::Month,
        };
        assert_eq!(Period::parse("1 Month"), Some(month));
        assert_eq!(Period::parse("1 month"), Some(month));
        let year = Period {
            count: 12,
            unit: PeriodUnit::Month,
        };
        assert_eq!(Period::parse("12 Months"), Some(year));
        for bad in ["", "Month", "0 Month", "1 Fortnight", "-1 Day", "1001 Day"] {
            assert_eq!(Period::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn windows_follow_the_calendar() {
        let month = Period {
            count: 1,
            unit: PeriodUnit::Month,
        };
        let anchor = at("2026-01-31T10:00:00Z");
        let cases = [
            ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00Z"),
            ("2026-02-28T09:59:59Z", "2026-01-31T10:00:00Z"),
            ("2026-02-28T10:00:00Z", "2026-02-28T10:00:00Z"),
            ("2026-03-31T10:00:00Z", "2026-03-31T10:00:00Z"),
            ("2027-01-31T10:00:00Z", "2027-01-31T10:00:00Z"),
        ];
        for (now, start) in cases {
            assert_eq!(month.window_start(anchor, at(now)), at(start), "{now}");
        }
        let hours = Period {
            count: 2,
            unit: PeriodUnit::Hour,
        };
        assert_eq!(
            hours.window_start(anchor, at("2026-01-31T15:30:00Z")),
            at("2026-01-31T14:00:00Z")
        );
    }
}
