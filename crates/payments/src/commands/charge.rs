//! How a charge moves money: what is set aside before, what is booked when it succeeds, what is
//! undone when it fails.

use ledger::{AccountKind, Entry, LedgerAccount};
use money::Amount;

use super::draft::{Draft, available, pending_in, pending_out, system};
use crate::refusal::Party;
use crate::rows::{Payer, Transaction};
use crate::tables::Reason;
use crate::{AccountKey, Refusal};

/// Whether everybody can pay what is taken from their balance; amounts of one account add up.
pub(super) fn check_funds(
    draft: &Draft,
    needs: &[(Party, AccountKey, Amount)],
) -> Result<(), Refusal> {
    for (party, owner, amount) in needs {
        if amount.is_zero() {
            continue;
        }
        let same = needs.iter().filter(|(_, other, _)| other == owner);
        let mut sum = Amount::zero(amount.currency());
        for (_, _, part) in same {
            sum = sum
                .plus(*part)
                .ok_or(Refusal::InsufficientBalance(*party))?;
        }
        if draft.spendable(*owner, amount.currency()) < sum {
            return Err(Refusal::InsufficientBalance(*party));
        }
    }
    Ok(())
}

/// Shows a card charge as on its way, and sets the caller's part of the provider's fee aside.
pub(super) fn book_pending(draft: &mut Draft, transaction: &mut Transaction) {
    let (caller, recipient) = (transaction.caller, transaction.recipient);
    let mut entry = Entry::new();
    entry.moves(
        system(AccountKind::Incoming),
        pending_in(recipient),
        transaction.settled,
    );
    entry.moves(
        available(caller),
        pending_out(caller),
        transaction.fees.caller_held,
    );
    draft.post(transaction, Reason::Pending, entry);
}

/// Undoes [`book_pending`] after a failure.
pub(super) fn undo_pending(draft: &mut Draft, transaction: &mut Transaction) {
    let (caller, recipient) = (transaction.caller, transaction.recipient);
    let mut entry = Entry::new();
    entry.moves(
        pending_in(recipient),
        system(AccountKind::Incoming),
        transaction.settled,
    );
    entry.moves(
        pending_out(caller),
        available(caller),
        transaction.fees.caller_held,
    );
    draft.post(transaction, Reason::Failed, entry);
}

/// Books a card charge that succeeded: it has arrived from the processor, and fees are taken.
pub(super) fn book_arrived(draft: &mut Draft, transaction: &mut Transaction) {
    let mut entry = Entry::new();
    let incoming = system(AccountKind::Incoming);
    entry.moves(
        pending_in(transaction.recipient),
        incoming,
        transaction.settled,
    );
    draft.post(transaction, Reason::Arrived, entry);
    let held = pending_out(transaction.caller);
    book_charge(
        draft,
        transaction,
        system(AccountKind::ProcessorClearing),
        held,
    );
}

/// Books a charge: the amount to the recipient, the marketplace fee to the caller, the provider's
/// fee to the provider.
pub(super) fn book_charge(
    draft: &mut Draft,
    transaction: &mut Transaction,
    from: LedgerAccount,
    caller_fee_from: LedgerAccount,
) {
    let (caller, recipient) = (
        available(transaction.caller),
        available(transaction.recipient),
    );
    let fees = transaction.fees;
    let mut entry = Entry::new();
    entry.moves(from, recipient, transaction.settled);
    draft.post(transaction, Reason::Charged, entry);

    let mut entry = Entry::new();
    entry.moves(recipient, caller, fees.marketplace_fee);
    draft.post(transaction, Reason::MarketplaceFee, entry);

    let mut entry = Entry::new();
    let provider = system(AccountKind::FpsFees);
    match fees.payer {
        Payer::Recipient => entry.moves(recipient, provider, fees.fps_fee),
        Payer::Caller => {
            entry.moves(caller_fee_from, provider, fees.caller_held);
            entry.moves(
                caller,
                provider,
                fees.fps_fee.minus_or_zero(fees.caller_held),
            );
        }
    }
    draft.post(transaction, Reason::FpsFee, entry);
}

/// Places the hold of a reservation.
pub(super) fn book_hold(draft: &mut Draft, transaction: &mut Transaction) {
    let held = LedgerAccount::of(AccountKind::Held, transaction.recipient.0);
    let mut entry = Entry::new();
    entry.holds(system(AccountKind::Authorised), held, transaction.amount);
    draft.post(transaction, Reason::Held, entry);
}

/// Releases the hold of a reservation, saying why.
pub(super) fn release_hold(draft: &mut Draft, transaction: &mut Transaction, why: Reason) {
    let held = LedgerAccount::of(AccountKind::Held, transaction.recipient.0);
    let mut entry = Entry::new();
    entry.holds(held, system(AccountKind::Authorised), transaction.amount);
    draft.post(transaction, why, entry);
}
