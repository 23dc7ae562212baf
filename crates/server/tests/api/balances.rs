//! Balances: what is available, on its way in and set aside, while the processor thinks and after.

use payments::commands::InstallTokens;
use payments::rows::{PaymentMethod, TallyKind};
use wire::Action;

use crate::kit::{Pairs, Reply, Scene, Shop, cents, with, without};

/// Total, pending in, pending out, available to disburse.
fn balance(reply: &Reply) -> [String; 4] {
    let of = |element: &str| {
        let (_, from) = reply
            .body
            .split_once(&format!("<{element}>"))
            .expect("the element");
        let (_, value) = from.split_once("<Value>").expect("a value");
        value.split('<').next().expect("a value").to_owned()
    };
    [
        "TotalBalance",
        "PendingInBalance",
        "PendingOutBalance",
        "DisburseBalance",
    ]
    .map(of)
}

#[track_caller]
fn has(scene: &Scene, expected: [&str; 4]) {
    let reply = scene.ask(Action::GetAccountBalance, &Pairs::new()).ok();
    assert_eq!(balance(&reply), expected);
}

/// A payment to the caller itself.
fn to_caller(scene: &Scene) -> Pairs {
    without(scene.payment(), "RecipientTokenId")
}

#[test]
fn a_payment_is_pending_in_until_the_processor_answers() {
    let scene = Scene::new();
    has(
        &scene,
        ["1000.000000", "0.000000", "0.000000", "1000.000000"],
    );
    scene.world.pause_processor(true);
    let id = scene.ask(Action::Pay, &to_caller(&scene)).transaction();
    let [total, pending_in, pending_out, free] =
        balance(&scene.ask(Action::GetAccountBalance, &Pairs::new()).ok());
    assert_eq!(
        [total.as_str(), &pending_out, &free],
        ["1000.000000", "0.000000", "1000.000000"]
    );
    assert_ne!(pending_in, "0.000000");
    scene.world.pause_processor(false);
    scene.wait_for(&id, "Success");
    // Less the fee on ten dollars: 2.9 % and 30 cents.
    has(
        &scene,
        ["1009.410000", "0.000000", "0.000000", "1009.410000"],
    );
}

#[test]
fn a_reservation_moves_nothing_until_it_is_settled() {
    let scene = Scene::new();
    let id = scene.made(Action::Reserve, &to_caller(&scene), "Reserved");
    has(
        &scene,
        ["1000.000000", "0.000000", "0.000000", "1000.000000"],
    );
    scene.world.pause_processor(true);
    scene.about(Action::Settle, &id).ok();
    let [total, pending_in, ..] =
        balance(&scene.ask(Action::GetAccountBalance, &Pairs::new()).ok());
    assert_eq!(total, "1000.000000");
    assert_ne!(pending_in, "0.000000");
    scene.world.pause_processor(false);
    scene.wait_for(&id, "Success");
    has(
        &scene,
        ["1009.410000", "0.000000", "0.000000", "1009.410000"],
    );
}

#[test]
fn a_refund_is_pending_out_until_the_processor_answers() {
    let scene = Scene::new();
    let id = scene.made(Action::Pay, &to_caller(&scene), "Success");
    scene.world.pause_processor(true);
    let refund = scene.ask(Action::Refund, &scene.refund(&id)).transaction();
    // Set aside is the amount less the fee that comes back; it is still the account's.
    has(
        &scene,
        ["1009.410000", "0.000000", "9.410000", "1000.000000"],
    );
    scene.world.pause_processor(false);
    scene.wait_for(&refund, "Success");
    has(
        &scene,
        ["1000.000000", "0.000000", "0.000000", "1000.000000"],
    );
}

#[test]
fn a_refund_that_the_card_refuses_leaves_everything_as_it_was() {
    let scene = Scene::new();
    let asked = without(
        scene.payment_by_card("4000000000005126"),
        "RecipientTokenId",
    );
    let id = scene.made(Action::Pay, &asked, "Success");
    has(
        &scene,
        ["1009.410000", "0.000000", "0.000000", "1009.410000"],
    );
    let refund = scene.made(Action::Refund, &scene.refund(&id), "Failure");
    has(
        &scene,
        ["1009.410000", "0.000000", "0.000000", "1009.410000"],
    );
    let seen = scene.about(Action::GetTransactionStatus, &refund).ok();
    assert_eq!(seen.text("StatusCode"), Some("TransactionDenied"));
    // The payment names it as a refund that was taken back, and can still be refunded.
    let paid = scene.about(Action::GetTransaction, &id).ok();
    let (_, related) = paid
        .body
        .split_once("<RelatedTransaction>")
        .expect("a related transaction");
    assert!(related.contains(&refund), "{}", paid.body);
    assert_eq!(paid.text("RelationType"), Some("RefundReversal"));
    scene.ask(Action::Refund, &scene.refund(&id)).ok();
}

fn balance_of(scene: &Scene, shop: &Shop) -> [String; 4] {
    balance(
        &scene
            .ask_as(shop, Action::GetAccountBalance, &Pairs::new())
            .ok(),
    )
}

#[test]
fn a_payment_from_a_balance_is_done_within_the_call() {
    let scene = Scene::new();
    let payer = scene.another_shop(false);
    let account = payer.account;
    scene.world.deposit(account, cents(2_500));
    let consent = InstallTokens {
        account,
        method: Some(PaymentMethod::Balance),
        instrument: None,
        ..scene.consent()
    };
    let token = scene.world.install(consent);
    let asked = without(scene.payment_by(&token), "RecipientTokenId");
    let reply = scene.ask(Action::Pay, &asked).ok();
    assert_eq!(reply.text("TransactionStatus"), Some("Success"));
    let id = reply.transaction();
    let seen = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(seen.text("PaymentMethod"), Some("ABT"));
    assert_eq!(balance_of(&scene, &payer)[0], "15.000000");
    // 1.5 % and a cent.
    has(
        &scene,
        ["1009.840000", "0.000000", "0.000000", "1009.840000"],
    );
    // A fraction of a cent can be paid from a balance.
    let asked = without(scene.payment_by(&token), "RecipientTokenId");
    let tiny = with(asked, "TransactionAmount.Value", "0.0625");
    assert_eq!(
        scene.ask(Action::Pay, &tiny).ok().text("TransactionStatus"),
        Some("Success")
    );
    // And given back at once, to the balance.
    let refund = scene.ask(Action::Refund, &scene.refund(&id)).ok();
    assert_eq!(refund.text("TransactionStatus"), Some("Success"));
    assert_eq!(balance_of(&scene, &payer)[0], "24.937500");
}

/// What is told of all instruments of a kind: what is on them, and what is on its way.
#[track_caller]
fn totals_are(scene: &Scene, kind: TallyKind, expected: [&str; 2]) {
    let (action, elements) = match kind {
        TallyKind::Prepaid => (
            Action::GetTotalPrepaidLiability,
            ["OutstandingBalance", "PendingInBalance"],
        ),
        TallyKind::Credit => (
            Action::GetOutstandingDebtBalance,
            ["OutstandingBalance", "PendingOutBalance"],
        ),
    };
    let reply = scene.ask(action, &Pairs::new()).ok();
    let found = elements.map(|element| {
        let from = reply.body.split_once(&format!("<{element}>"));
        let (_, from) = from.unwrap_or_else(|| panic!("no {element}: {}", reply.body));
        let (_, value) = from.split_once("<Value>").expect("a value");
        value.split('<').next().expect("a value").to_owned()
    });
    assert_eq!(found, expected);
}

#[test]
fn what_was_paid_ahead_is_summed_over_all_instruments() {
    let scene = Scene::new();
    totals_are(&scene, TallyKind::Prepaid, ["0.000000", "0.000000"]);
    // Of 20 dollars 4.50 are spent.
    scene.funded();
    totals_are(&scene, TallyKind::Prepaid, ["15.500000", "0.000000"]);
    scene.funded();
    totals_are(&scene, TallyKind::Prepaid, ["31.000000", "0.000000"]);
    let tally = scene.tally(TallyKind::Prepaid);
    scene.world.pause_processor(true);
    let asked = scene.funding(&tally, "5.00");
    let id = scene.ask(Action::FundPrepaid, &asked).transaction();
    totals_are(&scene, TallyKind::Prepaid, ["31.000000", "5.000000"]);
    scene.world.pause_processor(false);
    scene.wait_for(&id, "Success");
    totals_are(&scene, TallyKind::Prepaid, ["36.000000", "0.000000"]);
    // Nothing of it is owed, and it is owed to nobody else.
    totals_are(&scene, TallyKind::Credit, ["0.000000", "0.000000"]);
    let other = scene.another_shop(true);
    let reply = scene.ask_as(&other, Action::GetTotalPrepaidLiability, &Pairs::new());
    assert!(!reply.ok().body.contains("36.0"));
}

#[test]
fn what_is_owed_is_summed_over_all_instruments() {
    let scene = Scene::new();
    totals_are(&scene, TallyKind::Credit, ["0.000000", "0.000000"]);
    let tally = scene.owed();
    totals_are(&scene, TallyKind::Credit, ["20.000000", "0.000000"]);
    scene.owed();
    totals_are(&scene, TallyKind::Credit, ["40.000000", "0.000000"]);
    scene.world.pause_processor(true);
    let asked = scene.settlement(&tally, "5.00");
    let id = scene.ask(Action::SettleDebt, &asked).transaction();
    totals_are(&scene, TallyKind::Credit, ["35.000000", "5.000000"]);
    scene.world.pause_processor(false);
    scene.wait_for(&id, "Success");
    totals_are(&scene, TallyKind::Credit, ["35.000000", "0.000000"]);
    scene
        .ask(Action::WriteOffDebt, &scene.write_off(&tally, "15.00"))
        .ok();
    totals_are(&scene, TallyKind::Credit, ["20.000000", "0.000000"]);
}
