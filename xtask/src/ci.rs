//! The checks that are somebody else's programs: rustfmt, clippy, rustdoc, the compiler, the tests.
//!
//! `all` is what the server runs. The tests come last and nothing is printed after them, so the
//! last lines of a run are the test runner's own summary.

use std::path::Path;

use crate::run::{self, Outcome};
use crate::{policy, tidy};

/// Every check in order, quick ones first; stops at the first that fails.
pub fn all(root: &Path, _: &[String]) -> Outcome {
    type Step = fn(&Path, &[String]) -> Outcome;
    let steps: [(&str, Step); 7] = [
        ("fmt", fmt),
        ("policy", policy::run),
        ("tidy", tidy::run),
        ("lint", lint),
        ("docs", docs),
        ("build", build),
        ("doctest", doctest),
    ];
    for (name, step) in steps {
        run::timed(name, || step(root, &[]))?;
    }
    run::timed("test on PostgreSQL", || test_on_postgres(root))?;
    eprintln!("== test");
    test(root, &[])
}

/// The API's own suite once more, with the books on PostgreSQL; of its races those that lanes make
/// different: what meets on one row, and what meets on a row that neither of the two names.
///
/// The others take minutes more: `HOLDFAST_TEST_STORE=postgres cargo xtask test -p server race::`.
fn test_on_postgres(root: &Path) -> Outcome {
    const API: [&str; 7] = ["-p", "server", "--test", "api", "--", "--skip", "race::"];
    const RACES: [&str; 9] = [
        "-p",
        "server",
        "--test",
        "api",
        "--",
        "race::settlement",
        "race::references",
        "race::tokens",
        "race::balances",
    ];
    for words in [&API[..], &RACES[..]] {
        let arguments: Vec<String> = words.iter().copied().map(str::to_owned).collect();
        run_tests(root, &arguments, &[("HOLDFAST_TEST_STORE", "postgres")])?;
    }
    Ok(())
}

/// Checks the format; with `--write`, formats instead.
pub fn fmt(root: &Path, arguments: &[String]) -> Outcome {
    if arguments.iter().any(|argument| argument == "--write") {
        return run::cargo(root, &["fmt", "--all"], &[]);
    }
    run::cargo(root, &["fmt", "--all", "--check"], &[])
}

/// Clippy over every target of every crate; a warning is an error.
pub fn lint(root: &Path, _: &[String]) -> Outcome {
    let clippy = [
        "clippy",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-targets",
        "--all-features",
    ];
    run::cargo(
        root,
        &[&clippy[..], &["--", "-D", "warnings"]].concat(),
        &[],
    )
}

/// Builds the documentation of our own crates; a warning is an error.
pub fn docs(root: &Path, _: &[String]) -> Outcome {
    let doc = ["doc", "--quiet", "--locked", "--workspace", "--no-deps"];
    run::cargo(root, &doc, &[("RUSTDOCFLAGS", "-D warnings")])
}

/// The release build of the binary, without any feature that only tests may use.
pub fn build(root: &Path, _: &[String]) -> Outcome {
    run::cargo(root, &["build", "--quiet", "--locked", "--release"], &[])
}

/// The examples in doc comments, which nextest does not run.
pub fn doctest(root: &Path, _: &[String]) -> Outcome {
    let examples = [
        "test",
        "--quiet",
        "--locked",
        "--workspace",
        "--all-features",
        "--doc",
    ];
    run::cargo(root, &examples, &[])
}

/// Every test but the examples: by nextest where it is installed, else by cargo itself.
///
/// What is typed after the name goes to the test runner: a filter, or `-p CRATE` for one crate.
pub fn test(root: &Path, arguments: &[String]) -> Outcome {
    run_tests(root, arguments, &[])
}

fn run_tests(root: &Path, arguments: &[String], environment: &[(&str, &str)]) -> Outcome {
    let runner: &[&str] = if run::answers("cargo", &["nextest", "--version"]) {
        &["nextest", "run"]
    } else {
        &["test", "--all-targets"]
    };
    let mut line = [runner, &["--locked", "--all-features"]].concat();
    if !arguments
        .iter()
        .any(|word| word.starts_with("-p") || word.starts_with("--package"))
    {
        line.push("--workspace");
    }
    line.extend(arguments.iter().map(String::as_str));
    run::cargo(root, &line, environment)
}
