//! Settle: charge what was reserved, once, for at most the amount reserved.

use money::Amount;

use super::draft::{self, Draft, Tell};
use super::{charge, payment, price};
use crate::command::{By, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::refusal::Party;
use crate::rows::{Operation, State, Status, StatusCode, Transaction, WorkKind};
use crate::{ReadSet, Refusal, TransactionId, WorkingSet};

/// Charges a reservation. The rest of the hold is released.
#[derive(Clone, Debug)]
pub struct Settle {
    /// Who asks.
    pub by: By,
    /// The reservation.
    pub transaction: TransactionId,
    /// How much; absent means all of it.
    pub amount: Option<Amount>,
    /// Where notifications go from now on.
    pub ipn_url: Option<String>,
}

impl Decide for Settle {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        payment::want_caller(&self.by, want);
        draft::want_debit(self.by.caller, lanes, want);
        want.transactions.extend(self.transaction.key());
        let found = self
            .transaction
            .key()
            .and_then(|key| seen.transactions.peek(&key));
        if let Some(transaction) = found {
            draft::want_credit(transaction.recipient, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.accept(seen, stamp).unwrap_or_else(Verdict::refuse)
    }
}

impl Settle {
    fn accept(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<Verdict, Refusal> {
        payment::check_key(&self.by, seen)?;
        let found = find(&self.transaction, &self.by, seen)?;
        if found.operation != Operation::Reserve {
            return Err(Refusal::InvalidTransactionId);
        }
        // The same signed bytes again: the reply was lost, so it is given again.
        if found.settle_mark == Some(self.by.mark) {
            let (id, status) = (found.id(), Status::Pending);
            return Ok(Verdict::same(Outcome::Transaction { id, status }));
        }
        payment::check_caller(&self.by, seen)?;
        Settle::check_state(found, stamp)?;
        let settled = self.amount_of(found)?;
        let fees = price::charged_on(&found.fees, &found.fee_lines, settled)?;
        let mut draft = Draft::new(seen, stamp);
        charge::check_funds(&draft, &[(Party::Caller, found.caller, fees.caller_held)])?;

        let mut transaction = Transaction {
            state: State::Capturing,
            code: StatusCode::PendingNetworkResponse,
            message: None,
            settled,
            fees,
            settle_mark: Some(self.by.mark),
            notify_url: self.ipn_url.clone().or_else(|| found.notify_url.clone()),
            ..found.clone()
        };
        draft.event(&mut transaction, Tell::Nobody);
        charge::book_pending(&mut draft, &mut transaction);
        draft.work(WorkKind::Capture, transaction.key.0, stamp.now);
        Ok(draft.answer_with(transaction))
    }

    fn check_state(found: &Transaction, stamp: &Stamp) -> Result<(), Refusal> {
        let Some(deadline) = found.deadline() else {
            return Err(Refusal::InvalidTransactionState(found.status()));
        };
        // Even when nobody has come to expire it yet.
        if deadline <= stamp.now {
            return Err(Refusal::ReservationExpired);
        }
        Ok(())
    }

    fn amount_of(&self, found: &Transaction) -> Result<Amount, Refusal> {
        let reserved = found.amount;
        let settled = self.amount.unwrap_or(reserved);
        if settled.currency() != reserved.currency() || settled.is_zero() {
            return Err(Refusal::AmountOutOfRange {
                amount: settled,
                most: reserved,
            });
        }
        if reserved < settled {
            return Err(Refusal::SettleAmountGreaterThanReserveAmount { reserved });
        }
        if !settled.is_whole_cents() {
            let message = "transactionAmount must be in whole cents for this payment method.";
            return Err(Refusal::InvalidParams {
                message: message.to_owned(),
            });
        }
        Ok(settled)
    }
}

/// The transaction of that id, if this caller made it.
pub(super) fn find<'a>(
    id: &TransactionId,
    by: &By,
    seen: &'a WorkingSet,
) -> Result<&'a Transaction, Refusal> {
    let key = id.key().ok_or(Refusal::InvalidTransactionId)?;
    let found = seen.transactions.get(&key);
    let found = found.filter(|transaction| id.names(transaction.key, &transaction.nonce));
    let own = found.filter(|transaction| transaction.caller == by.caller);
    own.ok_or(Refusal::InvalidTransactionId)
}
