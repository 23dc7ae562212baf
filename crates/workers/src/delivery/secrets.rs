//! The secrets of webhook signatures, kept for a second so that a new one counts at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use payments::rows::DocumentId;
use payments::{AccountKey, ReadSet, Timestamp};
use signing::webhook::WebhookSecret;
use store::Store;
use tokio::time::Instant;

use super::KeyRing;

/// How long a secret, or its absence, is remembered.
const REMEMBERED_FOR: Duration = Duration::from_secs(1);
/// Accounts remembered at most.
const REMEMBERED_MAX: usize = 1_024;

/// The secrets of an account, and since when they are known.
type Known = (Instant, Arc<[WebhookSecret]>);

/// Finds secrets.
pub(crate) struct Secrets {
    ring: Arc<dyn KeyRing>,
    known: Mutex<HashMap<AccountKey, Known>>,
}

impl Secrets {
    pub(crate) fn new(ring: Arc<dyn KeyRing>) -> Secrets {
        let known = Mutex::default();
        Secrets { ring, known }
    }

    /// The secrets of an account, the present one first; nothing when it has none or the store cannot
    /// be asked. The protocol's own signature is there either way.
    pub(crate) async fn of(
        &self,
        store: &dyn Store,
        account: AccountKey,
        real: Timestamp,
    ) -> Arc<[WebhookSecret]> {
        let now = Instant::now();
        if let Some((since, secrets)) = self.known().get(&account)
            && now < *since + REMEMBERED_FOR
        {
            return secrets.clone();
        }
        let Some(secrets) = self.read(store, account, real).await else {
            return Arc::default();
        };
        let mut known = self.known();
        if REMEMBERED_MAX <= known.len() {
            known.clear();
        }
        known.insert(account, (now, secrets.clone()));
        secrets
    }

    async fn read(
        &self,
        store: &dyn Store,
        account: AccountKey,
        real: Timestamp,
    ) -> Option<Arc<[WebhookSecret]>> {
        let earlier = DocumentId::earlier_webhook_secret(account);
        let mut want = ReadSet::default();
        want.accounts.insert(account);
        want.documents.insert(earlier.clone());
        let seen = store.see(want).await.ok()?;
        let row = seen.accounts.peek(&account)?;
        let earlier = seen.documents.peek(&earlier);
        let earlier = earlier.filter(|document| real < document.expires_at);
        Some(self.ring.webhook_secrets(row, earlier).into())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<AccountKey, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
