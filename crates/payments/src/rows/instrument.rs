//! Cards and bank accounts.

use serde::{Deserialize, Serialize};

use super::PaymentMethod;
use crate::{AccountKey, InstrumentKey, Timestamp};

/// A source of money that belongs to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instrument {
    /// Its key.
    pub key: InstrumentKey,
    /// Whose it is.
    pub account: AccountKey,
    /// What may be shown of it.
    pub means: Means,
    /// The number of the card or bank account, sealed by the vault; it leaves only to the processor.
    pub sealed_number: Vec<u8>,
    /// Whether its owner has removed it.
    pub removed: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

/// What may be shown of an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Means {
    /// A card.
    Card(Card),
    /// A bank account.
    Bank(BankAccount),
}

/// What may be shown of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The brand's name.
    pub brand: String,
    /// The last four digits.
    pub last_four: String,
    /// 1 to 12.
    pub expiry_month: u8,
    /// Four digits.
    pub expiry_year: u16,
    /// The name on the card.
    pub name: String,
}

/// What may be shown of a bank account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    /// The nine digits that name the bank.
    pub routing_number: String,
    /// The last four digits of the account.
    pub last_four: String,
    /// The name of its holder.
    pub name: String,
    /// Whether it is known to be theirs.
    pub verified: bool,
}

impl Instrument {
    /// The card, if it is one.
    pub fn card(&self) -> Option<&Card> {
        match &self.means {
            Means::Card(card) => Some(card),
            Means::Bank(_) => None,
        }
    }

    /// Whether a payment by that method can come from it.
    pub fn fits(&self, method: Option<PaymentMethod>) -> bool {
        match &self.means {
            Means::Card(_) => method == Some(PaymentMethod::Card),
            Means::Bank(_) => method == Some(PaymentMethod::Bank),
        }
    }

    /// Whether nothing can be charged to it any more.
    pub fn is_inactive(&self, now: Timestamp) -> bool {
        self.removed || self.card().is_some_and(|card| card.is_expired(now))
    }
}

impl Card {
    /// Whether the month of expiry is over.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        let Ok(moment) = jiff::Timestamp::from_millisecond(now.0) else {
            return true;
        };
        let today = moment.to_zoned(jiff::tz::TimeZone::UTC);
        let (year, month) = (i32::from(today.year()), i32::from(today.month()));
        (i32::from(self.expiry_year), i32::from(self.expiry_month)) < (year, month)
    }

    /// `MM/YYYY`, as return URLs carry it.
    pub fn expiry(&self) -> String {
        format!("{:02}/{}", self.expiry_month, self.expiry_year)
    }
}
