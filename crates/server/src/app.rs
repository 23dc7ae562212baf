//! What every request handler is given: the store, the secrets, the settings.

use std::sync::Arc;

use payments::Timestamp;
use store::Store;
use vault::MasterKeys;

use crate::access::AccessCache;
use crate::config::Settings;
use crate::keyring::{KeyRing, RingKey};

/// Reads figures for `/metrics`: names and values.
pub type ReadFigures = Arc<dyn Fn() -> Vec<(&'static str, u64)> + Send + Sync>;

/// The running server's shared parts.
pub struct App {
    /// The settings, checked at start.
    pub settings: Settings,
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The keys of the vault.
    pub vault: Arc<MasterKeys>,
    /// The keys that sign notifications and return URLs.
    pub keyring: Arc<KeyRing>,
    /// Access keys with their secrets, for at most a second.
    pub access: AccessCache,
    /// What stands for unknown tokens, while it is being made.
    pub stand_ins: crate::stand_ins::StandIns,
    /// The names that requests may be signed for.
    pub names: signing::hosts::PublicNames,
    /// Counters for `/metrics`.
    pub counters: crate::counters::Counters,
    /// The figures of the workers, once they run.
    pub workers: std::sync::OnceLock<ReadFigures>,
    /// Real time.
    pub clock: Arc<dyn store::clock::Clock>,
    /// Fetches the logos of callers.
    pub images: crate::images::Images,
    /// Where the server can be reached, as configured or as bound: `http://127.0.0.1:8480`. Not known
    /// on a closed store whose server takes any port.
    pub own_address: Option<String>,
}

impl App {
    /// A signing key by its id. Another node of the same database may have made it a moment ago: what is
    /// not on the ring is looked for in the store.
    pub async fn signing_key(&self, id: &str) -> Option<Arc<RingKey>> {
        match self.keyring.find(id) {
            None if self.take_over_signing_keys().await => self.keyring.find(id),
            found => found,
        }
    }

    /// Takes over what other nodes have made; whether there can be other nodes.
    pub async fn take_over_signing_keys(&self) -> bool {
        if self.settings.database.is_none() {
            return false;
        }
        if let Err(error) = self.keyring.refresh(&*self.store, &self.vault).await {
            tracing::debug!(%error, "the signing keys could not be looked at");
        }
        true
    }

    /// Real time: signature windows, sessions, leases.
    pub fn real_now(&self) -> Timestamp {
        self.clock.real()
    }
}
