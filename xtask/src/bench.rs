//! How fast Holdfast is, beside the fastest that a signed request can be answered on this machine.
//!
//! Every figure is a ratio of two servers measured in turns within one run: a machine that is shared
//! slows both, and the ratio stays. Both are processes of their own, driven by one load generator.
//!
//! | side      | what it is                                                               |
//! |-----------|--------------------------------------------------------------------------|
//! | `ceiling` | a server that reads the request, checks its signature, answers a constant |
//! | `reserve` | Holdfast: Reserve, until the processor has answered every one of them     |
//! | `life`    | Holdfast: Reserve, the answer, Settle, the answer                         |
//!
//! A new side is a variant of `side::Side`; what must be reached is a row of `goals::GOALS`.
//!
//! **Invariant:** no figure without books. After each load `holdfast check` must pass and count
//! exactly the transactions that were accepted; otherwise the run ends with an error and no table.
//!
//! This file only builds: itself once more, optimised and with the feature `bench`, and the server.
//! The optimised one then measures.

#[cfg(feature = "bench")]
mod ceiling;
#[cfg(feature = "bench")]
mod child;
#[cfg(feature = "bench")]
mod client;
#[cfg(feature = "bench")]
mod goals;
#[cfg(feature = "bench")]
mod histogram;
#[cfg(feature = "bench")]
mod holdfast;
#[cfg(feature = "bench")]
mod load;
#[cfg(feature = "bench")]
mod machine;
#[cfg(feature = "bench")]
mod options;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod rounds;
#[cfg(feature = "bench")]
mod script;
#[cfg(feature = "bench")]
mod side;
#[cfg(feature = "bench")]
mod signer;
#[cfg(feature = "bench")]
mod world;

use std::path::Path;
use std::process::{Command, Stdio};

use crate::run::{self, Failure, Outcome};

#[cfg(feature = "bench")]
pub use ceiling::run as ceiling;
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
    let ended = Command::new(target.join("release").join("xtask"))
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
