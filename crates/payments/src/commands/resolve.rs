//! Resolve: a person says what the processor did.

use super::answer::{AnswerFromProcessor, ProcessorSaid};
use crate::command::{Decide, Lanes, Stamp, Verdict};
use crate::rows::{Release, State, Transaction, WorkKind};
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
    fn answer(&self, seen: &WorkingSet) -> Option<AnswerFromProcessor> {
        let key = self.transaction.key()?;
        let found = seen.transactions.peek(&key);
        let found = found.filter(|found| self.transaction.names(found.key, &found.nonce))?;
        let said = if self.approved {
            ProcessorSaid::Approved
        } else {
            ProcessorSaid::Declined {
                message: self.note.clone(),
            }
        };
        let call = open_call(found)?;
        Some(AnswerFromProcessor {
            transaction: key,
            call,
            work: self.work,
            said,
        })
    }
}

/// What the processor was asked last and has not answered.
fn open_call(transaction: &Transaction) -> Option<WorkKind> {
    match transaction.state {
        State::Authorising => Some(WorkKind::Authorize),
        State::Capturing => Some(WorkKind::Capture),
        State::Refunding => Some(WorkKind::Refund),
        State::Cancelled | State::Failed if transaction.release == Release::Owed => {
            Some(WorkKind::Void)
        }
        State::Reserved { .. } | State::Succeeded | State::Cancelled | State::Failed => None,
    }
}

impl Decide for Resolve {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.transactions.extend(self.transaction.key());
        if let Some(answer) = self.answer(seen) {
            answer.reads(seen, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        match self.answer(seen) {
            Some(answer) => answer.decide(seen, stamp),
            None => Verdict::refuse(Refusal::NotFound),
        }
    }
}
