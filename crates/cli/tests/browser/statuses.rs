//! The ways a visit ends that no other test here ends in: by balance, and where nothing can be agreed.

use super::Scene;
use super::look::Look;
use super::person::{CONFIRM, PAYMENT, SIGN_IN};
use crate::harness::value_of;

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("pipelineName", "SingleUse"),
        ("transactionAmount", "36.00"),
    ];
    all.extend(more);
    all
}

/// The browser is back, with this status and no token.
fn nothing_agreed(scene: &Scene, status: &str, reference: &str) {
    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some(status), "{told:?}");
    assert_eq!(value_of(&told, "tokenID"), None, "{told:?}");
    let asked = scene
        .caller
        .call("GetTokenByCaller", &[("CallerReference", reference)]);
    assert_eq!(asked.status, 400, "{asked:?}");
}

#[test]
fn a_sender_pays_from_the_balance() {
    for (name, look) in [
        ("balance", Look::DESKTOP),
        ("balance-keys", Look::KEYBOARD),
        ("balance-plain", Look::PHONE_WITHOUT_SCRIPTS),
    ] {
        let scene = Scene::set(name, look);
        let (browser, caller) = (&scene.browser, &scene.caller);
        scene.send(&with(&[
            ("callerReference", "balance"),
            ("paymentMethod", "ABT"),
        ]));
        browser.shows(SIGN_IN);
        browser.sign_in(
            caller.value("SENDER_EMAIL"),
            caller.value("SENDER_PASSWORD"),
        );
        browser.shows(PAYMENT);
        assert!(
            !browser.has("input[name=card_number]"),
            "no card is asked for"
        );
        browser.choose("method-balance");
        browser.press("choose-method");
        browser.shows(CONFIRM);
        browser.says(&[
            "Test Marketplace charges you $36.00, once,",
            "Paid with Account balance",
        ]);
        browser.press("confirm");
        let told = scene.returned();
        assert_eq!(value_of(&told, "status"), Some("SA"), "{told:?}");
        assert_eq!(value_of(&told, "expiry"), None, "a balance does not expire");
        let token = value_of(&told, "tokenID").expect("a token");
        let paid = caller.must(
            "Pay",
            &[
                ("SenderTokenId", token),
                ("CallerReference", "balance"),
                ("TransactionAmount.CurrencyCode", "USD"),
                ("TransactionAmount.Value", "36.00"),
            ],
        );
        caller.wait_for(&paid.must("TransactionId"), "Success");
        scene.nobody_else_was_asked();
    }
}

#[test]
fn a_method_that_nobody_can_pay_by_goes_back_at_once() {
    let scene = Scene::set("no-method", Look::DESKTOP);
    // Only a card can be reserved.
    let asked = [
        ("callerReference", "bank"),
        ("paymentMethod", "ACH"),
        ("reserve", "True"),
    ];
    scene.send(&with(&asked));
    nothing_agreed(&scene, "PE", "bank");
    let asked = [
        ("callerReference", "held"),
        ("paymentMethod", "ABT"),
        ("reserve", "True"),
    ];
    scene.send(&with(&asked));
    nothing_agreed(&scene, "PE", "held");
    scene.nobody_else_was_asked();
}

#[test]
fn nobody_pays_themselves() {
    let scene = Scene::set("itself", Look::PHONE);
    let (browser, caller) = (&scene.browser, &scene.caller);
    scene.send(&with(&[("callerReference", "itself")]));
    browser.shows(SIGN_IN);
    browser.sign_in(
        caller.value("CALLER_EMAIL"),
        caller.value("CALLER_PASSWORD"),
    );
    nothing_agreed(&scene, "NP", "itself");
    scene.nobody_else_was_asked();
}

#[test]
fn only_a_marketplace_asks_for_others() {
    let scene = Scene::set("no-marketplace", Look::DESKTOP);
    let caller = scene.caller.value("CALLER_EMAIL");
    scene
        .server
        .json(&["account", "set", caller, "--marketplace", "false"]);
    let recipient = scene.caller.value("RECIPIENT_TOKEN");
    let asked = [("callerReference", "others"), ("recipientToken", recipient)];
    scene.send(&with(&asked));
    nothing_agreed(&scene, "NM", "others");
    scene.nobody_else_was_asked();
}
