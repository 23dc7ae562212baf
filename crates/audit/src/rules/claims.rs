//! Claims: which instrument a transaction must name, and what it must have changed on it.

use super::money::Net;
use super::{Case, Facts, Notes};
use crate::numbers::{
    CLAIM, DEBT, DEBT_PENDING, LIABILITY, Method, Operation, PREPAID, PREPAID_PENDING, RECEIVABLE,
    State, TallyKind,
};
use crate::{Code, TallyFacts, TransactionRow};

/// The instrument is the right one, and its claims are what the state says.
pub(super) fn judge(case: &Case, facts: Facts, notes: &mut Notes) {
    let row = case.row;
    let named = named(row, facts);
    notes.unless(named.is_ok(), Code::TallyMisnamed, || {
        format!(
            "its instrument, {:?}, is not the one that it must name",
            row.tally
        )
    });
    let mut due = Net::default();
    if let Ok(Some((kind, recipient))) = named {
        changed(&mut due, row, facts, (kind, recipient));
    } else if named.is_err() {
        // What it should have changed cannot be told; that it names the wrong one is found.
        return;
    }
    if let Some(text) = Net::of(case.postings, CLAIM).difference(&due) {
        notes.note(Code::ClaimDiffers, text);
    }
}

/// The kind of the instrument and its recipient; nothing where none is named and none must be.
fn named(row: &TransactionRow, facts: Facts) -> Result<Option<(TallyKind, i64)>, ()> {
    let needed = match (facts.operation, facts.method) {
        (Operation::FundPrepaid, _) | (Operation::Pay | Operation::Refund, Method::Prepaid) => {
            Some(TallyKind::Prepaid)
        }
        (Operation::SettleDebt | Operation::WriteOffDebt, _)
        | (Operation::Pay | Operation::Refund, Method::Debt) => Some(TallyKind::Credit),
        (Operation::Pay | Operation::Refund, Method::Card | Method::Bank | Method::Balance)
        | (Operation::Reserve | Operation::Settle, _) => None,
    };
    match (needed, row.tally, &row.tally_facts) {
        (None, None, None) => Ok(None),
        (Some(kind), Some(_), Some(tally)) if fits(row, facts, kind, tally) => {
            Ok(Some((kind, tally.recipient)))
        }
        (Some(_) | None, Some(_) | None, Some(_) | None) => Err(()),
    }
}

fn fits(row: &TransactionRow, facts: Facts, kind: TallyKind, tally: &TallyFacts) -> bool {
    // In a refund the sender is the one who was paid.
    let parties = match facts.operation {
        Operation::Refund => (row.recipient, row.sender),
        Operation::Pay
        | Operation::Reserve
        | Operation::Settle
        | Operation::FundPrepaid
        | Operation::SettleDebt
        | Operation::WriteOffDebt => (row.sender, row.recipient),
    };
    TallyKind::of(tally.kind) == Some(kind)
        && (tally.sender, tally.recipient) == parties
        && tally.currency == row.currency
}

/// What it must have changed by now.
fn changed(net: &mut Net, row: &TransactionRow, facts: Facts, (kind, owner): (TallyKind, i64)) {
    let key = row.tally.unwrap_or(0);
    let (balance, pending, counter) = match kind {
        TallyKind::Prepaid => ((PREPAID, key), (PREPAID_PENDING, key), (LIABILITY, owner)),
        TallyKind::Credit => ((DEBT, key), (DEBT_PENDING, key), (RECEIVABLE, owner)),
    };
    let is_done = match facts.state {
        State::Succeeded => true,
        State::Authorising | State::Capturing => false,
        State::Reserved | State::Refunding | State::Failed | State::Cancelled => return,
    };
    let (from, to) = match (facts.operation, kind) {
        (Operation::FundPrepaid, _) => (counter, if is_done { balance } else { pending }),
        (Operation::SettleDebt, _) => (balance, if is_done { counter } else { pending }),
        // These are done within the call.
        _ if !is_done => return,
        (Operation::WriteOffDebt, _)
        | (Operation::Pay, TallyKind::Prepaid)
        | (Operation::Refund, TallyKind::Credit) => (balance, counter),
        (Operation::Pay, TallyKind::Credit) | (Operation::Refund, TallyKind::Prepaid) => {
            (counter, balance)
        }
        (Operation::Reserve | Operation::Settle, _) => return,
    };
    net.moves(from, to, row.settled);
}
