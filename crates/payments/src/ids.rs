//! Names of things: row keys, public ids and the caller's own references.
//!
//! A row key is 63 bits: 42 of milliseconds, 10 of lane, 11 of counter. It grows with time, so rows
//! are appended. A public id is a prefix, the key and stored random bytes in base 32: it is found
//! without an index of its own, and cannot be guessed.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

mod base32;
mod fingerprint;
mod public;
mod reference;

pub use fingerprint::Fingerprint;
pub use public::{
    BadId, SubscriptionId, TOKEN_NONCE_BYTES, TRANSACTION_NONCE_BYTES, TallyId, TokenId,
    TransactionId,
};
pub use reference::{AccessKeyId, BadReference, CallerReference};

/// Bits of a key that count within one millisecond and lane.
pub const COUNTER_BITS: u32 = 11;
/// Bits of a key that name the lane.
pub const LANE_BITS: u32 = 10;

/// The first key of a millisecond in a lane.
pub fn first_key(at: Timestamp, lane: u16) -> i64 {
    let ms = at.0.clamp(0, (1 << 42) - 1);
    (ms << (LANE_BITS + COUNTER_BITS)) | (i64::from(lane & 0x3ff) << COUNTER_BITS)
}

/// The millisecond in which a key was made.
pub const fn key_time(key: i64) -> Timestamp {
    Timestamp(key >> (LANE_BITS + COUNTER_BITS))
}

macro_rules! define_keys {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    )*};
}

// Append only.
define_keys! {
    /// Names an account: somebody who calls, sends or receives.
    AccountKey;
    /// Names a card or another source of money.
    InstrumentKey;
    /// Names a token's row.
    TokenKey;
    /// Names a transaction's row.
    TransactionKey;
    /// Names a notification's row.
    NotificationKey;
    /// Names a prepaid or credit instrument.
    TallyKey;
    /// Names a subscription.
    SubscriptionKey;
}

/// Names a row of work: when it is due, then its own key, so that rows stand in the order of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkId {
    /// When it is due, in product time.
    pub due: Timestamp,
    /// Its own key.
    pub key: i64,
}
