//! Running other programs, and saying how long they took.
//!
//! Everything said here goes to standard error, as cargo's own words do, so that the two stay in
//! order when both are captured.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// How a command of xtask ends.
pub type Outcome = Result<(), Failure>;

/// Why a command of xtask failed.
#[derive(Debug)]
pub enum Failure {
    /// The program that failed has printed all there is to say.
    AlreadyTold,
    /// One line, or several, for the reader.
    Because(String),
}

impl Failure {
    /// A failure with its reason.
    pub fn because(reason: impl Into<String>) -> Failure {
        Failure::Because(reason.into())
    }
}

/// Turns a list of findings into an outcome: none is success.
pub fn verdict(findings: &[String]) -> Outcome {
    if findings.is_empty() {
        return Ok(());
    }
    for finding in findings {
        eprintln!("  {finding}");
    }
    Err(Failure::because(format!("{} to mend", findings.len())))
}

/// Runs cargo in `root` with its output passed on.
pub fn cargo(root: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    let ended = Command::new("cargo")
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(root)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::because(format!("cargo does not start: {error}")))?;
    if ended.success() {
        Ok(())
    } else {
        Err(Failure::AlreadyTold)
    }
}

/// Runs a program in `root` and gives what it printed.
pub fn output_of(root: &Path, program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let ended = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::because(format!("{program} does not start: {error}")))?;
    if !ended.status.success() {
        return Err(Failure::because(format!(
            "`{program} {}` failed",
            arguments.join(" ")
        )));
    }
    String::from_utf8(ended.stdout)
        .map_err(|error| Failure::because(format!("{program} printed something odd: {error}")))
}

/// Whether a program starts and ends well, whatever it prints.
pub fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|ended| ended.success())
}

/// Runs one named step and says how long it took.
pub fn timed(name: &str, step: impl FnOnce() -> Outcome) -> Outcome {
    eprintln!("== {name}");
    let begun = Instant::now();
    let outcome = step();
    let took = begun.elapsed();
    let word = if outcome.is_ok() { "ok" } else { "FAILED" };
    eprintln!(
        "== {name}: {word} after {}.{} s",
        took.as_secs(),
        took.subsec_millis() / 100
    );
    outcome
}
