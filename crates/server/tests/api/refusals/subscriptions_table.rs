//! CancelSubscriptionAndRefund, GetSubscriptionDetails and GetTransactionsForSubscription.

use wire::Action;

use super::Case;
use crate::kit::{Reply, Scene, pairs};

const CANCEL: &[Action] = &[Action::CancelSubscriptionAndRefund];
const ALL: &[Action] = &[
    Action::CancelSubscriptionAndRefund,
    Action::GetSubscriptionDetails,
    Action::GetTransactionsForSubscription,
];
/// Well formed, and nobody's.
const NOBODYS: &str = "14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22";

/// Cancels, and gives back so much.
fn cancel(scene: &Scene, id: &str, refund: &str) -> Reply {
    let asked = pairs(&[
        ("SubscriptionId", id),
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", refund),
        ("CallerReference", &scene.fresh_reference()),
    ]);
    scene.ask(Action::CancelSubscriptionAndRefund, &asked)
}

pub(super) const CASES: &[Case] = &[
    Case {
        code: "InvalidSubscriptionState",
        says: "cancelled",
        actions: CANCEL,
        when: "it was cancelled before",
        ask: |scene, action| {
            let asked = pairs(&[("SubscriptionId", &scene.paid_plan())]);
            scene.ask(action, &asked).ok();
            scene.ask(action, &asked)
        },
    },
    Case {
        code: "RefundAmountExceeded",
        says: "1.00",
        actions: CANCEL,
        when: "more than the last payment is asked back",
        ask: |scene, _| cancel(scene, &scene.paid_plan(), "1.01"),
    },
    Case {
        code: "TransactionFullyRefundedAlready",
        says: "refunded",
        actions: CANCEL,
        when: "the last payment was given back before",
        ask: |scene, _| {
            let id = scene.paid_plan();
            let refund = cancel(scene, &id, "1.00").ok();
            let refund = refund.text("RefundTransactionId").expect("an id");
            scene.wait_for(refund, "Success");
            cancel(scene, &id, "0.50")
        },
    },
    Case {
        code: "InvalidParams",
        says: "Nothing of this subscription was paid.",
        actions: CANCEL,
        when: "nothing was paid yet",
        ask: |scene, _| {
            const HOUR_MS: i64 = 3_600_000;
            let id = scene.start_plan(|new| new.begins_in_ms = Some(HOUR_MS));
            cancel(scene, &id, "1.00")
        },
    },
    Case {
        code: "InvalidParams",
        says: "\"subscriptionId\" has to be a valid subscription ID.",
        actions: ALL,
        when: "nobody has it",
        ask: |scene, action| scene.ask(action, &pairs(&[("SubscriptionId", NOBODYS)])),
    },
    Case {
        code: "UnverifiedEmailAddress_Caller",
        says: "caller",
        actions: CANCEL,
        when: "the caller's address is not verified",
        ask: |scene, action| {
            let shop = scene.another_shop(true);
            scene.world.set_unverified(shop.account);
            scene.ask_as(&shop, action, &pairs(&[("SubscriptionId", NOBODYS)]))
        },
    },
];
