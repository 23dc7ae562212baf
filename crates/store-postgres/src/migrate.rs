//! Migrations: numbered, forward only, run by one node while the others wait.
//!
//! The row of the table `schema` is locked while steps run, so two nodes that start at once run each
//! step once. A step is written so that the release before it can go on working beside it ("expand
//! first"); what only old releases use goes a release later. The row names the oldest release that
//! can work with the schema: an older one refuses to start, and a step that leaves releases behind
//! waits until none of their nodes works ([`releases`]).

use payments::Mode;
use store::Outage;
use tokio_postgres::Client;

use crate::connect::Address;
use crate::error::{Failure, failure, words};
use crate::open::OpenError;
use crate::releases::{self, RELEASE, is_older};

/// A step of the schema.
#[derive(Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    /// The oldest release that can work with the schema after this step.
    pub(crate) oldest_binary: &'static str,
    pub(crate) sql: &'static str,
    /// What only makes it quicker. Each is a statement of its own after the steps are committed: an
    /// engine that keeps rows otherwise may refuse it, and goes on without.
    pub(crate) wishes: &'static [&'static str],
}

/// Room in each page for the next version of rows that change, so that it lies beside the one before it
/// and no index has to learn where it is. It waits for nobody who cleans the table up.
const ROOM: [&str; 2] = [
    "SET LOCAL lock_timeout = '500ms'; ALTER TABLE tokens SET (fillfactor = 50)",
    "SET LOCAL lock_timeout = '500ms'; ALTER TABLE transactions SET (fillfactor = 50)",
];

/// Append only.
pub(crate) const MIGRATIONS: [Migration; 2] = [
    Migration {
        version: 1,
        oldest_binary: "0.1.0",
        sql: include_str!("../migrations/0001_books.sql"),
        wishes: &[],
    },
    Migration {
        version: 2,
        oldest_binary: "0.1.0",
        sql: include_str!("../migrations/0002_pace.sql"),
        wishes: &ROOM,
    },
];

/// Tries to be the one who makes the table of versions.
const TRIES_MAX: u32 = 50;
/// Between two of them.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);

/// After something was in use, longer than it was waited for: payments have the time between; and a node
/// that died has lost its lanes before the tries are over.
const IN_USE_PAUSE: std::time::Duration = std::time::Duration::from_secs(1);
/// How long a step waits for a table that somebody uses. Whoever comes after waits behind it: behind a
/// `check` or a dump, which read for hours, all payments would stand still.
const TABLE_WAIT: &str = "SET LOCAL lock_timeout = '500ms'";

/// The first table that every batch locks.
const BETWEEN_BATCHES: &str = "SAVEPOINT alone; LOCK TABLE lanes IN ACCESS EXCLUSIVE MODE";

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS schema (id INTEGER NOT NULL PRIMARY KEY, \
    version BIGINT NOT NULL, oldest_binary TEXT NOT NULL)";
const FIRST: &str = "INSERT INTO schema (id, version, oldest_binary) VALUES (1, 0, '0.0.0') \
    ON CONFLICT DO NOTHING";

/// Brings the schema up to date, and stamps a new database with its mode.
///
/// # Errors
/// [`OpenError`], as when the store is opened.
pub async fn migrate(address: &Address, mode: Mode) -> Result<(), OpenError> {
    let connected = address.connect_durably().await?;
    bring_up(&connected.client, mode, RELEASE, &MIGRATIONS).await
}

pub(crate) async fn bring_up(
    client: &Client,
    mode: Mode,
    binary: &str,
    steps: &[Migration],
) -> Result<(), OpenError> {
    let mut last = String::new();
    for _ in 0..TRIES_MAX {
        let mut pause = PAUSE;
        match try_bring_up(client, mode, binary, steps).await {
            Ok(()) => return Ok(()),
            // Another node was making the same thing.
            Err(Stopped::Failed(Failure::Race(reason))) => {
                tracing::debug!(reason, "another node migrates at the same time");
                last = reason;
            }
            Err(Stopped::InUse(reason)) => {
                tracing::warn!(
                    reason,
                    "the schema is in use; nobody waits behind this for it"
                );
                (last, pause) = (reason, IN_USE_PAUSE);
            }
            Err(Stopped::Failed(other)) => return Err(other.into_outage("migrating").into()),
            Err(Stopped::Refused(refused)) => {
                drop(client.batch_execute("ROLLBACK").await);
                return Err(refused);
            }
        }
        drop(client.batch_execute("ROLLBACK").await);
        tokio::time::sleep(pause).await;
    }
    Err(OpenError::Outage(Outage::Failed {
        doing: "migrating",
        reason: format!("others were always there first: {last}"),
    }))
}

/// Why the schema is not up to date yet.
#[derive(Debug)]
pub(crate) enum Stopped {
    Failed(Failure),
    /// Somebody reads or writes a table that a step changes, or is of a release that it leaves behind.
    InUse(String),
    Refused(OpenError),
}

impl From<tokio_postgres::Error> for Stopped {
    fn from(problem: tokio_postgres::Error) -> Stopped {
        let taken = [
            tokio_postgres::error::SqlState::DUPLICATE_TABLE,
            tokio_postgres::error::SqlState::DUPLICATE_OBJECT,
        ];
        if problem.code() == Some(&tokio_postgres::error::SqlState::LOCK_NOT_AVAILABLE) {
            return Stopped::InUse(words(&problem));
        }
        if problem.code().is_some_and(|code| taken.contains(code)) {
            return Stopped::Failed(Failure::Race(words(&problem)));
        }
        Stopped::Failed(failure("migrating", &problem))
    }
}

/// One try: `Ok` when it is.
pub(crate) async fn try_bring_up(
    client: &Client,
    mode: Mode,
    binary: &str,
    steps: &[Migration],
) -> Result<(), Stopped> {
    let there = "SELECT count(*) FROM information_schema.tables \
        WHERE table_schema = current_schema() AND table_name = 'schema'";
    let there: i64 = client.query_one(there, &[]).await?.try_get(0)?;
    if there == 0 {
        client.batch_execute(SCHEMA).await?;
    }
    client.batch_execute(FIRST).await?;
    client.batch_execute("BEGIN").await?;
    let sql = "SELECT version, oldest_binary FROM schema WHERE id = 1 FOR UPDATE";
    let row = client.query_one(sql, &[]).await?;
    let (before, oldest): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
    if is_older(binary, &oldest) {
        return Err(Stopped::Refused(OpenError::TooNew { oldest }));
    }
    let missing = steps.iter().filter(|step| before < step.version);
    if let Some(last) = missing.clone().next_back() {
        client.batch_execute(TABLE_WAIT).await?;
        // An empty database has no lanes.
        if 0 < before {
            wait_between_batches(client).await?;
            if let Some(reason) = releases::keep_out(client, last.oldest_binary).await? {
                return Err(Stopped::InUse(reason));
            }
        }
    }
    for step in missing.clone() {
        client.batch_execute(step.sql).await?;
        let sql = "UPDATE schema SET version = $1, oldest_binary = $2 WHERE id = 1";
        client
            .execute(sql, &[&step.version, &step.oldest_binary])
            .await?;
    }
    check_mode(client, mode_name(mode)).await?;
    client.batch_execute("COMMIT").await?;
    for wish in missing.flat_map(|step| step.wishes) {
        if let Err(problem) = client.batch_execute(wish).await {
            tracing::warn!(%problem, wish, "the database goes on without this setting");
        }
    }
    Ok(())
}

/// Waits for the batches that are under way, and holds up the next ones: a batch that reads a table which
/// is still to be changed, and waits for one that is changed already, would stop the step and itself.
/// Engines that know no locks of tables change them beside their use.
async fn wait_between_batches(client: &Client) -> Result<(), Stopped> {
    use tokio_postgres::error::SqlState;
    let Err(problem) = client.batch_execute(BETWEEN_BATCHES).await else {
        return Ok(());
    };
    let unknown = [SqlState::SYNTAX_ERROR, SqlState::FEATURE_NOT_SUPPORTED];
    if !problem.code().is_some_and(|code| unknown.contains(code)) {
        return Err(problem.into());
    }
    client.batch_execute("ROLLBACK TO SAVEPOINT alone").await?;
    Ok(())
}

async fn check_mode(client: &Client, wanted: &str) -> Result<(), Stopped> {
    let sql = "SELECT value FROM settings WHERE name = 'mode'";
    let Some(row) = client.query_opt(sql, &[]).await? else {
        let sql = "INSERT INTO settings (name, value) VALUES ('mode', $1)";
        client.execute(sql, &[&wanted]).await?;
        return Ok(());
    };
    let stamped: String = row.try_get(0)?;
    if stamped == wanted {
        return Ok(());
    }
    Err(Stopped::Refused(OpenError::OtherMode {
        stamped,
        wanted: wanted.to_owned(),
    }))
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Sandbox => "sandbox",
        Mode::Production => "production",
    }
}
