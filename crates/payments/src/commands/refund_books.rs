//! How a refund moves money: set aside when it is accepted, given back when the processor has, and
//! restored when it will not.

use ledger::{AccountKind, Entry};
use money::Amount;

use super::draft::{Draft, Tell, available, pending_out, system};
use super::tally;
use crate::rows::{Payer, PaymentMethod, State, StatusCode, Transaction};
use crate::tables::Reason;

/// Where a refund's money comes from: set aside before, or straight from the balance.
pub(super) enum From {
    /// What was set aside when the refund was accepted.
    SetAside,
    /// So much of the recipient's balance.
    Balance(Amount),
}

/// Sets aside what the refund will take, until the processor answers.
pub(super) fn set_aside(draft: &mut Draft, refund: &mut Transaction, from_recipient: Amount) {
    let (payer, caller) = (refund.sender, refund.caller);
    let mut entry = Entry::new();
    entry.moves(available(payer), pending_out(payer), from_recipient);
    entry.moves(
        available(caller),
        pending_out(caller),
        refund.fees.marketplace_fee,
    );
    draft.post(refund, Reason::Pending, entry);
}

/// What leaves the recipient's balance for a refund: its amount less the fees that come back.
fn share_of_recipient(refund: &Transaction) -> Amount {
    let fees = &refund.fees;
    let helped = match fees.payer {
        Payer::Recipient => fees.fps_fee.plus(fees.marketplace_fee),
        Payer::Caller => Some(fees.marketplace_fee),
    };
    refund
        .settled
        .minus_or_zero(helped.expect("fees are below the amount"))
}

/// Completes a refund: fees come back to who paid them, and the amount goes to the sender.
pub(super) fn succeed(draft: &mut Draft, refund: &mut Transaction, from: &From) {
    refund.state = State::Succeeded;
    refund.code = StatusCode::Success;
    refund.message = None;
    refund.completed_at = Some(draft.stamp.now);
    draft.event(refund, Tell::Listeners);
    if refund.tally.is_some() {
        // No money was moved, and no fee was taken.
        tally::book_refund(draft, refund);
        return;
    }
    if let From::Balance(from_recipient) = from {
        set_aside(draft, refund, *from_recipient);
    }
    let (payer, caller) = (refund.sender, refund.caller);
    let aside = pending_out(payer);
    let fees = refund.fees;

    let mut entry = Entry::new();
    let provider = system(AccountKind::FpsFees);
    match fees.payer {
        Payer::Recipient => entry.moves(provider, aside, fees.fps_fee),
        Payer::Caller => entry.moves(provider, available(caller), fees.fps_fee),
    }
    draft.post(refund, Reason::FpsFee, entry);

    let mut entry = Entry::new();
    entry.moves(pending_out(caller), aside, fees.marketplace_fee);
    draft.post(refund, Reason::MarketplaceFee, entry);

    let to = match refund.method {
        PaymentMethod::Card => system(AccountKind::ProcessorClearing),
        PaymentMethod::Bank
        | PaymentMethod::Balance
        | PaymentMethod::Debt
        | PaymentMethod::Prepaid => available(refund.recipient),
    };
    let mut entry = Entry::new();
    entry.moves(aside, to, refund.settled);
    // Fees that come back can exceed a very small refund; the rest is the recipient's.
    entry.moves(aside, available(payer), left_over(refund));
    draft.post(refund, Reason::Refunded, entry);
}

fn left_over(refund: &Transaction) -> Amount {
    let fees = &refund.fees;
    let helped = match fees.payer {
        Payer::Recipient => fees.fps_fee.plus(fees.marketplace_fee),
        Payer::Caller => Some(fees.marketplace_fee),
    };
    helped
        .expect("fees are below the amount")
        .minus_or_zero(refund.settled)
}

/// Ends a refund that the processor would not make: everything is as it was before.
pub(super) fn fail(
    draft: &mut Draft,
    refund: &mut Transaction,
    original: &Transaction,
    message: Option<String>,
) {
    let mut original = original.clone();
    take_refund_off(&mut original, refund);
    draft.put(original);
    let from_recipient = share_of_recipient(refund);
    let (payer, caller) = (refund.sender, refund.caller);
    let marketplace_fee = refund.fees.marketplace_fee;
    refund.state = State::Failed;
    refund.code = StatusCode::TransactionDenied;
    refund.message = message;
    refund.completed_at = Some(draft.stamp.now);
    let zero = Amount::zero(refund.amount.currency());
    draft.event(refund, Tell::Listeners);
    let mut entry = Entry::new();
    entry.moves(pending_out(payer), available(payer), from_recipient);
    entry.moves(pending_out(caller), available(caller), marketplace_fee);
    draft.post(refund, Reason::Failed, entry);
    (
        refund.fees.fps_fee,
        refund.fees.marketplace_fee,
        refund.settled,
    ) = (zero, zero, zero);
}

/// Takes a failed refund off its original again.
fn take_refund_off(original: &mut Transaction, refund: &Transaction) {
    let less = |sum: &mut Amount, amount: Amount| *sum = sum.minus_or_zero(amount);
    less(&mut original.refunds.refunded, refund.settled);
    less(
        &mut original.refunds.marketplace_refunded,
        refund.refunds.marketplace_refunded,
    );
    less(&mut original.refunds.fps_fee_returned, refund.fees.fps_fee);
    less(
        &mut original.refunds.marketplace_fee_returned,
        refund.fees.marketplace_fee,
    );
}
