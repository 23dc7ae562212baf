//! The figures of a run, for people and for programs: medians and ranges, ratios round by round.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::goals::{GOALS, Goal};
use super::histogram::Histogram;
use super::machine;
use super::options::{Options, References};
use super::rounds::{Figures, Round};
use super::script::Script;
use super::side::Side;

/// A run that has ended.
pub struct Report<'a> {
    /// What was asked for.
    pub options: &'a Options,
    /// What was measured.
    pub rounds: &'a [Round],
    /// Flushes of this machine.
    pub flushes: &'a Histogram,
}

/// The middle of some values and the ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spread {
    median: u64,
    least: u64,
    most: u64,
}

impl Spread {
    fn of(mut values: Vec<u64>) -> Option<Spread> {
        values.sort_unstable();
        let (least, most) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Spread {
            median: low.midpoint(high),
            least,
            most,
        })
    }

    fn json(self) -> Value {
        json!({ "median": self.median, "least": self.least, "most": self.most })
    }
}

impl Report<'_> {
    /// The tables, as Markdown that can be read on a terminal.
    pub fn text(&self) -> String {
        let Options {
            rounds,
            seconds,
            connections,
            ..
        } = self.options;
        let mut text = format!(
            "\n{} cores shared by server and load, {rounds} rounds of {} s, {connections} connections; \
             one flush: p50 {} µs, p99 {} µs\n\n",
            machine::cores(),
            seconds.as_secs(),
            self.flushes.within(500).as_micros(),
            self.flushes.within(990).as_micros(),
        );
        let mut rows = vec![
            [
                "side",
                "per second",
                "p50 ms",
                "p90 ms",
                "p99 ms",
                "longest ms",
                "CPU µs each",
                "memory MiB",
                "bytes each",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        rows.extend(Side::ALL.iter().filter_map(|side| self.side_row(*side)));
        text.push_str(&table(&rows));
        let heads = [
            "ratio", "median", "range", "first", "goal", "dream", "reached",
        ];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(GOALS.iter().filter_map(|goal| self.goal_row(goal)));
        if 1 < rows.len() {
            text.push('\n');
            text.push_str(&table(&rows));
        }
        text
    }

    /// Everything, round by round and in sum.
    pub fn json(&self) -> Value {
        let rounds: Vec<Value> = self.rounds.iter().map(round_json).collect();
        let ratios: Vec<Value> = GOALS
            .iter()
            .filter_map(|goal| {
                let (over, under) = (goal.over.name(), goal.under.name());
                let spread = Spread::of(self.ratios(goal))?.json();
                Some(json!({
                    "over": over, "under": under, "thousandths": spread, "each": self.ratios(goal),
                    "first": goal.floor, "goal": goal.aim, "dream": goal.dream,
                }))
            })
            .collect();
        let references = match self.options.references {
            References::Growing => "growing",
            References::Random => "random",
        };
        json!({
            "at": wire::instant::write(machine::now()),
            "cores": machine::cores(),
            "seconds": self.options.seconds.as_secs(),
            "connections": self.options.connections,
            "generator_threads": self.options.threads,
            "references": references,
            "flush_us": { "p50": us(self.flushes.within(500)), "p99": us(self.flushes.within(990)) },
            "rounds": rounds,
            "ratios": ratios,
        })
    }

    fn side_row(&self, side: Side) -> Option<Vec<String>> {
        let spread = |of: fn(&Figures) -> u64| Spread::of(self.of(side, of));
        let rate = spread(|figures| figures.rate)?;
        let ms = |of| {
            spread(of)
                .map(|spread| thousandths(spread.median))
                .unwrap_or_default()
        };
        let bytes = spread(|figures| figures.bytes_each)?.median;
        let memory = spread(|figures| figures.memory_kib)?.median / 1_024;
        Some(vec![
            side.name().to_owned(),
            format!("{} ({} to {})", rate.median, rate.least, rate.most),
            ms(|figures| us(figures.p50)),
            ms(|figures| us(figures.p90)),
            ms(|figures| us(figures.p99)),
            ms(|figures| us(figures.longest)),
            thousandths(spread(|figures| figures.cpu_ns)?.median),
            memory.to_string(),
            if bytes == 0 {
                "–".to_owned()
            } else {
                bytes.to_string()
            },
        ])
    }

    fn goal_row(&self, goal: &Goal) -> Option<Vec<String>> {
        let Spread {
            median,
            least,
            most,
        } = Spread::of(self.ratios(goal))?;
        let reached = match median {
            _ if goal.dream <= median => "dream",
            _ if goal.aim <= median => "goal",
            _ if goal.floor <= median => "first",
            _ => "no",
        };
        Some(vec![
            goal.what.to_owned(),
            thousandths(median),
            format!("{} to {}", thousandths(least), thousandths(most)),
            thousandths(goal.floor),
            thousandths(goal.aim),
            thousandths(goal.dream),
            reached.to_owned(),
        ])
    }

    fn of(&self, side: Side, of: fn(&Figures) -> u64) -> Vec<u64> {
        let turns = self
            .rounds
            .iter()
            .flatten()
            .filter(|(turned, _)| *turned == side);
        turns.map(|(_, figures)| of(figures)).collect()
    }

    /// The ratio of each round, in thousandths.
    fn ratios(&self, goal: &Goal) -> Vec<u64> {
        let over = self.of(goal.over, |figures| figures.rate);
        let under = self.of(goal.under, |figures| figures.rate);
        let both = over.iter().zip(&under);
        both.filter_map(|(over, under)| over.saturating_mul(1_000).checked_div(*under))
            .collect()
    }
}

fn round_json(round: &Round) -> Value {
    let turns = round.iter().map(|(side, figures)| {
        let Figures {
            done,
            took,
            rate,
            memory_kib,
            bytes_each,
            early,
            ..
        } = *figures;
        let turn = json!({
            "done": done, "took_us": us(took), "per_second": rate,
            "p50_us": us(figures.p50), "p90_us": us(figures.p90), "p99_us": us(figures.p99),
            "longest_us": us(figures.longest), "memory_kib": memory_kib, "cpu_ns_each": figures.cpu_ns,
            "bytes_each": bytes_each, "settles_sent_early": early,
        });
        (side.name().to_owned(), turn)
    });
    Value::Object(turns.collect())
}

/// The name of a script, as a side has it.
pub fn name(script: Script) -> &'static str {
    match script {
        Script::Reserve => Side::Reserve.name(),
        Script::Life => Side::Life.name(),
    }
}

fn us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// A number of thousandths with its point: 412 is 0.412.
fn thousandths(number: u64) -> String {
    format!("{}.{:0>3}", number / 1_000, number % 1_000)
}

/// A Markdown table with its columns aligned; the first row is its head.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns)
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (at, row) in rows.iter().enumerate() {
        for (cell, width) in row.iter().zip(&widths) {
            line(&mut text, format_args!("| {cell:<width$} "));
        }
        text.push_str("|\n");
        if at == 0 {
            for width in &widths {
                line(&mut text, format_args!("|{:-<1$}", "", width + 2));
            }
            text.push_str("|\n");
        }
    }
    text
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words)
        .expect("writing to a string cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(ceiling: u64, reserve: u64) -> Round {
        let at = |rate| Figures {
            rate,
            ..Figures::default()
        };
        vec![(Side::Ceiling, at(ceiling)), (Side::Reserve, at(reserve))]
    }

    #[test]
    fn the_middle_of_an_even_number_lies_between_two() {
        let spread = |values: &[u64]| Spread::of(values.to_vec()).map(|spread| spread.median);
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[7]), Some(7));
        assert_eq!(spread(&[9, 1, 5]), Some(5));
        assert_eq!(spread(&[9, 1, 5, 6]), Some(5));
    }

    #[test]
    fn ratios_are_taken_round_by_round() {
        let rounds = [
            round(10_000, 4_000),
            round(40_000, 12_000),
            round(20_000, 7_000),
        ];
        let options = Options::default();
        let report = Report {
            options: &options,
            rounds: &rounds,
            flushes: &Histogram::new(),
        };
        let text = report.text();
        assert!(text.contains("| 0.350  | 0.300 to 0.400 |"), "{text}");
        assert!(text.contains("| first   |\n"), "{text}");
        assert!(!text.contains("whole lives"), "{text}");
        let json = report.json();
        assert_eq!(json["ratios"][0]["each"], json!([400, 300, 350]));
        assert_eq!(json["rounds"][1]["reserve"]["per_second"], 12_000);
    }

    #[test]
    fn tables_are_aligned() {
        let rows = [["a", "bb"], ["ccc", "µ"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(table(&rows), "| a   | bb |\n|-----|----|\n| ccc | µ  |\n");
        assert_eq!(thousandths(412), "0.412");
        assert_eq!(thousandths(12_005), "12.005");
    }
}
