//! A new buyer agrees to a reservation, whatever the browser.

use super::Scene;
use super::look::{Hand, Look};
use super::person::{ADA_LIVES, ADDRESS, CONFIRM, PAYMENT, SIGN_IN};
use super::shop::SCRIPTS;
use crate::harness::{Caller, value_of};

/// One order with everything that the pages can show of it.
pub fn order<'a>(caller: &'a Caller, reference: &'a str) -> [(&'a str, &'a str); 10] {
    [
        ("pipelineName", "SingleUse"),
        ("callerReference", reference),
        ("transactionAmount", "36.00"),
        ("recipientToken", caller.value("RECIPIENT_TOKEN")),
        ("reserve", "True"),
        ("paymentReason", "A <b>Boston fern</b> in a clay pot"),
        ("itemTotal", "30.00"),
        ("shipping", "4.00"),
        ("tax", "2.00"),
        ("collectShippingAddress", "True"),
    ]
}

/// Reserves with a token of [`order`].
fn reserve(caller: &Caller, token: &str, reference: &str) -> crate::harness::Answer {
    caller.call(
        "Reserve",
        &[
            ("SenderTokenId", token),
            ("RecipientTokenId", caller.value("RECIPIENT_TOKEN")),
            ("CallerReference", reference),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", "36.00"),
        ],
    )
}

/// From the shop through every page and back, and then the shop uses what it got.
fn a_new_buyer_agrees(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    let browser = &scene.browser;
    browser.go(&scene.shop.probe());
    browser.shows(SCRIPTS[usize::from(!look.scripts)]);

    scene.send(&order(&scene.caller, "order-1001"));
    browser.shows(SIGN_IN);
    browser.says(&["Test Marketplace asks for your agreement."]);
    let pictures = look.scripts && look.hand == Hand::Pointer;
    let picture = |name| {
        if pictures {
            browser.picture(name);
        }
    };
    picture("sign-in");
    browser.sign_up_as_ada();
    browser.shows(PAYMENT);
    picture("payment");
    browser.add_card();
    browser.shows(ADDRESS);
    picture("address");
    browser.give_address();
    browser.shows(CONFIRM);
    browser.says(&[
        "Test Marketplace reserves $36.00 for Test Business, once, within 3 hours, and charges \
         at most that amount within 7 days after that.",
        "What for A Boston fern in a clay pot",
        "Who is paid Test Business",
        "7 Fern Lane Ashland",
        "Paid with Visa ending in 4242, expires 12/2040",
        "Items $30.00 Shipping $4.00 Tax $2.00 Total reserved $36.00",
    ]);
    assert!(
        browser.has("td b"),
        "the markup that a payment reason may have"
    );
    picture("confirm");
    browser.press("confirm");

    let told = scene.returned();
    let field = |name| value_of(&told, name);
    assert_eq!(field("status"), Some("SC"), "{told:?}");
    assert_eq!(field("callerReference"), Some("order-1001"));
    assert_eq!(field("expiry"), Some("12/2040"));
    assert_eq!(field("errorMessage"), None);
    for (name, value) in ADA_LIVES {
        assert_eq!(field(name), Some(value));
    }
    let token = field("tokenID").expect("a token");
    let id = reserve(&scene.caller, token, "order-1001").must("TransactionId");
    scene.caller.wait_for(&id, "Reserved");
    let again = reserve(&scene.caller, token, "order-1002");
    assert_eq!(
        again.text("Code").as_deref(),
        Some("SameTokenIdUsedMultipleTimes"),
        "{again:?}"
    );
    scene.shop.nobody_came();
    scene.nobody_else_was_asked();
}

#[test]
fn on_a_desktop() {
    a_new_buyer_agrees("agree-desktop", Look::DESKTOP);
}

#[test]
fn on_a_phone() {
    a_new_buyer_agrees("agree-phone", Look::PHONE);
}

#[test]
fn on_a_desktop_without_scripts() {
    a_new_buyer_agrees("agree-desktop-plain", Look::DESKTOP_WITHOUT_SCRIPTS);
}

#[test]
fn on_a_phone_without_scripts() {
    a_new_buyer_agrees("agree-phone-plain", Look::PHONE_WITHOUT_SCRIPTS);
}

#[test]
fn with_keys_only() {
    a_new_buyer_agrees("agree-keys", Look::KEYBOARD);
}
