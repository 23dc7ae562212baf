//! CancelSubscriptionAndRefund under a caller reference: the same request again, another request, and
//! another action.

use payments::command::Answer;
use payments::commands::{CancelSubscription, Refund};
use payments::{Difference, Outcome, RefundAsked, Refusal};
use test_kit::people::{reference, usd};

use crate::subscriptions::{FUNDED, Plan};

/// Cancels under the reference `R`.
fn cancel(plan: &mut Plan, amount: &str, reason: Option<&str>) -> Answer {
    let command = CancelSubscription {
        by: plan.story.world.by(plan.caller),
        subscription: plan.id.clone(),
        refund: Some((reference("R"), usd(amount))),
        reason: reason.map(str::to_owned),
    };
    plan.story.world.run(command)
}

/// Refunds the last payment under the reference `R`.
fn refund(plan: &mut Plan, amount: &str) -> Answer {
    let command = Refund {
        by: plan.story.world.by(plan.caller),
        reference: reference("R"),
        asked: RefundAsked {
            transaction: plan.last().id(),
            amount: Some(usd(amount)),
            caller_description: None,
            policy: None,
            ipn_url: None,
        },
    };
    plan.story.world.run(command)
}

fn paid() -> Plan {
    let mut plan = Plan::start(FUNDED, |_| ());
    plan.charge_due();
    plan
}

#[track_caller]
fn differs(answer: &Answer, field: &str) {
    match answer {
        Err(Refusal::DuplicateRequest(Difference { field: found, .. })) => {
            assert_eq!(found, field);
        }
        other => panic!("{field}: {other:?}"),
    }
}

#[test]
fn a_cancellation_is_remembered_as_itself() {
    let mut plan = paid();
    let made = cancel(&mut plan, "2.00", Some("moved"));
    assert!(matches!(made, Ok(Outcome::Transaction { .. })), "{made:?}");
    assert_eq!(cancel(&mut plan, "2.00", Some("moved")), made);
    differs(&cancel(&mut plan, "1.00", Some("moved")), "refundAmount");
    differs(&cancel(&mut plan, "2.00", None), "cancelReason");
    // A Refund of the same payment by the same amount is another request.
    differs(&refund(&mut plan, "2.00"), "action");
    assert_eq!(plan.last().refunds.refunded, usd("2.00"));
}

#[test]
fn a_refund_is_no_cancellation() {
    let mut plan = paid();
    let made = refund(&mut plan, "2.00");
    assert!(matches!(made, Ok(Outcome::Transaction { .. })), "{made:?}");
    differs(&cancel(&mut plan, "2.00", None), "action");
    assert!(plan.row().next_at.is_some(), "the plan goes on");
    assert_eq!(refund(&mut plan, "2.00"), made);
}

#[test]
fn a_reference_under_which_nothing_is_given_back_is_bound() {
    let mut plan = paid();
    assert_eq!(cancel(&mut plan, "0.00", None), Ok(Outcome::Done));
    assert_eq!(cancel(&mut plan, "0.00", None), Ok(Outcome::Done));
    differs(&cancel(&mut plan, "1.00", None), "refundAmount");
    differs(&refund(&mut plan, "1.00"), "action");
}

#[test]
fn a_refusal_that_may_pass_binds_and_one_that_cannot_burns() {
    let mut plan = Plan::start("consent R1 buyer to shop recurring", |_| ());
    plan.charge_due();
    let answer = cancel(&mut plan, "1.00", None);
    assert!(matches!(
        answer,
        Err(Refusal::OriginalTransactionIncomplete(_))
    ));
    differs(&refund(&mut plan, "1.00"), "action");
    assert_eq!(cancel(&mut plan, "1.00", None), answer, "decided again");
    let mut plan = paid();
    let answer = cancel(&mut plan, "5.01", None);
    assert!(matches!(answer, Err(Refusal::RefundAmountExceeded { .. })));
    assert_eq!(cancel(&mut plan, "5.01", None), answer);
    differs(&cancel(&mut plan, "5.00", None), "refundAmount");
}
