//! Amounts as decimal text: what the protocol sends and what it prints.

use crate::{Amount, Currency, MICROS_PER_CENT, MICROS_PER_UNIT};

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadAmount {
    /// Not digits with at most one point between them.
    NotANumber,
    /// A sign in front.
    Signed,
    /// A non-zero digit below the micro-unit.
    TooFine,
    /// More than [`Amount::MICROS_MAX`].
    TooLarge,
}

impl std::fmt::Display for BadAmount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BadAmount::NotANumber => "not a decimal number",
            BadAmount::Signed => "an amount has no sign",
            BadAmount::TooFine => "more than six decimals",
            BadAmount::TooLarge => "too large",
        })
    }
}

impl std::error::Error for BadAmount {}

/// No text of an amount is longer: digits enough for any zero padding a client may print.
const TEXT_LENGTH_MAX: usize = 64;

impl Amount {
    /// Reads `10`, `10.00`, `1.000000`; zeros behind the sixth decimal are no harm.
    pub fn parse(text: &str, currency: Currency) -> Result<Amount, BadAmount> {
        if text.starts_with(['-', '+']) {
            return Err(BadAmount::Signed);
        }
        if TEXT_LENGTH_MAX < text.len() {
            return Err(BadAmount::TooLarge);
        }
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(BadAmount::NotANumber);
        }
        let kept = fraction.trim_end_matches('0');
        if 6 < kept.len() {
            return Err(BadAmount::TooFine);
        }
        let units: i64 = whole.parse().map_err(|_| BadAmount::TooLarge)?;
        // Every request is read: without a text of its own, a digit at a time, six in all.
        let digits = kept.bytes().chain(std::iter::repeat(b'0')).take(6);
        let parts = digits.fold(0, |parts, digit| parts * 10 + i64::from(digit - b'0'));
        units
            .checked_mul(MICROS_PER_UNIT)
            .and_then(|micros| micros.checked_add(parts))
            .and_then(|micros| Amount::from_micros(micros, currency))
            .ok_or(BadAmount::TooLarge)
    }

    /// Six decimals, as API replies print: `1.000000`.
    pub fn to_six_decimals(self) -> String {
        let (units, rest) = (
            self.micros() / MICROS_PER_UNIT,
            self.micros() % MICROS_PER_UNIT,
        );
        format!("{units}.{rest:06}")
    }

    /// Two decimals, as notifications and pages print: `1.00`; finer digits are kept when set.
    pub fn to_cents(self) -> String {
        if !self.is_whole_cents() {
            return self.to_six_decimals();
        }
        let (units, rest) = (
            self.micros() / MICROS_PER_UNIT,
            self.micros() % MICROS_PER_UNIT,
        );
        format!("{units}.{:02}", rest / MICROS_PER_CENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_clients_send() {
        let cases = [
            ("10", Ok(10_000_000)),
            ("10.00", Ok(10_000_000)),
            ("1.000000", Ok(1_000_000)),
            ("1.00000000", Ok(1_000_000)),
            ("0.0025", Ok(2_500)),
            ("007", Ok(7_000_000)),
            ("1.0000001", Err(BadAmount::TooFine)),
            ("-1", Err(BadAmount::Signed)),
            ("+1", Err(BadAmount::Signed)),
            ("", Err(BadAmount::NotANumber)),
            (".5", Err(BadAmount::NotANumber)),
            ("5.", Err(BadAmount::NotANumber)),
            ("1.2.3", Err(BadAmount::NotANumber)),
            ("1e3", Err(BadAmount::NotANumber)),
            ("NaN", Err(BadAmount::NotANumber)),
            (" 1", Err(BadAmount::NotANumber)),
            ("1,50", Err(BadAmount::NotANumber)),
            ("1000000000000000000000000000000", Err(BadAmount::TooLarge)),
            ("1000000001", Err(BadAmount::TooLarge)),
        ];
        for (text, micros) in cases {
            let read = Amount::parse(text, Currency::USD).map(Amount::micros);
            assert_eq!(read, micros, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(micros in 0..=Amount::MICROS_MAX) {
            let amount = Amount::from_micros(micros, Currency::USD).expect("in range");
            prop_assert_eq!(Amount::parse(&amount.to_six_decimals(), Currency::USD), Ok(amount));
            prop_assert_eq!(Amount::parse(&amount.to_cents(), Currency::USD), Ok(amount));
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = Amount::parse(&text, Currency::USD);
        }
    }
}
