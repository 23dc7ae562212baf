//! Holdfast itself: the real binary on a folder, its questions, and its books.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::child::{Folder, LOOK_EVERY, Server};
use super::client;
use super::place::at;
use super::world::{self, Caller};
use crate::run::Failure;

/// How long the processor and the receivers may take for what a load has left them.
const ANSWERED_MAX: Duration = Duration::from_mins(2);
/// What the processor is asked to do; a figure of `/metrics` counts each.
const PROCESSOR_WORK: &[&str] = &["Authorize", "Capture", "Void", "Refund"];
/// Those, and telling callers of it.
const ALL_WORK: &[&str] = &["Authorize", "Capture", "Void", "Refund", "Notify"];
/// The file of a folder that keeps what `sandbox world` printed.
const WORLD: &str = "world.json";
/// What names another database than the embedded one.
const DATABASE: &str = "HOLDFAST_DATABASE";

/// A folder that the binary keeps its data in.
pub struct Home {
    binary: PathBuf,
    folder: Folder,
    /// The address of a PostgreSQL database; none for the embedded store.
    database: Option<String>,
}

/// A running server with a folder of its own.
pub struct Holdfast {
    home: Home,
    server: Server,
}

/// What is known once it has stopped and its books have been proved.
pub struct Books {
    /// Transactions in them.
    pub transactions: u64,
    /// Bytes of the database.
    pub bytes: u64,
}

impl Books {
    /// Bytes of the database for each transaction.
    pub fn bytes_each(&self) -> u64 {
        self.bytes.checked_div(self.transactions).unwrap_or(0)
    }
}

impl Home {
    /// Takes a folder for a binary.
    pub fn new(binary: &Path, folder: Folder) -> Home {
        Home {
            binary: binary.to_owned(),
            folder,
            database: None,
        }
    }

    /// The same, with its books on PostgreSQL.
    #[must_use]
    pub fn on(mut self, address: &str) -> Home {
        self.database = Some(address.to_owned());
        self
    }

    fn command(&self) -> Command {
        let mut command = holdfast(&self.binary, self.folder.path());
        command.envs(self.database.iter().map(|address| (DATABASE, address)));
        command
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file of the embedded store.
    pub fn database(&self) -> PathBuf {
        data(self.folder.path()).join("holdfast.db")
    }

    /// Starts a server on it; without a processor, the processor's work waits.
    pub fn start(self, processor: bool) -> Result<Holdfast, Failure> {
        let folder = self.folder.path();
        let log = folder.join("log");
        let log = std::fs::File::create(&log).map_err(|error| at(&log, &error))?;
        let mut command = self.command();
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("HOLDFAST_LOG", "warn")
            .stderr(log);
        if !processor {
            let settings = folder.join("paused.toml");
            std::fs::write(&settings, "processor_calls_max = 0\n")
                .map_err(|error| at(&settings, &error))?;
            command.arg("--config").arg(settings);
        }
        let server = Server::start(&mut command)?;
        Ok(Holdfast { home: self, server })
    }

    /// The callers that were made in it.
    pub fn callers(&self) -> Result<Vec<Caller>, Failure> {
        let path = self.folder.path().join(WORLD);
        let text = std::fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        world::parse(&text)
    }

    /// Proves the books of a server that has stopped, and counts their transactions.
    pub fn prove(&self, expected: RangeInclusive<u64>) -> Result<Books, Failure> {
        let checked = run(self.command().args(["check", "--json"]))?;
        let transactions = counted(&checked)
            .ok_or_else(|| Failure::because(format!("`check` printed {}", checked.trim())))?;
        if !expected.contains(&transactions) {
            let (least, most) = expected.into_inner();
            return Err(Failure::because(format!(
                "{least} to {most} transactions were accepted, and the books hold {transactions}"
            )));
        }
        Ok(Books {
            transactions,
            bytes: database_bytes(&data(self.folder.path())),
        })
    }
}

impl Holdfast {
    /// The process.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Makes callers and tokens.
    pub fn make_world(&self) -> Result<Vec<Caller>, Failure> {
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
        let text = self.ask(&words)?;
        let path = self.home.folder.path().join(WORLD);
        std::fs::write(&path, text).map_err(|error| at(&path, &error))?;
        self.home.callers()
    }

    /// Waits until the processor has answered all there is to answer.
    pub fn wait_answered(&self) -> Result<(), Failure> {
        self.wait_for(PROCESSOR_WORK)
    }

    /// Waits until the processor has answered everything and every notification is delivered.
    pub fn wait_told(&self) -> Result<(), Failure> {
        self.wait_for(ALL_WORK)
    }

    fn wait_for(&self, kinds: &[&str]) -> Result<(), Failure> {
        let begun = Instant::now();
        loop {
            let left = waiting(&self.figures()?, kinds);
            if left == 0 {
                return Ok(());
            }
            if ANSWERED_MAX < begun.elapsed() {
                return Err(Failure::because(format!("{left} pieces of work are left")));
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// A figure of `/metrics`.
    pub fn figure(&self, name: &str) -> Result<u64, Failure> {
        Ok(figure(&self.figures()?, name).unwrap_or(0))
    }

    /// Stops it as an operator does.
    pub fn stop(self) -> Result<Home, Failure> {
        let status = self.server.stop()?;
        if status.success() {
            Ok(self.home)
        } else {
            Err(Failure::because(format!("the server ended with {status}")))
        }
    }

    /// Kills it as a power cut does.
    pub fn kill(self) -> Home {
        self.server.kill();
        self.home
    }

    /// Runs a command of the binary against it.
    pub fn ask(&self, words: &[&str]) -> Result<String, Failure> {
        run(self.home.command().args(words))
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
        DATABASE,
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

/// How much work of some kinds the figures say is owed.
fn waiting(figures: &str, kinds: &[&str]) -> u64 {
    let count = |kind: &&str| {
        let name = format!("work_waiting{{kind=\"{kind}\"}}");
        figure(figures, &name).unwrap_or(0)
    };
    kinds.iter().map(count).sum()
}

/// A figure by its name without the product's.
fn figure(figures: &str, name: &str) -> Option<u64> {
    let name = format!("holdfast_{name} ");
    let line = figures.lines().find_map(|line| line.strip_prefix(&name));
    line?.trim().parse().ok()
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
        assert_eq!(waiting(figures, PROCESSOR_WORK), 15);
        assert_eq!(waiting(figures, ALL_WORK), 515);
        assert_eq!(waiting("", ALL_WORK), 0);
    }

    #[test]
    fn transactions_are_counted_by_the_auditor() {
        assert_eq!(counted("{\"transactions\": 7}\n"), Some(7));
        assert_eq!(counted("{\"counts\": {\"transactions\": 8}}"), Some(8));
        assert_eq!(counted("all is well"), None);
    }
}
