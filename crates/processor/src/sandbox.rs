//! The sandbox processor: a network of cards and banks that does what the number says.
//!
//! It keeps a statement in a file of its own, apart from the books, and answers only when the
//! decision is on disk. After a crash of the whole process, what was answered is there; what was
//! not answered may be there, and a look-up tells.
//!
//! A call travels: wait while paused → bounded queue → one writer thread, which decides and
//! records everything queued in one commit → answer, in the manner that the card demands.
//!
//! Deliberately absent: full numbers and names. Only the last four digits, the brand and the name of
//! the test card or bank account leave the caller's thread.

mod ask;
mod banks;
mod cards;
pub mod code;
mod decide;
mod file;
mod relay;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};

pub use banks::{BANKS, TestBank, test_bank};
pub use cards::{CARDS, Delivery, Does, TestCard, test_card};
pub use decide::AUTHORIZATION_LIFETIME;

use crate::call::{
    Answer, Authorize, CallError, Calling, Capture, Processor, Refund, Seen, UnknownReason, Void,
};
use crate::key::ProcessorKey;
use crate::statement::{Statement, StatementError};
use ask::Ask;
use decide::Rules;
use file::File;
use relay::Relay;
use writer::{Job, Writer};

/// How many calls wait for the writer thread; further callers wait for room.
const QUEUE_CALLS_MAX: usize = 8_192;

/// How long to wait for another process that writes to the statement.
pub(crate) const BUSY_WAIT_MAX: Duration = Duration::from_secs(5);

/// Gives the time in milliseconds since 1970; the sandbox reads no clock of its own.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How the sandbox behaves, beside what the cards say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SandboxOptions {
    /// How long a slow card's answer takes, in real time.
    pub slow: Duration,
    /// How long a card stays under verification, by the clock given at opening.
    pub verification: Duration,
    /// The promised life-time of keys. The sandbox in fact keeps them for ever.
    pub key_lifetime: Duration,
    /// Whether an amount with a six in its tenths (`N.6n`) is declined when it is authorised.
    pub magic_amounts: bool,
}

impl Default for SandboxOptions {
    fn default() -> SandboxOptions {
        SandboxOptions {
            slow: Duration::from_secs(5),
            verification: Duration::from_mins(1),
            key_lifetime: Duration::from_hours(24),
            magic_amounts: true,
        }
    }
}

/// Why the sandbox processor cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be opened, or not as a database.
    #[error("opening the processor's statement")]
    File(#[from] rusqlite::Error),
    /// The file is another kind of database, or a statement of a later version.
    #[error("not a statement this program can use (application id {application}, layout {layout})")]
    NotAStatement {
        /// The application id found in the file.
        application: i64,
        /// The layout number found in the file.
        layout: i64,
    },
    /// The writer thread cannot be started.
    #[error("starting the sandbox processor's thread")]
    Thread(#[from] std::io::Error),
}

/// A card network for trying things out, with a durable statement.
///
/// Dropping it waits for the calls already queued to be recorded.
pub struct SandboxProcessor {
    path: PathBuf,
    options: SandboxOptions,
    paused: watch::Sender<bool>,
    commits: Arc<AtomicU64>,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl SandboxProcessor {
    /// Opens the statement at `path`, making it when there is none.
    pub fn open(
        path: &Path,
        clock: Clock,
        options: SandboxOptions,
    ) -> Result<SandboxProcessor, OpenError> {
        let file = File::open(path)?;
        let (jobs, queue) = mpsc::channel(QUEUE_CALLS_MAX);
        let commits = Arc::new(AtomicU64::new(0));
        let SandboxOptions {
            magic_amounts,
            verification,
            ..
        } = options;
        let rules = Rules {
            magic_amounts,
            verification,
        };
        let writer = Writer {
            file,
            clock,
            rules,
            relay: Relay::start(),
            commits: Arc::clone(&commits),
        };
        let thread = std::thread::Builder::new()
            .name("sandbox-processor".to_owned())
            .spawn(move || writer.run(queue))?;
        Ok(SandboxProcessor {
            path: path.to_owned(),
            options,
            paused: watch::Sender::new(false),
            commits,
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Holds back every call that has not been queued yet, look-ups included, or lets them go on.
    pub fn set_paused(&self, paused: bool) {
        self.paused.send_replace(paused);
    }

    /// How many times rows were flushed to disk since opening.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The statement so far, sorted by key.
    pub fn statement(&self) -> Result<Statement, StatementError> {
        Statement::open(&self.path)
    }

    async fn send(&self, job: Job) -> Result<(), CallError> {
        let gone = CallError::Unknown(UnknownReason::Unavailable);
        if *self.paused.borrow() {
            let mut paused = self.paused.subscribe();
            paused.wait_for(|paused| !paused).await.map_err(|_| gone)?;
        }
        let jobs = self.jobs.as_ref().ok_or(gone)?;
        jobs.send(job).await.map_err(|_| gone)
    }

    async fn call(&self, ask: Ask) -> Result<Answer, CallError> {
        if ask.key.kind() != ask.kind() {
            return Err(CallError::KeyReused { field: "kind" });
        }
        let (reply, answered) = oneshot::channel();
        self.send(Job::Call { ask, reply }).await?;
        let reply = answered
            .await
            .map_err(|_| CallError::Unknown(UnknownReason::Unavailable))?;
        if reply.slow {
            tokio::time::sleep(self.options.slow).await;
        }
        reply.result
    }
}

impl Processor for SandboxProcessor {
    fn key_lifetime(&self) -> Duration {
        self.options.key_lifetime
    }

    fn authorize(&self, call: Authorize) -> Calling<'_, Result<Answer, CallError>> {
        // The full number is dropped here, before anything waits.
        let ask = Ask::from(call);
        Box::pin(self.call(ask))
    }

    fn capture(&self, call: Capture) -> Calling<'_, Result<Answer, CallError>> {
        Box::pin(self.call(Ask::from(call)))
    }

    fn void(&self, call: Void) -> Calling<'_, Result<Answer, CallError>> {
        Box::pin(self.call(Ask::from(call)))
    }

    fn refund(&self, call: Refund) -> Calling<'_, Result<Answer, CallError>> {
        Box::pin(self.call(Ask::from(call)))
    }

    fn look_up(&self, key: ProcessorKey) -> Calling<'_, Result<Seen, CallError>> {
        Box::pin(async move {
            let (reply, seen) = oneshot::channel();
            self.send(Job::LookUp { key, reply }).await?;
            seen.await
                .map_err(|_| CallError::Unknown(UnknownReason::Unavailable))?
        })
    }
}

impl Drop for SandboxProcessor {
    fn drop(&mut self) {
        drop(self.jobs.take());
        let Some(thread) = self.thread.take() else {
            return;
        };
        if thread.join().is_err() {
            tracing::error!("the sandbox processor's thread had stopped by a panic");
        }
    }
}
