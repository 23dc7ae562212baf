//! `bench instructions`: how many instructions each stage of one Reserve takes, without noise.
//!
//! Callgrind counts them, so a busy machine changes nothing, and a regression of a few hundredths
//! shows. Each stage is counted with those before it; the difference is its own. The counts are held
//! against a file that is committed; `--write` renews the file, and the table of the page.

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
/// Or so many instructions: below that, hundredths say nothing.
const GROWTH_MAX: u64 = 200;

/// Counts, compares, prints; with `--write` renews what it is compared with.
pub fn run(root: &Path, program: &Path, typed: &[String]) -> Outcome {
    let write = match typed {
        [] => false,
        [word] if word == "--write" => true,
        _ => return Err(Failure::because("usage: bench instructions [--write]")),
    };
    let counted = count_all(program)?;
    let path = root.join(BASELINE);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let before = baseline(&before).map_err(Failure::because)?;
    let rows = rows(&counted, &before);
    println!("{}", table(&rows));
    if write {
        let failed = |error: std::io::Error| Failure::because(format!("{BASELINE}: {error}"));
        std::fs::write(&path, file_of(&counted)).map_err(failed)?;
        return write_page(root, &counted);
    }
    let grown = grown(&counted, &before);
    if grown.is_empty() {
        return Ok(());
    }
    Err(Failure::because(format!(
        "more instructions than {BASELINE} allows: {}; if that is meant, `cargo xtask bench \
         instructions --write`",
        grown.join(", ")
    )))
}

/// What each stage takes by itself.
fn count_all(program: &Path) -> Result<Vec<u64>, Failure> {
    let idle = count(program, STAGES[0], 0)?;
    let mut sums = vec![0];
    for stage in STAGES {
        eprintln!("  counting {stage}");
        let all = count(program, stage, TIMES)?;
        sums.push(all.saturating_sub(idle) / TIMES);
    }
    let pairs = sums.windows(2);
    Ok(pairs.map(|pair| pair[1].saturating_sub(pair[0])).collect())
}

fn count(program: &Path, stage: &str, times: u64) -> Result<u64, Failure> {
    let ended = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["bench-pure", stage, &times.to_string()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::because(format!("valgrind does not start: {error}")))?;
    let said = String::from_utf8_lossy(&ended.stderr);
    let collected = collected(&said).filter(|_| ended.status.success());
    collected.ok_or_else(|| Failure::because(format!("valgrind said:\n{said}")))
}

/// The count in what valgrind says at its end.
fn collected(said: &str) -> Option<u64> {
    let line = said
        .lines()
        .find_map(|line| line.split_once("Collected :"))?;
    line.1.trim().parse().ok()
}

/// The counts of the file, by stage; an absent file has none.
fn baseline(text: &str) -> Result<Vec<Option<u64>>, String> {
    let file: Table = text
        .parse()
        .map_err(|error| format!("{BASELINE}: {error}"))?;
    let count = |stage: &&str| {
        let count = file.get(*stage).and_then(Value::as_integer)?;
        u64::try_from(count).ok()
    };
    Ok(STAGES.iter().map(count).collect())
}

fn file_of(counted: &[u64]) -> String {
    let mut text =
        "# Instructions of each stage of one Reserve: `cargo xtask bench instructions --write`.\n"
            .to_owned();
    for (stage, count) in STAGES.iter().zip(counted) {
        put(&mut text, format_args!("{stage} = {count}\n"));
    }
    text
}

fn rows(counted: &[u64], before: &[Option<u64>]) -> Vec<Vec<String>> {
    let head = ["stage", "instructions", "before", "change in hundredths"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for ((stage, count), before) in STAGES.iter().zip(counted).zip(before) {
        let known = before.map_or_else(String::new, |before| before.to_string());
        let change = before.map_or_else(String::new, |before| hundredths(*count, before));
        rows.push(vec![(*stage).to_owned(), count.to_string(), known, change]);
    }
    let sum: u64 = counted.iter().sum();
    rows.push(vec![
        "all".to_owned(),
        sum.to_string(),
        String::new(),
        String::new(),
    ]);
    rows
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
fn grown(counted: &[u64], before: &[Option<u64>]) -> Vec<String> {
    let stages = STAGES.iter().zip(counted).zip(before);
    let grown = stages.filter(|((_, count), before)| {
        before.is_some_and(|before| {
            let most = before + (before * GROWTH_HUNDREDTHS_MAX / 100).max(GROWTH_MAX);
            most < **count
        })
    });
    grown.map(|((stage, _), _)| (*stage).to_owned()).collect()
}

fn write_page(root: &Path, counted: &[u64]) -> Outcome {
    let path = root.join(PAGE);
    let failed = |error: std::io::Error| Failure::because(format!("{PAGE}: {error}"));
    let page = std::fs::read_to_string(&path).map_err(failed)?;
    let short: Vec<Vec<String>> = rows(counted, &[None; STAGES.len()])
        .into_iter()
        .map(|row| row.into_iter().take(2).collect())
        .collect();
    let page = with_block(&page, BLOCK, &table(&short))
        .ok_or_else(|| Failure::because(format!("{PAGE} has no place for `{BLOCK}`")))?;
    std::fs::write(&path, page).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valgrinds_last_words_hold_the_count() {
        let said = "==7== Events    : Ir\n==7== Collected : 1234567\n==7== \n";
        assert_eq!(collected(said), Some(1_234_567));
        assert_eq!(collected("==7== Process terminating"), None);
    }

    #[test]
    fn the_file_is_read_as_it_is_written() {
        let counted = [1, 2, 3, 4, 5];
        let read = baseline(&file_of(&counted)).expect("a file");
        assert_eq!(read, counted.map(Some));
        assert_eq!(baseline("").expect("none"), [None; 5]);
        assert!(baseline("parse = ").is_err());
    }

    #[test]
    fn growth_is_found_beyond_a_few_hundredths_and_a_few_instructions() {
        let before = [Some(10_000), Some(100), None, Some(10_000), Some(10_000)];
        let counted = [10_500, 300, 999_999, 10_501, 9_000];
        assert_eq!(grown(&counted, &before), ["decide"]);
        let rows = rows(&counted, &before);
        assert_eq!(rows[1], ["parse", "10500", "10000", "+5.0"]);
        assert_eq!(rows[3], ["decode", "999999", "", ""]);
        assert_eq!(rows[5], ["encode", "9000", "10000", "-10.0"]);
    }

    #[test]
    fn the_page_has_a_place_for_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let page = std::fs::read_to_string(root.join(PAGE)).expect("the page");
        assert!(with_block(&page, BLOCK, "").is_some());
    }
}
