//! Expire: what time does to a transaction.

use super::draft::Draft;
use super::ending::{self, End};
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{State, StatusCode, Transaction};
use crate::tables::Reason;
use crate::{ReadSet, Refusal, TransactionKey, WorkId, WorkingSet};

/// Ends a reservation past its deadline, or an unanswered transaction past its time-out. Nothing
/// happens to one whose time has not come, or that is being charged.
#[derive(Clone, Debug)]
pub struct Expire {
    /// Which transaction.
    pub transaction: TransactionKey,
    /// The row of work that asked for it, if one did.
    pub work: Option<WorkId>,
}

impl Decide for Expire {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.transactions.insert(self.transaction);
        if let Some(transaction) = seen.transactions.peek(&self.transaction) {
            ending::want(seen, transaction, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let mut draft = Draft::new(seen, stamp);
        // Work that comes early is left for its time.
        draft.done(self.work.filter(|work| work.due <= stamp.now));
        let Some(found) = seen.transactions.get(&self.transaction) else {
            return Verdict::refuse(Refusal::InvalidTransactionId);
        };
        let Some(end) = due(found, stamp) else {
            return draft.verdict(Ok(Outcome::Done));
        };
        let mut transaction = found.clone();
        ending::end(&mut draft, &mut transaction, end);
        draft.answer_with(transaction)
    }
}

fn due(transaction: &Transaction, stamp: &Stamp) -> Option<End> {
    let (at, state) = match transaction.state {
        State::Reserved { .. } => (transaction.deadline()?, State::Cancelled),
        State::Authorising => (transaction.timeout_at, State::Failed),
        State::Capturing
        | State::Refunding
        | State::Succeeded
        | State::Failed
        | State::Cancelled => return None,
    };
    let end = End {
        state,
        code: StatusCode::Expired,
        message: None,
        reason: Reason::Expired,
    };
    (at <= stamp.now).then_some(end)
}
