//! Fees: a share and a fixed part, summed exactly, then rounded once.

use serde::{Deserialize, Serialize};

use crate::{Amount, Currency, MICROS_PER_CENT, Rate};

/// To which grain a fee is rounded. Always half up, in the fee taker's favour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// Whole cents: everything that touches a card or a bank.
    HalfUpToCents,
    /// Whole micro-units: the micro-fees of balance transfers.
    HalfUpToMicros,
}

impl Rounding {
    const fn grain(self) -> i64 {
        match self {
            Rounding::HalfUpToCents => MICROS_PER_CENT,
            Rounding::HalfUpToMicros => 1,
        }
    }
}

/// One line of a fee schedule: `rate × amount + fixed`, at least `minimum`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRule {
    /// The share of the amount.
    pub rate: Rate,
    /// The part that does not depend on the amount.
    pub fixed: Amount,
    /// The fee is never below this.
    pub minimum: Amount,
    /// The one rounding at the end.
    pub rounding: Rounding,
}

impl FeeRule {
    /// No fee on anything.
    pub fn free(currency: Currency) -> FeeRule {
        FeeRule {
            rate: Rate::ZERO,
            fixed: Amount::zero(currency),
            minimum: Amount::zero(currency),
            rounding: Rounding::HalfUpToCents,
        }
    }

    /// The fee on an amount; `None` when it does not fit or the currencies differ.
    pub fn fee_on(&self, amount: Amount) -> Option<Amount> {
        if amount.currency() != self.fixed.currency() {
            return None;
        }
        let share = i128::from(amount.micros()) * i128::from(self.rate.millionths());
        let exact = share + i128::from(self.fixed.micros()) * i128::from(Rate::WHOLE);
        let rounded = round_half_up(exact, i128::from(Rate::WHOLE), self.rounding)?;
        let fee = Amount::from_micros(rounded, amount.currency())?;
        Some(if fee < self.minimum {
            self.minimum
        } else {
            fee
        })
    }
}

/// How much more of a fee goes back when refunds have reached `refunded` of `settled`:
/// `round(fee × refunded ÷ settled) − returned`, so that many small refunds return exactly the whole.
pub fn fee_returned(
    fee: Amount,
    refunded: Amount,
    settled: Amount,
    returned: Amount,
    rounding: Rounding,
) -> Option<Amount> {
    if settled.is_zero() || settled < refunded {
        return None;
    }
    let product = i128::from(fee.micros()) * i128::from(refunded.micros());
    let due = round_half_up(product, i128::from(settled.micros()), rounding)?;
    let due = Amount::from_micros(due, fee.currency())?.at_most(fee);
    Some(due.minus_or_zero(returned))
}

/// `numerator ÷ denominator`, rounded half up to the grain. Both are non-negative.
fn round_half_up(numerator: i128, denominator: i128, rounding: Rounding) -> Option<i64> {
    let grain = i128::from(rounding.grain());
    let unit = denominator.checked_mul(grain)?;
    let steps = numerator.checked_mul(2)?.checked_add(unit)? / unit.checked_mul(2)?;
    i64::try_from(steps.checked_mul(grain)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;
    use proptest::prelude::*;

    fn usd(micros: i64) -> Amount {
        Amount::from_micros(micros, Currency::USD).expect("in range")
    }

    fn rule(percent: &str, fixed: i64, minimum: i64, rounding: Rounding) -> FeeRule {
        let rate = Rate::parse_percent(percent).expect("a rate");
        FeeRule {
            rate,
            fixed: usd(fixed),
            minimum: usd(minimum),
            rounding,
        }
    }

    #[test]
    fn the_documented_samples() {
        let small = rule("5", 50_000, 0, Rounding::HalfUpToCents);
        assert_eq!(small.fee_on(usd(1_000_000)), Some(usd(100_000)));
        assert_eq!(small.fee_on(usd(5_000_000)), Some(usd(300_000)));
        let large = rule("2.9", 300_000, 0, Rounding::HalfUpToCents);
        assert_eq!(large.fee_on(usd(10_000_000)), Some(usd(590_000)));
        let micro = rule("20", 0, 2_500, Rounding::HalfUpToMicros);
        assert_eq!(micro.fee_on(usd(10_000)), Some(usd(2_500)));
        assert_eq!(micro.fee_on(usd(20_000)), Some(usd(4_000)));
    }

    #[test]
    fn sums_before_it_rounds() {
        // 0.5 % of 1.00 is half a cent, and the fixed part half a cent: together one cent.
        let halves = rule("0.5", 5_000, 0, Rounding::HalfUpToCents);
        assert_eq!(halves.fee_on(usd(1_000_000)), Some(usd(10_000)));
        // Half a cent alone goes up.
        let half = rule("0.5", 0, 0, Rounding::HalfUpToCents);
        assert_eq!(half.fee_on(usd(1_000_000)), Some(usd(10_000)));
        assert_eq!(half.fee_on(usd(990_000)), Some(usd(0)));
    }

    proptest! {
        #[test]
        fn many_refunds_return_the_whole(fee in 0..5_000_i64, settled in 1..20_000_i64, cuts in proptest::collection::vec(1..4_000_i64, 0..12)) {
            let (fee, settled) = (usd(fee * 10_000), usd(settled * 10_000));
            let mut refunded = usd(0);
            let mut returned = usd(0);
            for cut in cuts {
                let next = refunded.plus(usd(cut * 10_000)).expect("fits").at_most(settled);
                let more = fee_returned(fee, next, settled, returned, Rounding::HalfUpToCents).expect("fits");
                (refunded, returned) = (next, returned.plus(more).expect("fits"));
                prop_assert!(returned <= fee);
            }
            let rest = fee_returned(fee, settled, settled, returned, Rounding::HalfUpToCents).expect("fits");
            prop_assert_eq!(returned.plus(rest), Some(fee));
        }

        #[test]
        fn a_fee_is_within_half_a_cent(amount in 0..=10_000_000_000_i64, millionths in 0..=1_000_000_u32) {
            let rate = Rate::from_millionths(millionths).expect("a rate");
            let rule = FeeRule { rate, fixed: usd(0), minimum: usd(0), rounding: Rounding::HalfUpToCents };
            let fee = rule.fee_on(usd(amount)).expect("fits");
            let exact = i128::from(amount) * i128::from(millionths);
            let error = (i128::from(fee.micros()) * 1_000_000 - exact).abs();
            prop_assert!(error * 2 <= i128::from(MICROS_PER_CENT) * 1_000_000);
        }
    }
}
