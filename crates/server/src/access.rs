//! Access keys with their secrets, kept for at most a second.
//!
//! The cache proves signatures only: whether the key and its account may still act is read again
//! inside the batch that decides, so a disabled key fails within a second everywhere.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use payments::{AccessKeyId, AccountKey, ReadSet, Timestamp};
use store::Outage;
use vault::Purpose;

use crate::app::App;

/// How long an access key is believed, in real time.
pub const ACCESS_CACHE_MS: i64 = 1_000;
/// Access keys kept at most, in each part.
pub const ACCESS_CACHE_KEYS_MAX: usize = 1_000;
/// Parts of the cache, each under a lock of its own: what comes from different keys rarely meets.
const PARTS: usize = 16;

/// An access key that can check signatures.
#[derive(Debug)]
pub struct Access {
    /// Its public half.
    pub id: AccessKeyId,
    /// Whose it is.
    pub account: AccountKey,
    /// Its secret, ready to check signatures.
    pub secret: signing::Secret,
    /// Whether it may still sign.
    pub active: bool,
}

/// Why an access key is of no use now.
#[derive(Debug, thiserror::Error)]
pub enum NoAccess {
    /// Its secret is sealed under a key that this server does not have.
    #[error("the secret of an access key cannot be opened")]
    Sealed,
    /// The store.
    #[error(transparent)]
    Outage(#[from] Outage),
}

/// The cache.
#[derive(Default)]
pub struct AccessCache {
    parts: [RwLock<Part>; PARTS],
}

type Part = HashMap<String, (Timestamp, Arc<Access>)>;

impl AccessCache {
    /// The access key of that id; `None` when there is none.
    pub async fn find(&self, app: &App, id: &str) -> Result<Option<Arc<Access>>, NoAccess> {
        let now = app.real_now();
        if let Some(access) = self.fresh(id, now) {
            return Ok(Some(access));
        }
        let Some(key) = AccessKeyId::parse(id) else {
            return Ok(None);
        };
        let mut want = ReadSet::default();
        want.access_keys.insert(key.clone());
        let seen = app.store.see(want).await?;
        let Some(row) = seen.access_keys.get(&key) else {
            return Ok(None);
        };
        let opened = app
            .vault
            .open(Purpose::AccessKeySecret, row.account.0, &row.sealed_secret);
        let secret = opened.map_err(|_| {
            // It comes back with the master key that it was sealed under.
            tracing::error!(
                account = row.account.0,
                "an access key's secret cannot be opened"
            );
            NoAccess::Sealed
        })?;
        let text = std::str::from_utf8(&secret).map_err(|_| Outage::Corrupt {
            table: "access_keys",
            key: id.to_owned(),
            reason: "the secret is no text".to_owned(),
        })?;
        let access = Arc::new(Access {
            id: key,
            account: row.account,
            secret: signing::Secret::new(text),
            active: row.active,
        });
        self.keep(id, now, &access);
        Ok(Some(access))
    }

    /// The last letter of an id is as random as any.
    fn part(&self, id: &str) -> &RwLock<Part> {
        let last = id.bytes().next_back().unwrap_or(0);
        &self.parts[usize::from(last) % PARTS]
    }

    fn fresh(&self, id: &str, now: Timestamp) -> Option<Arc<Access>> {
        let known = self
            .part(id)
            .read()
            .expect("no reader panics with the cache");
        let (since, access) = known.get(id)?;
        (now.ms_since(*since) < ACCESS_CACHE_MS).then(|| access.clone())
    }

    fn keep(&self, id: &str, now: Timestamp, access: &Arc<Access>) {
        let mut known = self
            .part(id)
            .write()
            .expect("no writer panics with the cache");
        if ACCESS_CACHE_KEYS_MAX <= known.len() {
            known.clear();
        }
        known.insert(id.to_owned(), (now, access.clone()));
    }
}
