//! The secrets of webhook signatures, kept for a second so that a new one counts at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use payments::{AccountKey, ReadSet};
use signing::webhook::WebhookSecret;
use store::Store;
use tokio::time::Instant;

use super::KeyRing;

/// How long a secret, or its absence, is remembered.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
/// Accounts remembered at most.
const REMEMBERED_MAX: usize = 1_024;

/// Finds secrets.
pub(crate) struct Secrets {
    ring: Arc<dyn KeyRing>,
    known: Mutex<HashMap<AccountKey, (Instant, Option<WebhookSecret>)>>,
}

impl Secrets {
    pub(crate) fn new(ring: Arc<dyn KeyRing>) -> Secrets {
        let known = Mutex::default();
        Secrets { ring, known }
    }

    /// The secret of an account; nothing when it has none or the store cannot be asked. The
    /// protocol's own signature is there either way.
    pub(crate) async fn of(&self, store: &dyn Store, account: AccountKey) -> Option<WebhookSecret> {
        let now = Instant::now();
        if let Some((since, secret)) = self.known().get(&account)
            && now < *since + REMEMBERED_FOR
        {
            return secret.clone();
        }
        let mut want = ReadSet::default();
        want.accounts.insert(account);
        let seen = store.see(want).await.ok()?;
        let row = seen.accounts.peek(&account)?;
        let secret = row
            .webhook_secret
            .as_ref()
            .and_then(|_| self.ring.webhook_secret(row));
        let mut known = self.known();
        if REMEMBERED_MAX <= known.len() {
            known.clear();
        }
        known.insert(account, (now, secret.clone()));
        secret
    }

    fn known(
        &self,
    ) -> std::sync::MutexGuard<'_, HashMap<AccountKey, (Instant, Option<WebhookSecret>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
