//! How a transaction ends without being charged: cancelled, expired, timed out, or denied.
//!
//! What the token allowed comes back, a hold and pending amounts are undone, and an authorisation
//! that may be alive is owed its release: by the row of work that voids it, or by the one that is
//! still asking for it.

use money::Amount;

use super::draft::{self, Draft, Tell};
use super::{charge, tally, usage};
use crate::command::Lanes;
use crate::rows::{Operation, Release, State, StatusCode, Transaction, WorkKind};
use crate::tables::{Reason, written};
use crate::{ReadSet, WorkingSet};

/// The end.
pub(super) struct End {
    pub(super) state: State,
    pub(super) code: StatusCode,
    pub(super) message: Option<String>,
    pub(super) reason: Reason,
}

/// Adds what an end must see.
pub(super) fn want(seen: &WorkingSet, transaction: &Transaction, lanes: Lanes, want: &mut ReadSet) {
    draft::want_listeners(seen, transaction, want);
    usage::want_newest(transaction.sender_token, seen, want);
    want.tallies.extend(transaction.tally);
    draft::want_credit(transaction.caller, lanes, want);
    draft::want_credit(transaction.recipient, lanes, want);
}

/// Ends a transaction that is authorising or reserved, and owes the release of its authorisation.
pub(super) fn end(draft: &mut Draft, transaction: &mut Transaction, end: End) {
    let before = transaction.state;
    match before {
        State::Reserved { .. } => {
            release(draft, transaction);
            close(draft, transaction, end.state, end.code, end.message);
            charge::release_hold(draft, transaction, end.reason);
        }
        State::Authorising => {
            // The work that is asking learns the answer and voids it then.
            transaction.release = Release::Owed;
            close(draft, transaction, end.state, end.code, end.message);
            undo_payment(draft, transaction);
        }
        State::Capturing
        | State::Refunding
        | State::Succeeded
        | State::Failed
        | State::Cancelled => unreachable!("only an open transaction ends"),
    }
    regain(draft, transaction, transaction.amount);
}

/// Ends a transaction that the network would not authorise: there is nothing to release.
pub(super) fn denied(draft: &mut Draft, transaction: &mut Transaction, message: Option<String>) {
    close(
        draft,
        transaction,
        State::Failed,
        StatusCode::TransactionDenied,
        message,
    );
    undo_payment(draft, transaction);
    regain(draft, transaction, transaction.amount);
}

/// Ends a transaction whose charge failed for good: its authorisation is released.
pub(super) fn charge_failed(
    draft: &mut Draft,
    transaction: &mut Transaction,
    message: Option<String>,
) {
    release(draft, transaction);
    close(
        draft,
        transaction,
        State::Failed,
        StatusCode::TransactionDenied,
        message,
    );
    charge::undo_pending(draft, transaction);
    tally::undo_pending(draft, transaction);
    forget_fees(transaction);
    if transaction.operation == Operation::Reserve {
        charge::release_hold(draft, transaction, Reason::Failed);
    }
    regain(draft, transaction, transaction.amount);
}

/// Gives back to the token what it did not use after all.
pub(super) fn regain(draft: &mut Draft, transaction: &Transaction, amount: Amount) {
    let Some(key) = transaction.sender_token.filter(|_| !amount.is_zero()) else {
        return;
    };
    if let Some(token) = usage::newest(key, draft.seen) {
        let token = usage::regained(token, amount, transaction.received_at);
        draft.changes.tokens.push((token.key, written(token)));
    }
}

fn close(
    draft: &mut Draft,
    transaction: &mut Transaction,
    state: State,
    code: StatusCode,
    message: Option<String>,
) {
    transaction.state = state;
    transaction.code = code;
    transaction.message = message;
    transaction.completed_at = Some(draft.stamp.now);
    draft.event(transaction, Tell::Listeners);
}

/// A payment by card is booked as pending from the start.
fn undo_payment(draft: &mut Draft, transaction: &mut Transaction) {
    match transaction.operation {
        Operation::Pay | Operation::FundPrepaid | Operation::SettleDebt => {
            charge::undo_pending(draft, transaction);
            tally::undo_pending(draft, transaction);
            forget_fees(transaction);
            transaction.settled = Amount::zero(transaction.amount.currency());
        }
        Operation::Reserve | Operation::Settle | Operation::Refund | Operation::WriteOffDebt => {}
    }
}

fn forget_fees(transaction: &mut Transaction) {
    let zero = Amount::zero(transaction.amount.currency());
    transaction.fees.fps_fee = zero;
    transaction.fees.marketplace_fee = zero;
    transaction.fees.caller_held = zero;
}

fn release(draft: &mut Draft, transaction: &mut Transaction) {
    transaction.release = Release::Owed;
    draft.work(WorkKind::Void, transaction.key.0, draft.stamp.now);
}
