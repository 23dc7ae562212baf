//! Webhook secrets that are changed: the earlier one signs beside the new one for a while, so that a
//! receiver can change over without refusing anything meanwhile.
//!
//! An account's row has the secret that counts; the earlier one is a document with an end, which is
//! forgotten like any other. Both are written in one commit. Of several changes within that time, the last
//! one's earlier secret signs.

use payments::command::Outcome;
use payments::commands::RotateWebhookSecret;
use payments::rows::{Account, Document};
use payments::time::DAY_MS;
use payments::{AccountKey, Refusal, Timestamp};
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

/// Gives an account a new secret, and keeps the earlier one, in one commit.
///
/// # Errors
/// When the store fails, or refuses.
pub async fn rotate(
    store: &dyn Store,
    vault: &MasterKeys,
    account: AccountKey,
    real: Timestamp,
    random: [u8; WEBHOOK_RANDOM_BYTES],
) -> Result<Result<Rotated, Refusal>, Outage> {
    let until = real.plus_ms(EARLIER_SIGNS_MS);
    let (secret, sealed) = keys::new_webhook_secret(vault, random);
    let command = RotateWebhookSecret {
        account,
        sealed,
        earlier_until: until,
    };
    let rotated = store.submit(command.into()).await?;
    Ok(rotated.map(|outcome| {
        let had_earlier = matches!(outcome, Outcome::WebhookSecret { had_earlier: true });
        Rotated {
            secret,
            earlier_until: had_earlier.then_some(until),
        }
    }))
}

/// The bytes of the secrets that sign for an account, its own first. What cannot be opened with this
/// master key does not sign.
pub fn signing(vault: &MasterKeys, account: &Account, earlier: Option<&Document>) -> Vec<Vec<u8>> {
    let own = account.webhook_secret.as_ref();
    let earlier = earlier.and_then(Document::earlier_secret);
    let earlier = earlier.filter(|earlier| Some(earlier) != own);
    let sealed = own.into_iter().chain(&earlier);
    sealed
        .filter_map(|sealed| keys::open_webhook_secret(vault, sealed).ok())
        .collect()
}
