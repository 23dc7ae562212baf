//! Tokens that nobody has installed: taken by a sandbox where the operator has set it.

use std::time::Duration;

use audit::{CHUNK, FINDINGS_MAX, Options, SqliteBooks, check};
use store::{Found, Query};
use wire::Action;

use crate::kit::{Pairs, Scene, Wire, until, with, without};

/// Well formed, and nobody's.
pub const NOBODYS: &str = "553IPMACGAZ2J4N1L7BJ3UMNRFTQU4V9NT4RJCTVADDJKXQ6L1ZAKSIUNPIRTTI1";

/// A sandbox that takes them. Its books are in a file, where the auditor reads them.
pub fn taking() -> Scene {
    Scene::with_settings(|settings| {
        settings.sandbox_accept_unknown_tokens = true;
        settings.database = None;
    })
}

/// How many accounts stand for somebody.
pub fn stand_ins(scene: &Scene) -> usize {
    let Found::Accounts(rows) = scene.world.find(Query::Accounts { most: 100 }) else {
        panic!("accounts are found");
    };
    rows.iter()
        .filter(|row| row.email.ends_with("@stand-in.invalid"))
        .count()
}

fn unknown(scene: &Scene) -> Pairs {
    let asked = with(scene.payment(), "SenderTokenId", NOBODYS);
    with(asked, "RecipientTokenId", NOBODYS)
}

fn prove(scene: &Scene) {
    let path = scene.world.app().settings.store_path();
    let mut books = SqliteBooks::open(&path).expect("the store's file");
    let options = Options {
        progress: None,
        chunk: CHUNK,
        findings_max: FINDINGS_MAX,
        on_progress: &mut |_| (),
        elapsed: &|| Duration::ZERO,
    };
    let report = check(&mut books, options).expect("the books can be read");
    assert!(report.is_sound(), "{report}");
    assert!(0 < report.counts.transactions, "{report}");
}

#[test]
fn they_pay_and_are_paid_like_any_other_and_the_books_are_sound() {
    let mut scene = taking();
    assert_eq!(stand_ins(&scene), 0, "made when they are needed");
    for wire in [Wire::Query, Wire::Soap] {
        scene.wire = wire;
        let held = scene.made(Action::Reserve, &unknown(&scene), "Reserved");
        scene.about(Action::Settle, &held).ok();
        scene.wait_for(&held, "Success");
        // The caller itself is paid, and takes a fee of nobody.
        let asked = without(unknown(&scene), "RecipientTokenId");
        let paid = scene.made(Action::Pay, &asked, "Success");
        let back = scene
            .ask(Action::Refund, &scene.refund(&paid))
            .transaction();
        scene.wait_for(&back, "Success");
        // A marketplace fee, from a token that is known and to one that is not.
        let asked = with(unknown(&scene), "MarketplaceFixedFee.CurrencyCode", "USD");
        let asked = with(asked, "MarketplaceFixedFee.Value", "1.00");
        scene.made(Action::Pay, &asked, "Success");
    }
    assert_eq!(stand_ins(&scene), 2, "and once");
    prove(&scene);
}

#[test]
fn a_changed_id_of_ours_is_unknown_and_one_of_another_caller_is_not() {
    let scene = taking();
    let own = scene.sender_token.id.as_str();
    let end = if own.ends_with('0') { "G" } else { "0" };
    let changed = format!("{}{end}", &own[..own.len() - 1]);
    let asked = without(scene.payment(), "RecipientTokenId");
    scene.made(
        Action::Pay,
        &with(asked, "SenderTokenId", &changed),
        "Success",
    );
    let shop = scene.another_shop(true);
    let asked = without(scene.payment(), "RecipientTokenId");
    scene
        .ask_as(&shop, Action::Pay, &asked)
        .refused("InvalidTokenId_Sender");
}

#[test]
fn each_caller_has_its_own() {
    let scene = taking();
    let asked = without(unknown(&scene), "RecipientTokenId");
    scene.made(Action::Pay, &asked, "Success");
    let shop = scene.another_shop(true);
    let asked = with(asked, "CallerReference", &scene.fresh_reference());
    scene.ask_as(&shop, Action::Pay, &asked).ok();
    assert_eq!(stand_ins(&scene), 4);
    // The same reference names the same payment, whatever stood for its token.
    let again = with(asked.clone(), "TransactionAmount.Value", "11.00");
    scene
        .ask_as(&shop, Action::Pay, &again)
        .refused("DuplicateRequest");
    until("nothing to be under way", || {
        let one = scene.ask_as(&shop, Action::Pay, &asked).ok();
        (one.text("TransactionStatus") == Some("Success")).then_some(())
    });
    prove(&scene);
}

#[test]
fn what_is_no_token_id_is_malformed_and_the_printed_ones_keep_their_meaning() {
    let scene = taking();
    for text in ["NONE", "", &NOBODYS.to_lowercase(), &NOBODYS[1..]] {
        for name in ["SenderTokenId", "RecipientTokenId"] {
            if text.is_empty() && name == "RecipientTokenId" {
                continue;
            }
            let reply = scene.ask(Action::Pay, &with(scene.payment(), name, text));
            reply.refused("InvalidParams");
        }
    }
    let suspended = "H216UECZ8ZM1G8G4QA3V7RKF8JDFZ9SI3SJAFSGUKBBNDHX1NVM8GUQRZNRNAHER";
    let asked = with(scene.payment(), "SenderTokenId", suspended);
    scene
        .ask(Action::Pay, &asked)
        .refused("InvalidAccountState_Sender");
    assert_eq!(stand_ins(&scene), 2, "it names nothing either");
}

#[test]
fn without_the_setting_they_are_unknown() {
    let scene = Scene::new();
    for action in [Action::Pay, Action::Reserve] {
        let asked = with(scene.payment(), "SenderTokenId", NOBODYS);
        scene.ask(action, &asked).refused("InvalidTokenId_Sender");
        let asked = with(scene.payment(), "RecipientTokenId", NOBODYS);
        scene
            .ask(action, &asked)
            .refused("InvalidTokenId_Recipient");
    }
    assert_eq!(stand_ins(&scene), 0);
}
