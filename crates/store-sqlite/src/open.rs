//! Opening a store, and the doors of an open one.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use payments::command::Answer;
use payments::rows::WorkKind;
use payments::{Command, Mode, ReadSet, Terms, WorkingSet};
use store::figures::{Figures, count};
use store::{
    Boxed, Clock, Clocks, Entropy, Found, Handover, Moment, Outage, Query, Setup, Store,
    SystemClock, SystemEntropy, Watch, WorkItem, Writer,
};
use tokio::sync::oneshot;

use crate::backend::{self, SqliteBackend};
use crate::errands::Errand;
use crate::files::{copy, copying, create_private};
use crate::find::{due, find};
use crate::queue::Queue;
use crate::readers::{Readers, at_one_moment};
use crate::relay::{Relay, busy_runtime};
use crate::row::failed;
use crate::seat::{Seat, ended};
use crate::writer::{self, Message};
use crate::{maintenance, migrate};

/// Commands that may wait, unless the options say otherwise.
pub const QUEUE_COMMANDS_MAX: usize = 4_096;
/// Reading threads, unless the options say otherwise.
pub const READERS: usize = 2;
/// Errands of the maintenance thread that may wait.
const ERRANDS_MAX: usize = 256;

/// How a store is opened.
pub struct Options {
    /// The operator's settings; the mode among them is stamped into a new file.
    pub terms: Terms,
    /// Real time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Box<dyn Entropy>,
    /// Who takes work that is due at once.
    pub handover: Arc<dyn Handover>,
    /// Commands that may wait.
    pub queue: usize,
    /// Reading threads.
    pub readers: usize,
    /// Pages that the file may have; none means as many as the disk holds.
    pub pages_max: Option<u32>,
    /// Who watches the batches: tests and tools.
    pub watch: Option<Watch>,
}

impl Options {
    /// What a server uses.
    pub fn new(terms: Terms, handover: Arc<dyn Handover>) -> Options {
        Options {
            terms,
            clock: Arc::new(SystemClock::default()),
            entropy: Box::new(SystemEntropy::default()),
            handover,
            queue: QUEUE_COMMANDS_MAX,
            readers: READERS,
            pages_max: None,
            watch: None,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is a database, but not ours.
    #[error("the file is not a Holdfast database")]
    NotOurs,
    /// A newer release has changed the schema.
    #[error("the database needs Holdfast {oldest} or newer")]
    TooNew {
        /// The oldest release that can open it.
        oldest: String,
    },
    /// The mode is stamped into a database when it is made.
    #[error("this is a {stamped} database; it cannot be opened as {wanted}")]
    OtherMode {
        /// What it is.
        stamped: String,
        /// What was asked.
        wanted: String,
    },
    /// The file could not be read or written.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// A store in one SQLite file.
pub struct SqliteStore {
    path: PathBuf,
    queue: Arc<Queue<Message>>,
    /// Where an asker may write for himself; none where that would hold up others.
    alone: Option<Arc<Seat>>,
    errands: Arc<Queue<Errand>>,
    readers: Readers,
    clocks: Arc<Clocks>,
    figures: Arc<Figures>,
    healthy: Arc<AtomicBool>,
    ends: Mutex<Option<Ends>>,
}

/// Ends of threads, in the order in which they are waited for.
struct Ends {
    readers: Vec<oneshot::Receiver<()>>,
    maintenance: oneshot::Receiver<()>,
    writer: oneshot::Receiver<()>,
}

impl SqliteStore {
    /// Opens a file, or makes it.
    pub fn open(path: &Path, options: Options) -> Result<SqliteStore, OpenError> {
        create_private(path).map_err(|problem| Outage::Failed {
            doing: "making the database",
            reason: problem.to_string(),
        })?;
        let opening = failed("opening the database");
        let mut connection = backend::open_writing(path).map_err(&opening)?;
        migrate::migrate(&mut connection, mode_name(options.terms.mode))?;
        drop(connection);
        let Options {
            terms,
            clock,
            entropy,
            handover,
            queue,
            readers,
            pages_max,
            watch,
        } = options;
        let backend = SqliteBackend::open(path, pages_max)?;
        let writer = Writer::open(
            backend,
            Setup {
                terms,
                clock,
                entropy,
                handover,
                watch,
            },
        )?;
        let (clocks, figures) = (writer.clocks(), writer.figures());
        let queue = Arc::new(Queue::new(queue));
        let errands = Arc::new(Queue::new(ERRANDS_MAX));
        let healthy = Arc::new(AtomicBool::new(true));
        let maintenance =
            maintenance::start(path, errands.clone(), queue.clone(), figures.clone())?;
        let (readers, reader_ends) = Readers::start(path, readers)?;
        let runtime = busy_runtime();
        let seat = Arc::new(Seat::new(writer, queue.clone(), healthy.clone()));
        let alone = runtime.is_some().then(|| seat.clone());
        let writer = start_writer(seat, Relay::start(runtime), clocks.clone())?;
        let ends = Mutex::new(Some(Ends {
            readers: reader_ends,
            maintenance,
            writer,
        }));
        let path = path.to_owned();
        Ok(SqliteStore {
            path,
            queue,
            alone,
            errands,
            readers,
            clocks,
            figures,
            healthy,
            ends,
        })
    }

    /// Asks the writer and waits for its answer.
    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<T, Outage>>) -> Message,
    ) -> Result<T, Outage> {
        let (asker, answer) = oneshot::channel();
        self.push([message(asker)])?;
        // It was taken and nobody answers: the writer has ended in the middle.
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    fn push(
        &self,
        messages: impl IntoIterator<Item = Message, IntoIter: ExactSizeIterator>,
    ) -> Result<(), Outage> {
        let pushed = self.queue.push_all(messages);
        if matches!(pushed, Err(Outage::Busy { .. })) {
            count(&self.figures.store_busy_total, 1);
        }
        pushed
    }

    async fn follow(&self) -> Result<(), Outage> {
        let (asker, answer) = oneshot::channel();
        self.errands.push(Errand::Follow(asker))?;
        answer.await.unwrap_or(Err(Outage::Closing))
    }

    fn close_queues(&self) {
        self.readers.close();
        self.errands.close();
        self.queue.close();
    }
}

impl Store for SqliteStore {
    fn submit(&self, command: Command) -> Boxed<'_, Result<Answer, Outage>> {
        Box::pin(async move {
            let alone = self.alone.as_ref();
            let one = std::slice::from_ref(&command);
            match alone.and_then(|seat| seat.answer_alone(one)?.pop()) {
                Some(answer) => answer,
                None => self.ask(|asker| Message::Submit(command, asker)).await,
            }
        })
    }

    fn submit_all(&self, commands: Vec<Command>) -> Boxed<'_, Vec<Result<Answer, Outage>>> {
        Box::pin(async move {
            let alone = self.alone.as_ref();
            if let Some(answers) = alone.and_then(|seat| seat.answer_alone(&commands)) {
                return answers;
            }
            let (mut messages, mut waiting) = (Vec::new(), Vec::new());
            for command in commands {
                let (asker, answer) = oneshot::channel();
                messages.push(Message::Submit(command, asker));
                waiting.push(answer);
            }
            if let Err(outage) = self.push(messages) {
                return vec![Err(outage); waiting.len()];
            }
            let mut answers = Vec::with_capacity(waiting.len());
            for answer in waiting {
                answers.push(answer.await.unwrap_or_else(|_| Err(ended())));
            }
            answers
        })
    }

    fn see(&self, want: ReadSet) -> Boxed<'_, Result<WorkingSet, Outage>> {
        Box::pin(self.readers.ask(move |connection| {
            let mut seen = WorkingSet::default();
            at_one_moment(connection, || backend::load(connection, &want, &mut seen))?;
            Ok(seen)
        }))
    }

    fn find(&self, query: Query) -> Boxed<'_, Result<Found, Outage>> {
        Box::pin(async move {
            if matches!(query, Query::ActivityOf { .. }) {
                self.follow().await?;
            }
            // A page looks beyond the index too, so a follower that cannot write is no hindrance.
            if matches!(query, Query::Activity(_)) {
                drop(self.follow().await);
            }
            let now = self.clocks.now();
            let in_pieces = matches!(query, Query::LedgerSums);
            let question = move |connection: &rusqlite::Connection| {
                if in_pieces {
                    return find(connection, &query, now);
                }
                at_one_moment(connection, || find(connection, &query, now))
            };
            self.readers.ask(question).await
        })
    }

    fn claim(&self, kinds: Vec<WorkKind>, most: usize) -> Boxed<'_, Result<Vec<WorkItem>, Outage>> {
        Box::pin(async move {
            let now = self.clocks.now();
            let wanted = kinds.clone();
            let ids = self
                .readers
                .ask(move |connection| due(connection, &wanted, now, most));
            let ids = ids.await?;
            if ids.is_empty() {
                return Ok(Vec::new());
            }
            self.ask(|asker| Message::Claim(ids, kinds, asker)).await
        })
    }

    fn now(&self) -> Boxed<'_, Result<Moment, Outage>> {
        Box::pin(async move { Ok(self.clocks.now()) })
    }

    fn backup(&self, to: PathBuf) -> Boxed<'_, Result<(), Outage>> {
        Box::pin(async move {
            let (asker, answer) = oneshot::channel();
            let from = self.path.clone();
            let thread = std::thread::Builder::new().name("store-backup".to_owned());
            let started = thread.spawn(move || drop(asker.send(copy(&from, &to))));
            started.map_err(copying)?;
            answer.await.unwrap_or(Err(Outage::Closing))
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), Outage>> {
        Box::pin(async move {
            if self.healthy.load(Ordering::Relaxed) && self.ends().is_some() {
                return Ok(());
            }
            self.ask(Message::Probe).await
        })
    }

    fn figures(&self) -> Vec<(&'static str, u64)> {
        let mut figures = self.figures.list();
        figures.push((
            "store_queue_length",
            u64::try_from(self.queue.len()).unwrap_or(u64::MAX),
        ));
        figures
    }

    fn close(&self) -> Boxed<'_, ()> {
        Box::pin(async move {
            let Some(ends) = self.ends().take() else {
                return;
            };
            // The maintenance thread may wait for the writer, so the writer is closed after it; and
            // the last to close its connection leaves a file without a log.
            self.readers.close();
            self.errands.close();
            for end in ends.readers {
                drop(end.await);
            }
            drop(ends.maintenance.await);
            self.queue.close();
            drop(ends.writer.await);
        })
    }
}

impl SqliteStore {
    fn ends(&self) -> std::sync::MutexGuard<'_, Option<Ends>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close_queues();
    }
}

fn start_writer(
    seat: Arc<Seat>,
    relay: Relay,
    clocks: Arc<Clocks>,
) -> Result<oneshot::Receiver<()>, Outage> {
    let (ended, end) = oneshot::channel();
    let started = std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || {
            writer::run(seat, &relay, &clocks);
            drop(ended);
        });
    let refused = |problem: std::io::Error| Outage::Failed {
        doing: "starting",
        reason: problem.to_string(),
    };
    started.map(|_| end).map_err(refused)
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Sandbox => "sandbox",
        Mode::Production => "production",
    }
}
