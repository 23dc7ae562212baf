//! The agreements that outlive a purchase: paying ahead, paying later, paying regularly, and paying
//! by something else from now on. Each is made on the pages, and the shop then uses what it got.

use super::Scene;
use super::look::{Hand, Look};
use super::person::{CONFIRM, PAYMENT, SIGN_IN};
use super::refusal::{abandoned, nothing_installed, walk_to};
use crate::harness::{Caller, value_of};

/// Parameters of a pipeline or of the API.
pub type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// Paying ahead, up to 50 dollars at a time.
pub fn ahead() -> Pairs<'static> {
    vec![
        ("pipelineName", "SetupPrepaid"),
        ("callerReferenceSender", "ahead-spends"),
        ("callerReferenceFunding", "ahead-funds"),
        ("fundingAmount", "50.00"),
        ("paymentReason", "Songs"),
    ]
}

/// Paying later, up to 75 dollars at a time.
pub fn later() -> Pairs<'static> {
    vec![
        ("pipelineName", "SetupPostpaid"),
        ("callerReferenceSender", "later-spends"),
        ("callerReferenceSettlement", "later-settles"),
        ("creditLimit", "75.00"),
        ("globalAmountLimit", "300.00"),
        ("usageLimitType1", "Count"),
        ("usageLimitPeriod1", "1 Month"),
        ("usageLimitValue1", "2"),
        ("paymentReason", "Coffee on account"),
    ]
}

/// The same 9.99 dollars every month.
pub fn regular() -> Pairs<'static> {
    vec![
        ("pipelineName", "Recurring"),
        ("callerReference", "paper"),
        ("transactionAmount", "9.99"),
        ("recurringPeriod", "1 Month"),
        ("paymentReason", "The Fern Gazette"),
    ]
}

/// Paying for an agreement by something else.
pub fn edit<'a>(reference: &'a str, token: &'a str) -> Pairs<'a> {
    vec![
        ("pipelineName", "EditToken"),
        ("callerReference", reference),
        ("tokenId", token),
    ]
}

/// What the API is asked to move.
fn amount<'a>(name: &str, value: &'a str) -> [(String, &'a str); 2] {
    [
        (format!("{name}.CurrencyCode"), "USD"),
        (format!("{name}.Value"), value),
    ]
}

/// Asks the API about an amount; gives the code of the refusal, or the id of the transaction.
fn ask(caller: &Caller, action: &str, own: &[(&str, &str)], of: (&str, &str)) -> String {
    let amount = amount(of.0, of.1);
    let mut all = own.to_vec();
    all.extend(amount.iter().map(|(name, value)| (name.as_str(), *value)));
    let answer = caller.call(action, &all);
    let code = answer.text("Code");
    code.unwrap_or_else(|| answer.must("TransactionId"))
}

/// A payment by a token; gives the same.
fn pay(caller: &Caller, token: &str, reference: &str, value: &str) -> String {
    let own = [("SenderTokenId", token), ("CallerReference", reference)];
    ask(caller, "Pay", &own, ("TransactionAmount", value))
}

/// Keeps pictures where a person would point, once for each width.
fn picture(scene: &Scene, name: &str) {
    let look = scene.browser.look;
    if look.scripts && look.hand == Hand::Pointer {
        scene.browser.picture(name);
    }
}

/// From the shop to the page of consent, signed in and with the card that is stored.
pub fn to_consent(scene: &Scene, asked: &[(&str, &str)], name: &str) {
    let (browser, caller) = (&scene.browser, &scene.caller);
    scene.send(asked);
    let first = browser.shows_one(&[SIGN_IN, PAYMENT]);
    if first == SIGN_IN {
        let (email, password) = (
            caller.value("SENDER_EMAIL"),
            caller.value("SENDER_PASSWORD"),
        );
        browser.sign_in(email, password);
        browser.shows(PAYMENT);
    }
    picture(scene, &format!("{name}-method"));
    // What recurs is offered from the balance first.
    browser.choose("method-0");
    browser.press("choose-method");
    browser.shows(CONFIRM);
    picture(scene, name);
}

/// Confirms; gives what the shop is told.
pub fn confirmed(scene: &Scene, status: &str) -> Vec<(String, String)> {
    scene.browser.press("confirm");
    let told = scene.returned();
    assert_eq!(value_of(&told, "status"), Some(status), "{told:?}");
    assert_eq!(value_of(&told, "errorMessage"), None, "{told:?}");
    told
}

fn pays_ahead(scene: &Scene) {
    let caller = &scene.caller;
    to_consent(scene, &ahead(), "ahead");
    scene.browser.says(&[
        "Test Marketplace may charge you ahead of what you buy, so that never more than $50.00 is \
         paid ahead at a time. What you buy there is taken off it.",
        "How much Nothing now; charged each time Test Marketplace tops it up",
        "When Any time, from now until you revoke it",
        "What for Songs",
    ]);
    let told = confirmed(scene, "SC");
    let field = |name| value_of(&told, name).expect("a field");
    let (funds, instrument) = (field("fundingTokenID"), field("prepaidInstrumentID"));
    let fund = |reference, value| {
        let own = [
            ("SenderTokenId", funds),
            ("PrepaidInstrumentId", instrument),
            ("CallerReference", reference),
        ];
        ask(caller, "FundPrepaid", &own, ("FundingAmount", value))
    };
    assert_eq!(fund("too-much", "50.01"), "PrepaidFundingLimitExceeded");
    caller.wait_for(&fund("fund", "50.00"), "Success");
    let spends = field("prepaidSenderTokenID");
    assert_eq!(pay(caller, spends, "dear", "50.01"), "InsufficientBalance");
    caller.wait_for(&pay(caller, spends, "songs", "12.50"), "Success");
}

fn pays_later(scene: &Scene) {
    let caller = &scene.caller;
    to_consent(scene, &later(), "later");
    scene.browser.says(&[
        "What you buy at Test Marketplace is written down, so that you never owe more than $75.00 \
         at a time. Test Marketplace may charge you what you owe without asking again, but never \
         more than $300.00 in all.",
        "How much Nothing now; charged each time Test Marketplace collects what you owe",
        "Limit $300.00 collected in all",
        "At most 2 charges in any month",
        "What for Coffee on account",
    ]);
    let told = confirmed(scene, "SC");
    let field = |name| value_of(&told, name).expect("a field");
    let spends = field("creditSenderTokenID");
    assert_eq!(pay(caller, spends, "beans", "75.01"), "TokenUsageError");
    caller.wait_for(&pay(caller, spends, "coffee", "30.00"), "Success");
    let own = [
        ("SenderTokenId", field("settlementTokenID")),
        ("CreditInstrumentId", field("creditInstrumentID")),
        ("CallerReference", "settle"),
    ];
    let settled = ask(caller, "SettleDebt", &own, ("SettlementAmount", "20.00"));
    caller.wait_for(&settled, "Success");
}

/// Gives the token.
fn pays_regularly(scene: &Scene) -> String {
    let caller = &scene.caller;
    to_consent(scene, &regular(), "regular");
    scene.browser.says(&[
        "Test Marketplace may charge you exactly $9.99 at most once in any month, without asking \
         again, until",
        "Each charge Exactly $9.99",
        "At most Once in any month",
    ]);
    let told = confirmed(scene, "SC");
    assert_eq!(value_of(&told, "callerReference"), Some("paper"));
    let token = value_of(&told, "tokenID").expect("a token");
    assert_eq!(pay(caller, token, "other", "9.98"), "TokenUsageError");
    caller.wait_for(&pay(caller, token, "first", "9.99"), "Success");
    assert_eq!(pay(caller, token, "second", "9.99"), "TokenUsageError");
    token.to_owned()
}

/// The same agreement, paid from the balance from now on.
fn pays_otherwise(scene: &Scene, token: &str) {
    let (browser, caller) = (&scene.browser, &scene.caller);
    scene.send(&edit("otherwise", token));
    browser.shows(PAYMENT);
    picture(scene, "change-method");
    browser.choose("method-balance");
    browser.press("choose-method");
    browser.shows(CONFIRM);
    browser.says(&[
        "Test Marketplace goes on charging you as you agreed, within the same limits; only what \
         you pay with changes.",
        "What for The Fern Gazette",
        "Paid with Account balance",
    ]);
    picture(scene, "change");
    let told = confirmed(scene, "SA");
    let changed = value_of(&told, "tokenID").expect("a token");
    assert_ne!(changed, token);
    // What was used of the month stays used, and the old token is no longer good.
    assert_eq!(pay(caller, changed, "third", "9.99"), "TokenUsageError");
    let refused = pay(caller, token, "fourth", "9.99");
    assert_eq!(refused, "TokenNotActive_Sender");
}

fn all_of_them(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    pays_ahead(&scene);
    pays_later(&scene);
    let token = pays_regularly(&scene);
    pays_otherwise(&scene, &token);

    // The sender finds all of it again.
    let browser = &scene.browser;
    browser.go(scene.caller.value("CONSOLE_URL"));
    browser.follow("What you agreed to");
    browser.shows("What you agreed to");
    browser.says(&[
        "Spends what you paid ahead: $37.50 is left",
        "Collects what you owe: $10.00 is open",
        "The Fern Gazette",
        "Replaced",
        "Collected debt",
        "Paid ahead",
    ]);
    picture(&scene, "all-agreements");
    scene.shop.nobody_came();
    scene.nobody_else_was_asked();
}

#[test]
fn on_a_desktop() {
    all_of_them("setups-desktop", Look::DESKTOP);
}

#[test]
fn on_a_phone() {
    all_of_them("setups-phone", Look::PHONE);
}

#[test]
fn on_a_desktop_without_scripts() {
    all_of_them("setups-desktop-plain", Look::DESKTOP_WITHOUT_SCRIPTS);
}

#[test]
fn on_a_phone_without_scripts() {
    all_of_them("setups-phone-plain", Look::PHONE_WITHOUT_SCRIPTS);
}

#[test]
fn with_keys_only() {
    all_of_them("setups-keys", Look::KEYBOARD);
}

/// Refuses each agreement on each page, and leaves the last one without a word. The sender is known
/// by then.
fn refused(name: &str, look: Look) {
    let scene = Scene::set(name, look);
    let browser = &scene.browser;
    let mut paper = regular();
    to_consent(&scene, &paper, "refused");
    let told = confirmed(&scene, "SC");
    let token = value_of(&told, "tokenID").expect("a token");
    paper.retain(|(name, _)| *name != "callerReference");
    paper.push(("callerReference", "more-paper"));
    for (asked, references) in [
        (ahead(), ["ahead-spends", "ahead-funds"]),
        (later(), ["later-spends", "later-settles"]),
        (paper, ["more-paper"; 2]),
        (edit("edit", token), ["edit"; 2]),
    ] {
        for step in [PAYMENT, CONFIRM] {
            scene.send(&asked);
            walk_to(&scene, step);
            browser.says(&["Cancel and return to the fern shop"]);
            browser.press("cancel");
            abandoned(&scene, step, references[0]);
            nothing_installed(&scene, step, references[1]);
        }
        scene.send(&asked);
        walk_to(&scene, CONFIRM);
        browser.go(&scene.shop.probe());
        for reference in references {
            nothing_installed(&scene, "left", reference);
        }
    }
    // What was agreed before is as it was.
    scene
        .caller
        .wait_for(&pay(&scene.caller, token, "paper", "9.99"), "Success");
    scene.shop.nobody_came();
    scene.nobody_else_was_asked();
}

#[test]
fn refused_on_a_desktop() {
    refused("unset-desktop", Look::DESKTOP);
}

#[test]
fn refused_on_a_phone() {
    refused("unset-phone", Look::PHONE);
}

#[test]
fn refused_on_a_desktop_without_scripts() {
    refused("unset-desktop-plain", Look::DESKTOP_WITHOUT_SCRIPTS);
}

#[test]
fn refused_on_a_phone_without_scripts() {
    refused("unset-phone-plain", Look::PHONE_WITHOUT_SCRIPTS);
}
