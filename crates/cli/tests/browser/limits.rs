//! Repeated charges: the page says their limits, and exactly these are kept.

use super::Scene;
use super::look::Look;
use super::person::{CONFIRM, PAYMENT, SIGN_IN};
use crate::harness::{Caller, value_of};

/// Seconds that the consent is to last.
const LIFE_S: i64 = 60 * 86_400;

#[test]
fn the_limits_on_the_page_are_the_limits_of_the_token() {
    let scene = Scene::set("limits", Look::PHONE);
    let (browser, caller) = (&scene.browser, &scene.caller);
    let until = jiff::Timestamp::now().as_second() + LIFE_S;
    scene.send(&[
        ("pipelineName", "MultiUse"),
        ("callerReference", "fern-club"),
        ("globalAmountLimit", "1250.00"),
        ("amountType", "Maximum"),
        ("transactionAmount", "20.00"),
        ("recipientTokenList", caller.value("RECIPIENT_TOKEN")),
        ("usageLimitType1", "Amount"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitValue1", "50.00"),
        ("usageLimitType2", "Count"),
        ("usageLimitPeriod2", "1 Day"),
        ("usageLimitValue2", "3"),
        ("validityExpiry", &until.to_string()),
        ("paymentReason", "The fern club"),
        ("paymentMethod", "CC"),
    ]);
    browser.shows(SIGN_IN);
    browser.sign_in(
        caller.value("SENDER_EMAIL"),
        caller.value("SENDER_PASSWORD"),
    );
    browser.shows(PAYMENT);
    assert!(!browser.has("#method-balance"), "only cards are asked for");
    browser.picture("choose");
    browser.press("choose-method");
    browser.shows(CONFIRM);
    let until = jiff::Timestamp::from_second(until).expect("a moment");
    let until = until
        .to_zoned(jiff::tz::TimeZone::UTC)
        .strftime("%-d %b %Y, %H:%M UTC");
    browser.says(&[
        &format!(
            "Test Marketplace may charge you at most $20.00 each time for Test Business without \
             asking again, but never more than $1,250.00 in all, until {until}."
        ),
        "At most $50.00 in any month",
        "At most 3 charges in any day",
        "What for The fern club",
    ]);
    browser.picture("repeated");
    browser.press("confirm");
    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some("SC"), "{told:?}");
    let token = value_of(&told, "tokenID").expect("a token");

    charge_up_to_the_limits(caller, token);

    // The sender sees what is left.
    browser.go(caller.value("CONSOLE_URL"));
    browser.follow("What you agreed to");
    browser.shows("What you agreed to");
    browser.says(&["$45.00 of $50.00 used", "$5.00 left"]);
    browser.picture("agreements");
    scene.nobody_else_was_asked();
}

/// Each limit refuses what goes beyond it, and lets through what does not.
fn charge_up_to_the_limits(caller: &Caller, token: &str) {
    for (reference, amount, expected) in [
        ("more than each charge may be", "20.01", "TokenUsageError"),
        ("the first", "20.00", "Pending"),
        ("the second", "20.00", "Pending"),
        ("more than is left of the month", "10.01", "TokenUsageError"),
        ("the third", "5.00", "Pending"),
        ("the fourth of a day", "5.00", "TokenUsageError"),
    ] {
        let mut asked = caller.payment(reference, amount);
        asked[0].1 = token;
        let answer = caller.call("Reserve", &asked);
        let said = answer
            .text("Code")
            .unwrap_or_else(|| answer.must("TransactionStatus"));
        assert_eq!(said, expected, "{reference}");
    }
}
