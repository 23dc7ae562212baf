//! Every script of the project: `cargo xtask COMMAND`.
//!
//! This file only names the commands; each lives in the module it is listed with. A new command
//! is one `mod` line and one row of [`COMMANDS`].
//!
//! The scripts stand on the standard library, `serde_json` and `toml`, so that they compile in
//! seconds and start at once. Only the benchmarks need more, behind the feature `bench`, which
//! `cargo xtask bench` switches on by itself.

mod bench;
mod ci;
mod policy;
mod run;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use run::{Failure, Outcome};

/// One command: what to type, what it is for, and the function that does it.
///
/// The function gets the root of the work tree and whatever was typed after the name.
struct Command {
    name: &'static str,
    purpose: &'static str,
    run: fn(&Path, &[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "ci",
        purpose: "everything below in order; stops at the first failure",
        run: ci::all,
    },
    Command {
        name: "fmt",
        purpose: "is the code formatted? (`fmt --write` formats it)",
        run: ci::fmt,
    },
    Command {
        name: "lint",
        purpose: "clippy over every target, warnings denied",
        run: ci::lint,
    },
    Command {
        name: "docs",
        purpose: "the documentation builds, warnings denied",
        run: ci::docs,
    },
    Command {
        name: "policy",
        purpose: "dependencies against deny.toml, crates against the arrows",
        run: policy::run,
    },
    Command {
        name: "tidy",
        purpose: "what clippy cannot see: lengths, leftovers, links, pages",
        run: tidy::run,
    },
    Command {
        name: "build",
        purpose: "the release build",
        run: ci::build,
    },
    Command {
        name: "doctest",
        purpose: "the examples in doc comments",
        run: ci::doctest,
    },
    Command {
        name: "test",
        purpose: "every other test of the workspace",
        run: ci::test,
    },
    Command {
        name: "arrows",
        purpose: "the table of crates (`arrows --write` puts it into ARCHITECTURE.md)",
        run: policy::show_arrows,
    },
    Command {
        name: "bench",
        purpose: "speed beside the signed ceiling: `bench [--quick|all|MEASURE …]`",
        run: bench::run,
    },
    #[cfg(feature = "bench")]
    Command {
        name: "bench-run",
        purpose: "(the optimised half of `bench`)",
        run: bench::measure,
    },
    #[cfg(feature = "bench")]
    Command {
        name: "bench-ceiling",
        purpose: "(the server that `bench` compares with)",
        run: bench::ceiling,
    },
    #[cfg(feature = "bench")]
    Command {
        name: "bench-pure",
        purpose: "(what `bench instructions` counts)",
        run: bench::pure,
    },
];

fn main() -> ExitCode {
    let typed: Vec<String> = std::env::args().skip(1).collect();
    let wanted = typed.first().map_or("help", String::as_str);
    let Some(command) = COMMANDS.iter().find(|command| command.name == wanted) else {
        return usage(wanted);
    };
    match (command.run)(&root(), &typed[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::AlreadyTold) => ExitCode::FAILURE,
        Err(Failure::Because(reason)) => {
            eprintln!("xtask {wanted}: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn usage(wanted: &str) -> ExitCode {
    println!("usage: cargo xtask COMMAND\n");
    for command in COMMANDS {
        println!("  {:<14} {}", command.name, command.purpose);
    }
    if matches!(wanted, "help" | "--help" | "-h") {
        return ExitCode::SUCCESS;
    }
    eprintln!("\nxtask: there is no command `{wanted}`");
    ExitCode::FAILURE
}

/// The root of the work tree: the folder above this crate's own.
fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .expect("the crate lies one folder below the root")
        .to_path_buf()
}
