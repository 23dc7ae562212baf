//! Pay: charge the sender at once.

use std::sync::Arc;

use money::Amount;

use super::charge;
use super::draft::{Draft, Tell, available};
use super::payment::{self, Parties};
use super::{magic_amounts, once, price, tally};
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::refusal::Party;
use crate::rows::{Fees, Operation, PaymentMethod, State, StatusCode, Transaction, WorkKind};
use crate::terms::TIMEOUT_MINS_DEFAULT;
use crate::{Asked, CallerReference, PaymentAsked, ReadSet, Refusal, Timestamp, WorkingSet};

/// Charges the sender: at once from a balance, through the processor from a card.
#[derive(Clone, Debug)]
pub struct Pay {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: PaymentAsked,
}

impl Decide for Pay {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        once::want(&self.by, &self.reference, seen, want);
        payment::want_parties(&self.by, &self.asked, seen, lanes, want);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.decide_at(seen, stamp, stamp.now)
    }
}

impl Pay {
    /// The same, counted in the usage windows of another moment: that at which it was due.
    pub(super) fn decide_at(
        &self,
        seen: &WorkingSet,
        stamp: &Stamp,
        counted_at: Timestamp,
    ) -> Verdict {
        let asked = Asked::Pay(self.asked.clone());
        once::decide(&self.by, &self.reference, asked, seen, |asked| {
            self.accept(asked, seen, stamp, counted_at)
        })
    }

    fn accept(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
        counted_at: Timestamp,
    ) -> Result<Verdict, Refusal> {
        let parties = Parties {
            counted_at,
            ..payment::parties(&self.by, Operation::Pay, &self.asked, seen, stamp)?
        };
        let fees = price::price(&self.asked, Operation::Pay, &parties, stamp)?;
        let mut draft = Draft::new(seen, stamp);
        self.check_funds(&draft, &parties, &fees)?;
        magic_amounts::check(self.asked.amount, parties.method, stamp.terms.mode)?;
        let (by, reference) = (&self.by, &self.reference);
        let begun = payment::begin(&mut draft, by, reference, asked, &parties, &fees);
        // A payment is charged in full: its fees are known at once.
        let mut transaction = Transaction {
            settled: begun.amount,
            fees,
            ..begun
        };
        payment::consume(&mut draft, &transaction, &parties);
        match parties.method {
            PaymentMethod::Card | PaymentMethod::Bank => {
                send_to_processor(&mut draft, &mut transaction, self.asked.timeout_mins);
            }
            PaymentMethod::Balance => complete(&mut draft, &mut transaction),
            PaymentMethod::Debt | PaymentMethod::Prepaid => spend(&mut draft, &mut transaction),
        }
        Ok(draft.answer_with(transaction))
    }

    fn check_funds(&self, draft: &Draft, parties: &Parties, fees: &Fees) -> Result<(), Refusal> {
        if let Some(tally) = parties.tally {
            return tally::check_spending(tally, self.asked.amount);
        }
        check_funds(draft, parties, self.asked.amount, fees)
    }
}

/// Whether the sender's balance has the amount, and the caller's the part of the fee that it holds.
pub(super) fn check_funds(
    draft: &Draft,
    parties: &Parties,
    amount: Amount,
    fees: &Fees,
) -> Result<(), Refusal> {
    let sender = parties.sender_token.account;
    let from_balance = match parties.method {
        PaymentMethod::Balance => amount,
        PaymentMethod::Card
        | PaymentMethod::Bank
        | PaymentMethod::Debt
        | PaymentMethod::Prepaid => Amount::zero(amount.currency()),
    };
    let needs = [
        (Party::Sender, sender, from_balance),
        (Party::Caller, parties.caller.key, fees.caller_held),
    ];
    charge::check_funds(draft, &needs)
}

/// Writes the charge down as pending and has the processor asked for it.
pub(super) fn send_to_processor(
    draft: &mut Draft,
    transaction: &mut Transaction,
    timeout_mins: Option<u32>,
) {
    let now = draft.stamp.now;
    draft.event(transaction, Tell::Listeners);
    charge::book_pending(draft, transaction);
    draft.work(WorkKind::Authorize, transaction.key.0, now);
    if timeout_mins.is_some_and(|minutes| minutes != TIMEOUT_MINS_DEFAULT) {
        draft.work(WorkKind::TimeOut, transaction.key.0, transaction.timeout_at);
    }
}

/// Changes who owes whom; no money moves.
fn spend(draft: &mut Draft, transaction: &mut Transaction) {
    succeed(draft, transaction);
    tally::book_spending(draft, transaction);
}

fn succeed(draft: &mut Draft, transaction: &mut Transaction) {
    transaction.state = State::Succeeded;
    transaction.code = StatusCode::Success;
    transaction.completed_at = Some(draft.stamp.now);
    draft.event(transaction, Tell::Listeners);
}

/// Moves money between two balances: done within the call.
pub(super) fn complete(draft: &mut Draft, transaction: &mut Transaction) {
    succeed(draft, transaction);
    let (sender, caller) = (available(transaction.sender), available(transaction.caller));
    charge::book_charge(draft, transaction, sender, caller);
}
