//! `bench instructions`: what each stage of one Reserve takes, without noise: instructions, allocations
//! and copies.
//!
//! Valgrind counts them (callgrind the instructions, DHAT the rest), so a busy machine changes nothing,
//! and a regression of a few hundredths, or of one allocation, shows. Each stage is counted with those
//! before it; the difference is its own. The counts are held against a file that is committed; `--write`
//! renews the file, and the table of the page.
//!
//! A copy is a call of `memcpy` or one like it: what the compiler writes out as moves of a few registers
//! is among the instructions only.

use std::path::Path;
use std::process::{Command, Stdio};

use toml::{Table, Value};

use super::markdown::{put, table, with_block};
use crate::run::{Failure, Outcome};

/// The stages of one Reserve, in their order.
pub const STAGES: [&str; 5] = ["parse", "verify", "decode", "decide", "encode"];

/// What was counted when the file was written.
const BASELINE: &str = "xtask/instructions.toml";
/// The page that shows the table, and its block.
const PAGE: &str = "docs/performance.md";
const BLOCK: &str = "bench instructions";
/// Repetitions; what is done once before them is counted apart.
const TIMES: u64 = 500;
/// A stage may take so many hundredths more than before.
const GROWTH_HUNDREDTHS_MAX: u64 = 5;

/// One way to run the stages, and what is read from it.
struct Tool {
    /// Valgrind's arguments.
    arguments: &'static [&'static str],
    measures: &'static [Measure],
}

/// Something that is counted.
struct Measure {
    /// Its name in the file, and with blanks on the page.
    name: &'static str,
    /// Reads the count from what valgrind says at its end.
    read: fn(&str) -> Option<u64>,
    /// A stage may take so many more: below that, hundredths say nothing.
    growth_max: u64,
}

const TOOLS: [Tool; 3] = [
    Tool {
        arguments: &["--tool=callgrind", "--callgrind-out-file=/dev/null"],
        measures: &[Measure {
            name: "instructions",
            read: collected,
            growth_max: 200,
        }],
    },
    Tool {
        arguments: &["--tool=dhat", "--mode=heap", "--dhat-out-file=/dev/null"],
        measures: &[
            Measure {
                name: "allocations",
                read: blocks,
                growth_max: 0,
            },
            Measure {
                name: "allocated_bytes",
                read: bytes,
                growth_max: 32,
            },
        ],
    },
    Tool {
        arguments: &["--tool=dhat", "--mode=copy", "--dhat-out-file=/dev/null"],
        measures: &[
            Measure {
                name: "copies",
                read: blocks,
                growth_max: 2,
            },
            Measure {
                name: "copied_bytes",
                read: bytes,
                growth_max: 64,
            },
        ],
    },
];

/// What each stage takes by itself of one thing that is counted.
struct Counted {
    measure: &'static Measure,
    stages: Vec<u64>,
}

/// Counts, compares, prints; with `--write` renews what it is compared with.
pub fn run(root: &Path, program: &Path, typed: &[String]) -> Outcome {
    let write = match typed {
        [] => false,
        [word] if word == "--write" => true,
        _ => return Err(Failure::because("usage: bench instructions [--write]")),
    };
    let mut all = Vec::new();
    for tool in &TOOLS {
        all.extend(count_all(program, tool)?);
    }
    let path = root.join(BASELINE);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let before = baseline(&before).map_err(Failure::because)?;
    for counted in &all {
        let before = known(&before, counted.measure);
        println!("{}", table(&compared(counted, &before)));
    }
    if write {
        let failed = |error: std::io::Error| Failure::because(format!("{BASELINE}: {error}"));
        std::fs::write(&path, file_of(&all)).map_err(failed)?;
        return write_page(root, &all);
    }
    let grown = all
        .iter()
        .flat_map(|counted| grown(counted, &known(&before, counted.measure)));
    let grown: Vec<String> = grown.collect();
    if grown.is_empty() {
        return Ok(());
    }
    Err(Failure::because(format!(
        "more than {BASELINE} allows: {}; if that is meant, `cargo xtask bench instructions --write`",
        grown.join(", ")
    )))
}

/// What each stage takes by itself.
fn count_all(program: &Path, tool: &'static Tool) -> Result<Vec<Counted>, Failure> {
    let idle = count(program, tool, STAGES[0], 0)?;
    let mut sums = vec![vec![0; tool.measures.len()]];
    for stage in STAGES {
        let names = tool.measures.iter().map(|measure| measure.name);
        eprintln!(
            "  counting {stage}: {}",
            names.collect::<Vec<_>>().join(", ")
        );
        let all = count(program, tool, stage, TIMES)?;
        let each = all.iter().zip(&idle);
        sums.push(
            each.map(|(all, idle)| all.saturating_sub(*idle) / TIMES)
                .collect(),
        );
    }
    let counted = tool.measures.iter().enumerate().map(|(at, measure)| {
        let pairs = sums.windows(2);
        let stages = pairs.map(|pair| pair[1][at].saturating_sub(pair[0][at]));
        let stages = stages.collect();
        Counted { measure, stages }
    });
    Ok(counted.collect())
}

/// What one run of the program takes, by measure.
fn count(program: &Path, tool: &Tool, stage: &str, times: u64) -> Result<Vec<u64>, Failure> {
    let ended = Command::new("valgrind")
        .args(tool.arguments)
        .arg(program)
        .args(["bench-pure", stage, &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::because(format!("valgrind does not start: {error}")))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let read = tool.measures.iter().map(|measure| (measure.read)(&said));
    let counts: Option<Vec<u64>> = read.collect();
    let counts = counts.filter(|_| ended.status.success());
    counts.ok_or_else(|| Failure::because(format!("valgrind said:\n{said}")))
}

/// Instructions, as callgrind says them.
fn collected(said: &str) -> Option<u64> {
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

/// Bytes allocated or copied, as DHAT says them: `Total: 55,044 bytes in 333 blocks`.
fn bytes(said: &str) -> Option<u64> {
    total(said).map(|(bytes, _)| bytes)
}

/// Allocations or copies.
fn blocks(said: &str) -> Option<u64> {
    total(said).map(|(_, blocks)| blocks)
}

fn total(said: &str) -> Option<(u64, u64)> {
    let (_, line) = said.lines().find_map(|line| line.split_once("Total:"))?;
    let (bytes, blocks) = line.split_once(" bytes in ")?;
    let number = |text: &str| text.trim().replace(',', "").parse().ok();
    Some((number(bytes)?, number(blocks.strip_suffix(" blocks")?)?))
}

/// The counts of the file; an absent file has none.
fn baseline(text: &str) -> Result<Table, String> {
    text.parse().map_err(|error| format!("{BASELINE}: {error}"))
}

/// What the file has of a measure, by stage.
fn known(file: &Table, measure: &Measure) -> Vec<Option<u64>> {
    let counts = file.get(measure.name).and_then(Value::as_table);
    let count = |stage: &&str| {
        let count = counts?.get(*stage).and_then(Value::as_integer)?;
        u64::try_from(count).ok()
    };
    STAGES.iter().map(count).collect()
}

fn file_of(all: &[Counted]) -> String {
    let mut text =
        "# What each stage of one Reserve takes: `cargo xtask bench instructions --write`.\n"
            .to_owned();
    for counted in all {
        put(&mut text, format_args!("\n[{}]\n", counted.measure.name));
        for (stage, count) in STAGES.iter().zip(&counted.stages) {
            put(&mut text, format_args!("{stage} = {count}\n"));
        }
    }
    text
}

fn compared(counted: &Counted, before: &[Option<u64>]) -> Vec<Vec<String>> {
    let name = title(counted.measure);
    let head = ["stage", name.as_str(), "before", "change in hundredths"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for ((stage, count), before) in STAGES.iter().zip(&counted.stages).zip(before) {
        let known = before.map_or_else(String::new, |before| before.to_string());
        let change = before.map_or_else(String::new, |before| hundredths(*count, before));
        rows.push(vec![(*stage).to_owned(), count.to_string(), known, change]);
    }
    let sum: u64 = counted.stages.iter().sum();
    let before: Option<u64> = before.iter().copied().sum();
    rows.push(vec![
        "all".to_owned(),
        sum.to_string(),
        before.map_or_else(String::new, |before| before.to_string()),
        before.map_or_else(String::new, |before| hundredths(sum, before)),
    ]);
    rows
}

/// The table of the page: a column for each measure.
fn shown(all: &[Counted]) -> Vec<Vec<String>> {
    let mut head = vec!["stage".to_owned()];
    head.extend(all.iter().map(|counted| title(counted.measure)));
    let mut rows = vec![head];
    for (at, stage) in STAGES.iter().enumerate() {
        let mut row = vec![(*stage).to_owned()];
        row.extend(all.iter().map(|counted| counted.stages[at].to_string()));
        rows.push(row);
    }
    let mut sums = vec!["all".to_owned()];
    let sum = |counted: &Counted| counted.stages.iter().sum::<u64>().to_string();
    sums.extend(all.iter().map(sum));
    rows.push(sums);
    rows
}

fn title(measure: &Measure) -> String {
    measure.name.replace('_', " ")
}

/// How far a count is from the one before, in hundredths of that, with one decimal and its sign.
fn hundredths(now: u64, before: u64) -> String {
    let thousandths = now.abs_diff(before).saturating_mul(1_000) / before.max(1);
    let sign = match now.cmp(&before) {
        std::cmp::Ordering::Less => "-",
        std::cmp::Ordering::Equal => "",
        std::cmp::Ordering::Greater => "+",
    };
    format!("{sign}{}.{}", thousandths / 10, thousandths % 10)
}

/// Stages that take more than they may.
fn grown(counted: &Counted, before: &[Option<u64>]) -> Vec<String> {
    let stages = STAGES.iter().zip(&counted.stages).zip(before);
    let growth_max = counted.measure.growth_max;
    let grown = stages.filter(|((_, count), before)| {
        before.is_some_and(|before| {
            let most = before + (before * GROWTH_HUNDREDTHS_MAX / 100).max(growth_max);
            most < **count
        })
    });
    let name = title(counted.measure);
    grown
        .map(|((stage, _), _)| format!("{name} of {stage}"))
        .collect()
}

fn write_page(root: &Path, all: &[Counted]) -> Outcome {
    let path = root.join(PAGE);
    let failed = |error: std::io::Error| Failure::because(format!("{PAGE}: {error}"));
    let page = std::fs::read_to_string(&path).map_err(failed)?;
    let page = with_block(&page, BLOCK, &table(&shown(all)))
        .ok_or_else(|| Failure::because(format!("{PAGE} has no place for `{BLOCK}`")))?;
    std::fs::write(&path, page).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(measure: &'static Measure, stages: &[u64]) -> Counted {
        let stages = stages.to_vec();
        Counted { measure, stages }
    }

    #[test]
    fn valgrinds_last_words_hold_the_counts() {
        let said = "==7== Events    : Ir\n==7== Collected : 1234567\n==7== \n";
        assert_eq!(collected(said), Some(1_234_567));
        let said =
            "==7== \n==7== Total:     1,055,044 bytes in 7,333 blocks\n==7== At t-gmax: 1 bytes";
        assert_eq!((bytes(said), blocks(said)), (Some(1_055_044), Some(7_333)));
        for read in [collected, bytes, blocks] {
            assert_eq!(read("==7== Process terminating"), None);
        }
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let measures = TOOLS.iter().flat_map(|tool| tool.measures);
        let all: Vec<Counted> = measures
            .zip(1..)
            .map(|(measure, by)| counted(measure, &[by, 2, 3, 4, 5 * by]))
            .collect();
        let read = baseline(&file_of(&all)).expect("a file");
        for counted in &all {
            let stages: Vec<_> = counted.stages.iter().copied().map(Some).collect();
            assert_eq!(known(&read, counted.measure), stages);
        }
        let none = baseline("").expect("none");
        assert_eq!(known(&none, all[0].measure), [None; 5]);
        assert!(baseline("parse = ").is_err());
        assert_eq!(
            shown(&all)[0][..3],
            ["stage", "instructions", "allocations"]
        );
        assert_eq!(shown(&all)[5][..3], ["encode", "5", "10"]);
    }

    #[test]
    fn growth_is_found_beyond_a_few_hundredths_and_a_few_instructions() {
        let before = [Some(10_000), Some(100), None, Some(10_000), Some(10_000)];
        let counted = counted(
            &TOOLS[0].measures[0],
            &[10_500, 300, 999_999, 10_501, 9_000],
        );
        assert_eq!(grown(&counted, &before), ["instructions of decide"]);
        let rows = compared(&counted, &before);
        assert_eq!(rows[1], ["parse", "10500", "10000", "+5.0"]);
        assert_eq!(rows[3], ["decode", "999999", "", ""]);
        assert_eq!(rows[5], ["encode", "9000", "10000", "-10.0"]);
    }

    #[test]
    fn one_allocation_more_is_found() {
        let before = [Some(5), Some(5), Some(3), Some(17), Some(1)];
        let counted = counted(&TOOLS[1].measures[0], &[5, 5, 4, 16, 1]);
        assert_eq!(grown(&counted, &before), ["allocations of decode"]);
    }

    #[test]
    fn the_page_has_a_place_for_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = std::fs::read_to_string(root.join(PAGE)).expect("the page");
        assert!(with_block(&page, BLOCK, "").is_some());
    }
}
