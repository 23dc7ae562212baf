//! How fast Holdfast is, beside the fastest that a signed request can be answered on this machine.
//!
//! Every figure is compared within one run: what is divided by what is measured in turns, so a machine
//! that is shared slows both, and the ratio stays. Servers are processes of their own, driven by one
//! load generator.
//!
//! | part                                      | what it does                                     |
//! |-------------------------------------------|--------------------------------------------------|
//! | `measure`, `goals`, `figure`              | what can be measured, what must be reached       |
//! | `rounds`, `turn`                          | the run: who has its turn when, and one turn     |
//! | `load`, `open`, `script`, `signer`        | the generator: closed loop, open loop            |
//! | `holdfast`, `ceiling`, `filled`           | the servers, and stores filled beforehand        |
//! | `starts`, `notified`, `signatures`        | starts, notifications, bare signatures           |
//! | `stock`, `reads`, `postgres`              | stores without HTTP: ours, and a peer            |
//! | `peers`, `localstripe`                    | which programs of others are here; one over HTTP |
//! | `spread`, `tables`, `report`, `chart`     | medians and ratios, tables, JSON, page, pictures |
//! | `instructions`, `pure`                    | instructions of the pure path, under callgrind   |
//!
//! A new measure is a row of `measure::MEASURES`; what must be reached is a row of `goals::GOALS`.
//!
//! **Invariant:** no figure without books. After each load `holdfast check` must pass and count
//! exactly the transactions that were accepted; otherwise the run ends with an error and no table.
//!
//! This file only builds: itself once more, optimised and with the feature `bench`, and the server.
//! The optimised one then measures.

#[cfg(feature = "bench")]
mod alarm;
#[cfg(feature = "bench")]
mod ceiling;
#[cfg(feature = "bench")]
mod chart;
#[cfg(feature = "bench")]
mod child;
#[cfg(feature = "bench")]
mod client;
#[cfg(feature = "bench")]
mod cluster;
#[cfg(feature = "bench")]
mod figure;
#[cfg(feature = "bench")]
mod filled;
#[cfg(feature = "bench")]
mod goals;
#[cfg(feature = "bench")]
mod histogram;
#[cfg(feature = "bench")]
mod holdfast;
mod instructions;
#[cfg(feature = "bench")]
mod load;
#[cfg(feature = "bench")]
mod localstripe;
#[cfg(feature = "bench")]
mod machine;
mod markdown;
#[cfg(feature = "bench")]
mod measure;
#[cfg(feature = "bench")]
mod notified;
#[cfg(feature = "bench")]
mod open;
#[cfg(feature = "bench")]
mod options;
#[cfg(feature = "bench")]
mod peers;
#[cfg(feature = "bench")]
mod place;
#[cfg(feature = "bench")]
mod postgres;
#[cfg(feature = "bench")]
mod pure;
#[cfg(feature = "bench")]
mod reads;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod rounds;
#[cfg(feature = "bench")]
mod script;
#[cfg(feature = "bench")]
mod signatures;
#[cfg(feature = "bench")]
mod signer;
#[cfg(feature = "bench")]
mod spread;
#[cfg(feature = "bench")]
mod starts;
#[cfg(feature = "bench")]
mod stock;
#[cfg(feature = "bench")]
mod tables;
#[cfg(feature = "bench")]
mod tally;
#[cfg(feature = "bench")]
mod turn;
#[cfg(feature = "bench")]
mod world;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{self, Failure, Outcome};

#[cfg(feature = "bench")]
pub use ceiling::run as ceiling;
#[cfg(feature = "bench")]
pub use pure::run as pure;
#[cfg(feature = "bench")]
pub use rounds::run as measure;

/// Builds the server and the optimised benchmarks, and lets those measure.
pub fn run(root: &Path, typed: &[String]) -> Outcome {
    let build = [
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--package",
        "cli",
        "--package",
        "xtask",
        "--features",
        "xtask/bench",
    ];
    run::timed("build", || run::cargo(root, &build, &[]))?;
    let own = std::env::current_exe()
        .map_err(|error| Failure::because(format!("where this program lies: {error}")))?;
    let target = own.ancestors().nth(2).unwrap_or(root);
    let optimised = target.join("release").join("xtask");
    if let Some((first, rest)) = typed.split_first()
        && first == "instructions"
    {
        return instructions::run(root, &optimised, rest);
    }
    let ended = Command::new(optimised)
        .arg("bench-run")
        .args(typed)
        .current_dir(root)
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::because(format!("the benchmarks do not start: {error}")))?;
    if ended.success() {
        Ok(())
    } else {
        Err(Failure::AlreadyTold)
    }
}
