//! What every request handler is given: the store, the secrets, the settings.

use std::cell::RefCell;
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
    /// Where the server can be reached, as configured or as bound: `http://127.0.0.1:8480`.
    pub own_address: String,
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

/// Fresh random bytes from the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// Bytes of a UUID.
const UUID_BYTES: usize = 16;
/// Random bytes that a thread keeps for the names of requests, so that not each asks the system.
const STOCK_BYTES: usize = 128 * UUID_BYTES;

thread_local! {
    /// Random bytes, and how many of them are used up.
    static STOCK: RefCell<([u8; STOCK_BYTES], usize)> =
        const { RefCell::new(([0; STOCK_BYTES], STOCK_BYTES)) };
}

/// A fresh request id: a random UUID in lower case.
pub fn request_id() -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut bytes = from_stock();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = String::with_capacity(2 * UUID_BYTES + 4);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0x0f)]));
    }
    text
}

fn from_stock() -> [u8; UUID_BYTES] {
    STOCK.with_borrow_mut(|(stock, used)| {
        if stock.len() < *used + UUID_BYTES {
            *stock = random();
            *used = 0;
        }
        let mut bytes = [0; UUID_BYTES];
        bytes.copy_from_slice(&stock[*used..*used + UUID_BYTES]);
        *used += UUID_BYTES;
        bytes
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{STOCK_BYTES, UUID_BYTES, request_id};

    #[test]
    fn request_ids_are_uuids_and_all_differ() {
        let count = 3 * STOCK_BYTES / UUID_BYTES;
        let ids: HashSet<String> = (0..count).map(|_| request_id()).collect();
        assert_eq!(ids.len(), count);
        for id in ids {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert_eq!(&id[14..15], "4", "{id}");
            assert!("89ab".contains(&id[19..20]), "{id}");
            let digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c) || c == '-';
            assert!(id.chars().all(digit), "{id}");
        }
    }
}
