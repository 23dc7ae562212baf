//! CancelSubscriptionAndRefund, GetSubscriptionDetails and GetTransactionsForSubscription.

use payments::commands::InstallTokens;
use payments::rows::TokenType;
use wire::Action;

use super::Case;
use crate::kit::{FAR_YEAR, Reply, Scene, pairs};

const CANCEL: &[Action] = &[Action::CancelSubscriptionAndRefund];
const ALL: &[Action] = &[
    Action::CancelSubscriptionAndRefund,
    Action::GetSubscriptionDetails,
    Action::GetTransactionsForSubscription,
];
/// The test card that is declined.
const DECLINED: &str = "4000000000000002";
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
    Case {
        code: "OriginalTransactionIncomplete",
        says: "in progress",
        actions: CANCEL,
        when: "the last charge is under way",
        ask: |scene, _| {
            scene.world.pause_processor(true);
            let id = scene.start_plan(|_| ());
            scene.plan_charged(&id, 1);
            let reply = cancel(scene, &id, "1.00");
            scene.world.pause_processor(false);
            reply
        },
    },
    Case {
        code: "OriginalTransactionFailed",
        says: "failed",
        actions: CANCEL,
        when: "the last charge was declined",
        ask: |scene, _| {
            let card = scene.world.card(scene.sender, DECLINED, FAR_YEAR);
            let token = scene.world.install(InstallTokens {
                kind: TokenType::Recurring,
                instrument: Some(card),
                ..scene.consent()
            });
            let id = scene.start_plan(|new| new.token = token.id.to_string());
            let shown = scene.plan_charged(&id, 1);
            let charge = shown["payments"][0]["transaction"].as_str();
            scene.wait_for(charge.expect("an id"), "Failure");
            cancel(scene, &id, "1.00")
        },
    },
    Case {
        code: "DuplicateRequest",
        says: "action was \"Refund\" and is \"CancelSubscriptionAndRefund\" now",
        actions: CANCEL,
        when: "the reference made a refund of the same payment",
        ask: |scene, action| {
            let id = scene.paid_plan();
            let shown = scene.plan_shown(&id);
            let paid = shown["payments"][0]["transaction"].as_str();
            let asked = pairs(&[
                ("RefundAmount.CurrencyCode", "USD"),
                ("RefundAmount.Value", "0.50"),
                ("CallerReference", &scene.fresh_reference()),
            ]);
            let mut refund = pairs(&[("TransactionId", paid.expect("an id"))]);
            refund.extend(asked.clone());
            scene.ask(Action::Refund, &refund).ok();
            let mut cancel = pairs(&[("SubscriptionId", &id)]);
            cancel.extend(asked);
            scene.ask(action, &cancel)
        },
    },
];
