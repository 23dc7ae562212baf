//! The master keys.
//!
//! **Invariant:** the key's bytes are kept nowhere but inside the cipher, which wipes them when it
//! is dropped. Nothing here can print them.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use zeroize::{Zeroize as _, Zeroizing};

use crate::seal::{Purpose, Sealed, VaultError};

/// What the id of a key is derived from, beside the key.
const ID_LABEL: &[u8] = b"holdfast vault master key id";

/// Base64 of either alphabet is read with or without its padding.
const LENIENT: GeneralPurposeConfig = general_purpose::GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: [GeneralPurpose; 2] = [
    GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT),
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT),
];

/// Why a text gives no master keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// The text is not 32 bytes in base64 or in hex.
    #[error("a master key is 32 bytes, written in base64 or in hex")]
    NotAKey,
    /// There is no key in the text.
    #[error("no master key is given")]
    Missing,
    /// Two keys would be told apart by nothing: the same key twice, or a chance of 1 in 256.
    #[error("two master keys have the same id: make another new key")]
    SameId,
}

/// One master key.
pub struct MasterKey {
    id: u8,
    pub(crate) cipher: LessSafeKey,
}

impl MasterKey {
    /// How many bytes a key has.
    pub const LENGTH: usize = 32;

    /// Makes a key of random bytes, and wipes the argument.
    pub fn new(mut bytes: [u8; Self::LENGTH]) -> MasterKey {
        let key = MasterKey::of(&bytes);
        bytes.zeroize();
        key
    }

    /// Reads a key written in hex (64 digits) or base64 (43 or 44 characters).
    pub fn parse(text: &str) -> Result<MasterKey, BadKey> {
        let text = text.trim();
        let decoded = if text.len() == 2 * Self::LENGTH {
            from_hex(text)
        } else {
            BASE64
                .iter()
                .find_map(|base64| base64.decode(text).ok().map(Zeroizing::new))
        };
        let bytes = decoded.ok_or(BadKey::NotAKey)?;
        let bytes: &[u8; Self::LENGTH] =
            bytes.as_slice().try_into().map_err(|_| BadKey::NotAKey)?;
        Ok(MasterKey::of(bytes))
    }

    /// The byte that a sealed secret starts with. It follows from the key and does not reveal it.
    pub fn id(&self) -> u8 {
        self.id
    }

    fn of(bytes: &[u8; Self::LENGTH]) -> MasterKey {
        let id = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes), ID_LABEL).as_ref()[0];
        let key = UnboundKey::new(&AES_256_GCM, bytes).expect("the length is the cipher's");
        MasterKey {
            id,
            cipher: LessSafeKey::new(key),
        }
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey(id {})", self.id)
    }
}

fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = text.as_bytes().chunks_exact(2);
    let bytes: Option<Vec<u8>> = pairs
        .map(|pair| Some(digit(pair[0])? * 16 + digit(pair[1])?))
        .collect();
    bytes.map(Zeroizing::new)
}

/// The key to seal with, and earlier ones that still open what they sealed.
#[derive(Debug)]
pub struct MasterKeys {
    current: MasterKey,
    retired: Vec<MasterKey>,
}

impl MasterKeys {
    /// Keys whose ids all differ.
    pub fn new(current: MasterKey, retired: Vec<MasterKey>) -> Result<MasterKeys, BadKey> {
        let mut ids: Vec<u8> = retired.iter().map(MasterKey::id).collect();
        ids.push(current.id());
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(BadKey::SameId);
        }
        Ok(MasterKeys { current, retired })
    }

    /// One key, and no earlier ones.
    pub fn only(current: MasterKey) -> MasterKeys {
        MasterKeys {
            current,
            retired: Vec::new(),
        }
    }

    /// Reads keys separated by commas or white space: the current one first, then retired ones.
    pub fn parse(text: &str) -> Result<MasterKeys, BadKey> {
        let separates = |c: char| c == ',' || c.is_whitespace();
        let mut words = text.split(separates).filter(|word| !word.is_empty());
        let current = MasterKey::parse(words.next().ok_or(BadKey::Missing)?)?;
        let retired = words.map(MasterKey::parse).collect::<Result<_, _>>()?;
        MasterKeys::new(current, retired)
    }

    /// Encrypts `plain` under the current key for one purpose and one owning row.
    ///
    /// The nonce must be random and used once: two secrets under one nonce betray each other.
    pub fn seal(
        &self,
        purpose: Purpose,
        owner: i64,
        plain: &[u8],
        nonce: [u8; crate::NONCE_LENGTH],
    ) -> Sealed {
        self.current.seal(purpose, owner, plain, nonce)
    }

    /// Decrypts what was sealed for the same purpose and owner, by the key that it names.
    pub fn open(&self, purpose: Purpose, owner: i64, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let id = *sealed.first().ok_or(VaultError::TooShort)?;
        let mut keys = std::iter::once(&self.current).chain(&self.retired);
        let key = keys
            .find(|key| key.id == id)
            .ok_or(VaultError::UnknownKey { id })?;
        key.open(purpose, owner, sealed)
    }

    /// Whether the secret is sealed under another key than the current one.
    pub fn needs_rotation(&self, sealed: &[u8]) -> bool {
        sealed.first() != Some(&self.current.id)
    }

    /// Seals an old secret under the current key.
    pub fn reseal(
        &self,
        purpose: Purpose,
        owner: i64,
        sealed: &[u8],
        nonce: [u8; crate::NONCE_LENGTH],
    ) -> Result<Sealed, VaultError> {
        let plain = Zeroizing::new(self.open(purpose, owner, sealed)?);
        Ok(self.seal(purpose, owner, &plain, nonce))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn one_key_has_many_spellings() {
        let upper = HEX.to_uppercase();
        for text in [
            HEX,
            upper.as_str(),
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "  AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        ] {
            assert_eq!(MasterKey::parse(text).unwrap().id(), 86, "{text}");
        }
        let (standard, url_safe) = ("-_".repeat(21) + "8", "+/".repeat(21) + "8");
        let (standard, url_safe) = (MasterKey::parse(&standard), MasterKey::parse(&url_safe));
        assert_eq!(standard.unwrap().id(), url_safe.unwrap().id());
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, why) in [
            ("", BadKey::Missing),
            (" , \n", BadKey::Missing),
            ("AAEC", BadKey::NotAKey),
            (&HEX[..62], BadKey::NotAKey),
            (&HEX.replace('f', "g"), BadKey::NotAKey),
            (&HEX.replace("00", "é"), BadKey::NotAKey),
            (&format!("{HEX} {HEX}"), BadKey::SameId),
            (&format!("{HEX} x"), BadKey::NotAKey),
        ] {
            assert_eq!(MasterKeys::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn keys_are_never_printed() {
        let keys = MasterKeys::parse(HEX).unwrap();
        assert_eq!(
            format!("{keys:?}"),
            "MasterKeys { current: MasterKey(id 86), retired: [] }"
        );
    }
}
