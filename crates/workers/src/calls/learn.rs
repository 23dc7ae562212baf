//! Finding out the outcome of a call.
//!
//! | what is known                       | what is done                                            |
//! |-------------------------------------|---------------------------------------------------------|
//! | nobody can have begun it            | call                                                    |
//! | somebody may have begun it          | look up                                                 |
//! | the call's outcome is unknown       | look up, with pauses                                    |
//! | look-up: known                      | that is the answer                                      |
//! | look-up: in progress                | put off; longer for a bank, which takes days             |
//! | look-up: not found                  | call under the same key, once; then look up again       |
//! | pauses used up                      | put off; after the key's life-time, a person            |
//!
//! "Not found" proves nothing: the call may still be on its way. Calling again under the same key
//! is harmless as long as the key names the same call. How long that is counts from the row of work,
//! which is older than the first use of the key. (The transaction may be days older: a
//! reservation is captured up to a week after it was made.)

use std::time::Duration;

use payments::Timestamp;
use processor::{Answer, CallError, Seen};
use store::WorkItem;

use super::Caller;
use super::ask::{self, Call};
use crate::failpoint;
use crate::figures::count;

/// How long a call may take before its outcome counts as unknown.
const CALL_MAX: Duration = Duration::from_secs(10);
/// How long a look-up may take.
const LOOK_UP_MAX: Duration = Duration::from_secs(3);
/// Pauses before each look-up that follows an unknown outcome. With the limits above, all of it ends
/// within the lease.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(20),
    Duration::from_millis(200),
    Duration::from_millis(800),
    Duration::from_millis(1_500),
];
/// A key is not used in the last part of its life: clocks differ, calls take time.
const KEY_LIFE_LEFT: Duration = Duration::from_mins(1);

/// What is known about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Learned {
    /// Its answer, for ever.
    Answered(Answer),
    /// Nothing yet: to be tried again.
    NotNow,
    /// The processor has it and has not decided: to be asked again, in no hurry.
    UnderWay,
    /// Nothing, and nothing more will be known here.
    Never {
        /// Why, for the person who looks.
        reason: String,
    },
}

/// The next step.
enum Step {
    Call,
    LookUp,
}

impl Caller {
    /// Finds out, within the lease, as much as can be found out.
    pub(super) async fn learn(&self, item: &WorkItem) -> Learned {
        let mut called = false;
        let mut pauses = PAUSES.iter();
        let mut step = if item.fresh { Step::Call } else { Step::LookUp };
        loop {
            let found = match step {
                Step::Call => {
                    called = true;
                    self.call(item).await
                }
                Step::LookUp => self.look_up(item).await,
            };
            step = match found {
                Found::Learned(learned) => return learned,
                Found::Nothing if !called => match self.key_lives(item).await {
                    Some(true) => Step::Call,
                    Some(false) => return outlived(),
                    None => return Learned::NotNow,
                },
                Found::Nothing | Found::Unknown => {
                    let Some(pause) = pauses.next() else {
                        return self.not_now(item).await;
                    };
                    tokio::time::sleep(*pause).await;
                    Step::LookUp
                }
                Found::NoCall(problem) => return self.cannot_ask(item, problem).await,
            };
        }
    }

    async fn call(&self, item: &WorkItem) -> Found {
        let call = match Call::of(item, &self.cards) {
            Ok(call) => call,
            Err(problem) => return Found::NoCall(problem),
        };
        count(&self.figures.processor_calls_total);
        let answer = tokio::time::timeout(CALL_MAX, call.send(&*self.processor)).await;
        failpoint::hit(failpoint::CALL_MADE);
        match answer {
            Ok(Ok(answer)) => Found::Learned(Learned::Answered(answer)),
            Ok(Err(CallError::KeyReused { field })) => {
                let reason = format!("the processor knows another call by this key ({field})");
                Found::Learned(Learned::Never { reason })
            }
            Ok(Err(CallError::Unknown(_))) | Err(_) => {
                count(&self.figures.processor_unknown_total);
                Found::Unknown
            }
        }
    }

    async fn look_up(&self, item: &WorkItem) -> Found {
        let key = match ask::key(item) {
            Ok(key) => key,
            Err(problem) => return Found::NoCall(problem),
        };
        count(&self.figures.processor_look_ups_total);
        let seen = self.processor.look_up(key);
        match tokio::time::timeout(LOOK_UP_MAX, seen).await {
            Ok(Ok(Seen::Known(answer))) => Found::Learned(Learned::Answered(answer)),
            // It is known there and will be decided: no reason for a person to look yet.
            Ok(Ok(Seen::InProgress)) => Found::Learned(Learned::UnderWay),
            Ok(Ok(Seen::NotFound)) => Found::Nothing,
            Ok(Err(CallError::Unknown(_) | CallError::KeyReused { .. })) | Err(_) => Found::Unknown,
        }
    }

    async fn not_now(&self, item: &WorkItem) -> Learned {
        match self.key_lives(item).await {
            Some(false) => outlived(),
            Some(true) | None => Learned::NotNow,
        }
    }

    /// The work cannot be turned into a call: a master key that is not configured may come back.
    async fn cannot_ask(&self, item: &WorkItem, problem: ask::NoCall) -> Learned {
        let key = item.work.id.key;
        tracing::error!(work.key = key, %problem, "the processor cannot be asked");
        match self.not_now(item).await {
            Learned::Never { .. } => Learned::Never {
                reason: format!("the processor could not be asked: {problem}"),
            },
            learned @ (Learned::NotNow | Learned::UnderWay | Learned::Answered(_)) => learned,
        }
    }

    /// Whether the key still names the same call; nothing when the store cannot say what time it is.
    async fn key_lives(&self, item: &WorkItem) -> Option<bool> {
        let now = self.store.now().await.ok()?;
        Some(lives(
            item.work.since,
            now.real,
            self.processor.key_lifetime(),
        ))
    }
}

fn lives(since: Timestamp, now: Timestamp, lifetime: Duration) -> bool {
    let usable = lifetime.saturating_sub(KEY_LIFE_LEFT.min(lifetime / 2));
    let usable_ms = i64::try_from(usable.as_millis()).unwrap_or(i64::MAX);
    now.ms_since(since) < usable_ms
}

fn outlived() -> Learned {
    let reason = "the processor did not tell the outcome while it knew the call by its key";
    Learned::Never {
        reason: reason.to_owned(),
    }
}

/// What one step found.
enum Found {
    Learned(Learned),
    Nothing,
    Unknown,
    NoCall(ask::NoCall),
}
