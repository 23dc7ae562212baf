//! A person refuses, or just leaves, at each step: nothing is agreed, and the caller is told so.

use super::consent::order;
use super::driver::PAGE_MAX;
use super::look::Look;
use super::person::{ADDRESS, CONFIRM, PAYMENT, SIGN_IN, SIGN_UP};
use super::{Scene, shop};
use crate::harness::{value_of, wait};

/// What nobody is told who was refused.
const UNTOLD: [&str; 11] = [
    "tokenID",
    "prepaidSenderTokenID",
    "fundingTokenID",
    "prepaidInstrumentID",
    "creditSenderTokenID",
    "settlementTokenID",
    "creditInstrumentID",
    "callerReference",
    "expiry",
    "addressName",
    "errorMessage",
];

/// The pages of a visit, in their order.
const STEPS: [&str; 5] = [SIGN_IN, SIGN_UP, PAYMENT, ADDRESS, CONFIRM];

/// Goes on from the page that is shown to a later one. Whoever has signed up once is known, and so
/// is the card.
pub fn walk_to(scene: &Scene, last: &str) {
    let browser = &scene.browser;
    loop {
        let shown = browser.shows_one(&STEPS);
        match shown.as_str() {
            step if step == last => return,
            SIGN_IN if last == SIGN_UP => browser.follow("Create an account"),
            SIGN_IN => browser.sign_up_as_ada(),
            PAYMENT if browser.has("button[value=choose-method]") => browser.press("choose-method"),
            PAYMENT => browser.add_card(),
            ADDRESS => browser.give_address(),
            step => panic!("{step} is not on the way to {last}"),
        }
        wait::until("the next page", PAGE_MAX, || {
            browser.heading().filter(|heading| *heading != shown)
        });
    }
}

fn refused_at_each_step(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    for (index, step) in STEPS.iter().enumerate() {
        let reference = format!("order-{index}");
        scene.send(&order(&scene.caller, &reference));
        walk_to(&scene, step);
        scene.browser.says(&["Cancel and return to the fern shop"]);
        scene.browser.press("cancel");
        abandoned(&scene, step, &reference);
    }
    // Going back does not bring it to life again, whether the browser kept the page or asks anew.
    let browser = &scene.browser;
    browser.back();
    let shown = browser.shows_one(&[CONFIRM, shop::HEADING]);
    if shown == CONFIRM {
        browser.press("confirm");
    }
    abandoned(&scene, "back", "order-4");
    scene.shop.nobody_came();
    scene.nobody_else_was_asked();
}

/// The shop is told so, signed, and there is no token.
pub fn abandoned(scene: &Scene, step: &str, reference: &str) {
    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some("A"), "{step}: {told:?}");
    for name in UNTOLD {
        assert_eq!(value_of(&told, name), None, "{step}: {told:?}");
    }
    nothing_installed(scene, step, reference);
}

/// The caller knows no token of that reference.
pub fn nothing_installed(scene: &Scene, step: &str, reference: &str) {
    let asked = scene
        .caller
        .call("GetTokenByCaller", &[("CallerReference", reference)]);
    assert_eq!(asked.status, 400, "{step}: {asked:?}");
}

#[test]
fn on_a_desktop() {
    refused_at_each_step("refuse-desktop", Look::DESKTOP);
}

#[test]
fn on_a_phone() {
    refused_at_each_step("refuse-phone", Look::PHONE);
}

#[test]
fn on_a_desktop_without_scripts() {
    refused_at_each_step("refuse-desktop-plain", Look::DESKTOP_WITHOUT_SCRIPTS);
}

#[test]
fn on_a_phone_without_scripts() {
    refused_at_each_step("refuse-phone-plain", Look::PHONE_WITHOUT_SCRIPTS);
}

#[test]
fn with_keys_only() {
    refused_at_each_step("refuse-keys", Look::KEYBOARD);
}

#[test]
fn whoever_just_leaves_has_agreed_to_nothing() {
    let scene = Scene::set("leave", Look::DESKTOP);
    scene.send(&order(&scene.caller, "order-1001"));
    walk_to(&scene, CONFIRM);
    scene.browser.go(&scene.shop.probe());
    let asked = scene
        .caller
        .call("GetTokenByCaller", &[("CallerReference", "order-1001")]);
    assert_eq!(asked.status, 400, "{asked:?}");
    scene.shop.nobody_came();
}
