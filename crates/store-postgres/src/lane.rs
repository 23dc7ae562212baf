//! A lane: one writing connection, and the batches it makes durable.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use payments::command::Answer;
use payments::commands::{CERTIFICATE, CLOCK_OFFSET};
use payments::{AccountKey, ChangeSet, Command};
use store::chain::{BatchRow, Chain};
use store::figures::count;
use store::keys::KeyAllotter;
use store::{Outage, WorkItem};
use tokio::time::Instant;

use crate::error::Failure;
use crate::known::Locking;
use crate::lease::{self, LANE_LEASE_MS, Lease};
use crate::node::Node;
use crate::session::Session;

mod attempt;

/// Tries of a batch that lost a race, before its commands run one by one.
const RACES_MAX: u32 = 4;
/// Tries of a single command that loses races.
const RACES_ALONE_MAX: u32 = 40;
/// Tries with more rows locked, or more lanes seen.
const WIDER_MAX: u32 = 8;
/// How long a batch waits for the database to come back, when it went away under it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to connect.
const CONNECT_PAUSE: Duration = Duration::from_millis(50);
/// Between two tries of a race, times the tries so far.
const RACE_PAUSE: Duration = Duration::from_millis(1);
/// A lane at work.
pub(crate) struct Lane {
    node: Arc<Node>,
    session: Option<Session>,
    lease: Option<Lease>,
    keys: KeyAllotter,
    chain: Chain,
    /// Accounts whose money was lately taken: they are locked at once.
    debited: HashSet<AccountKey>,
}

/// A batch as it was decided.
struct Batched {
    answers: Vec<Answer>,
    changes: ChangeSet,
    items: Vec<WorkItem>,
    row: Option<BatchRow>,
    rows: usize,
}

/// Why an attempt came to nothing.
enum Stop {
    /// The database or the connection.
    Failed(Failure),
    /// A bug in a decision.
    Bug,
    /// It needs more locks, or has found more lanes than it knew of.
    Wider,
    /// Somebody else has the lane.
    Displaced,
    /// The connection was lost while it committed.
    InDoubt(Box<Batched>),
}

/// Why commands have no answer.
enum Unanswered {
    /// Nothing was done, and it concerns them all.
    All(Outage),
    /// One of them may be at fault.
    Singly(Outage),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        Stop::Failed(failure)
    }
}

impl From<Outage> for Stop {
    fn from(outage: Outage) -> Stop {
        Stop::Failed(Failure::Outage(outage))
    }
}

impl Lane {
    /// Leases a lane and goes on where it was left.
    pub(crate) async fn open(node: Arc<Node>) -> Result<Lane, Outage> {
        let mut lane = Lane {
            node,
            session: None,
            lease: None,
            keys: KeyAllotter::after(0, None),
            chain: Chain::after(0, None),
            debited: HashSet::new(),
        };
        lane.connect().await?;
        Ok(lane)
    }

    /// Decides commands and makes what they changed durable: one result a command, in their order.
    pub(crate) async fn run(&mut self, commands: &[Command]) -> Vec<Result<Answer, Outage>> {
        match self.persist(commands).await {
            Ok(answers) => self.answered(commands, answers),
            Err(Unanswered::All(outage)) => {
                let (count, known) = (commands.len(), &outage);
                tracing::warn!(count, outage = %known, "a batch could not be kept");
                commands.iter().map(|_| Err(again(&outage))).collect()
            }
            Err(Unanswered::Singly(outage)) if commands.len() == 1 => {
                tracing::error!(command = commands[0].name(), %outage, "a command failed");
                vec![Err(outage)]
            }
            Err(Unanswered::Singly(outage)) => {
                let count = commands.len();
                tracing::warn!(count, %outage, "a batch failed; its commands run one by one");
                let mut results = Vec::with_capacity(count);
                for command in commands {
                    let alone = std::slice::from_ref(command);
                    results.push(match self.persist(alone).await {
                        Ok(answers) => self.answered(alone, answers).remove(0),
                        Err(Unanswered::All(outage) | Unanswered::Singly(outage)) => {
                            tracing::error!(command = command.name(), %outage, "a command failed");
                            Err(outage)
                        }
                    });
                }
                results
            }
        }
    }

    /// Keeps the lane, and the connection, while nothing is asked.
    pub(crate) async fn keep(&mut self) {
        let closed = self.session.as_ref().is_none_or(Session::is_closed);
        let kept = if closed {
            self.connect().await
        } else {
            self.renew().await
        };
        self.node.healthy.store(kept.is_ok(), Ordering::Relaxed);
        if let Err(outage) = kept {
            tracing::warn!(%outage, "the lane waits for the database");
            self.session = None;
        }
    }

    /// Gives the lane back.
    pub(crate) async fn close(mut self) {
        if let (Some(session), Some(lease)) = (self.session.take(), self.lease.take()) {
            let now = payments::Timestamp(0);
            if let Err(outage) = lease::renew(session.client(), lease, now).await {
                tracing::debug!(%outage, "the lane is free when its lease has run out");
            }
        }
    }

    fn answered(&self, commands: &[Command], answers: Vec<Answer>) -> Vec<Result<Answer, Outage>> {
        if let Some(watch) = &self.node.watch {
            watch(commands);
        }
        answers.into_iter().map(Ok).collect()
    }

    /// Tries until the batch is kept, or it is clear that it is not.
    async fn persist(&mut self, commands: &[Command]) -> Result<Vec<Answer>, Unanswered> {
        let races_max = if commands.len() == 1 {
            RACES_ALONE_MAX
        } else {
            RACES_MAX
        };
        let (mut races, mut wider) = (0, 0);
        let mut locking = Locking::default();
        // A database that was away before is tried once; one that goes away is waited for.
        let patient = self.session.is_some();
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.reach(patient, deadline).await?;
            let stop = match self.attempt(commands, &mut locking).await {
                Ok(batched) => return Ok(self.settle(batched)),
                Err(stop) => stop,
            };
            count(&self.node.figures.store_failures_total, 1);
            match stop {
                Stop::Failed(Failure::Race(reason)) => {
                    races += 1;
                    self.roll_back().await;
                    if races_max <= races {
                        return Err(Unanswered::Singly(Outage::Contended { reason }));
                    }
                    tokio::time::sleep(RACE_PAUSE * races).await;
                }
                Stop::Failed(Failure::Lost(reason)) => {
                    tracing::warn!(reason, "the connection to the database was lost");
                    self.session = None;
                }
                Stop::Failed(Failure::Outage(outage)) => {
                    self.roll_back().await;
                    return Err(Unanswered::Singly(outage));
                }
                Stop::Bug => {
                    self.roll_back().await;
                    count(&self.node.figures.store_bugs_total, 1);
                    return Err(Unanswered::Singly(Outage::Failed {
                        doing: "deciding",
                        reason: "a bug stopped this command".to_owned(),
                    }));
                }
                Stop::Wider => {
                    wider += 1;
                    self.roll_back().await;
                    if WIDER_MAX < wider {
                        let reason = "it always needs more than it has locked".to_owned();
                        let doing = "locking rows";
                        return Err(Unanswered::Singly(Outage::Failed { doing, reason }));
                    }
                }
                Stop::Displaced => {
                    tracing::warn!("the lane has another holder; taking another lane");
                    self.lease = None;
                    self.session = None;
                }
                Stop::InDoubt(batched) => {
                    self.session = None;
                    if self.find_out(&batched, deadline).await? {
                        return Ok(self.settle(*batched));
                    }
                }
            }
        }
    }

    /// Connects, if there is no connection.
    async fn reach(&mut self, patient: bool, deadline: Instant) -> Result<(), Unanswered> {
        while self.session.is_none() {
            let Err(outage) = self.connect().await else {
                self.node.healthy.store(true, Ordering::Relaxed);
                return Ok(());
            };
            self.node.healthy.store(false, Ordering::Relaxed);
            if !patient || deadline <= Instant::now() {
                return Err(Unanswered::All(outage));
            }
            tokio::time::sleep(CONNECT_PAUSE).await;
        }
        Ok(())
    }

    /// After a connection was lost in the middle of a commit: whether the batch is kept.
    async fn find_out(&mut self, batched: &Batched, deadline: Instant) -> Result<bool, Unanswered> {
        let row = batched
            .row
            .as_ref()
            .expect("only a batch with a row is committed");
        tracing::warn!(
            lane = row.lane,
            number = row.number,
            "a commit has an unknown outcome"
        );
        loop {
            // Connecting waits on the lane's row until the server has ended the old connection.
            self.reach(true, deadline).await?;
            let session = self.session.as_ref().expect("it has just been reached");
            match lease::is_kept(session.client(), row).await {
                Ok(kept) => {
                    tracing::warn!(number = row.number, kept, "the outcome is known");
                    return Ok(kept);
                }
                Err(outage) if deadline <= Instant::now() => {
                    return Err(Unanswered::All(outage));
                }
                Err(_) => self.session = None,
            }
        }
    }

    /// A new connection, on the lane as it stands in the database.
    async fn connect(&mut self) -> Result<(), Outage> {
        let client = self.node.address.connect_durably().await?;
        if let Some(lease) = self.lease
            && !lease::stands(&client, lease).await?
        {
            self.lease = None;
        }
        let lease = match self.lease {
            Some(lease) => lease,
            None => lease::take(&client, &self.node.name, self.node.clocks.now().real).await?,
        };
        self.node.learn_lanes(lease::lanes(&client).await?);
        let last = lease::last_batch(&client, lease.lane).await?;
        self.keys = KeyAllotter::after(lease.lane, last.as_ref().map(|row| row.last_key));
        self.chain = Chain::after(lease.lane, last.as_ref());
        self.lease = Some(lease);
        self.session = Some(Session::new(client));
        Ok(())
    }

    async fn renew(&mut self) -> Result<(), Outage> {
        let (Some(session), Some(lease)) = (&self.session, self.lease) else {
            return Ok(());
        };
        let until = self.node.clocks.now().real.plus_ms(LANE_LEASE_MS);
        if lease::renew(session.client(), lease, until).await? {
            self.lease = Some(Lease { until, ..lease });
        } else {
            (self.lease, self.session) = (None, None);
        }
        Ok(())
    }

    async fn roll_back(&mut self) {
        if let Some(session) = &self.session
            && !session.roll_back().await
        {
            self.session = None;
        }
    }

    /// Takes over what has been committed, and hands the new work over.
    fn settle(&mut self, batched: Batched) -> Vec<Answer> {
        let figures = &self.node.figures;
        self.node.healthy.store(true, Ordering::Relaxed);
        count(&figures.store_commands_total, batched.answers.len());
        if let Some(row) = batched.row {
            // After a lost connection the chain was read again, with this batch in it.
            if row.lane == self.chain.lane() && self.chain.number() < row.number {
                self.chain.linked(&row);
            }
            count(&figures.store_batches_total, 1);
            count(&figures.store_rows_total, batched.rows);
        }
        for (name, value) in &batched.changes.settings {
            let Some(value) = value else { continue };
            if name == CERTIFICATE {
                self.node.learn_certificate(value);
            } else if name == CLOCK_OFFSET
                && let Ok(offset) = value.parse()
            {
                self.node.learn_offset(offset);
            }
        }
        self.node.memory.learn_written(batched.changes);
        if !batched.items.is_empty() {
            self.node.handover.take(batched.items);
        }
        batched.answers
    }
}

impl Batched {
    fn nothing() -> Batched {
        Batched {
            answers: Vec::new(),
            changes: ChangeSet::default(),
            items: Vec::new(),
            row: None,
            rows: 0,
        }
    }
}

/// The same outage, for one more command.
fn again(outage: &Outage) -> Outage {
    match outage {
        Outage::Busy { limit } => Outage::Busy { limit: *limit },
        Outage::Closing => Outage::Closing,
        Outage::Failed { doing, reason } => Outage::Failed {
            doing,
            reason: reason.clone(),
        },
        Outage::Contended { reason } => Outage::Contended {
            reason: reason.clone(),
        },
        Outage::Corrupt { table, key, reason } => Outage::Corrupt {
            table,
            key: key.clone(),
            reason: reason.clone(),
        },
    }
}
