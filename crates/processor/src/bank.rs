//! A bank account, as the processor must see it.
//!
//! **Invariant:** an account number never appears in `Debug` or `Display`; only
//! [`BankNumber::digits`] gives it out. A routing number names a bank and is no secret.

use std::fmt;

/// Why a text is not a routing number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRoutingNumber {
    /// Not nine digits.
    #[error("a routing number has nine digits")]
    Digits,
    /// The check digit is wrong: a typing mistake.
    #[error("the routing number's check digit is wrong")]
    CheckDigit,
}

/// The nine digits that name a bank in the United States, with the right check digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingNumber(String);

impl RoutingNumber {
    /// How many digits.
    pub const LENGTH: usize = 9;

    /// Reads a number as a person types it, with spaces and dashes.
    pub fn parse(text: &str) -> Result<RoutingNumber, BadRoutingNumber> {
        let digits = plain(text);
        if digits.len() != Self::LENGTH || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadRoutingNumber::Digits);
        }
        if !aba_valid(&digits) {
            return Err(BadRoutingNumber::CheckDigit);
        }
        Ok(RoutingNumber(digits))
    }

    /// The nine digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether nine digits, weighted 3, 7 and 1 in turn, add up to a multiple of ten. All zeros do, and
/// name no bank.
fn aba_valid(digits: &str) -> bool {
    let weights = [3, 7, 1].into_iter().cycle();
    let values = digits.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = values
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    0 < sum && sum.is_multiple_of(10)
}

/// Why a text is not the number of a bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadBankNumber {
    /// Something other than digits, single spaces and dashes.
    #[error("an account number is written in digits")]
    NotDigits,
    /// Fewer than 4 digits or more than 17.
    #[error("an account number has 4 to 17 digits")]
    Length,
}

/// The number of a bank account. There is no check digit: only the bank knows whether it is right.
#[derive(Clone, PartialEq, Eq)]
pub struct BankNumber(String);

impl BankNumber {
    /// The fewest digits: four are shown.
    pub const LENGTH_MIN: usize = 4;
    /// The most digits that the network carries.
    pub const LENGTH_MAX: usize = 17;

    /// Reads a number as a person types it, with spaces and dashes.
    pub fn parse(text: &str) -> Result<BankNumber, BadBankNumber> {
        let digits = plain(text);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadBankNumber::NotDigits);
        }
        if digits.len() < Self::LENGTH_MIN || Self::LENGTH_MAX < digits.len() {
            return Err(BadBankNumber::Length);
        }
        Ok(BankNumber(digits))
    }

    /// The whole number: only for the vault and the processor.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The last four digits, fit to be shown.
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }
}

impl fmt::Debug for BankNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BankNumber(…{})", self.last_four())
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| *c != ' ' && *c != '-').collect()
}

/// What the bank network must know of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankDetails {
    /// The bank.
    pub routing: RoutingNumber,
    /// The account at that bank.
    pub number: BankNumber,
    /// The name of its holder.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routing_numbers_are_checked() {
        for (text, want) in [
            ("110000000", Ok("110000000")),
            ("0210 0002 1", Ok("021000021")),
            ("121-042-882", Ok("121042882")),
            ("021000022", Err(BadRoutingNumber::CheckDigit)),
            ("210000021", Err(BadRoutingNumber::CheckDigit)),
            ("000000000", Err(BadRoutingNumber::CheckDigit)),
            ("02100002", Err(BadRoutingNumber::Digits)),
            ("0210000211", Err(BadRoutingNumber::Digits)),
            ("02100002x", Err(BadRoutingNumber::Digits)),
            ("٠٢١٠٠٠٠٢١", Err(BadRoutingNumber::Digits)),
            ("", Err(BadRoutingNumber::Digits)),
        ] {
            let parsed = RoutingNumber::parse(text);
            let shown = parsed.as_ref().map(RoutingNumber::as_str);
            assert_eq!(shown.map_err(|bad| *bad), want, "{text}");
        }
    }

    #[test]
    fn account_numbers_are_checked_and_never_printed() {
        for (text, want) in [
            ("0001 2345-6789", Ok("6789")),
            ("1234", Ok("1234")),
            ("123", Err(BadBankNumber::Length)),
            ("123456789012345678", Err(BadBankNumber::Length)),
            ("12a4", Err(BadBankNumber::NotDigits)),
            ("", Err(BadBankNumber::Length)),
        ] {
            let parsed = BankNumber::parse(text);
            let four = parsed.as_ref().map(BankNumber::last_four);
            assert_eq!(four.map_err(|bad| *bad), want, "{text}");
        }
        let number = BankNumber::parse("000123456789").unwrap();
        assert_eq!(format!("{number:?}"), "BankNumber(…6789)");
    }
}
