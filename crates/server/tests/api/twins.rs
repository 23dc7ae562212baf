//! The same thing asked twice at the same moment, from two connections.

use std::sync::Barrier;

use payments::commands::InstallTokens;
use payments::rows::TokenType;
use wire::Action;

use crate::kit::{Pairs, Reply, Scene, pairs, with};
use crate::sample::sample;
use crate::unknown_tokens::{NOBODYS, stand_ins, taking};

const ROUNDS: usize = 20;

/// Asks both at once.
fn at_once(scene: &Scene, action: Action, both: [&Pairs; 2]) -> [Reply; 2] {
    let start = Barrier::new(2);
    std::thread::scope(|threads| {
        let asked = both.map(|asked| {
            let signer = scene.signer();
            let bytes = signer.sign(action.as_str(), asked);
            let start = &start;
            threads.spawn(move || {
                start.wait();
                signer.send(&scene.world, &bytes)
            })
        });
        asked.map(|thread| thread.join().expect("a reply"))
    })
}

#[test]
fn twins_with_one_reference_are_one_transaction() {
    for action in [Action::Reserve, Action::Pay, Action::Refund] {
        let scene = Scene::new();
        for _ in 0..ROUNDS {
            let asked = sample(&scene, action);
            let [one, other] = at_once(&scene, action, [&asked, &asked]);
            assert_eq!(
                one.transaction(),
                other.transaction(),
                "{}",
                action.as_str()
            );
        }
    }
}

#[test]
fn twins_that_differ_are_one_transaction_and_one_conflict() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let asked = scene.payment();
        let other = with(asked.clone(), "TransactionAmount.Value", "11.00");
        let replies = at_once(&scene, Action::Reserve, [&asked, &other]);
        one_wins(&replies, "DuplicateRequest");
    }
}

#[test]
fn a_single_use_token_is_used_once() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let kind = TokenType::SingleUse;
        let token = scene.world.install(InstallTokens {
            kind,
            ..scene.consent()
        });
        let both = [scene.payment_by(&token), scene.payment_by(&token)];
        let replies = at_once(&scene, Action::Reserve, [&both[0], &both[1]]);
        one_wins(&replies, "SameTokenIdUsedMultipleTimes");
    }
}

#[test]
fn a_reservation_is_settled_once() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let id = scene.reserved();
        let asked = pairs(&[("ReserveTransactionId", &id)]);
        let replies = at_once(&scene, Action::Settle, [&asked, &asked]);
        one_wins(&replies, "InvalidTransactionState");
        scene.wait_for(&id, "Success");
    }
    let captures = scene
        .world
        .running()
        .processor()
        .statement()
        .expect("a statement");
    let rows = captures.map(|row| row.expect("a row"));
    let captures = rows
        .filter(|row| row.kind() == processor::Kind::Capture)
        .count();
    assert_eq!(captures, ROUNDS);
}

#[test]
fn two_refunds_never_give_back_more_than_there_was() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let id = scene.paid();
        let part = |value: &str| {
            let mut asked = scene.refund(&id);
            asked.extend(pairs(&[
                ("RefundAmount.CurrencyCode", "USD"),
                ("RefundAmount.Value", value),
            ]));
            asked
        };
        let replies = at_once(&scene, Action::Refund, [&part("6.00"), &part("6.00")]);
        one_wins(&replies, "RefundAmountExceeded");
    }
}

#[test]
fn a_cancellation_and_its_twin_are_one_refund() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let mut asked = pairs(&[("SubscriptionId", &scene.paid_plan())]);
        asked.extend(half_a_dollar(&scene));
        let replies = at_once(&scene, CANCEL, [&asked, &asked]);
        let [one, other] = replies.map(|reply| {
            let id = reply.ok().text("RefundTransactionId").map(str::to_owned);
            id.expect("a refund")
        });
        assert_eq!(one, other);
    }
}

#[test]
fn a_cancellation_that_differs_is_a_conflict() {
    let scene = Scene::new();
    for _ in 0..ROUNDS {
        let mut asked = pairs(&[("SubscriptionId", &scene.paid_plan())]);
        asked.extend(half_a_dollar(&scene));
        let other = with(asked.clone(), "CancelReason", "another");
        let replies = at_once(&scene, CANCEL, [&asked, &other]);
        one_wins(&replies, "DuplicateRequest");
    }
}

#[test]
fn unknown_tokens_that_come_together_have_one_stand_in() {
    for _ in 0..3 {
        let scene = taking();
        let both = [(); 2].map(|()| {
            let asked = with(scene.payment(), "SenderTokenId", NOBODYS);
            with(asked, "RecipientTokenId", NOBODYS)
        });
        let replies = at_once(&scene, Action::Reserve, [&both[0], &both[1]]);
        let ids = replies.map(|reply| reply.transaction());
        assert_ne!(ids[0], ids[1]);
        assert_eq!(stand_ins(&scene), 2);
    }
}

const CANCEL: Action = Action::CancelSubscriptionAndRefund;

fn half_a_dollar(scene: &Scene) -> Pairs {
    pairs(&[
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "0.50"),
        ("CallerReference", &scene.fresh_reference()),
    ])
}

#[track_caller]
fn one_wins(replies: &[Reply; 2], code: &str) {
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1, "{} {}", replies[0].body, replies[1].body);
    let lost = replies.iter().find(|reply| reply.status != 200);
    lost.expect("one lost").refused(code);
}
