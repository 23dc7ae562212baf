//! A card, as the processor must see it.
//!
//! **Invariant:** a number never appears in `Debug` or `Display`; only [`CardNumber::digits`] gives
//! it out. The security code is not part of a card here, because nothing may store it.

use std::fmt;

/// The network that a card belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Brand {
    /// Visa.
    Visa,
    /// Mastercard.
    Mastercard,
    /// American Express.
    Amex,
    /// Discover.
    Discover,
    /// Any other network.
    Other,
}

impl Brand {
    /// Every brand.
    pub const ALL: [Brand; 5] = [
        Brand::Visa,
        Brand::Mastercard,
        Brand::Amex,
        Brand::Discover,
        Brand::Other,
    ];

    /// Tells the brand from the leading digits.
    pub fn of(number: &str) -> Brand {
        let leading = |digits: usize| number.get(..digits).and_then(|text| text.parse().ok());
        let (two, three, four): (u16, u16, u16) = (
            leading(2).unwrap_or_default(),
            leading(3).unwrap_or_default(),
            leading(4).unwrap_or_default(),
        );
        match (two, three, four) {
            (40..=49, _, _) => Brand::Visa,
            (51..=55, _, _) | (_, _, 2221..=2720) => Brand::Mastercard,
            (34 | 37, _, _) => Brand::Amex,
            (65, _, _) | (_, 644..=649, _) | (_, _, 6011) => Brand::Discover,
            _ => Brand::Other,
        }
    }

    /// The name that people know the brand by.
    pub const fn as_str(self) -> &'static str {
        match self {
            Brand::Visa => "Visa",
            Brand::Mastercard => "Mastercard",
            Brand::Amex => "American Express",
            Brand::Discover => "Discover",
            Brand::Other => "Card",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Brand> {
        Brand::ALL.into_iter().find(|brand| brand.as_str() == text)
    }
}

impl fmt::Display for Brand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the last digit is the right check digit for the others.
pub fn luhn_valid(number: &str) -> bool {
    let mut sum = 0_u32;
    for (place, digit) in number.chars().rev().enumerate() {
        let Some(digit) = digit.to_digit(10) else {
            return false;
        };
        sum += match (place % 2, digit) {
            (0, digit) => digit,
            (_, 0..=4) => digit * 2,
            (_, _) => digit * 2 - 9,
        };
    }
    !number.is_empty() && sum.is_multiple_of(10)
}

/// Why a text is not a card number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCardNumber {
    /// Something other than digits, single spaces and dashes.
    #[error("a card number is written in digits")]
    NotDigits,
    /// Fewer than 12 digits or more than 19.
    #[error("a card number has 12 to 19 digits")]
    Length,
    /// The check digit is wrong: a typing mistake.
    #[error("the card number's check digit is wrong")]
    CheckDigit,
}

/// A card number whose check digit is right.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(String);

impl CardNumber {
    /// The fewest digits.
    pub const LENGTH_MIN: usize = 12;
    /// The most digits.
    pub const LENGTH_MAX: usize = 19;

    /// Reads a number as a person types it, with spaces and dashes.
    pub fn parse(text: &str) -> Result<CardNumber, BadCardNumber> {
        let digits: String = text.chars().filter(|c| *c != ' ' && *c != '-').collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadCardNumber::NotDigits);
        }
        if digits.len() < Self::LENGTH_MIN || Self::LENGTH_MAX < digits.len() {
            return Err(BadCardNumber::Length);
        }
        if !luhn_valid(&digits) {
            return Err(BadCardNumber::CheckDigit);
        }
        Ok(CardNumber(digits))
    }

    /// The whole number: only for the vault and the processor.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// The last four digits, fit to be shown.
    pub fn last_four(&self) -> &str {
        &self.0[self.0.len() - 4..]
    }

    /// The card's network.
    pub fn brand(&self) -> Brand {
        Brand::of(&self.0)
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardNumber({} …{})", self.brand(), self.last_four())
    }
}

/// What the network must know of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDetails {
    /// The number.
    pub number: CardNumber,
    /// The month of expiry, 1 to 12.
    pub expiry_month: u8,
    /// The year of expiry, four digits.
    pub expiry_year: u16,
    /// The name on the card.
    pub name: String,
}

impl CardDetails {
    /// The card's network.
    pub fn brand(&self) -> Brand {
        self.number.brand()
    }

    /// The last four digits, fit to be shown.
    pub fn last_four(&self) -> &str {
        self.number.last_four()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked() {
        for (text, want) in [
            ("4242 4242 4242 4242", Ok("4242")),
            ("3782-822463-10005", Ok("0005")),
            ("4242424242424241", Err(BadCardNumber::CheckDigit)),
            ("4242x24242424242", Err(BadCardNumber::NotDigits)),
            ("٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", Err(BadCardNumber::NotDigits)),
            ("", Err(BadCardNumber::Length)),
            ("42424242424", Err(BadCardNumber::Length)),
            ("42424242424242424242", Err(BadCardNumber::Length)),
        ] {
            let parsed = CardNumber::parse(text);
            let four = parsed
                .as_ref()
                .map(CardNumber::last_four)
                .map_err(|bad| *bad);
            assert_eq!(four, want, "{text}");
        }
        assert!(!luhn_valid(""));
        assert!(!luhn_valid("42a"));
    }

    #[test]
    fn brands_are_told_by_the_leading_digits() {
        for (number, brand) in [
            ("4242424242424242", Brand::Visa),
            ("5555555555554444", Brand::Mastercard),
            ("2223003122003222", Brand::Mastercard),
            ("378282246310005", Brand::Amex),
            ("6011111111111117", Brand::Discover),
            ("6445644564456445", Brand::Discover),
            ("3530111333300000", Brand::Other),
            ("", Brand::Other),
        ] {
            assert_eq!(Brand::of(number), brand, "{number}");
            assert_eq!(Brand::parse(brand.as_str()), Some(brand));
        }
    }

    #[test]
    fn a_number_is_never_printed() {
        let card = CardDetails {
            number: CardNumber::parse("4242424242424242").unwrap(),
            expiry_month: 12,
            expiry_year: 2031,
            name: "A. Sender".to_owned(),
        };
        let shown = format!("{card:?}");
        assert!(!shown.contains("42424"), "{shown}");
        assert!(shown.contains("Visa …4242"), "{shown}");
    }
}
