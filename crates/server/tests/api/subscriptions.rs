//! Subscriptions as the operator starts them and the server charges them.

use payments::commands::InstallTokens;
use payments::rows::TokenType;
use payments::time::DAY_MS;
use serde_json::Value;
use server::admin::{Ask, AskSubscription, NewSubscription};
use wire::Action;

use crate::kit::{Scene, until};

fn start(scene: &Scene, change: impl FnOnce(&mut NewSubscription)) -> String {
    let token = scene.world.install(InstallTokens {
        kind: TokenType::Recurring,
        ..scene.consent()
    });
    let mut new = NewSubscription {
        caller: scene.shop.account.0.to_string(),
        token: token.id.to_string(),
        description: "A paper".to_owned(),
        amount: "3.00".to_owned(),
        every: "1 week".to_owned(),
        lasts: Some("3 weeks".to_owned()),
        begins_in_ms: None,
        promotional_amount: Some("1.00".to_owned()),
        promotional_charges: Some(1),
        ipn_url: None,
    };
    change(&mut new);
    let started = ask(scene, AskSubscription::Create(Box::new(new)));
    started["subscription"].as_str().expect("an id").to_owned()
}

fn ask(scene: &Scene, ask: AskSubscription) -> Value {
    scene.world.admin(Ask::Subscription(ask))
}

fn show(scene: &Scene, id: &str) -> Value {
    ask(scene, AskSubscription::Show { id: id.to_owned() })
}

/// Waits until so many charges were made; gives the subscription.
fn charged(scene: &Scene, id: &str, charges: u32) -> Value {
    until(&format!("{charges} charges"), || {
        let shown = show(scene, id);
        (shown["charges"] == charges).then_some(shown)
    })
}

#[test]
fn a_plan_is_charged_by_itself_until_its_end() {
    let scene = Scene::new();
    let id = start(&scene, |_| ());
    for charges in 1..=3 {
        let shown = charged(&scene, &id, charges);
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
    let shown = charged(&scene, &id, 3);
    assert_eq!(
        (&shown["status"], &shown["next"]),
        (&Value::from("Completed"), &Value::Null)
    );
    let stuck = scene.world.admin(Ask::Stuck { older_s: -60 });
    assert_eq!(stuck, Value::Array(Vec::new()));
    let account = scene.sender.0.to_string();
    let listed = ask(&scene, AskSubscription::List { account });
    assert_eq!(listed[0]["subscription"], id.as_str());
}

#[test]
fn months_that_were_missed_are_made_up() {
    let scene = Scene::new();
    let id = start(&scene, |new| {
        new.lasts = None;
        new.begins_in_ms = Some(DAY_MS);
    });
    assert_eq!(show(&scene, &id)["charges"], 0);
    // What waits for its time is not stuck.
    let stuck = scene.world.admin(Ask::Stuck { older_s: -60 });
    assert_eq!(stuck, Value::Array(Vec::new()));
    scene.world.advance(22 * DAY_MS);
    let shown = charged(&scene, &id, 4);
    assert_eq!(shown["status"], "Active");
}

#[test]
fn cancelling_gives_back_of_the_last_payment() {
    let scene = Scene::new();
    let id = start(&scene, |_| ());
    let shown = charged(&scene, &id, 1);
    let paid = shown["payments"][0]["transaction"].as_str().expect("an id");
    scene.wait_for(paid, "Success");
    let cancelled = ask(
        &scene,
        AskSubscription::Cancel {
            id: id.clone(),
            refund: Some("0.40".to_owned()),
            reference: Some("back-1".to_owned()),
            reason: Some("moved".to_owned()),
        },
    );
    let refund = cancelled["refund"].as_str().expect("a refund");
    scene.wait_for(refund, "Success");
    scene.world.advance(7 * DAY_MS);
    let shown = show(&scene, &id);
    assert_eq!(
        (&shown["status"], &shown["charges"]),
        (&Value::from("Cancelled"), &Value::from(1))
    );
}
