//! Limits between amounts, and what surrounds a transaction: refunds, release, reference,
//! notification.

use super::{Case, Facts, Notes};
use crate::Code;
use crate::numbers::{Operation, Release, State, Status, Why, decimal};
use crate::rows::RefundFacts;

/// Settled within amount, refunded within settled, each fee returned within charged; refunds add up.
pub(super) fn judge(case: &Case, facts: Facts, notes: &mut Notes) {
    let row = case.row;
    let within = |part: i64, whole: i64| (0..=whole).contains(&part);
    notes.unless(
        within(row.settled, row.amount),
        Code::SettledAboveAmount,
        || {
            let (settled, amount) = (decimal(row.settled.into()), decimal(row.amount.into()));
            format!("settled {settled} of {amount}")
        },
    );
    if facts.operation != Operation::Refund {
        let fits =
            within(row.refunded, row.settled) && within(row.marketplace_refunded, row.settled);
        notes.unless(fits, Code::RefundedAboveSettled, || {
            let (back, settled) = (decimal(row.refunded.into()), decimal(row.settled.into()));
            format!("given back {back} of {settled}")
        });
        let fits = within(row.fps_fee_returned, row.fps_fee)
            && within(row.marketplace_fee_returned, row.marketplace_fee);
        notes.unless(fits, Code::FeeReturnedAboveCharged, || {
            "more of a fee went back than was charged".to_owned()
        });
        refund_totals(case, notes);
    }
    let sound = facts.operation.is_refundable() || case.refunds.is_empty();
    notes.unless(sound, Code::RefundUnfounded, || {
        "it cannot be refunded, and a refund names it".to_owned()
    });
    relations(case, facts, notes);
}

/// What the transaction counts as given back is the sum of its refunds that have not failed.
fn refund_totals(case: &Case, notes: &mut Notes) {
    let counted = |part: fn(&RefundFacts) -> i64| -> i128 {
        let refunds = case.refunds.iter().filter_map(|row| row.refund.as_ref());
        let alive = refunds.filter(|refund| State::of(refund.state) != Some(State::Failed));
        alive.map(|refund| i128::from(part(refund))).sum()
    };
    let row = case.row;
    let parts = [
        (
            "to the sender",
            counted(|refund| refund.settled),
            row.refunded,
        ),
        (
            "of what the marketplace fee was on",
            counted(|refund| refund.marketplace_refunded),
            row.marketplace_refunded,
        ),
        (
            "of the provider's fee",
            counted(|refund| refund.fps_fee),
            row.fps_fee_returned,
        ),
        (
            "of the marketplace fee",
            counted(|refund| refund.marketplace_fee),
            row.marketplace_fee_returned,
        ),
    ];
    let wrong = parts
        .iter()
        .find(|(_, sum, said)| *sum != i128::from(*said));
    if let Some((what, sum, said)) = wrong {
        let (sum, said) = (decimal(*sum), decimal(i128::from(*said)));
        let text = format!("its refunds gave back {sum} {what}; it says {said}");
        notes.note(Code::RefundTotals, text);
    }
}

/// A refund and its original name each other, and only refunds have an original.
fn relations(case: &Case, facts: Facts, notes: &mut Notes) {
    let is_refund = facts.operation == Operation::Refund;
    let named = case.row.parent.is_some() == is_refund && (!is_refund || case.row.is_related);
    notes.unless(named, Code::RelationBroken, || {
        "no relation leads to its original".to_owned()
    });
    for relation in case.refunds {
        let fits = relation.refund.is_some_and(|refund| {
            refund.parent == Some(case.row.key)
                && Operation::of(refund.operation) == Some(Operation::Refund)
        });
        notes.unless(fits, Code::RelationBroken, || {
            format!(
                "its refund {} is missing or names another original",
                relation.child
            )
        });
    }
}

/// An authorisation that may live after the end is owed its release.
pub(super) fn release(case: &Case, facts: Facts, notes: &mut Notes) {
    let was_held = || {
        case.events
            .iter()
            .any(|event| Status::of(event.status) == Some(Status::Reserved))
    };
    let authorised = facts.method.needs_processor() && facts.operation != Operation::Refund;
    let must = authorised
        && match facts.state {
            State::Cancelled => true,
            State::Failed => facts.why == Why::Expired || was_held(),
            State::Authorising
            | State::Reserved
            | State::Capturing
            | State::Refunding
            | State::Succeeded => false,
        };
    let may = authorised && (facts.state == State::Failed || facts.state == State::Cancelled);
    if must && facts.release == Release::None {
        notes.note(
            Code::ReleaseMissing,
            "nothing releases its authorisation".to_owned(),
        );
    }
    if !may && facts.release != Release::None {
        notes.note(
            Code::ReleaseUnfounded,
            "nothing is there to be released".to_owned(),
        );
    }
}

/// One outcome per caller reference: it leads here.
pub(super) fn reference(case: &Case, notes: &mut Notes) {
    let leads = case.row.referenced == Some(case.row.key);
    notes.unless(leads, Code::ReferenceMissing, || {
        format!("its caller reference leads to {:?}", case.row.referenced)
    });
}

/// Where it names its own listener, the last event has been recorded for them. The step from
/// reserved to capturing is not told.
pub(super) fn told(case: &Case, notes: &mut Notes) {
    let untold = case.events.last().is_some_and(|event| {
        Operation::of(event.operation) == Some(Operation::Settle)
            && Status::of(event.status) == Some(Status::Pending)
            && Why::of(event.code) == Some(Why::PendingNetworkResponse)
    });
    let recorded = !case.row.has_listener || untold || case.row.is_last_told;
    notes.unless(recorded, Code::NotificationMissing, || {
        format!(
            "event {} was not recorded for its listener",
            case.row.events
        )
    });
}
