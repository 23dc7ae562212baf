//! A lane: one writing connection, and the batches it makes durable.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use payments::command::{Answer, LEASE_MS};
use payments::commands::{CERTIFICATE, CLOCK_OFFSET};
use payments::{AccountKey, ChangeSet, Command};
use store::chain::{BatchRow, Chain};
use store::claim::LEASE_SPARE_MS;
use store::figures::count;
use store::keys::KeyAllotter;
use store::{Outage, WorkItem};
use tokio::time::Instant;

use crate::error::Failure;
use crate::known::Locking;
use crate::lease::Lease;
use crate::node::Node;
use crate::session::Session;

mod attempt;
mod reach;

use reach::patience;

/// Tries of a batch that lost a race, before its commands run one by one.
const RACES_MAX: u32 = 4;
/// Tries of a single command that loses races.
const RACES_ALONE_MAX: u32 = 40;
/// Tries with more rows locked, or more lanes seen.
const WIDER_MAX: u32 = 8;
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
    /// Batches that still look for each reference before they take it for new.
    careful: u32,
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
    /// It is kept, and is not what was decided: a bug, whose batch must not run again.
    Astray(Outage),
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
            careful: 0,
        };
        lane.connect().await?;
        Ok(lane)
    }

    /// Decides commands and makes what they changed durable: one result a command, in their order.
    pub(crate) async fn run(&mut self, commands: &[Command]) -> Vec<Result<Answer, Outage>> {
        match self.persist(commands).await {
            Ok(answers) => self.answered(commands, answers),
            Err(Unanswered::All(outage)) => {
                let count = commands.len();
                tracing::warn!(count, %outage, "a batch could not be kept");
                vec![Err(outage); count]
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

    fn answered(&self, commands: &[Command], answers: Vec<Answer>) -> Vec<Result<Answer, Outage>> {
        if let Some(watch) = &self.node.watch {
            watch(commands);
        }
        answers.into_iter().map(Ok).collect()
    }

    /// Tries until the batch is kept, or it is clear that it is not.
    async fn persist(&mut self, commands: &[Command]) -> Result<Vec<Answer>, Unanswered> {
        let is_alone = commands.len() == 1;
        let races_max = if is_alone { RACES_ALONE_MAX } else { RACES_MAX };
        let (mut races, mut wider) = (0, 0);
        let mut locking = Locking::default();
        // A database that was away before is tried once; one that goes away is waited for.
        let mut waiting: Option<Instant> = None;
        loop {
            self.reach(waiting).await?;
            let stop = match self.attempt(commands, &mut locking).await {
                Ok(batched) => return Ok(self.settle(batched)),
                Err(stop) => stop,
            };
            count(&self.node.figures.store_failures_total, 1);
            match stop {
                Stop::Failed(Failure::Race(reason)) => {
                    races += 1;
                    locking.distrust = true;
                    self.roll_back().await;
                    if races_max <= races {
                        // Whatever made it lose each time, it is read anew: the lane's chain too.
                        self.session = None;
                        return Err(Unanswered::Singly(Outage::Contended { reason }));
                    }
                    tokio::time::sleep(RACE_PAUSE * races).await;
                }
                Stop::Failed(Failure::Lost(reason)) => {
                    tracing::warn!(reason, "the connection to the database was lost");
                    self.session = None;
                    if patience(&mut waiting) <= Instant::now() {
                        return Err(Unanswered::All(failed("writing a batch", reason)));
                    }
                }
                Stop::Failed(Failure::Outage(outage)) => {
                    self.roll_back().await;
                    return Err(Unanswered::Singly(outage));
                }
                Stop::Bug => {
                    self.roll_back().await;
                    count(&self.node.figures.store_bugs_total, 1);
                    let outage = failed("deciding", "a bug stopped this command");
                    return Err(Unanswered::Singly(outage));
                }
                Stop::Wider => {
                    wider += 1;
                    self.roll_back().await;
                    if WIDER_MAX < wider {
                        let reason = "it always needs more than it has locked";
                        return Err(Unanswered::Singly(failed("locking rows", reason)));
                    }
                }
                Stop::Displaced => {
                    tracing::warn!("the lane has another holder; taking another lane");
                    self.lease = None;
                    self.session = None;
                }
                Stop::InDoubt(batched) => {
                    self.session = None;
                    let until = patience(&mut waiting);
                    if self.find_out(&batched, until).await? {
                        return Ok(self.settle(*batched));
                    }
                }
                Stop::Astray(outage) => {
                    self.session = None;
                    count(&self.node.figures.store_bugs_total, 1);
                    return Err(Unanswered::All(outage));
                }
            }
        }
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
        let mark = batched.row.as_ref().map_or(0, |row| row.first_key);
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
        self.node.memory.learn_written(batched.changes, mark);
        let mut items = batched.items;
        // A commit that took long, or whose outcome had to be looked for, hands nothing over: it is
        // claimed when its lease has run out, by whoever comes first.
        let late = self
            .node
            .clocks
            .now()
            .real
            .plus_ms(LEASE_MS - LEASE_SPARE_MS);
        items.retain(|item| late <= item.work.leased_until);
        if !items.is_empty() {
            self.node.handover.take(items);
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

fn failed(doing: &'static str, reason: impl Into<String>) -> Outage {
    let reason = reason.into();
    Outage::Failed { doing, reason }
}
