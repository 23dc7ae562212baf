//! Requests that are wrong: the caller's mistake goes back to the caller, a forgery goes nowhere.

use super::Scene;
use super::consent::order;
use super::look::Look;
use super::person::{PAYMENT, SIGN_IN};
use crate::harness::value_of;

#[test]
fn a_wrong_parameter_goes_back_to_the_caller() {
    for (name, look) in [
        ("wrong", Look::DESKTOP),
        ("wrong-plain", Look::PHONE_WITHOUT_SCRIPTS),
    ] {
        let scene = Scene::set(name, look);
        for (parameter, value) in [("transactionAmount", "-1"), ("pipelineName", "Sideways")] {
            let mut asked = order(&scene.caller, "order-1001");
            let wrong = asked.iter_mut().find(|(name, _)| *name == parameter);
            wrong.expect("a parameter of the order").1 = value;
            scene.send(&asked);
            let told = scene.returned();
            assert_eq!(value_of(&told, "status"), Some("CE"), "{told:?}");
            let message = value_of(&told, "errorMessage").expect("a message");
            assert!(message.ends_with(&format!("[{parameter}]")), "{message}");
            assert_eq!(value_of(&told, "callerReference"), None);
        }
        scene.nobody_else_was_asked();
    }
}

#[test]
fn a_forged_request_goes_nowhere() {
    let scene = Scene::set("forged", Look::DESKTOP);
    let browser = &scene.browser;
    let link = scene
        .shop
        .link(&scene.caller, &order(&scene.caller, "order-1001"));
    for (from, to) in [
        ("transactionAmount=36.00", "transactionAmount=3.00"),
        ("signature=", "unsigned="),
    ] {
        let forged = link.replace(from, to);
        assert_ne!(forged, link);
        browser.go(&forged);
        browser.shows("This link cannot be trusted");
        browser.says(&["You have not been charged and nothing has been agreed."]);
        let way_out = browser.all(&format!("a[href*='{}']", scene.shop.address));
        assert_eq!(way_out.len(), 0, "no link that came with the request");
        assert!(!browser.has("form"));
    }
    browser.picture("forged");
    scene.shop.nobody_came();
    browser.asked_only(&[&scene.caller.address]);
}

#[test]
fn a_card_with_a_typing_mistake_is_asked_again() {
    let scene = Scene::set("mistake", Look::PHONE);
    let browser = &scene.browser;
    scene.send(&order(&scene.caller, "order-1001"));
    browser.shows(SIGN_IN);
    browser.sign_up_as_ada();
    browser.shows(PAYMENT);
    for (field, value) in [
        ("card_number", "4242 4242 4242 4241"),
        ("card_month", "13"),
        ("card_year", "2040"),
        ("card_code", "123"),
        ("card_name", "Ada Archer"),
    ] {
        browser.fill(field, value);
    }
    browser.press("add-card");
    let errors = || browser.has(".errors[role=alert]").then_some(());
    crate::harness::wait::until("the errors", super::driver::PAGE_MAX, errors);
    browser.shows(PAYMENT);
    browser.says(&[
        "There is a typing mistake in the card number.",
        "The month is a number from 1 to 12.",
    ]);
    assert!(
        browser.title().starts_with("Error: "),
        "{}",
        browser.title()
    );
    for (field, kept) in [
        ("card_number", ""),
        ("card_code", ""),
        ("card_name", "Ada Archer"),
    ] {
        assert_eq!(browser.value(field), kept, "{field}");
    }
    browser.picture("mistake");
    browser.add_card();
    browser.shows(super::person::ADDRESS);
    scene.shop.nobody_came();
}
