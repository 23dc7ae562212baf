//! What the sandbox network decides. Pure: the same call, earlier rows and time give the same row.
//!
//! | rule of effect                                                         |
//! |------------------------------------------------------------------------|
//! | an authorisation holds its amount for 30 days                          |
//! | a debit of a bank account is an authorisation that is known days later |
//! | it is captured at most once, for at most the amount held               |
//! | a void releases an authorisation that was not captured                 |
//! | refunds of a capture never exceed it together                          |
//!
//! What is left of a hold or capture is derived from the rows each time; nothing is counted apart.

use std::time::Duration;

use super::ask::{Ask, Asks, Face};
use super::cards::Delivery;
use super::code;
use super::{banks, cards};
use crate::call::Answer;
use crate::card::Brand;
use crate::key::Kind;
use crate::statement::{Network, StatementRow, approval};

/// How long the network keeps a hold.
pub const AUTHORIZATION_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A day of a bank account that settles.
const DAY: Duration = Duration::from_hours(24);

/// What the decision depends on, beside the call.
pub(super) struct Scene<'a> {
    /// The row that the call refers to, if there is one of the right kind.
    pub(super) referred: Option<StatementRow>,
    /// The approved rows that refer to the same row.
    pub(super) siblings: Vec<StatementRow>,
    pub(super) now_ms: i64,
    pub(super) rules: &'a Rules,
}

/// The settings that the decision depends on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) magic_amounts: bool,
    pub(super) verification: Duration,
}

/// The row to record and how its answer travels.
pub(super) struct Decision {
    pub(super) row: StatementRow,
    pub(super) delivery: Delivery,
}

/// Decides a call whose key is new.
pub(super) fn decide(ask: &Ask, scene: &Scene<'_>) -> Decision {
    let face = match (&ask.asks, &scene.referred) {
        (Asks::Authorize { face, .. }, _) => face.clone(),
        (_, Some(row)) => Face::of(row),
        (_, None) => Face {
            last_four: String::new(),
            network: Network::Card(Brand::Other),
            rule: String::new(),
        },
    };
    let does = cards::named(&face.rule).map(|card| card.does);
    let does = does.or_else(|| banks::named(&face.rule).map(|bank| bank.does));
    let (table_declines, delivery) =
        does.map_or((None, Delivery::Prompt), |does| does.at(ask.kind()));
    let broken_rule = match (&ask.asks, &scene.referred) {
        (Asks::Authorize { amount_micros, .. }, _) => refuse_authorize(*amount_micros),
        (Asks::Capture { .. } | Asks::Void { .. }, None) => Some(code::AUTHORIZATION_UNKNOWN),
        (Asks::Refund { .. }, None) => Some(code::CAPTURE_UNKNOWN),
        (Asks::Capture { .. }, Some(held)) => refuse_capture(ask, held, scene),
        (Asks::Void { .. }, Some(held)) => refuse_void(held, scene),
        (Asks::Refund { .. }, Some(captured)) => refuse_refund(ask, captured, scene),
    };
    let magic = scene.rules.magic_amounts
        && delivery == Delivery::Prompt
        && matches!(ask.asks, Asks::Authorize { amount_micros, .. } if is_magic(amount_micros));
    let declined = broken_rule
        .or(table_declines)
        .or(magic.then_some(code::TEMPORARY_DECLINE));
    let (amount_micros, currency) = match (ask.sum(), &scene.referred) {
        (Some((amount_micros, currency)), _) => (amount_micros, currency.to_owned()),
        (None, Some(held)) => (held.amount_micros, held.currency.clone()),
        (None, None) => (0, String::new()),
    };
    let known_at_ms = match delivery {
        Delivery::Verifying => later(scene.now_ms, scene.rules.verification),
        Delivery::Settling { days } => later(scene.now_ms, DAY * u32::from(days)),
        Delivery::Prompt | Delivery::Slow | Delivery::Lost | Delivery::NeverRecorded => {
            scene.now_ms
        }
    };
    let row = StatementRow {
        key: ask.key.clone(),
        refers_to: ask.refers_to().map(|(key, _)| key.clone()),
        amount_micros,
        currency,
        last_four: face.last_four,
        network: face.network,
        rule: face.rule,
        answer: declined.map_or_else(|| approval(&ask.key), decline),
        at_ms: scene.now_ms,
        known_at_ms,
    };
    Decision { row, delivery }
}

fn refuse_authorize(amount_micros: i64) -> Option<&'static str> {
    (amount_micros <= 0).then_some(code::INVALID_AMOUNT)
}

fn refuse_capture(ask: &Ask, held: &StatementRow, scene: &Scene<'_>) -> Option<&'static str> {
    if !held.approved() || scene.now_ms < held.known_at_ms {
        return Some(code::AUTHORIZATION_NOT_APPROVED);
    }
    refuse_ended(held, scene).or_else(|| refuse_sum(ask, held, held.amount_micros))
}

/// A hold that is still under verification may be released: the verdict then comes too late.
fn refuse_void(held: &StatementRow, scene: &Scene<'_>) -> Option<&'static str> {
    if !held.approved() {
        return Some(code::AUTHORIZATION_NOT_APPROVED);
    }
    refuse_ended(held, scene)
}

fn refuse_refund(ask: &Ask, captured: &StatementRow, scene: &Scene<'_>) -> Option<&'static str> {
    if !captured.approved() || scene.now_ms < captured.known_at_ms {
        return Some(code::CAPTURE_NOT_APPROVED);
    }
    let refunds = scene
        .siblings
        .iter()
        .filter(|row| row.kind() == Kind::Refund);
    // What is left can only shrink from a positive amount by refunds that fitted into it.
    let left = refunds.fold(captured.amount_micros, |left, row| {
        left.checked_sub(row.amount_micros)
            .expect("refunds never exceed their capture")
    });
    refuse_sum(ask, captured, left)
}

fn refuse_ended(held: &StatementRow, scene: &Scene<'_>) -> Option<&'static str> {
    let done = |kind| scene.siblings.iter().any(|row| row.kind() == kind);
    if done(Kind::Void) {
        return Some(code::AUTHORIZATION_VOIDED);
    }
    if done(Kind::Capture) {
        return Some(code::AUTHORIZATION_CAPTURED);
    }
    let expires_at_ms = later(held.at_ms, AUTHORIZATION_LIFETIME);
    (expires_at_ms <= scene.now_ms).then_some(code::AUTHORIZATION_EXPIRED)
}

fn refuse_sum(ask: &Ask, earlier: &StatementRow, left_micros: i64) -> Option<&'static str> {
    let (amount_micros, currency) = ask.sum()?;
    if currency != earlier.currency {
        return Some(code::CURRENCY_MISMATCH);
    }
    if amount_micros <= 0 {
        return Some(code::INVALID_AMOUNT);
    }
    (left_micros < amount_micros).then_some(code::AMOUNT_TOO_LARGE)
}

/// The protocol's magic amounts, `N.6n`: the tenths digit is a six. The core has the same rule for
/// payments that no processor is asked about. It is not shared: this plays the network, which knows
/// nothing of the core and its types; a test of the workers holds both to one table.
fn is_magic(amount_micros: i64) -> bool {
    amount_micros / 100_000 % 10 == 6
}

fn decline(code: &str) -> Answer {
    Answer::Declined {
        code: code.to_owned(),
        message: code::message(code).to_owned(),
    }
}

fn later(at_ms: i64, by: Duration) -> i64 {
    at_ms.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
