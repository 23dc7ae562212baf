//! Where a token begins: active, not used yet, under a key and an id of its own.

use money::Amount;

use crate::command::Stamp;
use crate::rows::{Token, TokenConsent, TokenStatus};
use crate::{AccountKey, TokenKey};

/// Which of a command's new tokens it is: each has a key and random bytes of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nth {
    First,
    Second,
}

impl Nth {
    /// The key that it gets.
    pub(super) fn key(self, stamp: &Stamp) -> TokenKey {
        TokenKey(match self {
            Nth::First => stamp.key(0),
            Nth::Second => stamp.key(1),
        })
    }
}

/// What is agreed, and by whom.
pub(super) struct NewToken {
    pub(super) nth: Nth,
    pub(super) account: AccountKey,
    pub(super) installer: AccountKey,
    pub(super) facts: TokenConsent,
}

impl NewToken {
    /// The token.
    pub(super) fn made(self, stamp: &Stamp) -> Token {
        Token {
            key: self.nth.key(stamp),
            nonce: stamp.token_nonce(self.nth == Nth::Second),
            account: self.account,
            installer: self.installer,
            facts: self.facts.into(),
            status: TokenStatus::Active,
            used: Amount::zero(stamp.terms.currency),
            uses: 0,
            windows: Vec::new(),
            used_at: None,
            successor: None,
        }
    }
}
