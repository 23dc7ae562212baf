//! Calls to the processor: asked, found out, and answered by a command.
//!
//! A fixed number of workers take work from one queue; there is no task per call. What a worker
//! learns goes back as [`AnswerFromProcessor`]. What it cannot learn now is put off; the row stays.
//!
//! **Invariant:** an outcome is never guessed. A definite answer is passed on; everything else is
//! looked up, sent again under the same key while the key still names the same call, or parked for
//! a person.

use std::sync::Arc;
use std::time::Duration;

use payments::commands::{AnswerFromProcessor, Defer, ProcessorSaid};
use payments::rows::{PaymentMethod, WorkKind};
use payments::{ReadSet, Timestamp, TransactionKey};
use processor::{Answer, Processor};
use store::{Store, WorkItem};
use tokio::time::Instant;
use vault::MasterKeys;

use crate::desk::Desk;
use crate::desk::held::BEGIN_WITHIN;
use crate::failpoint;
use crate::figures::{Figures, count};
use crate::submit::submit;

mod ask;
mod learn;

pub use ask::card_owner;
use learn::Learned;

/// A call that waited longer than this may have lost its purpose: the transaction is read again.
const READ_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// How long work is put off after each try, in milliseconds; the last one for all further tries.
const DEFER_MS: &[i64] = &[1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/// The same while a bank settles, which takes days; product time that is moved makes it due at once.
const DEFER_BANK_MS: &[i64] = &[60_000, 600_000, 3_600_000];

/// Refusals to release that mean there is nothing left to release.
const RELEASED: [&str; 2] = [
    processor::code::AUTHORIZATION_VOIDED,
    processor::code::AUTHORIZATION_EXPIRED,
];

/// What every worker of the processor shares.
pub(crate) struct Caller {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) processor: Arc<dyn Processor>,
    pub(crate) cards: Arc<MasterKeys>,
    pub(crate) figures: Arc<Figures>,
}

/// What is done with a row of work.
enum Next {
    Answer(ProcessorSaid),
    PutOff(&'static [i64]),
}

impl Caller {
    /// Works until the desk is closed.
    pub(crate) async fn run(self: Arc<Caller>) {
        while let Some(begun) = self.desk.calls.next().await {
            // On the heap, because most workers wait most of the time, and this is long.
            Box::pin(self.work(&begun.item, begun.since)).await;
        }
    }

    /// Does the work, and as the last thing says what came of it: work that is put off may be due
    /// again at once, and be under way again before this returns.
    async fn work(&self, item: &WorkItem, since: Instant) {
        let looked_at = self.store.now().await.ok().map(|now| now.product);
        let next = if self.never_sent(item, since).await {
            let message = "never sent".to_owned();
            Next::Answer(ProcessorSaid::Declined { message })
        } else {
            said(item, self.learn(item).await)
        };
        match next {
            Next::Answer(said) => self.answer(item, said).await,
            Next::PutOff(pauses_ms) => self.put_off(item, pauses_ms, looked_at).await,
        }
    }

    /// Whether the transaction ended before anybody asked for its authorisation.
    ///
    /// Fresh work is this node's own and was never begun, so while it waits in the queue no call can
    /// have been made under its key. If the row says that the transaction has ended meanwhile, not
    /// calling is the definite end: nothing was sent, nothing has to be released. Work that is not
    /// fresh proves nothing, and goes the way of every call. The row is read again only when
    /// the work has waited long enough for somebody to have changed their mind.
    async fn never_sent(&self, item: &WorkItem, since: Instant) -> bool {
        let authorizes = item.work.kind == WorkKind::Authorize;
        if !item.fresh || !authorizes || since.elapsed() < READ_AGAIN_AFTER {
            return false;
        }
        let key = TransactionKey(item.work.subject);
        let mut want = ReadSet::default();
        want.transactions.insert(key);
        let seen = self.store.see(want).await;
        if BEGIN_WITHIN <= since.elapsed() {
            // It took so long to read that another node may have it by now, and have called.
            return false;
        }
        seen.is_ok_and(|seen| {
            let found = seen.transactions.peek(&key);
            found.is_some_and(payments::rows::Transaction::has_ended)
        })
    }

    async fn answer(&self, item: &WorkItem, said: ProcessorSaid) {
        let parked = matches!(said, ProcessorSaid::Unresolved { .. });
        let command = AnswerFromProcessor {
            transaction: TransactionKey(item.work.subject),
            call: item.work.kind,
            work: Some(item.work.id),
            said,
        };
        match submit(&*self.store, command.into()).await {
            Ok(Ok(_)) => failpoint::hit(failpoint::ANSWER_RECEIVED),
            Ok(Err(refusal)) => {
                tracing::error!(
                    work.key = item.work.id.key,
                    ?refusal,
                    "a processor's answer was refused"
                );
            }
            Err(outage) => {
                count(&self.figures.workers_outages_total);
                let key = item.work.id.key;
                tracing::warn!(work.key = key, %outage, "a processor's answer waits for the store");
            }
        }
        if parked {
            count(&self.figures.processor_unresolved_total);
            tracing::warn!(
                work.key = item.work.id.key,
                "a call to the processor waits for a person"
            );
        } else {
            count(&self.figures.processor_answers_total);
        }
    }

    async fn put_off(&self, item: &WorkItem, pauses_ms: &[i64], looked_at: Option<Timestamp>) {
        count(&self.figures.workers_deferred_total);
        let last = pauses_ms.len() - 1;
        let tries = usize::try_from(item.work.tries).unwrap_or(last);
        let after_ms = pauses_ms[tries.min(last)];
        let work = item.work.id;
        let defer = Defer {
            work,
            after_ms,
            looked_at,
        };
        if let Err(outage) = submit(&*self.store, defer.into()).await {
            // The lease lapses instead, which puts it off as well.
            count(&self.figures.workers_outages_total);
            tracing::warn!(work.key = work.key, %outage, "work could not be put off");
        }
    }
}

/// What the processor said, in the words of the core.
fn said(item: &WorkItem, learned: Learned) -> Next {
    let kind = item.work.kind;
    match learned {
        Learned::Answered(Answer::Approved { .. }) => Next::Answer(ProcessorSaid::Approved),
        // What is to be released is released already.
        Learned::Answered(Answer::Declined { code, .. })
            if kind == WorkKind::Void && RELEASED.contains(&code.as_str()) =>
        {
            Next::Answer(ProcessorSaid::Approved)
        }
        // A hold that may be alive and is not released stays owed; a person has to see it.
        Learned::Answered(Answer::Declined { code, message }) if kind == WorkKind::Void => {
            let reason = format!("the release was declined: {message} ({code})");
            Next::Answer(ProcessorSaid::Unresolved { reason })
        }
        Learned::Answered(Answer::Declined { message, .. }) => {
            Next::Answer(ProcessorSaid::Declined { message })
        }
        Learned::NotNow => Next::PutOff(DEFER_MS),
        Learned::UnderWay => Next::PutOff(pauses_of(item)),
        Learned::Never { reason } => Next::Answer(ProcessorSaid::Unresolved { reason }),
    }
}

/// How long to wait for a call that is under way.
fn pauses_of(item: &WorkItem) -> &'static [i64] {
    let method = item.transaction.as_ref().map(|found| found.method);
    match method {
        Some(PaymentMethod::Bank) => DEFER_BANK_MS,
        Some(
            PaymentMethod::Card
            | PaymentMethod::Balance
            | PaymentMethod::Debt
            | PaymentMethod::Prepaid,
        )
        | None => DEFER_MS,
    }
}
