//! The one thread that writes the statement.
//!
//! It takes whatever is queued, decides it in order of arrival, commits once and only then
//! answers, so that calls which arrive together share one flush. The first of many wakes it; before it
//! begins it lets others run once, who are just bringing the rest. When a batch cannot be written it
//! is undone and its calls are tried one by one, so that one bad row harms only its own call.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{mpsc, oneshot};

use super::Clock;
use super::ask::Ask;
use super::cards::Delivery;
use super::decide::{Rules, Scene, decide};
use super::file::{Adding, File};
use super::relay::Relay;
use crate::call::{Answer, CallError, Seen, UnknownReason};
use crate::key::{Kind, ProcessorKey};
use crate::statement::{StatementError, StatementRow};

/// How many calls one commit takes.
const BATCH_CALLS_MAX: usize = 4_096;

const _: () = assert!(BATCH_CALLS_MAX <= super::QUEUE_CALLS_MAX);

/// What the caller's side must do with a decision.
pub(super) struct Reply {
    pub(super) result: Result<Answer, CallError>,
    pub(super) slow: bool,
}

/// Something for the thread to do.
pub(super) enum Job {
    Call {
        ask: Ask,
        reply: oneshot::Sender<Reply>,
    },
    LookUp {
        key: ProcessorKey,
        reply: oneshot::Sender<Result<Seen, CallError>>,
    },
}

/// A result that waits for the commit.
pub(super) enum Done {
    Call(Reply),
    LookUp(Seen),
}

/// The state of the thread.
pub(super) struct Writer {
    pub(super) file: File,
    pub(super) clock: Clock,
    pub(super) rules: Rules,
    pub(super) relay: Relay,
    pub(super) commits: Arc<AtomicU64>,
}

impl Writer {
    /// Works until every sender is gone and the queue is empty.
    pub(super) fn run(self, mut queue: mpsc::Receiver<Job>) {
        let mut batch = Vec::new();
        while 0 < queue.blocking_recv_many(&mut batch, BATCH_CALLS_MAX) {
            std::thread::yield_now();
            while batch.len() < BATCH_CALLS_MAX
                && let Ok(job) = queue.try_recv()
            {
                batch.push(job);
            }
            match self.commit(&batch) {
                Ok(done) => self.relay.tell(batch.drain(..).zip(done).collect()),
                Err(error) => {
                    let calls = batch.len();
                    tracing::warn!(%error, calls, "a batch of processor calls is tried one by one");
                    batch.drain(..).for_each(|job| self.alone(job));
                }
            }
        }
    }

    /// A call that fails even alone is dropped; its caller is told that the outcome is unknown.
    fn alone(&self, job: Job) {
        match self.commit(std::slice::from_ref(&job)) {
            Ok(done) => self.relay.tell(std::iter::once(job).zip(done).collect()),
            Err(error) => tracing::error!(%error, "a processor call could not be recorded"),
        }
    }

    /// Decides and records a batch; on failure nothing of it is recorded.
    fn commit(&self, batch: &[Job]) -> Result<Vec<Done>, StatementError> {
        let now_ms = (self.clock)();
        let done = self.transact(batch, now_ms);
        if done.is_err() {
            self.file.roll_back();
        }
        done
    }

    fn transact(&self, batch: &[Job], now_ms: i64) -> Result<Vec<Done>, StatementError> {
        self.file.begin()?;
        let mut adding = self.file.adding()?;
        let mut added = false;
        let mut done = Vec::with_capacity(batch.len());
        for job in batch {
            done.push(match job {
                Job::Call { ask, .. } => {
                    let (reply, recorded) = self.call(ask, now_ms, &mut adding)?;
                    added |= recorded;
                    Done::Call(reply)
                }
                Job::LookUp { key, .. } => Done::LookUp(seen(self.file.find(key)?, now_ms)),
            });
        }
        drop(adding);
        self.file.commit()?;
        if added {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(done)
    }

    /// The reply, and whether a row was added.
    fn call(
        &self,
        ask: &Ask,
        now_ms: i64,
        adding: &mut Adding,
    ) -> Result<(Reply, bool), StatementError> {
        // Most calls are new authorisations, which cost one statement: the insert finds a repeat.
        if ask.kind() != Kind::Authorize
            && let Some(earlier) = self.file.find(&ask.key)?
        {
            return Ok((repeat(ask, earlier, now_ms), false));
        }
        let decision = decide(ask, &self.scene(ask, now_ms)?);
        let recordable = decision.delivery != Delivery::NeverRecorded;
        let recorded = recordable && adding.insert(&decision.row)?;
        if !recorded && let Some(earlier) = self.file.find(&ask.key)? {
            return Ok((repeat(ask, earlier, now_ms), false));
        }
        Ok((first(decision.row.answer, decision.delivery), recorded))
    }

    fn scene(&self, ask: &Ask, now_ms: i64) -> Result<Scene<'_>, StatementError> {
        let rules = &self.rules;
        let Some((key, kind)) = ask.refers_to() else {
            return Ok(Scene {
                referred: None,
                siblings: Vec::new(),
                now_ms,
                rules,
            });
        };
        let referred = self.file.find(key)?.filter(|row| row.kind() == kind);
        let siblings = self.file.effects(key)?;
        Ok(Scene {
            referred,
            siblings,
            now_ms,
            rules,
        })
    }
}

/// The reply to the first call under a key.
fn first(answer: Answer, delivery: Delivery) -> Reply {
    let result = match delivery {
        Delivery::Prompt | Delivery::Slow => Ok(answer),
        Delivery::Verifying | Delivery::Settling { .. } => {
            Err(CallError::Unknown(UnknownReason::StillInProgress))
        }
        Delivery::Lost => Err(CallError::Unknown(UnknownReason::ConnectionLost)),
        Delivery::NeverRecorded => Err(CallError::Unknown(UnknownReason::TimedOut)),
    };
    Reply {
        result,
        slow: delivery == Delivery::Slow,
    }
}

/// The reply to a further call under a key: what was decided the first time.
fn repeat(ask: &Ask, earlier: StatementRow, now_ms: i64) -> Reply {
    let result = match (ask.first_difference(&earlier), seen(Some(earlier), now_ms)) {
        (Some(field), _) => Err(CallError::KeyReused { field }),
        (None, Seen::Known(answer)) => Ok(answer),
        (None, Seen::InProgress | Seen::NotFound) => {
            Err(CallError::Unknown(UnknownReason::StillInProgress))
        }
    };
    Reply {
        result,
        slow: false,
    }
}

fn seen(row: Option<StatementRow>, now_ms: i64) -> Seen {
    match row {
        None => Seen::NotFound,
        Some(row) if now_ms < row.known_at_ms => Seen::InProgress,
        Some(row) => Seen::Known(row.answer),
    }
}
