//! A share of an amount, in whole millionths.

use serde::{Deserialize, Serialize};

/// A share between nothing and everything: 29 000 is 2.9 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Rate(u32);

/// Why a text or number is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRate {
    /// Not digits with at most one point between them.
    NotANumber,
    /// More than four decimals of a percent.
    TooFine,
    /// More than 100 %.
    TooLarge,
}

impl std::fmt::Display for BadRate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            BadRate::NotANumber => "not a decimal percentage",
            BadRate::TooFine => "more than four decimals of a percent",
            BadRate::TooLarge => "more than 100 percent",
        })
    }
}

impl std::error::Error for BadRate {}

impl Rate {
    /// One whole, in millionths.
    pub const WHOLE: u32 = 1_000_000;
    /// No share.
    pub const ZERO: Rate = Rate(0);

    /// So many millionths, at most the whole.
    pub const fn from_millionths(millionths: u32) -> Option<Rate> {
        if Rate::WHOLE < millionths {
            None
        } else {
            Some(Rate(millionths))
        }
    }

    /// Reads a percentage: `5` is five percent, `2.9` is 29 000 millionths.
    pub fn parse_percent(text: &str) -> Result<Rate, BadRate> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if 64 < text.len() || !digits(whole) || !digits(fraction) {
            return Err(BadRate::NotANumber);
        }
        let kept = fraction.trim_end_matches('0');
        if 4 < kept.len() {
            return Err(BadRate::TooFine);
        }
        let percents: u32 = whole.parse().map_err(|_| BadRate::TooLarge)?;
        let parts: u32 = format!("{kept:0<4}")
            .parse()
            .map_err(|_| BadRate::NotANumber)?;
        percents
            .checked_mul(10_000)
            .and_then(|millionths| millionths.checked_add(parts))
            .and_then(Rate::from_millionths)
            .ok_or(BadRate::TooLarge)
    }

    /// The millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// As a percentage without needless zeros: `2.9`.
    pub fn to_percent(self) -> String {
        let text = format!("{}.{:04}", self.0 / 10_000, self.0 % 10_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

impl TryFrom<u32> for Rate {
    type Error = BadRate;

    fn try_from(millionths: u32) -> Result<Rate, BadRate> {
        Rate::from_millionths(millionths).ok_or(BadRate::TooLarge)
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> u32 {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_percentages() {
        let cases = [
            ("5", Ok(50_000)),
            ("2.9", Ok(29_000)),
            ("0.0001", Ok(1)),
            ("100", Ok(1_000_000)),
            ("100.0001", Err(BadRate::TooLarge)),
            ("0.00001", Err(BadRate::TooFine)),
            ("-1", Err(BadRate::NotANumber)),
            ("five", Err(BadRate::NotANumber)),
            ("99999999999", Err(BadRate::TooLarge)),
        ];
        for (text, millionths) in cases {
            assert_eq!(
                Rate::parse_percent(text).map(Rate::millionths),
                millionths,
                "{text:?}"
            );
        }
        assert_eq!(
            Rate::parse_percent("2.9").expect("a rate").to_percent(),
            "2.9"
        );
        assert_eq!(Rate::parse_percent("5").expect("a rate").to_percent(), "5");
    }
}
