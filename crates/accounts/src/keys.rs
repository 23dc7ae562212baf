//! Access keys and webhook secrets: made from random bytes, sealed at once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use payments::commands::CreateKey;
use payments::{AccessKeyId, AccountKey};
use vault::{MasterKeys, NONCE_LENGTH, Purpose, VaultError};

/// Random bytes of an access key id: 16 characters.
const ID_BYTES: usize = 10;
/// Random bytes of a secret: 40 characters.
const SECRET_BYTES: usize = 30;
/// Random bytes that an access key is made from.
pub const KEY_RANDOM_BYTES: usize = ID_BYTES + SECRET_BYTES + NONCE_LENGTH;

/// Random bytes of a webhook secret, as Standard Webhooks advises.
const WEBHOOK_BYTES: usize = 32;
/// Random bytes that a sealed webhook secret is made from.
pub const WEBHOOK_RANDOM_BYTES: usize = WEBHOOK_BYTES + NONCE_LENGTH;
/// What a webhook secret begins with where it is shown.
pub const WEBHOOK_PREFIX: &str = "whsec_";
/// The row that webhook secrets are sealed for: they are made before their account has one.
pub const WEBHOOK_OWNER: i64 = 0;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new access key: what its owner is shown once, and the command that keeps it. No debug form.
pub struct NewKey {
    /// The public half.
    pub id: AccessKeyId,
    /// The secret half.
    pub secret: String,
    /// Keeps it, sealed.
    pub command: CreateKey,
}

/// Makes an access key of an account.
pub fn new_access_key(
    vault: &MasterKeys,
    account: AccountKey,
    random: [u8; KEY_RANDOM_BYTES],
) -> NewKey {
    let (id, rest) = random.split_at(ID_BYTES);
    let (secret, nonce) = rest.split_at(SECRET_BYTES);
    let id = AccessKeyId::parse(&format!("AKIA{}", base32(id)));
    let id = id.expect("capital letters and digits");
    let secret = STANDARD.encode(secret);
    let nonce = nonce.try_into().expect("what is left is a nonce");
    let sealed = vault.seal(
        Purpose::AccessKeySecret,
        account.0,
        secret.as_bytes(),
        nonce,
    );
    let command = CreateKey {
        id: id.clone(),
        account,
        sealed_secret: sealed.into_bytes(),
    };
    NewKey {
        id,
        secret,
        command,
    }
}

/// The secret of a stored access key.
pub fn open_access_key(
    vault: &MasterKeys,
    account: AccountKey,
    sealed: &[u8],
) -> Result<String, VaultError> {
    let bytes = vault.open(Purpose::AccessKeySecret, account.0, sealed)?;
    String::from_utf8(bytes).map_err(|_| VaultError::Rejected)
}

/// Makes a webhook secret: its bytes in Base64 behind [`WEBHOOK_PREFIX`], and its sealed bytes.
pub fn new_webhook_secret(
    vault: &MasterKeys,
    random: [u8; WEBHOOK_RANDOM_BYTES],
) -> (String, Vec<u8>) {
    let (secret, nonce) = random.split_at(WEBHOOK_BYTES);
    let nonce = nonce.try_into().expect("what is left is a nonce");
    let sealed = vault.seal(Purpose::WebhookSecret, WEBHOOK_OWNER, secret, nonce);
    let shown = format!("{WEBHOOK_PREFIX}{}", STANDARD.encode(secret));
    (shown, sealed.into_bytes())
}

/// The bytes of a stored webhook secret.
pub fn open_webhook_secret(vault: &MasterKeys, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    vault.open(Purpose::WebhookSecret, WEBHOOK_OWNER, sealed)
}

/// Ten bytes as sixteen characters, five bits each.
fn base32(bytes: &[u8]) -> String {
    let bits = bytes
        .iter()
        .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let places = (0..16_u32).rev();
    let digits = places.map(|place| usize::try_from((bits >> (5 * place)) & 31));
    digits
        .map(|digit| char::from(ALPHABET[digit.expect("five bits")]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    proptest! {
        #[test]
        fn a_key_looks_as_keys_look_and_opens_for_its_owner_only(random: [u8; 32], more: [u8; 20]) {
            let vault = MasterKeys::parse(MASTER).unwrap();
            let mut all = [0; KEY_RANDOM_BYTES];
            all[..32].copy_from_slice(&random);
            all[32..].copy_from_slice(&more);
            let key = new_access_key(&vault, AccountKey(7), all);
            prop_assert_eq!(key.id.as_str().len(), 20);
            prop_assert!(key.id.as_str().starts_with("AKIA"));
            let fits = |b: u8| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b);
            prop_assert!(key.id.as_str().bytes().all(fits));
            prop_assert_eq!(key.secret.len(), 40);
            let sealed = &key.command.sealed_secret;
            prop_assert_eq!(open_access_key(&vault, AccountKey(7), sealed).unwrap(), key.secret);
            prop_assert!(open_access_key(&vault, AccountKey(8), sealed).is_err());
        }
    }

    #[test]
    fn ids_differ_where_their_bytes_differ() {
        assert_eq!(base32(&[0; 10]), "AAAAAAAAAAAAAAAA");
        assert_eq!(base32(&[255; 10]), "7777777777777777");
        assert_eq!(base32(b"foobarfoob"), "MZXW6YTBOJTG633C");
    }

    #[test]
    fn webhook_secrets_open_again() {
        let vault = MasterKeys::parse(MASTER).unwrap();
        let (shown, sealed) = new_webhook_secret(&vault, [9; WEBHOOK_RANDOM_BYTES]);
        let bytes = open_webhook_secret(&vault, &sealed).unwrap();
        assert_eq!(
            shown,
            format!("{WEBHOOK_PREFIX}{}", STANDARD.encode(&bytes))
        );
        assert_eq!(bytes, [9; WEBHOOK_BYTES]);
    }
}
