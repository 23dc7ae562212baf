//! The processor's answers: each is a command of its own, decided like any other.
//!
//! An answer that comes twice, or too late, changes nothing that has ended: a late approval is
//! voided and never revives a transaction.

use super::charge;
use super::draft::{self, Draft, Tell};
use super::{ending, refund_books, tally, usage};
use crate::command::{Decide, Lanes, Stamp, Verdict};
use crate::rows::{Operation, PARKED, Release, State, StatusCode, Transaction, Work, WorkKind};
use crate::tables::{Reason, written};
use crate::terms::STANDARD_ANSWER_MS;
use crate::{ReadSet, Refusal, TransactionKey, WorkId, WorkingSet};

/// The processor has answered a call, or never will.
#[derive(Clone, Debug)]
pub struct AnswerFromProcessor {
    /// The transaction.
    pub transaction: TransactionKey,
    /// What was asked of the processor.
    pub call: WorkKind,
    /// The row of work that asked.
    pub work: Option<WorkId>,
    /// What it said.
    pub said: ProcessorSaid,
}

/// What the processor said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProcessorSaid {
    /// Yes.
    Approved,
    /// No, for good.
    Declined {
        /// Its own words.
        message: String,
    },
    /// The outcome cannot be found out: a person has to look.
    Unresolved {
        /// Why.
        reason: String,
    },
}

impl Decide for AnswerFromProcessor {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.transactions.insert(self.transaction);
        // Nothing in the row is of interest, unless it is kept for a person.
        want.works
            .extend(self.work.filter(|_| self.needs_a_person()));
        let Some(transaction) = seen.transactions.peek(&self.transaction) else {
            return;
        };
        draft::want_listeners(seen, transaction, want);
        if self.may_regain(transaction) {
            usage::want_newest(transaction.sender_token, seen, want);
        }
        want.tallies.extend(transaction.tally);
        if self.call == WorkKind::Capture || transaction.operation != Operation::Reserve {
            for account in [
                transaction.caller,
                transaction.sender,
                transaction.recipient,
            ] {
                draft::want_credit(account, lanes, want);
            }
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let Some(found) = seen.transactions.get(&self.transaction) else {
            return Verdict::refuse(Refusal::InvalidTransactionId);
        };
        let mut draft = Draft::new(seen, stamp);
        let mut transaction = found.clone();
        if self.needs_a_person() {
            self.park(&mut draft);
        } else {
            draft.done(self.work);
        }
        match self.call {
            WorkKind::Authorize => self.authorized(&mut draft, &mut transaction),
            WorkKind::Capture => self.captured(&mut draft, &mut transaction),
            WorkKind::Void => self.voided(&mut transaction),
            WorkKind::Refund => self.refunded(&mut draft, &mut transaction),
            WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Notify | WorkKind::Charge => {
                unreachable!("the processor is never asked this")
            }
        }
        draft.answer_with(transaction)
    }
}

impl AnswerFromProcessor {
    /// A refusal gives the token its amount back, a partial settle the rest.
    fn may_regain(&self, transaction: &Transaction) -> bool {
        match self.said {
            ProcessorSaid::Approved => {
                self.call == WorkKind::Capture && transaction.settled != transaction.amount
            }
            ProcessorSaid::Declined { .. } => true,
            ProcessorSaid::Unresolved { .. } => false,
        }
    }

    /// An unknown outcome does, and an authorisation that the network will not let go.
    fn needs_a_person(&self) -> bool {
        match self.said {
            ProcessorSaid::Approved => false,
            ProcessorSaid::Declined { .. } => self.call == WorkKind::Void,
            ProcessorSaid::Unresolved { .. } => true,
        }
    }

    fn message(&self) -> Option<String> {
        match &self.said {
            ProcessorSaid::Approved => None,
            ProcessorSaid::Declined { message } => Some(message.clone()),
            ProcessorSaid::Unresolved { reason } => Some(reason.clone()),
        }
    }

    /// Keeps the work for a person instead of doing it again.
    fn park(&self, draft: &mut Draft) {
        let Some(id) = self.work else {
            return;
        };
        let Some(work) = draft.seen.works.get(&id).cloned() else {
            return;
        };
        let parked = WorkId {
            due: PARKED,
            key: id.key,
        };
        draft.changes.works.push((id, None));
        draft
            .changes
            .works
            .push((parked, written(Work { id: parked, ..work })));
    }

    fn authorized(&self, draft: &mut Draft, transaction: &mut Transaction) {
        match (transaction.state, &self.said) {
            (State::Authorising, ProcessorSaid::Approved) => hold(draft, transaction),
            (State::Authorising, ProcessorSaid::Declined { .. }) => {
                ending::denied(draft, transaction, self.message());
            }
            (State::Authorising, ProcessorSaid::Unresolved { .. }) => {
                verify(draft, transaction, self.message());
            }
            // It ended while the processor was being asked.
            (State::Cancelled | State::Failed, said) => late(draft, transaction, said),
            // The same answer again.
            (
                State::Reserved { .. } | State::Capturing | State::Refunding | State::Succeeded,
                _,
            ) => {}
        }
    }

    fn captured(&self, draft: &mut Draft, transaction: &mut Transaction) {
        if transaction.state != State::Capturing {
            return;
        }
        match &self.said {
            ProcessorSaid::Approved => charged(draft, transaction),
            ProcessorSaid::Declined { .. } => {
                ending::charge_failed(draft, transaction, self.message());
            }
            ProcessorSaid::Unresolved { .. } => verify(draft, transaction, self.message()),
        }
    }

    fn voided(&self, transaction: &mut Transaction) {
        match self.said {
            ProcessorSaid::Approved => transaction.release = Release::Done,
            // It stays owed, and on the operator's list.
            ProcessorSaid::Declined { .. } | ProcessorSaid::Unresolved { .. } => {}
        }
    }

    fn refunded(&self, draft: &mut Draft, transaction: &mut Transaction) {
        if transaction.state != State::Refunding {
            return;
        }
        match &self.said {
            ProcessorSaid::Approved => {
                refund_books::succeed(draft, transaction, &refund_books::From::SetAside);
            }
            ProcessorSaid::Declined { .. } => {
                let parent = transaction
                    .parent
                    .and_then(|key| draft.seen.transactions.get(&key));
                let original = parent
                    .expect("a refund's original is kept for ever")
                    .clone();
                refund_books::fail(draft, transaction, &original, self.message());
            }
            ProcessorSaid::Unresolved { .. } => verify(draft, transaction, self.message()),
        }
    }
}

/// The network holds the amount: a reservation waits for Settle, a payment is captured at once.
fn hold(draft: &mut Draft, transaction: &mut Transaction) {
    let now = draft.stamp.now;
    match transaction.operation {
        Operation::Reserve | Operation::Settle => {
            transaction.state = State::Reserved { since: now };
            transaction.code = StatusCode::Success;
            transaction.message = None;
            draft.event(transaction, Tell::Listeners);
            charge::book_hold(draft, transaction);
            // The cursor over keys comes by seven days after the request; a late answer needs its
            // own row.
            if STANDARD_ANSWER_MS < now.ms_since(transaction.received_at) {
                let deadline = transaction.deadline().expect("just reserved");
                draft.work(WorkKind::Deadline, transaction.key.0, deadline);
            }
        }
        Operation::Pay
        | Operation::Refund
        | Operation::FundPrepaid
        | Operation::SettleDebt
        | Operation::WriteOffDebt => {
            transaction.state = State::Capturing;
            transaction.message = None;
            // It stays pending; only where a person had to look, the history says that it goes on.
            if transaction.code != StatusCode::PendingNetworkResponse {
                transaction.code = StatusCode::PendingNetworkResponse;
                draft.event(transaction, Tell::Nobody);
            }
            draft.work(WorkKind::Capture, transaction.key.0, now);
        }
    }
}

/// The answer came after the transaction had ended: an approval is voided, also one that contradicts
/// an earlier answer.
fn late(draft: &mut Draft, transaction: &mut Transaction, said: &ProcessorSaid) {
    match (transaction.release, said) {
        (Release::None | Release::Owed, ProcessorSaid::Approved) => {
            transaction.release = Release::Owed;
            draft.work(WorkKind::Void, transaction.key.0, draft.stamp.now);
        }
        (Release::Owed, ProcessorSaid::Declined { .. }) => transaction.release = Release::Done,
        (Release::None, ProcessorSaid::Declined { .. })
        | (Release::Done, ProcessorSaid::Approved | ProcessorSaid::Declined { .. })
        | (_, ProcessorSaid::Unresolved { .. }) => {}
    }
}

/// The network has taken the amount.
fn charged(draft: &mut Draft, transaction: &mut Transaction) {
    transaction.state = State::Succeeded;
    transaction.code = StatusCode::Success;
    transaction.message = None;
    transaction.completed_at = Some(draft.stamp.now);
    draft.event(transaction, Tell::Listeners);
    if transaction.operation == Operation::Reserve {
        charge::release_hold(draft, transaction, Reason::Settled);
    }
    charge::book_arrived(draft, transaction);
    tally::book_arrived(draft, transaction);
    let rest = transaction.amount.minus_or_zero(transaction.settled);
    ending::regain(draft, transaction, rest);
}

/// Nobody knows the outcome: it shows, and a person looks.
fn verify(draft: &mut Draft, transaction: &mut Transaction, message: Option<String>) {
    if transaction.code == StatusCode::PendingVerification {
        return;
    }
    transaction.code = StatusCode::PendingVerification;
    transaction.message = message;
    draft.event(transaction, Tell::Listeners);
}
