//! Opening a store, and its doors.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use payments::command::Answer;
use payments::rows::WorkKind;
use payments::{Command, ReadSet, Terms, WorkingSet};
use store::figures::count;
use store::{
    Boxed, Clock, Entropy, Found, Handover, Moment, Outage, Query, Store, SystemEntropy, Watch,
    WorkItem,
};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::claim::claim_work;
use crate::clock::DatabaseClock;
use crate::connect::Address;
use crate::error::Failure;
use crate::find::find;
use crate::follow::{STEPS_ON_DEMAND_MAX, catch_up};
use crate::known::Known;
use crate::lane::Lane;
use crate::load::{Reading, Target, load};
use crate::migrate::migrate;
use crate::node::Node;
use crate::readers::Readers;
use crate::route::route;
use crate::serve::{Asked, serve};
use crate::start::{start, tick};

/// Commands that may wait, unless the options say otherwise.
pub const QUEUE_COMMANDS_MAX: usize = 4_096;
/// Lanes of a node, unless the options say otherwise: one runs while the other is flushed.
pub const LANES: usize = 2;
/// Reading connections of a node, unless the options say otherwise.
pub const READERS: usize = 4;
/// How long reading by key, or leasing work, may take: longer, and the server counts as gone.
const SEE_MAX: Duration = Duration::from_secs(20);
/// How long a question about many rows may take.
const FIND_MAX: Duration = Duration::from_mins(5);

/// How a store is opened.
pub struct Options {
    /// The operator's settings; the mode among them is stamped into a new database.
    pub terms: Terms,
    /// Real time: none means the database's own clock, which is the same for all nodes.
    pub clock: Option<Arc<dyn Clock>>,
    /// Random bytes.
    pub entropy: Box<dyn Entropy>,
    /// Who takes work that is due at once.
    pub handover: Arc<dyn Handover>,
    /// Commands that may wait.
    pub queue: usize,
    /// Lanes of this node.
    pub lanes: usize,
    /// Reading connections.
    pub readers: usize,
    /// Who watches the batches: tests and tools.
    pub watch: Option<Watch>,
}

impl Options {
    /// What a server uses.
    pub fn new(terms: Terms, handover: Arc<dyn Handover>) -> Options {
        Options {
            terms,
            clock: None,
            entropy: Box::new(SystemEntropy::default()),
            handover,
            queue: QUEUE_COMMANDS_MAX,
            lanes: LANES,
            readers: READERS,
            watch: None,
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
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
    /// The database could not be reached, read or written.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// A store on PostgreSQL.
pub struct PostgresStore {
    node: Arc<Node>,
    /// Written once, when the store closes; commands only read it, so none waits for another.
    queues: RwLock<Option<Vec<mpsc::Sender<Asked>>>>,
    queue_max: usize,
    readers: Arc<Readers>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    ticking: JoinHandle<()>,
}

impl PostgresStore {
    /// Opens a database: brings its schema up to date, and leases lanes.
    ///
    /// # Errors
    /// [`OpenError`]; nothing is left running then.
    pub async fn open(address: &Address, options: Options) -> Result<PostgresStore, OpenError> {
        migrate(address, options.terms.mode).await?;
        let (queue_max, lanes) = (options.queue, options.lanes.max(1));
        let readers = Arc::new(Readers::new(address.clone(), options.readers.max(1)));
        let node = Arc::new(start(address, options).await?);
        let mut opened = Vec::new();
        for _ in 0..lanes {
            opened.push(Lane::open(node.clone()).await?);
        }
        let each = queue_max.div_ceil(lanes).max(1);
        let (mut queues, mut tasks) = (Vec::new(), Vec::new());
        for lane in opened {
            let (queue, waiting) = mpsc::channel(each);
            queues.push(queue);
            tasks.push(tokio::spawn(serve(lane, waiting)));
        }
        let ticking = tokio::spawn(tick(node.clone(), readers.clone()));
        Ok(PostgresStore {
            node,
            queues: RwLock::new(Some(queues)),
            queue_max,
            readers,
            tasks: Mutex::new(tasks),
            ticking,
        })
    }

    /// The clock that the database and this node agree on; none with a test's own.
    pub fn clock(&self) -> Option<Arc<DatabaseClock>> {
        self.node.clock.clone()
    }

    fn queues(&self) -> RwLockReadGuard<'_, Option<Vec<mpsc::Sender<Asked>>>> {
        self.queues.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_queues(&self) -> Option<Vec<mpsc::Sender<Asked>>> {
        let mut queues = self.queues.write().unwrap_or_else(PoisonError::into_inner);
        queues.take()
    }

    fn push(&self, asked: Asked) -> Result<(), Outage> {
        let queues = self.queues();
        let queues = queues.as_ref().ok_or(Outage::Closing)?;
        let lane = &queues[route(&asked.0, queues.len())];
        lane.try_send(asked).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                count(&self.node.figures.store_busy_total, 1);
                Outage::Busy {
                    limit: self.queue_max,
                }
            }
            TrySendError::Closed(_) => Outage::Closing,
        })
    }

    async fn see_now(&self, want: &ReadSet) -> Result<WorkingSet, Outage> {
        let (mut seen, mut known) = (WorkingSet::default(), Known::default());
        let mut reader = self.readers.take().await?;
        let target = Target {
            seen: &mut seen,
            known: &mut known,
        };
        // Rows of several tables must be of one moment; one row always is.
        let several = 1 < want.len();
        if several {
            reader.begin().await?;
        }
        let loaded = load(
            &mut reader.session,
            Vec::new(),
            want,
            Reading::Looking,
            target,
        )
        .await;
        loaded.map_err(|failure| failure.into_outage("reading"))?;
        if several {
            reader.end().await?;
        }
        reader.give_back();
        Ok(seen)
    }

    async fn find_now(&self, query: &Query) -> Result<Found, Outage> {
        let mut reader = self.readers.take().await?;
        let reading = |failure: Failure| failure.into_outage("reading");
        let steps_max = if let Query::Activity(_) = query {
            // A page must have every row that was committed before.
            usize::MAX
        } else if let Query::ActivityOf { .. } = query {
            STEPS_ON_DEMAND_MAX
        } else {
            0
        };
        if 0 < steps_max {
            let followed = catch_up(&mut reader.session, steps_max).await;
            followed.map_err(reading)?;
        }
        let now = self.node.clocks.now();
        let found = find(&mut reader.session, query, now).await;
        let found = found.map_err(reading)?;
        reader.give_back();
        Ok(found)
    }
}

impl Store for PostgresStore {
    fn submit(&self, command: Command) -> Boxed<'_, Result<Answer, Outage>> {
        Box::pin(async move {
            let (asker, answer) = oneshot::channel();
            self.push((command, asker))?;
            answer.await.unwrap_or_else(|_| Err(stopped()))
        })
    }

    fn submit_all(&self, commands: Vec<Command>) -> Boxed<'_, Vec<Result<Answer, Outage>>> {
        Box::pin(async move {
            let asked = commands.into_iter().map(|command| {
                let (asker, answer) = oneshot::channel();
                self.push((command, asker)).map(|()| answer)
            });
            // All are asked before the first answer is waited for: they meet in a batch.
            let asked: Vec<_> = asked.collect();
            let mut answers = Vec::with_capacity(asked.len());
            for answer in asked {
                answers.push(match answer {
                    Ok(answer) => answer.await.unwrap_or_else(|_| Err(stopped())),
                    Err(outage) => Err(outage),
                });
            }
            answers
        })
    }

    fn see(&self, want: ReadSet) -> Boxed<'_, Result<WorkingSet, Outage>> {
        Box::pin(async move {
            match within(SEE_MAX, self.see_now(&want)).await {
                // An idle connection may have been closed by the server: reading harms nobody.
                Err(Outage::Failed { .. }) => within(SEE_MAX, self.see_now(&want)).await,
                seen => seen,
            }
        })
    }

    fn find(&self, query: Query) -> Boxed<'_, Result<Found, Outage>> {
        Box::pin(async move {
            match within(FIND_MAX, self.find_now(&query)).await {
                Err(Outage::Failed { .. }) => within(FIND_MAX, self.find_now(&query)).await,
                found => found,
            }
        })
    }

    fn claim(&self, kinds: Vec<WorkKind>, most: usize) -> Boxed<'_, Result<Vec<WorkItem>, Outage>> {
        Box::pin(async move {
            let claiming = async {
                let mut reader = self.readers.take().await?;
                let now = self.node.clocks.now();
                let figures = &self.node.figures;
                let claimed = claim_work(&mut reader.session, figures, &kinds, most, now).await;
                let claimed = claimed.map_err(|failure| failure.into_outage("claiming work"))?;
                reader.give_back();
                count(&figures.store_claims_total, claimed.len());
                Ok(claimed)
            };
            within(SEE_MAX, claiming).await
        })
    }

    fn now(&self) -> Boxed<'_, Result<Moment, Outage>> {
        Box::pin(async move { Ok(self.node.clocks.now()) })
    }

    fn backup(&self, _to: PathBuf) -> Boxed<'_, Result<(), Outage>> {
        let reason = "a store on PostgreSQL is copied by its own tools: pg_dump for a copy of one \
            moment, pg_basebackup and an archive of the log for every moment"
            .to_owned();
        Box::pin(async move {
            Err(Outage::Failed {
                doing: "copying",
                reason,
            })
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), Outage>> {
        Box::pin(async move {
            let stopped = match self.queues().as_ref() {
                None => return Err(Outage::Closing),
                Some(queues) => queues.iter().any(mpsc::Sender::is_closed),
            };
            if stopped {
                let reason = "a lane has stopped; start this node again".to_owned();
                let doing = "looking after lanes";
                return Err(Outage::Failed { doing, reason });
            }
            if self.node.healthy.load(Ordering::Relaxed) {
                return Ok(());
            }
            // The next batch tries again; a lane without one does within a few seconds.
            Err(Outage::Failed {
                doing: "looking after lanes",
                reason: "the database could not be written".to_owned(),
            })
        })
    }

    fn figures(&self) -> Vec<(&'static str, u64)> {
        let mut figures = self.node.figures.list();
        let waiting = self.queues().as_ref().map_or(0, |queues| {
            let waiting = queues
                .iter()
                .map(|queue| queue.max_capacity() - queue.capacity());
            waiting.sum()
        });
        figures.push((
            "store_queue_length",
            u64::try_from(waiting).unwrap_or(u64::MAX),
        ));
        let trips = self.node.trips.load(Ordering::Relaxed);
        figures.push(("store_round_trips_total", trips));
        figures.push(("store_lanes", u64::from(self.node.lanes())));
        figures
    }

    fn close(&self) -> Boxed<'_, ()> {
        Box::pin(async move {
            // Whoever asks from now on is told so; the lanes end when they have done what waits.
            drop(self.take_queues());
            let tasks =
                std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
            for task in tasks {
                drop(task.await);
            }
            self.ticking.abort();
            self.readers.close();
        })
    }
}

/// What comes in time; a connection whose answer is given up is closed.
async fn within<T>(
    most: Duration,
    asked: impl Future<Output = Result<T, Outage>>,
) -> Result<T, Outage> {
    let answered = tokio::time::timeout(most, asked).await;
    answered.unwrap_or_else(|_| {
        Err(Outage::Failed {
            doing: "reading",
            reason: format!("the database said nothing for {most:?}"),
        })
    })
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.ticking.abort();
    }
}

/// Whoever had a command is gone: what came of it is not known here.
fn stopped() -> Outage {
    Outage::Failed {
        doing: "deciding",
        reason: "the lane stopped before it answered".to_owned(),
    }
}
