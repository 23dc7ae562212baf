//! The tables of a report: which measures, which of their figures, and what the chart shows.

use super::chart::Bar;
use super::figure::{Figure, Unit};
use super::goals::{Better, GOALS, Goal};
use super::measure::{self, FLUSH, Group, Measure};
use super::spread::{Round, Spread, judged, values};

/// A table of figures.
#[derive(Debug)]
pub struct Table {
    /// The name of its block on the page, and of its chart.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whose measures.
    groups: &'static [Group],
    /// Which of their figures; the first is on the chart.
    figures: &'static [Figure],
}

/// The name of the table of goals.
pub const GOALS_NAME: &str = "goals";

/// Every table of figures.
pub const TABLES: &[Table] = &[
    Table {
        name: "rates",
        title: "Rates",
        groups: &[Group::Fresh, Group::Filled],
        figures: &[
            Figure::Rate,
            Figure::P50,
            Figure::P90,
            Figure::P99,
            Figure::Longest,
            Figure::Cpu,
            Figure::MemoryStart,
            Figure::MemoryEnd,
            Figure::MemoryPeak,
            Figure::Bytes,
        ],
    },
    Table {
        name: "latency",
        title: "How long one request takes, p99 in flushes",
        groups: &[Group::Latency, Group::Filled],
        figures: &[
            Figure::FlushesP99,
            Figure::FlushesP50,
            Figure::FlushesP999,
            Figure::P50,
            Figure::P99,
            Figure::P999,
            Figure::Rate,
        ],
    },
    Table {
        name: "starts",
        title: "From the start to the first signed answer, in ms",
        groups: &[Group::Starts],
        figures: &[Figure::Start],
    },
    Table {
        name: "reads",
        title: "Looking at the store's interface, a page of activity in µs",
        groups: &[Group::Reads],
        figures: &[Figure::Page, Figure::Status, Figure::Expiry],
    },
    Table {
        name: "notifications",
        title: "Signatures, per second and core",
        groups: &[Group::Notifications],
        figures: &[Figure::Rate, Figure::Ours, Figure::Cpu],
    },
    Table {
        name: "stores",
        title: "Stores without HTTP, per second",
        groups: &[Group::Stores],
        figures: &[Figure::Rate, Figure::P50, Figure::P99, Figure::Bytes],
    },
    Table {
        name: "peers",
        title: "Other people's servers, payments per second",
        groups: &[Group::Peers],
        figures: &[
            Figure::Rate,
            Figure::P50,
            Figure::P99,
            Figure::Cpu,
            Figure::MemoryPeak,
        ],
    },
];

impl Table {
    /// The measures that this table has figures of, as far as they were taken.
    fn measures(&self, rounds: &[Round]) -> Vec<&'static Measure> {
        let taken = |measure: &&Measure| {
            self.groups.contains(&measure.group)
                && !values(rounds, measure.name, self.figures[0]).is_empty()
        };
        let all = measure::MEASURES.iter().filter(taken);
        let shown: Vec<_> = all.collect();
        if shown.is_empty() || self.name != "latency" {
            return shown;
        }
        [&FLUSH].into_iter().chain(shown).collect()
    }

    /// Its rows, the head first; `None` when nothing of it was measured.
    pub fn rows(&self, rounds: &[Round]) -> Option<Vec<Vec<String>>> {
        let measures = self.measures(rounds);
        let mut head = vec!["measure".to_owned()];
        head.extend(self.figures.iter().map(|figure| figure.head().to_owned()));
        let mut rows = vec![head];
        for measure in measures {
            let mut row = vec![format!("`{}`", measure.name)];
            row.extend(
                self.figures
                    .iter()
                    .map(|figure| cell(rounds, measure, *figure)),
            );
            rows.push(row);
        }
        (1 < rows.len()).then_some(rows)
    }

    /// Its chart.
    pub fn bars(&self, rounds: &[Round]) -> Vec<Bar> {
        let figure = self.figures[0];
        let bar = |measure: &'static Measure| {
            let spread = Spread::of(values(rounds, measure.name, figure))?;
            Some(bar(
                measure.name.to_owned(),
                spread,
                figure.unit(),
                Vec::new(),
            ))
        };
        self.measures(rounds).into_iter().filter_map(bar).collect()
    }
}

/// Rates and times to the first answer are shown with their range; of the rest the median will do.
fn cell(rounds: &[Round], measure: &Measure, figure: Figure) -> String {
    let Some(spread) = Spread::of(values(rounds, measure.name, figure)) else {
        return "–".to_owned();
    };
    let show = |value| figure.unit().show(value);
    let median = show(spread.median);
    let noisy = [Figure::Rate, Figure::Start, Figure::FlushesP99];
    if noisy.contains(&figure) && 1 < rounds.len() {
        return format!("{median} ({} to {})", show(spread.least), show(spread.most));
    }
    median
}

fn bar(label: String, spread: Spread, unit: Unit, marks: Vec<u64>) -> Bar {
    Bar {
        label,
        value: spread.median,
        least: spread.least,
        most: spread.most,
        shown: unit.show(spread.median),
        marks,
    }
}

/// What must be reached, the head first; `None` when none of it was measured.
pub fn goal_rows(rounds: &[Round]) -> Option<Vec<Vec<String>>> {
    let heads = [
        "what", "median", "range", "first", "goal", "dream", "reached",
    ];
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    rows.extend(GOALS.iter().filter_map(|goal| goal_row(rounds, goal)));
    (1 < rows.len()).then_some(rows)
}

fn goal_row(rounds: &[Round], goal: &Goal) -> Option<Vec<String>> {
    let spread = Spread::of(judged(rounds, goal))?;
    let show = |value| goal.unit().show(value);
    let mark = |at: usize| {
        goal.marks
            .get(at)
            .map_or_else(String::new, |mark| show(*mark))
    };
    Some(vec![
        goal.what.to_owned(),
        show(spread.median),
        format!("{} to {}", show(spread.least), show(spread.most)),
        mark(0),
        mark(1),
        mark(2),
        goal.reached(spread.median).to_owned(),
    ])
}

/// The chart of goals: how far each has come, in thousandths of what must be reached first; a longer
/// bar is better, whichever way the figure itself goes.
pub fn goal_bars(rounds: &[Round]) -> Vec<Bar> {
    let bars = GOALS.iter().filter_map(|goal| goal_bar(rounds, goal));
    bars.collect()
}

/// Far beyond the first mark is far enough for a picture.
const PROGRESS_MAX: u64 = 3_000;

fn goal_bar(rounds: &[Round], goal: &Goal) -> Option<Bar> {
    let first = *goal.marks.first()?;
    let spread = Spread::of(judged(rounds, goal))?;
    let progress = |value: u64| {
        let (over, under) = match goal.better {
            Better::More => (value, first),
            Better::Less => (first, value.max(1)),
        };
        super::figure::thousandths_of(over, under).map_or(0, |far| far.min(PROGRESS_MAX))
    };
    let (one, other) = (progress(spread.least), progress(spread.most));
    let marks = goal.marks.iter().map(|mark| progress(*mark)).collect();
    Some(Bar {
        label: goal.what.to_owned(),
        value: progress(spread.median),
        least: one.min(other),
        most: one.max(other),
        shown: goal.unit().show(spread.median),
        marks,
    })
}

#[cfg(test)]
mod tests {
    use super::super::figure::Turn;
    use super::*;

    fn rounds() -> Vec<Round> {
        let turn = |rate| Turn::from([(Figure::Rate, rate)]);
        [(10_000, 4_000), (40_000, 12_000), (20_000, 7_000)]
            .map(|(ceiling, reserve)| {
                Round::from([("ceiling", turn(ceiling)), ("reserve", turn(reserve))])
            })
            .to_vec()
    }

    #[test]
    fn a_table_has_what_was_measured_and_nothing_else() {
        let rows = TABLES[0].rows(&rounds()).expect("rates");
        assert_eq!(rows.len(), 3);
        assert_eq!(
            rows[1][..3],
            ["`ceiling`", "20 000 (10 000 to 40 000)", "–"]
        );
        assert_eq!(TABLES[1].rows(&rounds()), None);
        assert_eq!(TABLES[0].bars(&rounds())[1].value, 7_000);
    }

    #[test]
    fn goals_are_judged_by_the_median_of_the_ratios() {
        let rows = goal_rows(&rounds()).expect("a goal");
        let expected = [
            "0.350",
            "0.300 to 0.400",
            "0.300",
            "0.400",
            "0.500",
            "first",
        ];
        assert_eq!(rows[1][1..], expected);
        assert_eq!(rows.len(), 2, "whole lives were not measured");
        let bars = goal_bars(&rounds());
        assert_eq!(
            (bars[0].least, bars[0].value, bars[0].most),
            (1_000, 1_166, 1_333)
        );
        assert_eq!(bars[0].marks, [1_000, 1_333, 1_666]);
    }

    #[test]
    fn less_is_drawn_as_more() {
        let latency = |flushes| Turn::from([(Figure::FlushesP99, flushes)]);
        let bars = goal_bars(&[Round::from([("open", latency(200_000))])]);
        assert_eq!(
            (bars[0].value, &bars[0].marks[..]),
            (500, &[1_000, 2_000, 3_000][..])
        );
    }
}
