//! Subscriptions: a plan that is charged by itself, by a recurring token.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::TRANSACTION_NONCE_BYTES;
use crate::period::Period;
use crate::{
    AccountKey, CallerReference, SubscriptionId, SubscriptionKey, Timestamp, TokenKey,
    TransactionKey, WorkId,
};

/// A plan that a sender has agreed to, and how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its key.
    pub key: SubscriptionKey,
    /// The random bytes of its id.
    pub nonce: [u8; TRANSACTION_NONCE_BYTES],
    /// The caller, who is paid.
    pub caller: AccountKey,
    /// Who pays.
    pub sender: AccountKey,
    /// The token that pays; where another has taken over, that one pays the next charge.
    pub token: TokenKey,
    /// What it is for.
    pub description: String,
    /// What each period costs.
    pub amount: Amount,
    /// What each of the first charges costs instead.
    pub promotional_amount: Option<Amount>,
    /// How many charges are promotional.
    pub promotional_charges: u32,
    /// How long lies between two charges.
    pub frequency: Period,
    /// How long it lasts; none means until it is cancelled.
    pub period: Option<Period>,
    /// When the first charge is due.
    pub starts_at: Timestamp,
    /// Where its notifications go instead of the account's URL.
    pub notify_url: Option<String>,
    /// Whether it goes on.
    pub status: SubscriptionStatus,
    /// Charges made so far, failed ones too.
    pub charges: u32,
    /// The transaction of the last charge.
    pub last: Option<TransactionKey>,
    /// When the next charge is due; none when there is none.
    pub next_at: Option<Timestamp>,
}

/// Whether a subscription goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum SubscriptionStatus {
    /// It does.
    Active = 1,
    /// Ended before its time.
    Cancelled = 2,
    /// Every charge has been made.
    Completed = 3,
}

impl Subscription {
    /// Its public id.
    pub fn id(&self) -> SubscriptionId {
        SubscriptionId::of(self.key, &self.nonce)
    }

    /// The reference of one of its charges; the first has serial number 1.
    pub fn reference(&self, serial: u32) -> CallerReference {
        let text = format!("{}-{serial}", self.id());
        CallerReference::parse(&text).expect("an id and a number are printable and short")
    }

    /// What one of its charges costs.
    pub fn amount_of(&self, serial: u32) -> Amount {
        let promotional = self.promotional_amount;
        let promotional = promotional.filter(|_| serial <= self.promotional_charges);
        promotional.unwrap_or(self.amount)
    }

    /// The work of its next charge, named by the plan's own key; none when there is none.
    pub fn work(&self) -> Option<WorkId> {
        let key = self.key.0;
        self.next_at.map(|due| WorkId { due, key })
    }

    /// When one of its charges is due; none when the plan has ended before.
    pub fn due_at(&self, serial: u32) -> Option<Timestamp> {
        let due = self
            .frequency
            .after(self.starts_at, serial.saturating_sub(1));
        let end = self.period.map(|period| period.after(self.starts_at, 1));
        let within = due < end.unwrap_or(Timestamp::NEVER);
        within.then_some(due)
    }
}

impl SubscriptionStatus {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<SubscriptionStatus> {
        [
            SubscriptionStatus::Active,
            SubscriptionStatus::Cancelled,
            SubscriptionStatus::Completed,
        ]
        .into_iter()
        .find(|status| *status as u8 == number)
    }
}
