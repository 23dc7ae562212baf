//! Webhook secrets that are changed: the earlier one signs beside the new one for a while, so that a
//! receiver can change over without refusing anything meanwhile.
//!
//! An account's row has the secret that counts; the earlier one is a document with an end, which is
//! forgotten like any other. Of several changes within that time, the last one's earlier secret signs.

use payments::commands::{ChangeAccount, Keep};
use payments::rows::{Account, Document, DocumentId};
use payments::time::DAY_MS;
use payments::{Refusal, Timestamp};
use store::{Outage, Store};
use vault::MasterKeys;

use crate::keys::{self, WEBHOOK_RANDOM_BYTES};

/// How long an earlier secret signs beside its successor, in real time.
pub const EARLIER_SIGNS_MS: i64 = DAY_MS;

/// A new secret. No debug form.
pub struct Rotated {
    /// The secret, as its receiver is shown it.
    pub secret: String,
    /// Until when the one before signs beside it, if there was one.
    pub earlier_until: Option<Timestamp>,
}

/// Gives an account a new secret. The earlier one is kept first: whatever happens in between, what signs
/// now goes on signing.
///
/// # Errors
/// When the store fails, or refuses.
pub async fn rotate(
    store: &dyn Store,
    vault: &MasterKeys,
    account: &Account,
    real: Timestamp,
    random: [u8; WEBHOOK_RANDOM_BYTES],
) -> Result<Result<Rotated, Refusal>, Outage> {
    let until = real.plus_ms(EARLIER_SIGNS_MS);
    let earlier_until = account.webhook_secret.as_ref().map(|_| until);
    if let Some(sealed) = &account.webhook_secret {
        let content = serde_json::to_string(sealed).expect("bytes are a list of numbers");
        let document = Document {
            content,
            expires_at: until,
        };
        let id = DocumentId::earlier_webhook_secret(account.key);
        if let Err(refusal) = store.submit(Keep { id, document }.into()).await? {
            return Ok(Err(refusal));
        }
    }
    let (secret, sealed) = keys::new_webhook_secret(vault, random);
    let mut change = ChangeAccount::of(account.key);
    change.webhook_secret = Some(sealed);
    let changed = store.submit(change.into()).await?;
    Ok(changed.map(|_| Rotated {
        secret,
        earlier_until,
    }))
}

/// The bytes of the secrets that sign for an account, its own first. What cannot be opened with this
/// master key does not sign.
pub fn signing(vault: &MasterKeys, account: &Account, earlier: Option<&Document>) -> Vec<Vec<u8>> {
    let own = account.webhook_secret.as_ref();
    let earlier: Option<Vec<u8>> =
        earlier.and_then(|document| serde_json::from_str(&document.content).ok());
    let earlier = earlier.filter(|earlier| Some(earlier) != own);
    let sealed = own.into_iter().chain(&earlier);
    sealed
        .filter_map(|sealed| keys::open_webhook_secret(vault, sealed).ok())
        .collect()
}
