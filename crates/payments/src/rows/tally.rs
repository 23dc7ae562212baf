//! Tallies: prepaid and credit instruments, between one sender and one recipient.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::ids::TOKEN_NONCE_BYTES;
use crate::{AccountKey, TallyId, TallyKey, Timestamp, TokenKey};

/// What a sender has paid ahead to a recipient, or owes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Its key.
    pub key: TallyKey,
    /// The random bytes of its id.
    #[serde(with = "super::nonce")]
    pub nonce: [u8; TOKEN_NONCE_BYTES],
    /// Paid ahead, or owed.
    pub kind: TallyKind,
    /// Who pays ahead, or owes.
    pub sender: AccountKey,
    /// Whom: the caller that it was set up for.
    pub recipient: AccountKey,
    /// Prepaid: the most that there may be, with what is being funded. Credit: the most that may be
    /// owed, with what is being settled.
    pub limit: Amount,
    /// The token that spends it, or runs up debt on it.
    pub spending_token: TokenKey,
    /// The token that moves money for it: funds it, or settles it.
    pub moving_token: TokenKey,
    /// When it was made.
    pub installed_at: Timestamp,
    /// From when on it can be used.
    pub valid_from: Timestamp,
    /// From when on it can be used no more.
    pub expires_at: Timestamp,
    /// Prepaid: what can be spent. Credit: what is owed and not being settled.
    pub balance: Amount,
    /// Prepaid: what is being funded. Credit: what is being settled.
    pub pending: Amount,
}

/// Which kind of tally it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum TallyKind {
    /// A prepaid instrument.
    Prepaid = 1,
    /// A credit instrument.
    Credit = 2,
}

impl Tally {
    /// Its public id.
    pub fn id(&self) -> TallyId {
        TallyId::of(self.key, &self.nonce)
    }

    /// Whether its time has come and not passed.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.valid_from <= now && now < self.expires_at
    }
}

impl TallyKind {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<TallyKind> {
        [TallyKind::Prepaid, TallyKind::Credit]
            .into_iter()
            .find(|kind| *kind as u8 == number)
    }
}
