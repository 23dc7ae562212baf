//! What somebody agreed to is seen in the console, and revoked there.

use super::Scene;
use super::look::Look;
use super::person::SIGN_IN;

const AGREEMENTS: &str = "What you agreed to";

fn revoked(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    let (browser, caller) = (&scene.browser, &scene.caller);
    caller.settled(&caller.reserved("order-1001", "12.50"));
    browser.go(caller.value("CONSOLE_URL"));
    browser.shows(SIGN_IN);
    browser.sign_in(caller.value("SENDER_EMAIL"), "not the password");
    browser.shows(SIGN_IN);
    browser.says(&["This e-mail address and password do not belong together."]);
    browser.sign_in(
        caller.value("SENDER_EMAIL"),
        caller.value("SENDER_PASSWORD"),
    );
    browser.shows("Test Sender");
    browser.picture("console");
    browser.follow(AGREEMENTS);
    browser.shows(AGREEMENTS);
    browser.says(&[
        "Test Marketplace",
        "In force",
        "Sandbox purchases",
        "$12.50",
    ]);
    let before = browser.all("article a.button").len();

    // Asked once more, one may keep it.
    let revoke = || {
        let multi_use = caller.value("SENDER_TOKEN");
        browser.follow_to(&format!("article a.button[href*='{multi_use}']"));
        browser.shows("Revoke the agreement with Test Marketplace?");
    };
    revoke();
    browser.picture("revoke");
    browser.follow("Keep it");
    browser.shows(AGREEMENTS);
    assert_eq!(browser.all("article a.button").len(), before);
    caller.reserved("order-1002", "1.00");
    revoke();
    browser.press("revoke");
    browser.shows(AGREEMENTS);
    browser.says(&["The agreement is revoked.", "Revoked"]);
    browser.picture("agreed");
    assert_eq!(browser.all("article a.button").len(), before - 1);

    let refused = caller.call("Reserve", &caller.payment("order-1003", "1.00"));
    assert_eq!(
        refused.text("Code").as_deref(),
        Some("TokenNotActive_Sender"),
        "{refused:?}"
    );

    browser.press("sign-out");
    browser.shows(SIGN_IN);
    browser.go(&format!("{}agreements", caller.value("CONSOLE_URL")));
    browser.shows(SIGN_IN);
    scene.browser.asked_only(&[&caller.address]);
}

#[test]
fn on_a_desktop() {
    revoked("revoke-desktop", Look::DESKTOP);
}

#[test]
fn on_a_phone() {
    revoked("revoke-phone", Look::PHONE);
}

#[test]
fn on_a_phone_without_scripts() {
    revoked("revoke-phone-plain", Look::PHONE_WITHOUT_SCRIPTS);
}

#[test]
fn with_keys_only() {
    revoked("revoke-keys", Look::KEYBOARD);
}
