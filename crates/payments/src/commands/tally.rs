//! Prepaid and credit instruments: who may use them, how much they bear, and which claims each step
//! books. Claims say who owes whom; the money of funding and settling moves as that of any payment.

use ledger::{AccountKind, Entry, LedgerAccount};
use money::Amount;

use super::draft::Draft;
use crate::command::By;
use crate::refusal::Party;
use crate::rows::{Operation, Tally, TallyKind, Transaction};
use crate::tables::Reason;
use crate::{Refusal, TallyId, Timestamp, WorkingSet};

/// The tally of that id, if it is of this kind and the caller is its recipient.
pub(super) fn named<'a>(
    id: &TallyId,
    kind: TallyKind,
    by: &By,
    seen: &'a WorkingSet,
) -> Result<&'a Tally, Refusal> {
    let key = id.key().ok_or(Refusal::InstrumentAccessDenied)?;
    let found = seen.tallies.get(&key);
    let found = found.filter(|tally| id.names(tally.key, &tally.nonce));
    let own = found.filter(|tally| tally.recipient == by.caller);
    let tally = own.ok_or(Refusal::InstrumentAccessDenied)?;
    if tally.kind == kind {
        return Ok(tally);
    }
    let message = match kind {
        TallyKind::Prepaid => "prepaidInstrumentId has to be the id of a prepaid instrument.",
        TallyKind::Credit => "creditInstrumentId has to be the id of a credit instrument.",
    };
    Err(Refusal::InvalidParams {
        message: message.to_owned(),
    })
}

/// Whether a tally takes anything at this time. What is owed can be settled after its end.
pub(super) fn check_time(
    tally: &Tally,
    operation: Operation,
    now: Timestamp,
) -> Result<(), Refusal> {
    let goes_on = match operation {
        Operation::SettleDebt | Operation::WriteOffDebt | Operation::Refund => true,
        Operation::Pay | Operation::Reserve | Operation::Settle | Operation::FundPrepaid => false,
    };
    if goes_on || tally.is_valid_at(now) {
        Ok(())
    } else {
        Err(Refusal::InstrumentExpired)
    }
}

/// Whether a payment fits: into what was paid ahead, or under the credit limit.
pub(super) fn check_spending(tally: &Tally, amount: Amount) -> Result<(), Refusal> {
    match tally.kind {
        TallyKind::Prepaid if tally.balance < amount => {
            Err(Refusal::InsufficientBalance(Party::Sender))
        }
        TallyKind::Credit if !has_room(tally, amount) => Err(Refusal::TokenUsageError {
            limit: format!(
                "what is owed, with what is being settled, must be at most {:?}",
                tally.limit
            ),
        }),
        TallyKind::Prepaid | TallyKind::Credit => Ok(()),
    }
}

/// Whether so much more may be paid ahead.
pub(super) fn check_funding(tally: &Tally, amount: Amount) -> Result<(), Refusal> {
    if has_room(tally, amount) {
        return Ok(());
    }
    let limit = tally.limit;
    Err(Refusal::PrepaidFundingLimitExceeded { limit })
}

/// Whether so much is owed, beside what is being settled.
pub(super) fn check_debt(tally: &Tally, amount: Amount) -> Result<(), Refusal> {
    let debt = tally.balance;
    if amount <= debt {
        return Ok(());
    }
    Err(Refusal::SettleAmountGreaterThanDebt { debt })
}

/// Whether a refund fits: a payment by credit gives back only what is still owed.
pub(super) fn check_refund(tally: &Tally, amount: Amount) -> Result<(), Refusal> {
    match tally.kind {
        TallyKind::Credit if tally.balance < amount => Err(Refusal::RefundAmountExceeded {
            left: tally.balance,
        }),
        TallyKind::Prepaid | TallyKind::Credit => Ok(()),
    }
}

fn has_room(tally: &Tally, amount: Amount) -> bool {
    let bound = tally.balance.plus(tally.pending);
    let after = bound.and_then(|bound| bound.plus(amount));
    after.is_some_and(|after| after <= tally.limit)
}

/// Books a payment by a tally: it spends what was paid ahead, or runs up debt.
pub(super) fn book_spending(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of(draft, transaction) else {
        return;
    };
    let (from, to) = match of.kind {
        TallyKind::Prepaid => (of.balance, of.counter),
        TallyKind::Credit => (of.counter, of.balance),
    };
    book(draft, transaction, Reason::Charged, from, to);
}

/// Books the refund of a payment by a tally.
pub(super) fn book_refund(draft: &mut Draft, refund: &mut Transaction) {
    let Some(of) = Claims::of(draft, refund) else {
        return;
    };
    let (from, to) = match of.kind {
        TallyKind::Prepaid => (of.counter, of.balance),
        TallyKind::Credit => (of.balance, of.counter),
    };
    book(draft, refund, Reason::Refunded, from, to);
}

/// Books what is being funded or settled as pending.
pub(super) fn book_pending(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of_moving(draft, transaction) else {
        return;
    };
    book(draft, transaction, Reason::Pending, of.origin(), of.pending);
}

/// Undoes [`book_pending`] after a failure.
pub(super) fn undo_pending(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of_moving(draft, transaction) else {
        return;
    };
    book(draft, transaction, Reason::Failed, of.pending, of.origin());
}

/// Books what was pending as funded or settled.
pub(super) fn book_arrived(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of_moving(draft, transaction) else {
        return;
    };
    book(draft, transaction, Reason::Arrived, of.pending, of.goal());
}

/// Books what is funded or settled within the call.
pub(super) fn book_at_once(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of_moving(draft, transaction) else {
        return;
    };
    book(draft, transaction, Reason::Charged, of.origin(), of.goal());
}

/// Books a debt that is given up.
pub(super) fn book_write_off(draft: &mut Draft, transaction: &mut Transaction) {
    let Some(of) = Claims::of(draft, transaction) else {
        return;
    };
    book(
        draft,
        transaction,
        Reason::WrittenOff,
        of.balance,
        of.counter,
    );
}

/// The ledger accounts of one tally.
struct Claims {
    kind: TallyKind,
    balance: LedgerAccount,
    pending: LedgerAccount,
    /// The recipient's side.
    counter: LedgerAccount,
}

impl Claims {
    fn of(draft: &Draft, transaction: &Transaction) -> Option<Claims> {
        let tally = draft.tally(transaction.tally?);
        let (balance, pending, counter) = match tally.kind {
            TallyKind::Prepaid => (
                AccountKind::Prepaid,
                AccountKind::PrepaidPending,
                AccountKind::Liability,
            ),
            TallyKind::Credit => (
                AccountKind::Debt,
                AccountKind::DebtPending,
                AccountKind::Receivable,
            ),
        };
        Some(Claims {
            kind: tally.kind,
            balance: LedgerAccount::of(balance, tally.key.0),
            pending: LedgerAccount::of(pending, tally.key.0),
            counter: LedgerAccount::of(counter, tally.recipient.0),
        })
    }

    /// Those of a transaction whose money moves too; nothing for any other.
    fn of_moving(draft: &Draft, transaction: &Transaction) -> Option<Claims> {
        match transaction.operation {
            Operation::FundPrepaid | Operation::SettleDebt => Claims::of(draft, transaction),
            Operation::Pay
            | Operation::Reserve
            | Operation::Settle
            | Operation::Refund
            | Operation::WriteOffDebt => None,
        }
    }

    /// Where funding and settling take from.
    fn origin(&self) -> LedgerAccount {
        match self.kind {
            TallyKind::Prepaid => self.counter,
            TallyKind::Credit => self.balance,
        }
    }

    /// Where they lead.
    fn goal(&self) -> LedgerAccount {
        match self.kind {
            TallyKind::Prepaid => self.balance,
            TallyKind::Credit => self.counter,
        }
    }
}

fn book(
    draft: &mut Draft,
    transaction: &mut Transaction,
    why: Reason,
    from: LedgerAccount,
    to: LedgerAccount,
) {
    let mut entry = Entry::new();
    entry.claims(from, to, transaction.settled);
    draft.post(transaction, why, entry);
}
