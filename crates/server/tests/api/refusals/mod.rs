//! Every documented error of the actions, from the situation that the reference describes.
//!
//! One table a subject; [`CASES`] joins them, so that the coverage test knows which codes arise.

mod charges_table;
mod parties_table;
mod paying;
mod reads_table;
mod subscriptions_table;
mod tallies_table;
mod tokens_table;
mod transactions_table;

use wire::Action;

use crate::kit::{Reply, Scene, Wire, cents};

/// A situation and the error it leads to.
pub struct Case {
    /// The error's code.
    pub code: &'static str,
    /// What the sentence must contain.
    pub says: &'static str,
    /// The actions that it is tried with.
    pub actions: &'static [Action],
    /// The situation, in words.
    pub when: &'static str,
    /// Brings it about and asks.
    pub ask: fn(&Scene, Action) -> Reply,
}

/// All situations.
pub const CASES: [&[Case]; 7] = [
    parties_table::CASES,
    charges_table::CASES,
    transactions_table::CASES,
    tokens_table::CASES,
    reads_table::CASES,
    subscriptions_table::CASES,
    tallies_table::CASES,
];

/// Codes that other modules of these tests provoke.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("AccessFailure", "credentials"),
    ("AuthFailure", "credentials"),
    ("ConcurrentModification", "contention"),
    ("DuplicateRequest", "idempotency"),
    ("InternalError", "credentials"),
    ("InvalidClientTokenId", "credentials"),
    ("InvalidParameterValue", "bad_input"),
    ("InvalidRequest", "parameters"),
    ("RequestExpired", "credentials"),
    ("ServiceUnavailable", "credentials"),
    ("SignatureDoesNotMatch", "credentials"),
];

/// What an account may send or receive at once in these scenes.
const LIMITED_CENTS: i64 = 999_900;

fn check(cases: &[Case]) {
    for wire in [Wire::Query, Wire::Soap] {
        let mut scene = Scene::with_settings(|settings| {
            settings.limited_account_max = Some(cents(LIMITED_CENTS));
        });
        scene.wire = wire;
        check_in(&scene, cases);
    }
}

fn check_in(scene: &Scene, cases: &[Case]) {
    for case in cases {
        for action in case.actions {
            let reply = (case.ask)(scene, *action);
            let told = format!("{}, {}: {}", action.as_str(), case.when, reply.body);
            assert_eq!(reply.code(), case.code, "{told}");
            assert!(reply.message().contains(case.says), "{told}");
            reply.refused(case.code);
            // Whatever was refused, the next request is served.
            scene.ask(Action::GetAccountBalance, &Vec::new());
        }
    }
}

#[test]
fn of_parties() {
    check(parties_table::CASES);
}

#[test]
fn of_charges() {
    check(charges_table::CASES);
}

#[test]
fn of_transactions() {
    check(transactions_table::CASES);
}

#[test]
fn of_tokens() {
    check(tokens_table::CASES);
}

#[test]
fn of_readings() {
    check(reads_table::CASES);
}

#[test]
fn of_subscriptions() {
    check(subscriptions_table::CASES);
}

#[test]
fn of_tallies() {
    check(tallies_table::CASES);
}

#[test]
fn of_time() {
    const DAY_MS: i64 = 86_400_000;
    let scene = Scene::new();
    let kind = payments::rows::TokenType::SingleUse;
    let consent = payments::commands::InstallTokens {
        kind,
        ..scene.consent()
    };
    let single = scene.world.install(consent);
    let id = scene.reserved();
    scene.world.advance(3 * 3_600_000);
    // Three hours after it was made a single-use token is dead.
    let reply = scene.ask(Action::Reserve, &scene.payment_by(&single));
    reply.refused("TokenNotActive_Sender");
    scene.world.advance(7 * DAY_MS);
    for action in [Action::Settle, Action::Cancel] {
        // Whether anybody has come to expire it yet, or not.
        scene.about(action, &id).refused("InvalidTransactionState");
    }
    scene.wait_for(&id, "Cancelled");
    let status = scene.about(Action::GetTransactionStatus, &id).ok();
    assert_eq!(status.text("StatusCode"), Some("Expired"));
    scene
        .about(Action::Settle, &id)
        .refused("InvalidTransactionState");
}
