//! Where the books are kept: the embedded store, or PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use store::{Clock, Store, SystemClock, Watch};
use store_postgres::{Address, PostgresStore};
use store_sqlite::SqliteStore;
use tokio::sync::watch;
use workers::Desk;

use super::BootError;
use crate::app::App;
use crate::config::{Database, Settings, bad};

/// How often a node looks for signing keys that another has made.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);

/// An open store, and real time as everybody who shares it has it.
pub(super) struct Kept {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Opens the store that the settings name.
pub(super) async fn open(
    settings: &Settings,
    certificate: String,
    desk: &Arc<Desk>,
    watch: Option<Watch>,
) -> Result<Kept, BootError> {
    let terms = settings.terms(certificate);
    let Some(database) = &settings.database else {
        let mut options = store_sqlite::Options::new(terms, desk.clone());
        options.queue = settings.queue_commands_max;
        options.watch = watch;
        let opened = SqliteStore::open(&settings.store_path(), options);
        let store = opened.map_err(|error| BootError::Store(error.to_string()))?;
        return Ok(Kept {
            store: Arc::new(store),
            clock: Arc::new(SystemClock::default()),
        });
    };
    let mut options = store_postgres::Options::new(terms, desk.clone());
    options.queue = settings.queue_commands_max;
    options.lanes = database.lanes;
    options.watch = watch;
    let opened = PostgresStore::open(&address(database)?, options).await;
    let store = opened.map_err(|error| BootError::Store(error.to_string()))?;
    let clock: Arc<dyn Clock> = match store.clock() {
        Some(clock) => clock,
        None => Arc::new(SystemClock::default()),
    };
    Ok(Kept {
        store: Arc::new(store),
        clock,
    })
}

/// Keeps other nodes of the same database from starting or making a signing key at the same time,
/// until it is dropped: the first makes what later ones find.
pub async fn alone(settings: &Settings) -> Result<Option<store_postgres::Alone>, BootError> {
    let Some(database) = &settings.database else {
        return Ok(None);
    };
    let alone = store_postgres::Alone::wait(&address(database)?).await;
    alone
        .map(Some)
        .map_err(|outage| BootError::Store(outage.to_string()))
}

/// The address of a database.
///
/// # Errors
/// A setting that cannot be used.
pub fn address(database: &Database) -> Result<Address, BootError> {
    let authorities = database.authorities.as_ref().map(std::fs::read).transpose();
    let authorities = authorities.map_err(|error| bad("database_ca", error))?;
    let address = Address::parse(&database.address, authorities.as_deref());
    Ok(address.map_err(|reason| bad("database", reason))?)
}

/// Takes over the signing keys that other nodes make, until the server stops.
pub(super) async fn follow_keys(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let waited = tokio::time::timeout(FOLLOW_EVERY, stop.changed());
        if matches!(waited.await, Ok(Err(_))) {
            return;
        }
        app.take_over_signing_keys().await;
    }
}
