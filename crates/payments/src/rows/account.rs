//! Accounts, and what signs their requests: access keys and certificates.

use serde::{Deserialize, Serialize};

use crate::ids::Fingerprint;
use crate::{AccountKey, Timestamp};

/// Somebody: a caller, a sender, a recipient; one account can be all three.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its key.
    pub key: AccountKey,
    /// Personal, business or developer.
    pub kind: AccountType,
    /// Contact or business name.
    pub name: String,
    /// E-mail in lower case; unique. Empty for accounts of a load-test world.
    pub email: String,
    /// Whether the e-mail address is known to be theirs.
    pub email_verified: bool,
    /// Whether it may take part.
    pub status: AccountStatus,
    /// Whether the provider knows who they are.
    pub verification: Verification,
    /// Whether it may call for other recipients (a marketplace).
    pub marketplace: bool,
    /// Where its notifications go.
    pub ipn_url: Option<String>,
    /// Origins that unsigned Co-Branded requests may return to.
    pub return_origins: Vec<String>,
    /// The text that stands on card statements.
    pub descriptor: Option<String>,
    /// Argon2id of the password; none for accounts that cannot sign in.
    pub password_hash: Option<String>,
    /// The sealed secret of its webhook signatures.
    pub webhook_secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What kind of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccountType {
    /// A person; cannot be paid by card.
    Personal,
    /// A merchant.
    Business,
    /// A caller with access keys.
    Developer,
}

/// Whether an account may take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccountStatus {
    /// It may.
    Active,
    /// Stopped by the provider for a while.
    Suspended,
    /// Ended.
    Closed,
}

/// Whether the provider knows who an account's owner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Verification {
    /// Not yet: it can neither pay nor be paid.
    Pending = 1,
    /// It does; the limits for accounts apply.
    Complete = 2,
    /// It does, and the limits for accounts are lifted.
    NoLimits = 3,
}

impl Verification {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<Verification> {
        [
            Verification::Pending,
            Verification::Complete,
            Verification::NoLimits,
        ]
        .into_iter()
        .find(|verification| *verification as u8 == number)
    }
}

/// An access key: what signs a caller's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// Its public half.
    pub id: crate::AccessKeyId,
    /// Whose it is.
    pub account: AccountKey,
    /// The secret, sealed by the vault.
    pub sealed_secret: Vec<u8>,
    /// Whether it may still sign.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A certificate that a caller's messages are signed under. Its bytes alone count, no date in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The digest of its bytes.
    pub fingerprint: Fingerprint,
    /// Whose messages it signs.
    pub account: AccountKey,
    /// Its bytes, in DER.
    pub der: Vec<u8>,
    /// Whether it may still sign.
    pub active: bool,
    /// When it was registered.
    pub created_at: Timestamp,
}
