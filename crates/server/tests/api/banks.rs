//! Payments from bank accounts, through the front door.

use payments::commands::InstallTokens;
use payments::rows::PaymentMethod;
use payments::time::DAY_MS;
use processor::{Network, statement_rows};
use server::admin::Ask;
use wire::Action;

use crate::kit::{Pairs, Scene, pairs, until, with};

/// A payment of 10 dollars from a bank account of this number.
fn payment(scene: &Scene, number: &str, verified: bool) -> Pairs {
    let bank = scene.world.bank(scene.sender, number, verified);
    let token = scene.world.install(InstallTokens {
        method: Some(PaymentMethod::Bank),
        instrument: Some(bank),
        ..scene.consent()
    });
    scene.payment_by(&token)
}

/// Waits until the processor has a debit and has said that it takes a while.
fn under_way(scene: &Scene, id: &str) {
    let path = scene.world.app().settings.statement_path();
    until("the bank to have it", || {
        let rows = statement_rows(&path).ok()?;
        let mut rows = rows.iter();
        let found = rows.find(|row| row.key.transaction() == id)?;
        assert_eq!(found.network, Network::Bank);
        Some(())
    });
}

#[test]
fn a_debit_settles_on_its_day() {
    let scene = Scene::new();
    let asked = payment(&scene, "000100000003", true);
    let reply = scene.ask(Action::Pay, &asked).ok();
    assert_eq!(reply.text("TransactionStatus"), Some("Pending"));
    let id = reply.transaction();
    under_way(&scene, &id);
    scene.world.advance(2 * DAY_MS);
    assert_eq!(scene.status(&id), "Pending");
    let early = scene.ask(Action::Refund, &scene.refund(&id));
    early.refused("OriginalTransactionIncomplete");
    scene.world.advance(DAY_MS);
    scene.wait_for(&id, "Success");
    let shown = scene.about(Action::GetTransaction, &id).ok();
    assert_eq!(shown.text("PaymentMethod"), Some("ACH"));
    // Two per cent and five cents.
    assert!(
        shown
            .body
            .contains("<FPSFees><CurrencyCode>USD</CurrencyCode><Value>0.250000"),
        "{}",
        shown.body
    );
    assert_eq!(scene.ask(Action::Pay, &asked).transaction(), id);
}

#[test]
fn a_debit_that_comes_back_late_fails() {
    let scene = Scene::new();
    let id = scene
        .ask(Action::Pay, &payment(&scene, "000200000006", true))
        .transaction();
    under_way(&scene, &id);
    scene.world.advance(6 * DAY_MS);
    scene.wait_for(&id, "Failure");
    let status = scene.about(Action::GetTransactionStatus, &id).ok();
    assert_eq!(status.text("StatusCode"), Some("TransactionDenied"));
    assert_eq!(
        status.text("StatusMessage"),
        Some("The bank returned the debit: the holder did not authorize it.")
    );
    let refund = scene.ask(Action::Refund, &scene.refund(&id));
    refund.refused("OriginalTransactionFailed");
}

#[test]
fn a_debit_on_its_way_can_be_cancelled_and_times_out() {
    let scene = Scene::new();
    let cancelled = scene
        .ask(Action::Pay, &payment(&scene, "000100000005", true))
        .transaction();
    let asked = with(
        payment(&scene, "000100000005", true),
        "TransactionTimeoutInMins",
        "60",
    );
    let timed_out = scene.ask(Action::Pay, &asked).transaction();
    under_way(&scene, &cancelled);
    under_way(&scene, &timed_out);
    scene.about(Action::Cancel, &cancelled).ok();
    assert_eq!(scene.status(&cancelled), "Cancelled");
    scene.world.advance(2 * 3_600_000);
    scene.wait_for(&timed_out, "Failure");
    scene.world.advance(5 * DAY_MS);
    // What has settled all the same is given back.
    let path = scene.world.app().settings.statement_path();
    until("both to be released", || {
        let rows = statement_rows(&path).ok()?;
        let voids = rows.iter().filter(|row| row.kind().as_str() == "void");
        (voids.count() == 2).then_some(())
    });
    assert_eq!(scene.status(&cancelled), "Cancelled");
    assert_eq!(scene.status(&timed_out), "Failure");
}

#[test]
fn a_refund_goes_to_the_balance_within_the_call() {
    let scene = Scene::new();
    let id = scene.made(
        Action::Pay,
        &payment(&scene, "000100000000", true),
        "Success",
    );
    let available = |account| {
        let found = scene.world.find(store::Query::BalanceOf(account));
        let store::Found::Balance(balance) = found else {
            panic!("a balance");
        };
        balance.available
    };
    let before = available(scene.sender);
    let asked = with(scene.refund(&id), "RefundAmount.Value", "4.00");
    let asked = with(asked, "RefundAmount.CurrencyCode", "USD");
    let refund = scene.ask(Action::Refund, &asked).ok();
    assert_eq!(refund.text("TransactionStatus"), Some("Success"));
    assert_eq!(available(scene.sender) - before, 4_000_000);
}

#[test]
fn a_bank_account_cannot_be_reserved() {
    let scene = Scene::new();
    let asked = payment(&scene, "000100000000", true);
    let reply = scene.ask(Action::Reserve, &asked);
    reply.refused("PaymentInstrumentNotCC");
}

#[test]
fn the_operator_verifies_a_bank_account() {
    let scene = Scene::new();
    let bank = scene.world.bank(scene.sender, "000400000000", false);
    let token = scene.world.install(InstallTokens {
        method: Some(PaymentMethod::Bank),
        instrument: Some(bank),
        ..scene.consent()
    });
    let asked = scene.payment_by(&token);
    scene
        .ask(Action::Pay, &asked)
        .refused("UnverifiedBankAccount");
    let account = scene.sender.0.to_string();
    let shown = scene.world.admin(Ask::AccountShow { account });
    let listed = shown["instruments"].as_array().expect("a list");
    let listed = listed
        .iter()
        .find(|line| line["instrument"] == bank.0)
        .expect("it is listed");
    assert_eq!(listed["verified"], false);
    scene.world.admin(Ask::AccountVerifyBank {
        instrument: bank.0,
        verified: true,
    });
    let asked = scene.payment_by(&token);
    scene.made(Action::Pay, &asked, "Success");
}

#[test]
fn what_waits_for_a_bank_is_not_stuck() {
    let scene = Scene::new();
    let id = scene
        .ask(Action::Pay, &payment(&scene, "000100000005", true))
        .transaction();
    under_way(&scene, &id);
    until("nobody to call it stuck", || {
        let stuck = scene.world.admin(Ask::Stuck { older_s: -60 });
        let shown = stuck.as_array().expect("a list");
        shown
            .iter()
            .all(|line| line["transaction"] != id)
            .then_some(())
    });
    let asked = pairs(&[("TransactionId", &id)]);
    scene.ask(Action::GetTransaction, &asked).ok();
}
