//! What can be typed after `bench`.

use std::path::PathBuf;
use std::time::Duration;

use super::markdown::put;
use super::measure::{self, Group, MEASURES, Measure};
use crate::run::Failure;

/// Seconds of load at most, so that a run ends.
const SECONDS_MAX: u64 = 600;
/// Rounds at most.
const ROUNDS_MAX: usize = 99;
/// Transactions of a filled store at most.
const SIZE_MAX: u64 = 100_000_000;
/// Threads of the load generator at most.
const THREADS_MAX: usize = 64;
/// What `--quick` measures: about a minute of it.
const QUICK: [&str; 4] = ["ceiling", "reserve", "life", "one"];

/// What to measure, and for how long.
#[derive(Debug)]
pub struct Options {
    /// What was asked for; what it is compared with is added later.
    pub measures: Vec<&'static Measure>,
    /// Everything was asked for: what somebody else's program is missing for is left out and told.
    pub may_be_missing: bool,
    /// How often each has its turn.
    pub rounds: usize,
    /// How long one load lasts.
    pub seconds: Duration,
    /// Transactions of a filled store.
    pub size: u64,
    /// Threads of the load generator.
    pub threads: usize,
    /// Where the figures go as JSON, if not where they usually go.
    pub json: Option<PathBuf>,
    /// Whether the page and its charts are written.
    pub docs: bool,
    /// Leaves the folders in place, for looking at them.
    pub keep: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            measures: of_group(Group::Fresh),
            may_be_missing: false,
            rounds: 5,
            seconds: Duration::from_secs(5),
            size: 1_000_000,
            threads: 2,
            json: None,
            docs: false,
            keep: false,
        }
    }
}

fn of_group(group: Group) -> Vec<&'static Measure> {
    let all = MEASURES.iter();
    all.filter(|measure| measure.group == group).collect()
}

impl Options {
    /// Reads what was typed.
    pub fn parse(typed: &[String]) -> Result<Options, Failure> {
        let mut options = Options::default();
        let mut measures: Vec<&'static Measure> = Vec::new();
        let mut words = typed.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "--keep" => options.keep = true,
                "--docs" => options.docs = true,
                "--quick" => {
                    (options.rounds, options.seconds) = (3, Duration::from_secs(2));
                    measures.extend(QUICK.iter().filter_map(|name| measure::find(name)));
                }
                "all" => {
                    measures.extend(MEASURES);
                    options.may_be_missing = true;
                }
                _ if word.starts_with("--") => {
                    let value = words.next();
                    let value = value.ok_or_else(|| misused(&format!("{word} needs a value")))?;
                    options.set(word, value)?;
                }
                _ => measures.extend(named(word)?),
            }
        }
        if !measures.is_empty() {
            options.measures = measures;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        match name {
            "--rounds" => self.rounds = number(name, value, &ROUNDS_MAX)?,
            "--seconds" => self.seconds = Duration::from_secs(number(name, value, &SECONDS_MAX)?),
            "--size" => self.size = number(name, value, &SIZE_MAX)?,
            "--threads" => self.threads = number(name, value, &THREADS_MAX)?,
            "--json" => self.json = Some(PathBuf::from(value)),
            _ => return Err(misused(&format!("there is no option {name}"))),
        }
        Ok(())
    }
}

/// The measures of a word: one, or a group.
fn named(word: &str) -> Result<Vec<&'static Measure>, Failure> {
    if let Some((_, group)) = Group::ALL.iter().find(|(name, _)| *name == word) {
        return Ok(of_group(*group));
    }
    let found = measure::find(word);
    found
        .map(|measure| vec![measure])
        .ok_or_else(|| misused(&format!("there is no measure `{word}`")))
}

fn number<N>(name: &str, value: &str, most: &N) -> Result<N, Failure>
where
    N: std::str::FromStr + PartialOrd + std::fmt::Display + From<u8>,
{
    let read = value
        .parse::<N>()
        .ok()
        .filter(|number| N::from(1) <= *number && number <= most);
    read.ok_or_else(|| misused(&format!("{name} is a number from 1 to {most}")))
}

fn misused(reason: &str) -> Failure {
    Failure::because(format!("{reason}\n\n{}", usage()))
}

/// What can be typed.
pub fn usage() -> String {
    let mut text = "usage: cargo xtask bench [MEASURE|GROUP …] [--quick] [--rounds N] [--seconds S]\n       \
        [--size TRANSACTIONS] [--threads T] [--json FILE] [--docs] [--keep]\n       \
        cargo xtask bench instructions [--write]\n\ngroups and their measures; `all` is everything:\n"
        .to_owned();
    for (name, group) in Group::ALL {
        put(&mut text, format_args!("  {name}\n"));
        for measure in of_group(group) {
            put(
                &mut text,
                format_args!("    {:<15} {}\n", measure.name, measure.what),
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        let words = line.split_whitespace().map(str::to_owned);
        Options::parse(&words.collect::<Vec<_>>())
    }

    fn names(line: &str) -> Vec<&'static str> {
        let read = parse(line).expect("a good line");
        read.measures.iter().map(|measure| measure.name).collect()
    }

    #[test]
    fn what_is_typed_stands_over_the_defaults() {
        let read = parse("life --rounds 3 --seconds 2 --size 1000 --json a.json --docs");
        let read = read.expect("a good line");
        assert_eq!(
            (read.rounds, read.seconds.as_secs(), read.size),
            (3, 2, 1_000)
        );
        assert_eq!(read.json, Some(PathBuf::from("a.json")));
        assert!(read.docs && !read.keep);
        assert_eq!(names("life one"), ["life", "one"]);
        assert_eq!(names("starts")[0], "start");
        assert_eq!(names("").len(), 6);
        assert_eq!(names("all").len(), MEASURES.len());
        let lenient = |line| parse(line).expect("a good line").may_be_missing;
        assert!(lenient("all") && !lenient("peers") && !lenient(""));
        assert_eq!(names("--quick"), QUICK);
        assert_eq!(parse("--quick --rounds 1").expect("a good line").rounds, 1);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "fast",
            "--rounds",
            "--rounds 0",
            "--rounds many",
            "--seconds 601",
            "--size 0",
            "--colour red",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
