//! The ids that callers see.

use serde::{Deserialize, Serialize};

use super::base32::{self, KEY_LENGTH};
use super::{SubscriptionKey, TallyKey, TokenKey, TransactionKey};

/// Random bytes in a transaction id: 104 bits.
pub const TRANSACTION_NONCE_BYTES: usize = 13;
/// Random bytes in a token id: 248 bits.
pub const TOKEN_NONCE_BYTES: usize = 31;

/// The text cannot be an id of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadId;

macro_rules! public_id {
    ($(#[$doc:meta])* $name:ident, $key:ident, $nonce:ident, $length:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; $name::LENGTH]);

        impl $name {
            /// Its length in characters, always.
            pub const LENGTH: usize = $length;

            /// The id of a row and its random bytes.
            pub fn of(key: $key, nonce: &[u8; $nonce]) -> $name {
                let mut text = [$prefix; $name::LENGTH];
                let (name, random) = text[1..]
                    .split_first_chunk_mut()
                    .expect("an id is longer than a key");
                base32::write_key(name, key.0);
                base32::write_bytes(random, nonce);
                $name(text)
            }

            /// Accepts every well-formed id: capital letters and digits of the right length. Whether
            /// it names anything is another question.
            pub fn parse(text: &str) -> Result<$name, BadId> {
                let well_formed = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
                if !text.as_bytes().iter().all(well_formed) {
                    return Err(BadId);
                }
                text.as_bytes().try_into().map($name).map_err(|_| BadId)
            }

            /// The characters.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).expect("an id holds ASCII only")
            }

            /// The row it may name; `None` when no id of ours looks so.
            pub fn key(&self) -> Option<$key> {
                let (prefix, rest) = self.0.split_first()?;
                let ours = *prefix == $prefix;
                ours.then(|| base32::read_key(rest.get(..KEY_LENGTH)?)).flatten().map($key)
            }

            /// The random bytes it carries.
            pub fn nonce(&self) -> Option<[u8; $nonce]> {
                base32::read_bytes(self.0.get(1 + KEY_LENGTH..)?)
            }

            /// Whether it is the id of this row.
            pub fn names(&self, key: $key, nonce: &[u8; $nonce]) -> bool {
                self.key() == Some(key) && self.nonce().as_ref() == Some(nonce)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<$name, &'static str> {
                $name::parse(&text).map_err(|_| "not an id")
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.as_str().to_owned()
            }
        }
    };
}

public_id! {
    /// Names one transaction for everybody, for ever.
    TransactionId, TransactionKey, TRANSACTION_NONCE_BYTES, 35, b'1'
}
public_id! {
    /// Names a token: somebody's standing consent or acceptance.
    TokenId, TokenKey, TOKEN_NONCE_BYTES, 64, b'T'
}
public_id! {
    /// Names a prepaid or credit instrument.
    TallyId, TallyKey, TOKEN_NONCE_BYTES, 64, b'I'
}
public_id! {
    /// Names a subscription.
    SubscriptionId, SubscriptionKey, TRANSACTION_NONCE_BYTES, 35, b'S'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn foreign_ids_are_well_formed_and_name_nothing() {
        let printed =
            TransactionId::parse("14GKD9GE66FAA63E6O6B2JDPZKN53LZ7F22").expect("well formed");
        assert_eq!(printed.nonce(), None);
        assert!(TransactionId::parse("FAKE").is_err());
        assert!(TransactionId::parse("14gkd9ge66faa63e6o6b2jdpzkn53lz7f22").is_err());
        assert!(TokenId::parse("NONE").is_err());
    }

    proptest! {
        #[test]
        fn an_id_gives_back_its_row(key in 0..i64::MAX, nonce: [u8; 13], token: [u8; 31]) {
            let id = TransactionId::of(TransactionKey(key), &nonce);
            prop_assert_eq!(TransactionId::parse(id.as_str()), Ok(id.clone()));
            prop_assert!(id.names(TransactionKey(key), &nonce));
            let id = TokenId::of(TokenKey(key), &token);
            prop_assert_eq!(TokenId::parse(id.as_str()), Ok(id.clone()));
            prop_assert!(id.names(TokenKey(key), &token));
        }
    }
}
