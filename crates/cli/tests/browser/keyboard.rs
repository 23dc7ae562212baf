//! Keys lead to every control of every page, in the order in which one reads, and it is seen where
//! one is.

use super::Scene;
use super::consent::order;
use super::driver::Browser;
use super::look::Look;
use super::person::{ADDRESS, CONFIRM, PAYMENT, SIGN_IN, SIGN_UP};
use super::setups;
use crate::harness::value_of;

/// Whatever a key must lead to.
const CONTROLS: &str = "a[href], button, input:not([type=hidden], :disabled), summary";

/// Goes through a page from its beginning with the Tab key alone.
fn walk(browser: &Browser, page: &str) {
    browser.go_to_beginning();
    let mut expected = browser.all(CONTROLS);
    expected.retain(|control| browser.is_a_stop(control));
    assert!(!expected.is_empty(), "{page}: nothing to do");
    for (index, control) in expected.iter().enumerate() {
        browser.tab();
        let name = browser.outline_of(control);
        assert_eq!(
            browser.focused(),
            *control,
            "{page}: stop {index} is not {name}"
        );
        assert!(
            browser.shows_focus(control),
            "{page}: the focus on {name} is not seen"
        );
    }
}

#[test]
fn keys_lead_through_every_page() {
    let scene = Scene::set("keys", Look::KEYBOARD);
    let browser = &scene.browser;
    scene.send(&order(&scene.caller, "order-1001"));
    browser.shows(SIGN_IN);
    walk(browser, SIGN_IN);
    browser.follow("Create an account");
    browser.shows(SIGN_UP);
    walk(browser, SIGN_UP);
    browser.follow("Sign in");
    browser.shows(SIGN_IN);
    let (email, password) = (
        scene.caller.value("SENDER_EMAIL"),
        scene.caller.value("SENDER_PASSWORD"),
    );
    browser.sign_in(email, password);
    browser.shows(PAYMENT);
    walk(browser, PAYMENT);
    browser.press("choose-method");
    browser.shows(ADDRESS);
    walk(browser, ADDRESS);
    browser.give_address();
    browser.shows(CONFIRM);
    walk(browser, CONFIRM);
    for (path, heading) in [("", "Test Sender"), ("agreements", "What you agreed to")] {
        browser.go(&format!("{}{path}", scene.caller.value("CONSOLE_URL")));
        browser.shows(heading);
        walk(browser, heading);
    }
}

#[test]
fn keys_lead_through_every_agreement() {
    let scene = Scene::set("keys-setups", Look::KEYBOARD);
    let browser = &scene.browser;
    let known = |asked: &[(&str, &str)]| {
        setups::to_consent(&scene, asked, "keys");
        walk(browser, CONFIRM);
    };
    known(&setups::ahead());
    browser.follow("Change");
    browser.shows(PAYMENT);
    walk(browser, PAYMENT);
    known(&setups::later());
    known(&setups::regular());
    let told = setups::confirmed(&scene, "SC");
    let token = value_of(&told, "tokenID").expect("a token");
    scene.send(&setups::edit("edit", token));
    browser.shows(PAYMENT);
    walk(browser, PAYMENT);
    browser.press("choose-method");
    browser.shows(CONFIRM);
    walk(browser, CONFIRM);
    browser.press("cancel");
    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some("A"), "{told:?}");
}
