//! Resolve: a person says what the processor did.

use super::answer::{AnswerFromProcessor, ProcessorSaid};
use crate::command::{Decide, Lanes, Stamp, Verdict};
use crate::rows::{PARKED, State, StatusCode, Transaction, WorkKind};
use crate::{ReadSet, Refusal, TransactionId, WorkId, WorkingSet};

/// Ends the wait for an answer that cannot be had: the operator has looked it up.
#[derive(Clone, Debug)]
pub struct Resolve {
    /// The transaction.
    pub transaction: TransactionId,
    /// Whether the processor did what was asked.
    pub approved: bool,
    /// Who looked, and what they found.
    pub note: String,
    /// The parked row of work.
    pub work: Option<WorkId>,
}

impl Resolve {
    fn answer(&self, seen: &WorkingSet) -> Result<AnswerFromProcessor, Refusal> {
        let key = self.transaction.key().ok_or(Refusal::NotFound)?;
        let found = seen.transactions.peek(&key);
        let found = found.filter(|found| self.transaction.names(found.key, &found.nonce));
        let found = found.ok_or(Refusal::NotFound)?;
        let said = if self.approved {
            ProcessorSaid::Approved
        } else {
            ProcessorSaid::Declined {
                message: self.note.clone(),
            }
        };
        let waiting = self.parked_call(found, seen).or_else(|| open_call(found));
        let call = waiting.ok_or(Refusal::InvalidTransactionState(found.status()))?;
        Ok(AnswerFromProcessor {
            transaction: key,
            call,
            work: self.work,
            said,
        })
    }

    /// What the parked row of work had asked: after a cancel it may still be the authorisation.
    fn parked_call(&self, transaction: &Transaction, seen: &WorkingSet) -> Option<WorkKind> {
        let work = seen.works.peek(&self.work?)?;
        let parked = work.id.due == PARKED && work.subject == transaction.key.0;
        (parked && work.kind.is_processor()).then_some(work.kind)
    }
}

/// What the processor was asked last, where its answer cannot be had. A call that is still under way
/// is not for a person to decide.
fn open_call(transaction: &Transaction) -> Option<WorkKind> {
    let given_up = transaction.code == StatusCode::PendingVerification;
    match transaction.state {
        State::Authorising => given_up.then_some(WorkKind::Authorize),
        State::Capturing => given_up.then_some(WorkKind::Capture),
        State::Refunding => given_up.then_some(WorkKind::Refund),
        // What is still owed after the end is known by its parked row of work alone.
        State::Reserved { .. } | State::Succeeded | State::Cancelled | State::Failed => None,
    }
}

impl Decide for Resolve {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.transactions.extend(self.transaction.key());
        want.works.extend(self.work);
        if let Ok(answer) = self.answer(seen) {
            answer.reads(seen, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        match self.answer(seen) {
            Ok(answer) => answer.decide(seen, stamp),
            Err(refusal) => Verdict::refuse(refusal),
        }
    }
}
