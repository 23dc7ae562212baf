//! What the operator has set: mode, fees, bounds. Given to every decision, never looked up.

use std::sync::Arc;

use money::{Amount, Currency, FeeRule, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::rows::PaymentMethod;
use crate::time::{DAY_MS, HOUR_MS, MINUTE_MS};

/// Sandbox or production: stamped into the database when it is made, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// No real money; time can be moved.
    Sandbox,
    /// Real money.
    Production,
}

/// The operator's settings that decisions depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Sandbox or production.
    pub mode: Mode,
    /// The only currency taken.
    pub currency: Currency,
    /// What the provider charges.
    pub fees: FeeSchedule,
    /// The most one transaction may move.
    pub amount_max: Amount,
    /// The most that an account may send or receive in one transaction until its limits are lifted;
    /// none when accounts have no limits of their own.
    pub limited_max: Option<Amount>,
    /// Whether Pay and Reserve take token ids that name nothing; in a sandbox only.
    pub accept_unknown_tokens: bool,
    /// The certificate that signs notifications made now: its public address.
    pub certificate: String,
}

/// How long a reservation can be settled after it was made: 168 hours.
pub const RESERVATION_LIFE_MS: i64 = 7 * DAY_MS;
/// How long a single-use token can be used: 3 hours.
pub const SINGLE_USE_LIFE_MS: i64 = 3 * HOUR_MS;
/// How long a multi-use token lasts when the caller names no end: one year.
pub const MULTI_USE_LIFE_MS: i64 = 365 * DAY_MS;
/// `TransactionTimeoutInMins` when absent, and at most: seven days.
pub const TIMEOUT_MINS_DEFAULT: u32 = 10_080;
/// An answer later than this after the request gives the reservation a deadline row of its own;
/// earlier ones are found by the cursor over keys.
pub const STANDARD_ANSWER_MS: i64 = 5_000;
/// Characters of the sender description that a dynamic descriptor sends to the card network.
pub const DESCRIPTOR_LENGTH: usize = 15;

const _: () = assert!(TIMEOUT_MINS_DEFAULT as i64 * MINUTE_MS == RESERVATION_LIFE_MS);

/// The provider's fees by payment method, each line from an amount upward.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSchedule {
    /// Cards.
    pub card: Arc<[FeeLine]>,
    /// Bank accounts.
    pub bank: Arc<[FeeLine]>,
    /// Account balance.
    pub balance: Arc<[FeeLine]>,
}

/// One line of a fee schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// The smallest amount this line is for.
    pub from: Amount,
    /// The fee.
    pub rule: FeeRule,
}

/// The rule for an amount among the lines of one payment method: the line with the largest `from` not
/// above it; without one there is no fee.
pub fn rule_of(lines: &[FeeLine], amount: Amount) -> FeeRule {
    let fitting = lines.iter().filter(|line| line.from <= amount);
    fitting
        .max_by_key(|line| line.from.micros())
        .map_or_else(|| FeeRule::free(amount.currency()), |line| line.rule)
}

impl FeeSchedule {
    /// The rule for an amount: the line with the largest `from` not above it.
    pub fn rule_for(&self, method: PaymentMethod, amount: Amount) -> FeeRule {
        rule_of(&self.lines_for(method), amount)
    }

    /// The lines of a payment method. Accounting between instruments is free.
    pub fn lines_for(&self, method: PaymentMethod) -> Arc<[FeeLine]> {
        match method {
            PaymentMethod::Card => self.card.clone(),
            PaymentMethod::Bank => self.bank.clone(),
            PaymentMethod::Balance => self.balance.clone(),
            PaymentMethod::Debt | PaymentMethod::Prepaid => Arc::default(),
        }
    }

    /// The public list of the protocol's time.
    pub fn historical(currency: Currency) -> FeeSchedule {
        let micros = |n| Amount::from_micros(n, currency).expect("a small constant");
        let line = |from, millionths, fixed, minimum, rounding| FeeLine {
            from: micros(from),
            rule: FeeRule {
                rate: Rate::from_millionths(millionths).expect("below the whole"),
                fixed: micros(fixed),
                minimum: micros(minimum),
                rounding,
            },
        };
        let (cents, fine) = (Rounding::HalfUpToCents, Rounding::HalfUpToMicros);
        FeeSchedule {
            card: Arc::from([
                line(0, 50_000, 50_000, 0, cents),
                line(10_000_000, 29_000, 300_000, 0, cents),
            ]),
            bank: Arc::from([line(0, 20_000, 50_000, 0, cents)]),
            balance: Arc::from([
                line(0, 200_000, 0, 2_500, fine),
                line(50_000, 15_000, 10_000, 0, fine),
            ]),
        }
    }
}

impl Terms {
    /// A sandbox with the historical fees: what tests and the default configuration use.
    pub fn sandbox() -> Terms {
        Terms {
            mode: Mode::Sandbox,
            currency: Currency::USD,
            fees: FeeSchedule::historical(Currency::USD),
            amount_max: Amount::from_cents(1_000_000, Currency::USD).expect("ten thousand"),
            limited_max: None,
            accept_unknown_tokens: false,
            certificate: "000000".to_owned(),
        }
    }
}
