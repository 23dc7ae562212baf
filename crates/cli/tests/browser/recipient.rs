//! A business accepts the marketplace's terms.

use super::Scene;
use super::look::Look;
use super::person::{CONFIRM, PAYMENT, SIGN_IN, SIGN_UP};
use crate::harness::value_of;

fn accepted(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    let (browser, caller) = (&scene.browser, &scene.caller);
    scene.send(&[
        ("pipelineName", "Recipient"),
        ("callerReference", "oak-furniture"),
        ("recipientPaysFee", "True"),
        ("maxFixedFee", "1.00"),
        ("maxVariableFee", "10"),
    ]);
    browser.shows(SIGN_IN);
    browser.follow("Create an account");
    browser.shows(SIGN_UP);
    // A personal account is asked for no business; the choice is the person's.
    browser.choose("account_kind-personal");
    let business = browser.one("input[name=business_name]");
    assert!(!browser.is_seen(&business));
    browser.choose("account_kind-business");
    assert!(browser.is_seen(&business));
    for (field, value) in [
        ("name", "Olive Oak"),
        ("business_name", "Oak Furniture"),
        ("email", "olive@oak.example"),
        ("password", "a long enough password"),
    ] {
        browser.fill(field, value);
    }
    browser.press("sign-up");
    browser.shows("Terms of Test Marketplace");
    browser.says(&[
        "Test Marketplace takes payments for you and may keep at most $1.00 plus 10% of each of \
         them.",
        "Who pays the fee of Holdfast You, out of each payment",
        "The sender pays $100.00 Fixed fee to Test Marketplace − $1.00 Share to Test Marketplace \
         − $10.00",
        "You receive",
    ]);
    browser.picture("terms");
    browser.press("confirm");

    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some("SR"), "{told:?}");
    assert_eq!(value_of(&told, "callerReference"), Some("oak-furniture"));
    let token = value_of(&told, "tokenID").expect("a recipient token");
    let refund = value_of(&told, "refundTokenID").expect("a refund token");
    assert_ne!(token, refund);

    // A sender agrees to pay them, and the ceilings on the page are kept.
    browser.go(caller.value("CONSOLE_URL"));
    browser.shows("Oak Furniture");
    browser.press("sign-out");
    browser.shows(SIGN_IN);
    let payer = consent_to(&scene, token);
    let pay = |reference, fee| {
        let mut asked = caller.payment(reference, "80.00");
        (asked[0].1, asked[1].1) = (&payer, token);
        asked.push(("MarketplaceVariableFee", fee));
        caller.call("Reserve", &asked)
    };
    let above = pay("above", "10.01");
    assert_eq!(above.status, 400, "{above:?}");
    assert_eq!(pay("within", "10").must("TransactionStatus"), "Pending");
    scene.nobody_else_was_asked();
}

/// The sender of the sandbox agrees to repeated payments to this recipient.
fn consent_to(scene: &Scene, recipient: &str) -> String {
    let (browser, caller) = (&scene.browser, &scene.caller);
    scene.send(&[
        ("pipelineName", "MultiUse"),
        ("callerReference", "oak-chairs"),
        ("globalAmountLimit", "250.00"),
        ("recipientTokenList", recipient),
    ]);
    browser.shows(SIGN_IN);
    browser.sign_in(
        caller.value("SENDER_EMAIL"),
        caller.value("SENDER_PASSWORD"),
    );
    browser.shows(PAYMENT);
    browser.press("choose-method");
    browser.shows(CONFIRM);
    browser.says(&["Test Marketplace may charge you repeatedly for Oak Furniture"]);
    browser.press("confirm");
    let told = scene.returned();
    value_of(&told, "tokenID").expect("a token").to_owned()
}

#[test]
fn on_a_desktop() {
    accepted("terms-desktop", Look::DESKTOP);
}

#[test]
fn on_a_phone_without_scripts() {
    accepted("terms-phone", Look::PHONE_WITHOUT_SCRIPTS);
}

#[test]
fn with_keys_only() {
    accepted("terms-keys", Look::KEYBOARD);
}
