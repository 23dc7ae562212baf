//! An amount of money: checked, never negative, never without its currency.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::Currency;

/// Micro-units in one main unit (one dollar).
pub const MICROS_PER_UNIT: i64 = 1_000_000;
/// Micro-units in one cent.
pub const MICROS_PER_CENT: i64 = 10_000;

const _: () = assert!(MICROS_PER_CENT * 100 == MICROS_PER_UNIT);

/// Some money, zero or more, in whole micro-units.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(i64, Currency)", into = "(i64, Currency)")]
pub struct Amount {
    micros: i64,
    currency: Currency,
}

impl Amount {
    /// No more than this fits: a thousand million main units, far from any overflow in sums.
    pub const MICROS_MAX: i64 = 1_000_000_000 * MICROS_PER_UNIT;

    /// Nothing, in a currency.
    pub const fn zero(currency: Currency) -> Amount {
        Amount {
            micros: 0,
            currency,
        }
    }

    /// So many micro-units; `None` when negative or above [`Amount::MICROS_MAX`].
    pub fn from_micros(micros: i64, currency: Currency) -> Option<Amount> {
        (0..=Amount::MICROS_MAX)
            .contains(&micros)
            .then_some(Amount { micros, currency })
    }

    /// So many cents.
    pub fn from_cents(cents: i64, currency: Currency) -> Option<Amount> {
        Amount::from_micros(cents.checked_mul(MICROS_PER_CENT)?, currency)
    }

    /// The whole number of micro-units.
    pub const fn micros(self) -> i64 {
        self.micros
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Whether there is nothing.
    pub const fn is_zero(self) -> bool {
        self.micros == 0
    }

    /// Whether no digit below the cent is set: what a card or a bank can be charged.
    pub const fn is_whole_cents(self) -> bool {
        self.micros.rem_euclid(MICROS_PER_CENT) == 0
    }

    /// The sum; `None` on overflow or between currencies.
    pub fn plus(self, other: Amount) -> Option<Amount> {
        if self.currency != other.currency {
            return None;
        }
        Amount::from_micros(self.micros.checked_add(other.micros)?, self.currency)
    }

    /// What is left; `None` when `other` is more, or in another currency.
    pub fn minus(self, other: Amount) -> Option<Amount> {
        if self.currency != other.currency {
            return None;
        }
        Amount::from_micros(self.micros.checked_sub(other.micros)?, self.currency)
    }

    /// What is left, or nothing when `other` is more.
    #[must_use]
    pub fn minus_or_zero(self, other: Amount) -> Amount {
        self.minus(other).unwrap_or(Amount::zero(self.currency))
    }

    /// The smaller of the two.
    #[must_use]
    pub fn at_most(self, other: Amount) -> Amount {
        if other < self { other } else { self }
    }
}

/// Amounts of one currency have an order. Comparing two currencies is a bug, not an answer.
impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Amount) -> Option<Ordering> {
        assert_eq!(
            self.currency, other.currency,
            "amounts of two currencies have no order"
        );
        Some(self.micros.cmp(&other.micros))
    }
}

impl std::fmt::Debug for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.currency, self.to_six_decimals())
    }
}

impl TryFrom<(i64, Currency)> for Amount {
    type Error = &'static str;

    fn try_from((micros, currency): (i64, Currency)) -> Result<Amount, &'static str> {
        Amount::from_micros(micros, currency).ok_or("amount out of range")
    }
}

impl From<Amount> for (i64, Currency) {
    fn from(amount: Amount) -> (i64, Currency) {
        (amount.micros, amount.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn usd(micros: i64) -> Amount {
        Amount::from_micros(micros, Currency::USD).expect("in range")
    }

    #[test]
    fn keeps_within_its_range() {
        assert_eq!(Amount::from_micros(-1, Currency::USD), None);
        assert_eq!(
            Amount::from_micros(Amount::MICROS_MAX + 1, Currency::USD),
            None
        );
        assert_eq!(usd(Amount::MICROS_MAX).plus(usd(1)), None);
        assert_eq!(usd(1).minus(usd(2)), None);
        assert_eq!(usd(1).minus_or_zero(usd(2)), usd(0));
    }

    #[test]
    fn does_not_mix_currencies() {
        let euro = Amount::zero(Currency::parse("EUR").expect("letters"));
        assert_eq!(usd(1).plus(euro), None);
        assert_eq!(usd(1).minus(euro), None);
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_away(a in 0..Amount::MICROS_MAX / 2, b in 0..Amount::MICROS_MAX / 2) {
            let sum = usd(a).plus(usd(b)).expect("half and half fit");
            prop_assert_eq!(sum.minus(usd(b)), Some(usd(a)));
            prop_assert!(usd(a) <= sum);
        }
    }
}
