//! Which money an amount is in.

use serde::{Deserialize, Serialize, Serializer};

/// A currency by its three letters, as ISO 4217 writes them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// United States dollars: the only currency the protocol knows.
    pub const USD: Currency = Currency(*b"USD");

    /// Reads three capital letters.
    pub fn parse(text: &str) -> Result<Currency, BadCurrency> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => {
                Ok(Currency([*a, *b, *c]))
            }
            _ => Err(BadCurrency),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Every amount of every row that is written asks for it.
        if *self == Currency::USD {
            return "USD";
        }
        std::str::from_utf8(&self.0).expect("a currency holds three ASCII letters")
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;

    fn try_from(text: String) -> Result<Currency, BadCurrency> {
        Currency::parse(&text)
    }
}

/// Written without a detour by a string of its own: every amount of every row has one.
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// The text is not three capital letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCurrency;

impl std::fmt::Display for BadCurrency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a currency is three capital letters")
    }
}

impl std::error::Error for BadCurrency {}
