//! What every request handler is given: the store, the secrets, the settings.

use std::sync::Arc;

use payments::Timestamp;
use store::Store;
use vault::MasterKeys;

use crate::access::AccessCache;
use crate::config::Settings;
use crate::keyring::KeyRing;

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

/// A fresh request id: a random UUID in lower case.
pub fn request_id() -> String {
    let mut bytes: [u8; 16] = random();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .fold(String::with_capacity(12), |mut text, byte| {
                use std::fmt::Write as _;
                write!(text, "{byte:02x}").expect("writing to a string cannot fail");
                text
            })
    };
    let parts = [hex(0..4), hex(4..6), hex(6..8), hex(8..10), hex(10..16)];
    parts.join("-")
}
