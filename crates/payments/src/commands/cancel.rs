//! Cancel: end a transaction that is not being charged yet.

use super::draft::{self, Draft};
use super::{ending, payment, settle};
use crate::command::{By, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Operation, State, Status, StatusCode, Transaction};
use crate::tables::Reason;
use crate::{ReadSet, Refusal, TransactionId, WorkingSet};

/// Ends a transaction that is authorising or reserved.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// Who asks.
    pub by: By,
    /// Which transaction.
    pub transaction: TransactionId,
    /// Why, in the caller's words.
    pub description: Option<String>,
    /// Where notifications go from now on.
    pub ipn_url: Option<String>,
}

impl Decide for Cancel {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        payment::want_caller(&self.by, want);
        want.transactions.extend(self.transaction.key());
        let found = self
            .transaction
            .key()
            .and_then(|key| seen.transactions.peek(&key));
        if let Some(transaction) = found {
            ending::want(seen, transaction, lanes, want);
            if self.ipn_url.is_some() {
                want.accounts
                    .extend([transaction.sender, transaction.recipient]);
            }
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.accept(seen, stamp).unwrap_or_else(Verdict::refuse)
    }
}

impl Cancel {
    fn accept(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<Verdict, Refusal> {
        payment::check_key(&self.by, seen)?;
        let found = settle::find(&self.transaction, &self.by, seen)?;
        match found.operation {
            Operation::Pay
            | Operation::Reserve
            | Operation::Settle
            | Operation::FundPrepaid
            | Operation::SettleDebt => {}
            Operation::Refund | Operation::WriteOffDebt => {
                return Err(Refusal::InvalidTransactionId);
            }
        }
        if found.cancel_mark == Some(self.by.mark) {
            let (id, status) = (found.id(), Status::Cancelled);
            return Ok(Verdict::same(Outcome::Transaction { id, status }));
        }
        payment::check_caller(&self.by, seen)?;
        Cancel::check_state(found, stamp)?;
        let mut draft: Draft = draft::Draft::new(seen, stamp);
        let mut transaction = Transaction {
            cancel_mark: Some(self.by.mark),
            notify_url: self.ipn_url.clone().or_else(|| found.notify_url.clone()),
            ..found.clone()
        };
        let end = ending::End {
            state: State::Cancelled,
            code: StatusCode::Canceled,
            message: None,
            reason: Reason::Cancelled,
        };
        ending::end(&mut draft, &mut transaction, end);
        Ok(draft.answer_with(transaction))
    }

    fn check_state(found: &Transaction, stamp: &Stamp) -> Result<(), Refusal> {
        match found.state {
            State::Authorising => Ok(()),
            State::Reserved { .. } => match found.deadline() {
                // From its deadline on a reservation ends in one way only.
                Some(deadline) if deadline <= stamp.now => Err(Refusal::ReservationExpired),
                Some(_) | None => Ok(()),
            },
            State::Capturing
            | State::Refunding
            | State::Succeeded
            | State::Failed
            | State::Cancelled => Err(Refusal::InvalidTransactionState(found.status())),
        }
    }
}
