//! The sealed form of a secret: AES-256-GCM, bound to a purpose and an owner.
//!
//! | bytes | what                          |
//! |-------|-------------------------------|
//! | 1     | id of the master key          |
//! | 12    | nonce                         |
//! | n     | the secret, encrypted         |
//! | 16    | authentication tag            |
//!
//! The associated data is a label, the purpose's byte and the owner as eight bytes, most
//! significant first. Neither is stored; whoever opens must know what they want.

use std::fmt;

use aws_lc_rs::aead::{Aad, Nonce};
use zeroize::Zeroize as _;

use crate::key::MasterKey;

/// How many bytes a nonce has.
pub const NONCE_LENGTH: usize = 12;

const ID_LENGTH: usize = 1;
const TAG_LENGTH: usize = 16;
const LABEL: &[u8; 14] = b"holdfast vault";
const BOUND_LENGTH: usize = LABEL.len() + 1 + 8;

/// What a secret is for. The bytes are part of what is sealed and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// The secret of an access key; its owner is the access key's row.
    AccessKeySecret = 1,
    /// A card's number; its owner is the account that has it.
    CardNumber = 2,
    /// A private key that signs notifications and return addresses; its owner is the key's row.
    NotificationKey = 3,
    /// The secret of a webhook; its owner is the account's row.
    WebhookSecret = 4,
    /// A bank account's number; its owner is the account that has it.
    BankNumber = 5,
}

/// Why a sealed secret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// Too few bytes to be a sealed secret.
    #[error("too short for a sealed secret")]
    TooShort,
    /// Sealed under a master key that is not at hand.
    #[error("sealed under the master key with id {id}, which is not configured")]
    UnknownKey {
        /// The id in the sealed secret.
        id: u8,
    },
    /// Changed since it was sealed, or sealed for another purpose or owner.
    #[error("not what was sealed for this purpose and owner")]
    Rejected,
}

/// A secret that may be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// The bytes to store.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl MasterKey {
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        owner: i64,
        plain: &[u8],
        nonce: [u8; NONCE_LENGTH],
    ) -> Sealed {
        let mut sealed = Vec::with_capacity(ID_LENGTH + NONCE_LENGTH + plain.len() + TAG_LENGTH);
        sealed.push(self.id());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let body = &mut sealed[ID_LENGTH + NONCE_LENGTH..];
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .cipher
            .seal_in_place_separate_tag(nonce, Aad::from(bound(purpose, owner)), body)
            .expect("a secret is far shorter than what the cipher takes");
        sealed.extend_from_slice(tag.as_ref());
        Sealed(sealed)
    }

    pub(crate) fn open(
        &self,
        purpose: Purpose,
        owner: i64,
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let (_id, rest) = sealed
            .split_at_checked(ID_LENGTH)
            .ok_or(VaultError::TooShort)?;
        let (nonce, body) = rest.split_first_chunk().ok_or(VaultError::TooShort)?;
        if body.len() < TAG_LENGTH {
            return Err(VaultError::TooShort);
        }
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let mut plain = body.to_vec();
        let opened = self
            .cipher
            .open_in_place(nonce, Aad::from(bound(purpose, owner)), &mut plain)
            .map(|opened| opened.len());
        let Ok(length) = opened else {
            plain.zeroize();
            return Err(VaultError::Rejected);
        };
        plain.truncate(length);
        Ok(plain)
    }
}

/// What ties a secret to its place.
fn bound(purpose: Purpose, owner: i64) -> [u8; BOUND_LENGTH] {
    let mut bound = [0; BOUND_LENGTH];
    bound[..LABEL.len()].copy_from_slice(LABEL);
    bound[LABEL.len()] = purpose as u8;
    bound[LABEL.len() + 1..].copy_from_slice(&owner.to_be_bytes());
    bound
}
