//! Connections that wait to be used again: few a receiver, few in all, not for long.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use signing::UrlParts;
use signing::url::Scheme;
use tokio::time::Instant;

/// Connections kept for one receiver.
const KEPT_PER_RECEIVER_MAX: usize = 8;
/// Connections kept in all.
const KEPT_MAX: usize = 256;
/// How long one is kept.
const KEPT_FOR: Duration = Duration::from_secs(15);

/// An open connection.
pub(super) struct Connection {
    pub(super) sender: SendRequest<Full<Bytes>>,
    pub(super) receiver: Receiver,
}

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Receiver {
    scheme: Scheme,
    host: String,
    port: u16,
}

impl Receiver {
    pub(super) fn of(target: &UrlParts) -> Receiver {
        Receiver {
            scheme: target.scheme,
            host: target.host.clone(),
            port: target.port_or_default(),
        }
    }
}

/// The connections that wait.
#[derive(Default)]
pub(super) struct Pool {
    kept: Mutex<HashMap<Receiver, Vec<Kept>>>,
}

struct Kept {
    connection: Connection,
    until: Instant,
}

impl Kept {
    fn is_usable(&self, now: Instant) -> bool {
        now < self.until && !self.connection.sender.is_closed()
    }
}

impl Pool {
    /// A connection that seems to be open, the one used last.
    pub(super) fn take(&self, target: &UrlParts) -> Option<Connection> {
        let now = Instant::now();
        let mut kept = self.kept();
        let receiver = Receiver::of(target);
        let waiting = kept.get_mut(&receiver)?;
        waiting.retain(|one| one.is_usable(now));
        let taken = waiting.pop();
        if waiting.is_empty() {
            kept.remove(&receiver);
        }
        taken.map(|one| one.connection)
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn give_back(&self, connection: Connection) {
        let now = Instant::now();
        let mut kept = self.kept();
        if KEPT_MAX <= kept.values().map(Vec::len).sum() {
            kept.retain(|_, waiting| {
                waiting.retain(|one| one.is_usable(now));
                !waiting.is_empty()
            });
            if KEPT_MAX <= kept.values().map(Vec::len).sum() {
                return;
            }
        }
        let waiting = kept.entry(connection.receiver.clone()).or_default();
        if waiting.len() < KEPT_PER_RECEIVER_MAX {
            let until = now + KEPT_FOR;
            waiting.push(Kept { connection, until });
        }
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Receiver, Vec<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
