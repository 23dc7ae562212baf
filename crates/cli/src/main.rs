//! The `holdfast` command.
//!
//! `serve` runs the server; everything else that changes something goes through the running
//! server's admin socket, or opens the closed store itself. `check` and `demo` stand alone.

mod arguments;
mod ask;
mod check;
mod demo;
mod duration;
mod export;
mod restore;
mod serve;
mod table;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Verb};

/// Rows are made on the threads of requests and freed by the store's writer: this allocator is made
/// for that (decision 9). It is linked in the place of the system's `malloc`, for SQLite and for Rust
/// alike; so it is only named here, and Rust asks the system's allocator.
#[used]
static ALLOCATOR: &(dyn std::alloc::GlobalAlloc + Sync) = &mimalloc::MiMalloc;

/// What a command that failed says.
#[derive(Debug)]
pub struct Failure {
    /// In words.
    pub reason: String,
    /// The exit code: 1 when something is wrong, 2 when it could not be tried.
    pub code: u8,
}

impl Failure {
    /// Something is wrong.
    pub fn wrong(reason: impl std::fmt::Display) -> Failure {
        Failure {
            reason: reason.to_string(),
            code: 1,
        }
    }

    /// It could not be tried.
    pub fn untried(reason: impl std::fmt::Display) -> Failure {
        Failure {
            reason: reason.to_string(),
            code: 2,
        }
    }
}

/// What a command comes to.
pub type Done = Result<(), Failure>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let built = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match built {
        Ok(runtime) => runtime.block_on(run(arguments)),
        Err(error) => Err(Failure::untried(format!(
            "the runtime could not start: {error}"
        ))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("holdfast: {}", failure.reason);
            ExitCode::from(failure.code)
        }
    }
}

async fn run(arguments: Arguments) -> Done {
    let Arguments { verb, place, json } = arguments;
    match verb {
        Verb::Serve { listen } => serve::run(&place, listen).await,
        Verb::Demo => demo::run().await,
        Verb::Check { resume } => check::run(&place, resume.as_deref(), json),
        Verb::Export(export) => export::run(&place, export, json).await,
        Verb::Restore { from } => restore::run(&place, &from),
        Verb::Migrate => serve::migrate(&place).await,
        asking @ (Verb::Sandbox(_)
        | Verb::Account(_)
        | Verb::Key(_)
        | Verb::Certificate(_)
        | Verb::Subscription(_)
        | Verb::SigningKey(_)
        | Verb::Transaction(_)
        | Verb::Notification(_)
        | Verb::Clock(_)
        | Verb::Stuck { .. }
        | Verb::Ledger
        | Verb::Backup { .. }) => ask::run(&place, asking, json).await,
    }
}
