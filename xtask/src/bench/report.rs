//! The figures of a run: on the terminal, as JSON, and on the page with its charts.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::chart::svg;
use super::figure::{Figure, Turn};
use super::goals::GOALS;
use super::machine;
use super::markdown::{put, table, with_block};
use super::measure::{FLUSH, MEASURES};
use super::options::Options;
use super::peers::Missing;
use super::spread::{Round, Spread, judged, values};
use super::tables::{GOALS_NAME, TABLES, goal_bars, goal_rows};
use crate::run::{Failure, Outcome};

/// The page that shows the figures, and the folder of its charts beside it.
const PAGE: &str = "docs/performance.md";
const CHARTS: &str = "docs/performance";

/// A run that has ended.
pub struct Report<'a> {
    /// What was asked for.
    pub options: &'a Options,
    /// What was measured.
    pub rounds: &'a [Round],
    /// What was asked for and could not be measured.
    pub missing: &'a [Missing],
}

/// A table as it is shown: its name, its title, its rows, and the chart.
struct Shown {
    name: &'static str,
    title: &'static str,
    rows: Vec<Vec<String>>,
    chart: String,
}

impl Report<'_> {
    /// Every table, as Markdown that can be read on a terminal.
    pub fn text(&self) -> String {
        let mut text = format!("\n{}\n", self.circumstances());
        for shown in self.shown() {
            put(
                &mut text,
                format_args!("\n{}\n\n{}", shown.title, table(&shown.rows)),
            );
        }
        for Missing { measure, why } in self.missing {
            put(
                &mut text,
                format_args!("\nnot measured: `{measure}`: {why}\n"),
            );
        }
        text
    }

    /// Everything, round by round and in sum.
    pub fn json(&self) -> Value {
        let rounds: Vec<Value> = self.rounds.iter().map(round_json).collect();
        let goals = GOALS.iter().filter_map(|goal| {
            let each = judged(self.rounds, goal);
            let spread = Spread::of(each.clone())?;
            Some(json!({
                "what": goal.what,
                "over": [goal.over.measure, goal.over.figure.name()],
                "under": goal.under.map(|point| [point.measure, point.figure.name()]),
                "spread": spread.json(), "each": each, "marks": goal.marks,
                "reached": goal.reached(spread.median),
            }))
        });
        let sums = MEASURES.iter().chain([&FLUSH]).filter_map(|measure| {
            let turns = self
                .rounds
                .iter()
                .filter_map(|round| round.get(measure.name));
            let figures: Vec<Figure> = turns.flat_map(Turn::keys).copied().collect();
            let spread = |figure: &Figure| {
                let spread = Spread::of(values(self.rounds, measure.name, *figure))?;
                Some((figure.name().to_owned(), spread.json()))
            };
            let sums: serde_json::Map<_, _> = figures.iter().filter_map(spread).collect();
            (!sums.is_empty()).then(|| (measure.name.to_owned(), Value::Object(sums)))
        });
        let missing: Vec<Value> = self
            .missing
            .iter()
            .map(|Missing { measure, why }| json!({"measure": measure, "why": why}))
            .collect();
        json!({
            "at": wire::instant::write(machine::now()),
            "cores": machine::cores(),
            "seconds": self.options.seconds.as_secs(),
            "transactions_filled": self.options.size,
            "generator_threads": self.options.threads,
            "goals": goals.collect::<Vec<_>>(),
            "missing": missing,
            "measures": sums.collect::<serde_json::Map<_, _>>(),
            "rounds": rounds,
        })
    }

    /// Puts every table into its block of the page, and its chart beside the page. Blocks of what was
    /// not measured stay as they are.
    pub fn write_page(&self, root: &Path) -> Outcome {
        let path = root.join(PAGE);
        let mut page = std::fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        let charts = root.join(CHARTS);
        std::fs::create_dir_all(&charts).map_err(|error| at(&charts, &error))?;
        for shown in self.shown() {
            let Shown {
                name,
                title,
                rows,
                chart,
            } = shown;
            let block = format!(
                "{}\n\n{}\n![{title}](performance/{name}.svg)",
                self.circumstances(),
                table(&rows)
            );
            let renewed = with_block(&page, &format!("bench {name}"), &block);
            page = renewed.ok_or_else(|| {
                Failure::because(format!("{PAGE} has no place for `bench {name}`"))
            })?;
            let file = charts.join(format!("{name}.svg"));
            std::fs::write(&file, chart).map_err(|error| at(&file, &error))?;
        }
        std::fs::write(&path, page).map_err(|error| at(&path, &error))
    }

    /// Writes the JSON where it was asked for, or into `folder` under the time; says where.
    pub fn write_json(&self, folder: &Path) -> Result<PathBuf, Failure> {
        let json = self.json();
        let name = json["at"].as_str().unwrap_or_default().replace(':', "-");
        let usual = folder.join(format!("{name}.json"));
        let path = self.options.json.clone().unwrap_or(usual);
        std::fs::write(&path, format!("{json:#}\n")).map_err(|error| at(&path, &error))?;
        Ok(path)
    }

    /// When and on what, in one line.
    fn circumstances(&self) -> String {
        let Options {
            rounds,
            seconds,
            size,
            ..
        } = self.options;
        let flush = |figure: Figure| {
            let spread = Spread::of(values(self.rounds, FLUSH.name, figure));
            spread.map_or(0, |spread| spread.median / 1_000)
        };
        let at = wire::instant::write(machine::now());
        format!(
            "{}: {} cores shared with the load; rounds of {} s: {rounds}; a filled store has {} \
             transactions; a flush: p50 {} µs, p99 {} µs",
            at.get(..10).unwrap_or_default(),
            machine::cores(),
            seconds.as_secs(),
            super::figure::Unit::Whole.show(*size),
            flush(Figure::P50),
            flush(Figure::P99),
        )
    }

    fn shown(&self) -> Vec<Shown> {
        let figures = TABLES.iter().filter_map(|table| {
            Some(Shown {
                name: table.name,
                title: table.title,
                rows: table.rows(self.rounds)?,
                chart: svg(table.title, &table.bars(self.rounds)),
            })
        });
        let goals = goal_rows(self.rounds).map(|rows| Shown {
            name: GOALS_NAME,
            title: "What must be reached",
            rows,
            chart: svg(
                "As parts of what must be reached first (longer is better; ticks: first, goal, dream)",
                &goal_bars(self.rounds),
            ),
        });
        figures.chain(goals).collect()
    }
}

fn at(path: &Path, error: &std::io::Error) -> Failure {
    Failure::because(format!("{}: {error}", path.display()))
}

fn round_json(round: &Round) -> Value {
    let turn = |turn: &Turn| -> Value {
        let figures = turn
            .iter()
            .map(|(figure, value)| (figure.name().to_owned(), json!(value)));
        Value::Object(figures.collect())
    };
    let turns = round
        .iter()
        .map(|(name, figures)| ((*name).to_owned(), turn(figures)));
    Value::Object(turns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds() -> Vec<Round> {
        let turn = |rate| Turn::from([(Figure::Rate, rate)]);
        let flush = Turn::from([(Figure::P50, 50_000), (Figure::P99, 300_000)]);
        let round = |ceiling, reserve| {
            Round::from([
                ("flush", flush.clone()),
                ("ceiling", turn(ceiling)),
                ("reserve", turn(reserve)),
            ])
        };
        vec![
            round(10_000, 4_000),
            round(40_000, 12_000),
            round(20_000, 7_000),
        ]
    }

    #[test]
    fn text_and_json_say_the_same() {
        let (options, rounds) = (Options::default(), rounds());
        let missing = [Missing {
            measure: "localstripe",
            why: "no network".to_owned(),
        }];
        let report = Report {
            options: &options,
            rounds: &rounds,
            missing: &missing,
        };
        let text = report.text();
        assert!(
            text.ends_with("\nnot measured: `localstripe`: no network\n"),
            "{text}"
        );
        assert!(text.contains("p50 50 µs, p99 300 µs"), "{text}");
        assert!(text.contains("| 0.350  | 0.300 to 0.400 |"), "{text}");
        assert!(!text.contains("whole lives"), "{text}");
        let json = report.json();
        assert_eq!(json["goals"][0]["each"], json!([400, 300, 350]));
        assert_eq!(json["goals"][0]["reached"], "first");
        assert_eq!(json["missing"][0]["why"], "no network");
        assert_eq!(json["rounds"][1]["reserve"]["per_second"], 12_000);
        assert_eq!(json["measures"]["ceiling"]["per_second"]["most"], 40_000);
    }

    #[test]
    fn the_page_has_a_place_for_every_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = std::fs::read_to_string(root.join(PAGE)).expect("the page");
        for name in TABLES.iter().map(|table| table.name).chain([GOALS_NAME]) {
            assert!(
                with_block(&page, &format!("bench {name}"), "").is_some(),
                "{name}"
            );
        }
        for measure in MEASURES {
            assert!(
                page.contains(&format!("`{}`", measure.name)),
                "{}",
                measure.name
            );
        }
    }
}
