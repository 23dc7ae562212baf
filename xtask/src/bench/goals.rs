//! What must be reached: a figure, or a ratio of two of one round, with up to three marks.

use super::figure::{Figure, Unit};
use super::measure::{self, Measure, PEAK, Pace, Plan};
use super::peers::is_foreign;

/// A figure of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The measure.
    pub measure: &'static str,
    /// Its figure.
    pub figure: Figure,
}

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More.
    More,
    /// Less.
    Less,
}

/// Something that is judged.
#[derive(Debug)]
pub struct Goal {
    /// In words.
    pub what: &'static str,
    /// The figure, or what is above the line.
    pub over: Point,
    /// What is below the line; then the marks are thousandths.
    pub under: Option<Point>,
    /// Which way is better.
    pub better: Better,
    /// What must be reached first, what is aimed at, what is dreamt of: as many as there are.
    pub marks: &'static [u64],
}

impl Goal {
    /// How its values and marks are shown.
    pub const fn unit(&self) -> Unit {
        match self.under {
            Some(_) => Unit::Thousandths,
            None => self.over.figure.unit(),
        }
    }

    /// The last mark that a value reaches, in a word; nothing where there are no marks.
    pub fn reached(&self, value: u64) -> &'static str {
        let words = ["first", "goal", "dream"];
        let meets = |mark: u64| match self.better {
            Better::More => mark <= value,
            Better::Less => value <= mark,
        };
        let count = self.marks.iter().take_while(|mark| meets(**mark)).count();
        match count.checked_sub(1) {
            Some(last) => words[last],
            None if self.marks.is_empty() => "",
            None => "no",
        }
    }
}

const fn point(measure: &'static str, figure: Figure) -> Point {
    Point { measure, figure }
}

/// One figure over another, the more the better.
const fn ratio(what: &'static str, over: Point, under: Point, marks: &'static [u64]) -> Goal {
    Goal {
        what,
        over,
        under: Some(under),
        better: Better::More,
        marks,
    }
}

/// A rate over a rate.
const fn rates(
    what: &'static str,
    over: &'static str,
    under: &'static str,
    marks: &'static [u64],
) -> Goal {
    ratio(
        what,
        point(over, Figure::Rate),
        point(under, Figure::Rate),
        marks,
    )
}

/// A figure that must be small.
const fn small(
    what: &'static str,
    measure: &'static str,
    figure: Figure,
    marks: &'static [u64],
) -> Goal {
    Goal {
        what,
        over: point(measure, figure),
        under: None,
        better: Better::Less,
        marks,
    }
}

/// A cost at size over the same cost of a small store.
const fn growth(what: &'static str, figure: Figure) -> Goal {
    Goal {
        better: Better::Less,
        ..ratio(
            what,
            point("reads-filled", figure),
            point("reads-small", figure),
            &[2_000, 1_200],
        )
    }
}

const OF_CEILING: &[u64] = &[300, 400, 500];
const OF_RESERVE: &[u64] = &[250, 400, 500];
const ONE_P50: &[u64] = &[3_500, 3_000];
const ONE_P99: &[u64] = &[20_000, 10_000];
const OPEN_P99: &[u64] = &[100_000, 50_000, 20_000];
const MS: u64 = 1_000_000;
const MIB: u64 = 1_024;

/// Everything that is judged, in the order of the table.
pub const GOALS: &[Goal] = &[
    rates(
        "durable signed Reserve ÷ signed ceiling",
        "reserve",
        "ceiling",
        OF_CEILING,
    ),
    rates(
        "the same, 256 connections",
        "reserve-256",
        "ceiling-256",
        OF_CEILING,
    ),
    rates(
        "the same, filled store",
        "reserve-filled",
        "ceiling",
        OF_CEILING,
    ),
    rates(
        "Reserve: filled store ÷ fresh, growing references",
        "reserve-filled",
        "reserve",
        &[850, 950, 1_000],
    ),
    rates(
        "Reserve: filled store ÷ fresh, random references",
        "random-filled",
        "reserve-random",
        &[650, 800, 1_000],
    ),
    rates("whole lives ÷ Reserve alone", "life", "reserve", OF_RESERVE),
    rates(
        "whole lives ÷ Reserve alone, filled store",
        "life-filled",
        "reserve-filled",
        OF_RESERVE,
    ),
    small(
        "one connection: p50 of the signed ceiling, which flushes nothing, in flushes",
        "ceiling-one",
        Figure::FlushesP50,
        &[],
    ),
    small(
        "one connection: p50 in flushes",
        "one",
        Figure::FlushesP50,
        ONE_P50,
    ),
    small(
        "one connection: p99 in flushes",
        "one",
        Figure::FlushesP99,
        ONE_P99,
    ),
    small(
        "one connection, filled store: p50 in flushes",
        "one-filled",
        Figure::FlushesP50,
        ONE_P50,
    ),
    small(
        "one connection, filled store: p99 in flushes",
        "one-filled",
        Figure::FlushesP99,
        ONE_P99,
    ),
    small(
        "half of the peak: p99 in flushes",
        "open",
        Figure::FlushesP99,
        OPEN_P99,
    ),
    small(
        "half of the peak, filled store: p99 in flushes",
        "open-filled",
        Figure::FlushesP99,
        OPEN_P99,
    ),
    rates(
        "Reserve ÷ PostgreSQL, one commit a request",
        "reserve",
        "postgres",
        &[2_000, 3_000, 4_000],
    ),
    rates(
        "embedded store's interface ÷ PostgreSQL, one commit a request",
        "pace",
        "postgres",
        &[],
    ),
    rates(
        "PostgreSQL store's interface ÷ PostgreSQL, one commit a request, answers on both sides",
        "postgres-pace",
        "postgres-answered",
        &[2_500, 4_000],
    ),
    rates(
        "the same, 128 under way",
        "postgres-pace-128",
        "postgres-answered",
        &[],
    ),
    rates(
        "PostgreSQL store's Reserve and answer ÷ PostgreSQL's Reserve alone",
        "postgres-pace",
        "postgres",
        &[],
    ),
    rates(
        "whole lives ÷ localstripe, authorize and capture",
        "life",
        "localstripe",
        &[75_000, 150_000],
    ),
    small(
        "database bytes for each settled transaction",
        "life",
        Figure::Bytes,
        &[1_500, 900, 600],
    ),
    small(
        "MiB at most, filled store, 256 connections",
        "256-filled",
        Figure::MemoryPeak,
        &[100 * MIB, 64 * MIB],
    ),
    small(
        "ms to the first answer, filled store",
        "start-filled",
        Figure::Start,
        &[250 * MS, 50 * MS],
    ),
    small(
        "ms to the first answer after kill -9, filled store",
        "restart-filled",
        Figure::Start,
        &[1_000 * MS, 200 * MS],
    ),
    rates(
        "notifications per core ÷ bare signatures per core",
        "notified",
        "library",
        &[600, 800],
    ),
    rates(
        "the same at 600 notifications a second",
        "notified-sparse",
        "library",
        &[600, 800],
    ),
    ratio(
        "our library's signatures ÷ OpenSSL's, in turns",
        point("openssl", Figure::Ours),
        point("openssl", Figure::Rate),
        &[900, 1_000],
    ),
    growth("a page of activity: filled ÷ ten thousand", Figure::Page),
    growth(
        "a transaction's status: filled ÷ ten thousand",
        Figure::Status,
    ),
    growth("an expiry: filled ÷ ten thousand", Figure::Expiry),
];

/// The wanted measures with what they are compared with, in the order of a round.
pub fn with_partners(wanted: &[&'static Measure]) -> Vec<&'static Measure> {
    let mut names: Vec<&str> = wanted.iter().map(|measure| measure.name).collect();
    for goal in GOALS {
        if let Some(under) = goal.under.filter(|_| names.contains(&goal.over.measure)) {
            // A comparison that has no marks is made when both are wanted anyway.
            // So is one with somebody else's program.
            let foreign = measure::find(under.measure).is_none_or(|under| is_foreign(under.plan));
            if !goal.marks.is_empty() && !foreign {
                names.push(under.measure);
            }
        }
    }
    let open =
        |measure: &&Measure| matches!(measure.plan, Plan::Load(plan) if plan.pace == Pace::Open);
    if wanted.iter().copied().any(|measure| open(&measure)) {
        names.push(PEAK);
    }
    let all = measure::MEASURES.iter();
    all.filter(|measure| names.contains(&measure.name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partners(names: &[&str]) -> Vec<&'static str> {
        let wanted: Vec<_> = names
            .iter()
            .filter_map(|name| measure::find(name))
            .collect();
        with_partners(&wanted)
            .iter()
            .map(|measure| measure.name)
            .collect()
    }

    #[test]
    fn a_measure_comes_with_what_it_is_compared_with() {
        assert_eq!(partners(&["ceiling"]), ["ceiling"]);
        assert_eq!(partners(&["reserve"]), ["ceiling", "reserve"]);
        assert_eq!(partners(&["life"]), ["reserve", "life"]);
        assert_eq!(partners(&["open"]), ["reserve", "open"]);
        assert_eq!(partners(&["library"]), ["library"]);
    }

    #[test]
    fn goals_name_measures_that_exist_and_marks_that_get_harder() {
        for goal in GOALS {
            for point in [Some(goal.over), goal.under].into_iter().flatten() {
                assert!(measure::find(point.measure).is_some(), "{}", goal.what);
            }
            let harder = match goal.better {
                Better::More => goal.marks.is_sorted(),
                Better::Less => goal.marks.is_sorted_by(|easy, hard| hard <= easy),
            };
            assert!(harder && goal.marks.len() <= 3, "{}", goal.what);
        }
    }

    #[test]
    fn the_last_mark_that_is_met_counts() {
        let more = rates("", "reserve", "ceiling", OF_CEILING);
        let words = |goal: &Goal, values: [u64; 4]| values.map(|value| goal.reached(value));
        assert_eq!(
            words(&more, [299, 300, 499, 500]),
            ["no", "first", "goal", "dream"]
        );
        let less = small("", "one", Figure::FlushesP50, ONE_P50);
        assert_eq!(
            words(&less, [3_501, 3_500, 3_000, 0]),
            ["no", "first", "goal", "goal"]
        );
        assert_eq!(rates("", "pace", "postgres", &[]).reached(1), "");
    }
}
