//! Holdfast itself as a side: the real binary on a fresh folder, its questions, and its books.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{Folder, LOOK_EVERY, Server};
use super::client;
use super::world::{self, Caller};
use crate::run::Failure;

/// How long the processor may take for what a load has left it.
const ANSWERED_MAX: Duration = Duration::from_mins(2);
/// What the processor is asked to do; a figure of `/metrics` counts each.
const PROCESSOR_WORK: [&str; 4] = ["Authorize", "Capture", "Void", "Refund"];

/// A running server with a folder of its own.
pub struct Holdfast {
    binary: PathBuf,
    folder: Folder,
    server: Server,
}

/// What is known once it has stopped and its books have been proved.
pub struct Books {
    /// Bytes of the database for each transaction.
    pub bytes_each: u64,
}

impl Holdfast {
    /// Starts `binary` on an empty folder.
    pub fn start(binary: &Path, folder: Folder) -> Result<Holdfast, Failure> {
        let log = std::fs::File::create(folder.path().join("log"))
            .map_err(|error| Failure::because(format!("the server's log: {error}")))?;
        let mut command = holdfast(binary, folder.path());
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("HOLDFAST_LOG", "warn")
            .stderr(log);
        let server = Server::start(&mut command)?;
        Ok(Holdfast {
            binary: binary.to_owned(),
            folder,
            server,
        })
    }

    /// Where it listens.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Makes callers and tokens.
    pub fn world(&self) -> Result<Vec<Caller>, Failure> {
        let (callers, tokens) = (world::CALLERS.to_string(), world::TOKENS.to_string());
        let words = [
            "sandbox",
            "world",
            "--callers",
            &callers,
            "--tokens",
            &tokens,
            "--json",
        ];
        world::parse(&self.ask(&words)?)
    }

    /// Waits until the processor has answered all there is to answer.
    pub fn wait_answered(&self) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let figures = self.figures()?;
            if waiting(&figures) == 0 {
                return Ok(());
            }
            if ANSWERED_MAX < begun.elapsed() {
                let left = waiting(&figures);
                return Err(Failure::because(format!(
                    "{left} processor calls are not answered"
                )));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Stops it, proves its books, and counts their transactions.
    pub fn prove(self, transactions: u64) -> Result<Books, Failure> {
        let Holdfast {
            binary,
            folder,
            server,
        } = self;
        let status = server.stop()?;
        if !status.success() {
            return Err(Failure::because(format!("the server ended with {status}")));
        }
        let checked = run(holdfast(&binary, folder.path()).args(["check", "--json"]))?;
        let counted = counted(&checked)
            .ok_or_else(|| Failure::because(format!("`check` printed {}", checked.trim())))?;
        if counted != transactions {
            return Err(Failure::because(format!(
                "{transactions} transactions were accepted, and the books hold {counted}"
            )));
        }
        let bytes = database_bytes(&data(folder.path()));
        Ok(Books {
            bytes_each: bytes.checked_div(transactions).unwrap_or(0),
        })
    }

    fn ask(&self, words: &[&str]) -> Result<String, Failure> {
        run(holdfast(&self.binary, self.folder.path()).args(words))
    }

    fn figures(&self) -> Result<String, Failure> {
        match client::get(self.server.address, "/metrics") {
            Ok((200, text)) => Ok(text),
            Ok((status, text)) => Err(Failure::because(format!("/metrics: {status} {text}"))),
            Err(error) => Err(Failure::because(format!("/metrics: {error}"))),
        }
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// The binary with its data folder, and nothing of our environment that could turn it elsewhere.
fn holdfast(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    let settings = [
        "HOLDFAST_CONFIG",
        "HOLDFAST_DATABASE",
        "HOLDFAST_LISTEN",
        "HOLDFAST_DATA",
    ];
    for name in settings {
        command.env_remove(name);
    }
    command.arg("--data").arg(data(folder));
    command
}

fn run(command: &mut Command) -> Result<String, Failure> {
    let ended = command.stdin(Stdio::null()).output();
    let ended = ended.map_err(|error| Failure::because(format!("holdfast: {error}")))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    if ended.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&ended.stderr);
    Err(Failure::because(format!(
        "holdfast ended with {}:\n{said}{complaint}",
        ended.status
    )))
}

/// How many processor calls the figures say are owed.
fn waiting(figures: &str) -> u64 {
    let count = |kind: &&str| -> u64 {
        let name = format!("holdfast_work_waiting{{kind=\"{kind}\"}} ");
        let line = figures.lines().find_map(|line| line.strip_prefix(&name));
        line.and_then(|count| count.trim().parse().ok())
            .unwrap_or(0)
    };
    PROCESSOR_WORK.iter().map(count).sum()
}

/// The transactions that `check --json` counted.
fn counted(checked: &str) -> Option<u64> {
    let value: Value = serde_json::from_str(checked.trim()).ok()?;
    let counts = value.get("counts").unwrap_or(&value);
    counts.get("transactions")?.as_u64()
}

/// The bytes of the books, without the processor's own statement.
fn database_bytes(data: &Path) -> u64 {
    ["holdfast.db", "holdfast.db-wal"]
        .iter()
        .filter_map(|name| std::fs::metadata(data.join(name)).ok())
        .map(|file| file.len())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owed_calls_are_summed_over_their_kinds() {
        let figures = "# TYPE holdfast_work_waiting gauge\n\
            holdfast_work_waiting{kind=\"Authorize\"} 12\n\
            holdfast_work_waiting{kind=\"Notify\"} 500\n\
            holdfast_work_waiting{kind=\"Capture\"} 3\n";
        assert_eq!(waiting(figures), 15);
        assert_eq!(waiting(""), 0);
    }

    #[test]
    fn transactions_are_counted_by_the_auditor() {
        assert_eq!(counted("{\"transactions\": 7}\n"), Some(7));
        assert_eq!(counted("{\"counts\": {\"transactions\": 8}}"), Some(8));
        assert_eq!(counted("all is well"), None);
    }
}
