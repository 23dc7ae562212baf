//! The keys that sign notifications and return URLs: the current one and all retired ones.
//!
//! They live in the store, sealed by the vault, so that every node of one database signs with the
//! same key and the certificates of retired keys stay served.
//!
//! Where a certificate is served is known to the server that listens, and where the settings say it. A
//! command on a closed store knows neither: it records the certificate by its path alone, and the
//! server that delivers puts its own address before it.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use payments::command::Outcome;
use payments::commands::{CERTIFICATE, Keep, Set};
use payments::rows::{Document, DocumentId};
use payments::time::DAY_MS;
use payments::{ReadSet, Timestamp};
use serde::{Deserialize, Serialize};
use signing::SigningKey;
use signing::verification::PublishedKey;
use store::{Outage, Store};
use vault::{MasterKeys, Purpose};

use crate::random;

/// The kind of document that holds a signing key.
const DOCUMENT_KIND: &str = "signing-key";
/// What is between a certificate's base and its id, and what follows.
const CERTIFICATES: &str = "/certs/";
const CERTIFICATE_FILE: &str = "/PKICert.pem";
/// The document that lists the ids of all signing keys, newest last.
const DOCUMENT_LIST: &str = "list";
/// Addresses of one certificate that are remembered: a server without a configured address has another
/// one after every start.
const URLS_MAX: usize = 32;
/// How long a certificate is valid: ten years. Clients check the key, not the dates.
const CERTIFICATE_LIFE_S: u64 = 10 * 365 * 86_400;

/// One signing key with its public address.
pub struct RingKey {
    /// Six digits: the day it was made, or the next day that was free.
    pub id: String,
    /// When it was made; unknown of the first keys.
    pub made: Option<Timestamp>,
    /// The key and its certificate.
    pub key: SigningKey,
    /// The certificate's public address; only its path where nobody listens.
    pub url: String,
    /// Every address that it has been published under lately, this one last.
    urls: Vec<String>,
}

impl RingKey {
    /// Where receivers are told to find the certificate that was recorded so: there, and for one that
    /// was recorded by its path, at this server.
    pub fn address_of<'a>(&'a self, recorded: &'a str) -> &'a str {
        if recorded.starts_with(CERTIFICATES) {
            &self.url
        } else {
            recorded
        }
    }
}

/// All signing keys.
pub struct KeyRing {
    base_url: Option<String>,
    keys: RwLock<BTreeMap<String, Arc<RingKey>>>,
    current: RwLock<String>,
    rotating: tokio::sync::Mutex<()>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    certificate_pem: String,
    sealed_key: Vec<u8>,
    #[serde(default)]
    made: Option<Timestamp>,
    #[serde(default)]
    urls: Vec<String>,
}

impl KeyRing {
    /// Opens the ring from the store; the first start makes the first key. Certificates are served
    /// under the base, if it is known.
    pub async fn open(
        store: &dyn Store,
        vault: &MasterKeys,
        base_url: Option<&str>,
        now: Timestamp,
    ) -> Result<KeyRing, RingError> {
        let mut ids = list(store).await?;
        if ids.is_empty() {
            ids = vec![make(store, vault, &ids, now).await?];
        }
        let ring = KeyRing {
            base_url: base_url.map(|base| base.trim_end_matches('/').to_owned()),
            keys: RwLock::default(),
            current: RwLock::new(ids.last().cloned().unwrap_or_default()),
            rotating: tokio::sync::Mutex::default(),
        };
        for id in &ids {
            ring.load(store, vault, id).await?;
        }
        Ok(ring)
    }

    /// The key that signs from now on.
    pub fn current(&self) -> Arc<RingKey> {
        let id = self
            .current
            .read()
            .expect("the ring's lock is never poisoned")
            .clone();
        self.find(&id).expect("the current key is on the ring")
    }

    /// Makes a new key that signs from now on. The others stay, for what they have signed.
    pub async fn rotate(
        &self,
        store: &dyn Store,
        vault: &MasterKeys,
        now: Timestamp,
    ) -> Result<Arc<RingKey>, RingError> {
        let _alone = self.rotating.lock().await;
        let known = list(store).await?;
        let id = make(store, vault, &known, now).await?;
        self.load(store, vault, &id).await?;
        self.current
            .write()
            .expect("the ring's lock is never poisoned")
            .clone_from(&id);
        let ring = self.current();
        // What is decided from here on names the new certificate.
        let (name, value) = (CERTIFICATE.to_owned(), ring.url.clone());
        let set = store.submit(Set { name, value }.into()).await?;
        set.map_err(|_| RingError::Refused)?;
        Ok(ring)
    }

    /// Takes over what another node of the same database has made.
    pub async fn refresh(&self, store: &dyn Store, vault: &MasterKeys) -> Result<(), RingError> {
        let _alone = self.rotating.lock().await;
        let ids = list(store).await?;
        for id in &ids {
            if self.find(id).is_none() {
                self.load(store, vault, id).await?;
            }
        }
        if let Some(newest) = ids.last() {
            let current = self.current.write();
            current
                .expect("the ring's lock is never poisoned")
                .clone_from(newest);
        }
        Ok(())
    }

    /// All keys, oldest first, and whether each is the current one.
    pub fn all(&self) -> Vec<(Arc<RingKey>, bool)> {
        let current = self.current();
        let keys = self.keys.read().expect("the ring's lock is never poisoned");
        let mut all: Vec<_> = keys.values().cloned().collect();
        all.sort_by_key(|ring| (ring.id == current.id, ring.made, ring.id.clone()));
        let is_current = |ring: &Arc<RingKey>| ring.id == current.id;
        all.into_iter()
            .map(|ring| {
                let is_current = is_current(&ring);
                (ring, is_current)
            })
            .collect()
    }

    /// The id of the key that a certificate's address names, whatever host and port it once had.
    pub fn id_in(url: &str) -> Option<&str> {
        let (_, path) = url.rsplit_once(CERTIFICATES)?;
        path.strip_suffix(CERTIFICATE_FILE)
    }

    /// A key by its id.
    pub fn find(&self, id: &str) -> Option<Arc<RingKey>> {
        self.keys
            .read()
            .expect("the ring's lock is never poisoned")
            .get(id)
            .cloned()
    }

    /// Every key's public half under every address that it is served at.
    pub fn published(&self) -> Vec<PublishedKey> {
        let keys = self.keys.read().expect("the ring's lock is never poisoned");
        let published = |ring: &Arc<RingKey>, url: &String| PublishedKey {
            certificate_url: url.clone(),
            public_key: ring.key.public_key(),
        };
        keys.values()
            .flat_map(|ring| ring.urls.iter().map(|url| published(ring, url)))
            .collect()
    }

    async fn load(&self, store: &dyn Store, vault: &MasterKeys, id: &str) -> Result<(), RingError> {
        let stored = read(store, id)
            .await?
            .ok_or(RingError::Missing(id.to_owned()))?;
        let mut stored: Stored = serde_json::from_str(&stored)?;
        let base = self.base_url.as_deref().unwrap_or_default();
        let url = format!("{base}{CERTIFICATES}{id}{CERTIFICATE_FILE}");
        if self.base_url.is_some() && stored.urls.last() != Some(&url) {
            stored.urls.retain(|known| *known != url);
            stored.urls.push(url.clone());
            let forgotten = stored.urls.len().saturating_sub(URLS_MAX);
            stored.urls.drain(..forgotten);
            keep(store, id, serde_json::to_string(&stored)?).await?;
        }
        let der = vault
            .open(Purpose::NotificationKey, 0, &stored.sealed_key)
            .map_err(|error| RingError::Sealed(id.to_owned(), error.to_string()))?;
        let key = SigningKey::load(stored.certificate_pem, &der)
            .map_err(|error| RingError::Key(error.to_string()))?;
        let ring = Arc::new(RingKey {
            id: id.to_owned(),
            made: stored.made,
            key,
            url,
            urls: stored.urls,
        });
        self.keys
            .write()
            .expect("the ring's lock is never poisoned")
            .insert(id.to_owned(), ring);
        Ok(())
    }
}

/// Why the ring could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum RingError {
    /// The store failed.
    #[error("reading the signing keys: {0}")]
    Store(#[from] Outage),
    /// A document is not what was written.
    #[error("a signing key's document: {0}")]
    Document(#[from] serde_json::Error),
    /// A listed key is not there.
    #[error("signing key {0} is listed and not there")]
    Missing(String),
    /// A key cannot be opened with this master key.
    #[error("signing key {0} cannot be opened with this master key: {1}")]
    Sealed(String, String),
    /// A key cannot be used.
    #[error("a signing key: {0}")]
    Key(String),
    /// The store refused to keep a key.
    #[error("a signing key was not kept")]
    Refused,
}

/// Makes a new signing key, keeps it, and lists it as the newest.
async fn make(
    store: &dyn Store,
    vault: &MasterKeys,
    known: &[String],
    now: Timestamp,
) -> Result<String, RingError> {
    let id = free_id(known, now);
    let from = u64::try_from(now.seconds()).unwrap_or(0);
    let generate = move || {
        signing::certificate::generate("Holdfast notifications", from, from + CERTIFICATE_LIFE_S)
    };
    let pair = tokio::task::spawn_blocking(generate)
        .await
        .map_err(|error| RingError::Key(error.to_string()))?
        .map_err(|error| RingError::Key(error.to_string()))?;
    let sealed = vault.seal(
        Purpose::NotificationKey,
        0,
        &pair.private_key_der,
        random::bytes(),
    );
    let stored = Stored {
        certificate_pem: pair.certificate_pem.clone(),
        sealed_key: sealed.into_bytes(),
        made: Some(now),
        urls: Vec::new(),
    };
    keep(store, &id, serde_json::to_string(&stored)?).await?;
    let all: Vec<&String> = known.iter().chain([&id]).collect();
    keep(store, DOCUMENT_LIST, serde_json::to_string(&all)?).await?;
    Ok(id)
}

async fn list(store: &dyn Store) -> Result<Vec<String>, RingError> {
    match read(store, DOCUMENT_LIST).await? {
        Some(text) => Ok(serde_json::from_str(&text)?),
        None => Ok(Vec::new()),
    }
}

async fn read(store: &dyn Store, id: &str) -> Result<Option<String>, RingError> {
    let mut want = ReadSet::default();
    want.documents.insert(name(id));
    let seen = store.see(want).await?;
    Ok(seen
        .documents
        .get(&name(id))
        .map(|document| document.content.clone()))
}

async fn keep(store: &dyn Store, id: &str, content: String) -> Result<(), RingError> {
    let document = Document {
        content,
        expires_at: Timestamp::NEVER,
    };
    match store
        .submit(
            Keep {
                id: name(id),
                document,
            }
            .into(),
        )
        .await?
    {
        Ok(Outcome::Done) => Ok(()),
        Ok(_) | Err(_) => Err(RingError::Refused),
    }
}

fn name(id: &str) -> DocumentId {
    DocumentId {
        kind: DOCUMENT_KIND.to_owned(),
        id: id.to_owned(),
    }
}

/// The day of a moment, or the next one that no key has: clients know addresses with six digits only.
fn free_id(known: &[String], now: Timestamp) -> String {
    let mut day = now;
    loop {
        let id = six_digits(day);
        if !known.contains(&id) {
            return id;
        }
        day = day.plus_ms(DAY_MS);
    }
}

/// `yymmdd` of a moment, as the certificate addresses of the protocol have it.
fn six_digits(now: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(now.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let day = moment.to_zoned(jiff::tz::TimeZone::UTC);
    format!(
        "{:02}{:02}{:02}",
        day.year().rem_euclid(100),
        day.month(),
        day.day()
    )
}
