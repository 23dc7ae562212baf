//! Subscriptions as the operator starts them, the server charges them, and callers see and end them.

use payments::commands::{EditToken, InstallTokens};
use payments::rows::{PaymentMethod, TokenType};
use payments::time::DAY_MS;
use serde_json::Value;
use server::admin::{Ask, AskSubscription};
use wire::Action;

use crate::kit::{Pairs, Reply, Scene, pairs, reference, with, without};

#[test]
fn a_plan_is_charged_by_itself_until_its_end() {
    let scene = Scene::new();
    let id = scene.start_plan(|_| ());
    for charges in 1..=3 {
        let shown = scene.plan_charged(&id, charges);
        let paid = shown["payments"].as_array().expect("a list").clone();
        let last = paid.last().expect("a payment")["transaction"].clone();
        let last = last.as_str().expect("an id");
        scene.wait_for(last, "Success");
        let details = scene.about(Action::GetTransaction, last).ok();
        let cost = if charges == 1 { "1.000000" } else { "3.000000" };
        assert!(details.body.contains(cost), "{}", details.body);
        assert_eq!(
            details.text("CallerReference"),
            Some(format!("{id}-{charges}").as_str())
        );
        assert_eq!(details.text("CallerDescription"), Some("A paper"));
        scene.world.advance(7 * DAY_MS);
    }
    let shown = scene.plan_charged(&id, 3);
    assert_eq!(
        (&shown["status"], &shown["next"]),
        (&Value::from("Completed"), &Value::Null)
    );
    let stuck = scene.world.admin(Ask::Stuck { older_s: -60 });
    assert_eq!(stuck, Value::Array(Vec::new()));
    let account = scene.sender.0.to_string();
    let listed = scene.ask_plan(AskSubscription::List { account });
    assert_eq!(listed[0]["subscription"], id.as_str());
}

#[test]
fn months_that_were_missed_are_made_up() {
    let scene = Scene::new();
    let id = scene.start_plan(|new| {
        new.lasts = None;
        new.begins_in_ms = Some(DAY_MS);
    });
    assert_eq!(scene.plan_shown(&id)["charges"], 0);
    // What waits for its time is not stuck.
    let stuck = scene.world.admin(Ask::Stuck { older_s: -60 });
    assert_eq!(stuck, Value::Array(Vec::new()));
    scene.world.advance(22 * DAY_MS);
    let shown = scene.plan_charged(&id, 4);
    assert_eq!(shown["status"], "Active");
}

#[test]
fn cancelling_gives_back_of_the_last_payment() {
    let scene = Scene::new();
    let id = scene.start_plan(|_| ());
    let shown = scene.plan_charged(&id, 1);
    let paid = shown["payments"][0]["transaction"].as_str().expect("an id");
    scene.wait_for(paid, "Success");
    let cancelled = scene.ask_plan(AskSubscription::Cancel {
        id: id.clone(),
        refund: Some("0.40".to_owned()),
        reference: Some("back-1".to_owned()),
        reason: Some("moved".to_owned()),
    });
    let refund = cancelled["refund"].as_str().expect("a refund");
    scene.wait_for(refund, "Success");
    scene.world.advance(7 * DAY_MS);
    let shown = scene.plan_shown(&id);
    assert_eq!(
        (&shown["status"], &shown["charges"]),
        (&Value::from("Cancelled"), &Value::from(1))
    );
}

#[test]
fn a_plan_goes_on_by_the_token_that_took_over() {
    let scene = Scene::new();
    let token = scene.world.install(InstallTokens {
        kind: TokenType::Recurring,
        ..scene.consent()
    });
    let id = scene.start_plan(|new| new.token = token.id.to_string());
    scene.plan_charged(&id, 1);
    // The person pays from her balance from now on.
    scene.world.submit(EditToken {
        installer: scene.shop.account,
        account: scene.sender,
        token: token.id.clone(),
        caller_reference: reference("edited-1"),
        method: PaymentMethod::Balance,
        instrument: None,
    });
    scene.world.advance(7 * DAY_MS);
    let shown = scene.plan_charged(&id, 2);
    assert_eq!(shown["status"], "Active");
    let paid = shown["payments"][1]["transaction"].as_str().expect("an id");
    let details = scene.about(Action::GetTransaction, paid).ok();
    assert_eq!(details.text("PaymentMethod"), Some("ABT"));
    assert_eq!(details.text("TransactionStatus"), Some("Success"));
}

fn asked(scene: &Scene, action: Action, id: &str) -> Reply {
    scene.ask(action, &pairs(&[("SubscriptionId", id)]))
}

/// A cancellation that gives back so much.
fn cancelling(scene: &Scene, id: &str, refund: &str) -> Pairs {
    pairs(&[
        ("SubscriptionId", id),
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", refund),
        ("CallerReference", &scene.fresh_reference()),
    ])
}

const CANCEL: Action = Action::CancelSubscriptionAndRefund;

#[test]
fn callers_see_the_plan_and_its_payments() {
    let scene = Scene::new();
    let id = scene.paid_plan();
    let details = asked(&scene, Action::GetSubscriptionDetails, &id).ok();
    for (name, value) in [
        ("SubscriptionId", id.as_str()),
        ("SubscriptionStatus", "Active"),
        ("NumberOfTransactionsProcessed", "1"),
        ("NumberOfPromotionalTransactions", "1"),
        ("SenderEmail", "sender@example.test"),
        ("RecipientEmail", "caller@example.test"),
    ] {
        assert_eq!(details.text(name), Some(value), "{}", details.body);
    }
    scene.world.advance(7 * DAY_MS);
    scene.plan_charged(&id, 2);
    let shown = asked(&scene, Action::GetTransactionsForSubscription, &id).ok();
    for serial in 1..=2 {
        let number = format!("<TransactionSerialNumber>{serial}</TransactionSerialNumber>");
        assert!(shown.body.contains(&number), "{}", shown.body);
    }
    let first = shown.text("TransactionId").expect("an id");
    let paid = scene.about(Action::GetTransaction, first).ok();
    assert_eq!(
        paid.text("CallerReference"),
        Some(format!("{id}-1").as_str())
    );
    // Nobody else is told that there is such a plan.
    let other = scene.another_shop(true);
    for action in [
        Action::GetSubscriptionDetails,
        Action::GetTransactionsForSubscription,
        CANCEL,
    ] {
        let asked = pairs(&[("SubscriptionId", &id)]);
        scene
            .ask_as(&other, action, &asked)
            .refused("InvalidParams");
    }
}

#[test]
fn a_cancelled_plan_is_charged_no_more() {
    let scene = Scene::new();
    let id = scene.paid_plan();
    let reply = asked(&scene, CANCEL, &id).ok();
    assert!(!reply.body.contains("Result"), "{}", reply.body);
    asked(&scene, CANCEL, &id).refused("InvalidSubscriptionState");
    scene.world.advance(7 * DAY_MS);
    // What is charged for another plan shows that the clock was looked at.
    scene.paid_plan();
    let details = asked(&scene, Action::GetSubscriptionDetails, &id).ok();
    assert_eq!(details.text("SubscriptionStatus"), Some("Cancelled"));
    assert_eq!(details.text("NumberOfTransactionsProcessed"), Some("1"));
    assert_eq!(details.text("NextTransactionDate"), None);
}

#[test]
fn a_refund_is_made_once_whatever_became_of_the_plan() {
    let scene = Scene::new();
    let id = scene.paid_plan();
    let first = cancelling(&scene, &id, "0.40");
    let refund = |reply: Reply| {
        let id = reply.text("RefundTransactionId").expect("an id");
        id.to_owned()
    };
    let made = refund(scene.ask(CANCEL, &first).ok());
    scene.wait_for(&made, "Success");
    assert_eq!(refund(scene.ask(CANCEL, &first).ok()), made);
    let reply = scene.ask(CANCEL, &with(first.clone(), "RefundAmount.Value", "0.41"));
    reply.refused("DuplicateRequest");
    assert!(reply.message().contains("0.41"), "{}", reply.body);
    // The plan has ended; the rest can still be given back, and no more than that.
    let rest = cancelling(&scene, &id, "0.60");
    let rest = refund(scene.ask(CANCEL, &rest).ok());
    assert_ne!(rest, made);
    scene.wait_for(&rest, "Success");
    let more = cancelling(&scene, &id, "0.01");
    scene
        .ask(CANCEL, &more)
        .refused("TransactionFullyRefundedAlready");
}

#[test]
fn a_refund_needs_a_reference_and_zero_is_none() {
    let scene = Scene::new();
    let id = scene.paid_plan();
    let nothing = cancelling(&scene, &id, "0");
    let unnamed = without(nothing.clone(), "CallerReference");
    let reply = scene.ask(CANCEL, &unnamed);
    reply.refused("InvalidParams");
    assert_eq!(reply.message(), "callerReference can not be empty ");
    let reply = scene.ask(CANCEL, &nothing).ok();
    assert_eq!(reply.text("RefundTransactionId"), None);
    let details = asked(&scene, Action::GetSubscriptionDetails, &id).ok();
    assert_eq!(details.text("SubscriptionStatus"), Some("Cancelled"));
}
