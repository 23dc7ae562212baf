//! What can be typed after `bench`.

use std::path::PathBuf;
use std::time::Duration;

use super::side::Side;
use crate::run::Failure;

/// Connections at most; more would measure the generator.
const CONNECTIONS_MAX: usize = 1_024;
/// Seconds of load at most, so that a run ends.
const SECONDS_MAX: u64 = 600;
/// Rounds at most.
const ROUNDS_MAX: usize = 99;

/// How the callers' references of one load follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum References {
    /// Each is larger than the one before, as order numbers are.
    Growing,
    /// No order, as random identifiers have none.
    Random,
}

/// What to measure, and for how long.
#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    /// The sides asked for; what they are compared with is added later.
    pub sides: Vec<Side>,
    /// How often each side has its turn.
    pub rounds: usize,
    /// How long one load lasts.
    pub seconds: Duration,
    /// Connections of the load, each with one request under way.
    pub connections: usize,
    /// Threads of the load generator.
    pub threads: usize,
    /// How references follow each other.
    pub references: References,
    /// Where the figures go as JSON.
    pub json: Option<PathBuf>,
    /// Leaves the last round's folders in place, for looking at them.
    pub keep: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            sides: vec![Side::Reserve, Side::Life],
            rounds: 5,
            seconds: Duration::from_secs(5),
            connections: 64,
            threads: 2,
            references: References::Growing,
            json: None,
            keep: false,
        }
    }
}

/// What can be typed, in one paragraph.
pub const USAGE: &str = "bench [ceiling|reserve|life …] [--rounds N] [--seconds S] [--connections C] \
     [--threads T] [--references growing|random] [--json FILE] [--keep]";

impl Options {
    /// Reads what was typed.
    pub fn parse(typed: &[String]) -> Result<Options, Failure> {
        let mut options = Options::default();
        let mut sides = Vec::new();
        let mut words = typed.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if word == "--keep" {
                options.keep = true;
                continue;
            }
            if let Some(side) = Side::parse(word) {
                sides.push(side);
                continue;
            }
            if !word.starts_with("--") {
                return Err(misused(&format!("there is no benchmark `{word}`")));
            }
            let value = words
                .next()
                .ok_or_else(|| misused(&format!("{word} needs a value")))?;
            options.set(word, value)?;
        }
        if !sides.is_empty() {
            options.sides = sides;
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        match name {
            "--rounds" => self.rounds = number(name, value, &ROUNDS_MAX)?,
            "--seconds" => self.seconds = Duration::from_secs(number(name, value, &SECONDS_MAX)?),
            "--connections" => self.connections = number(name, value, &CONNECTIONS_MAX)?,
            "--threads" => self.threads = number(name, value, &64)?,
            "--references" => {
                self.references = match value {
                    "growing" => References::Growing,
                    "random" => References::Random,
                    _ => return Err(misused("--references is growing or random")),
                }
            }
            "--json" => self.json = Some(PathBuf::from(value)),
            _ => return Err(misused(&format!("there is no option {name}"))),
        }
        Ok(())
    }
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
    Failure::because(format!("{reason}\nusage: cargo xtask {USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options, Failure> {
        Options::parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn what_is_typed_stands_over_the_defaults() {
        assert_eq!(parse("").expect("nothing"), Options::default());
        let typed = "life --rounds 3 --seconds 2 --connections 8 --references random --json a.json";
        let read = parse(typed).expect("a good line");
        let expected = Options {
            sides: vec![Side::Life],
            rounds: 3,
            seconds: Duration::from_secs(2),
            connections: 8,
            references: References::Random,
            json: Some(PathBuf::from("a.json")),
            ..Options::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "fast",
            "--rounds",
            "--rounds 0",
            "--rounds many",
            "--seconds 601",
            "--connections 1025",
            "--references sorted",
            "--colour red",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
