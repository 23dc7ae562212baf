//! The writing connection.

use std::path::{Path, PathBuf};

use payments::{ChangeSet, ReadSet, Timestamp, WorkId, WorkingSet};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, params};
use store::{Backend, BatchRow, Outage};

use crate::row::{self, failed};
use crate::write;
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};

/// Bytes that a trial to write takes.
const PROBE_BYTES: usize = 65_536;

/// Memory for pages that the writer has read or written, in KiB.
const WRITER_CACHE_KIB: i64 = 12 * 1_024;
/// Memory for the pages of each other connection, in KiB.
const READER_CACHE_KIB: i64 = 2 * 1_024;
/// How long the writer waits for another process that writes, in milliseconds.
const LOCK_WAIT_MS_MAX: u64 = 5_000;
/// Statements that a connection keeps ready: more than there are.
const STATEMENTS_MAX: usize = 128;
/// Bytes that a page has.
const PAGE_BYTES: i64 = 4_096;
/// Bytes of the write-ahead log that stay on disk when it begins anew.
const WAL_BYTES_KEPT: i64 = 64 * 1_024 * 1_024;

/// The writer's side of a SQLite file.
#[derive(Debug)]
pub struct SqliteBackend {
    path: PathBuf,
    pages_max: Option<u32>,
    connection: Option<Connection>,
}

impl SqliteBackend {
    /// Opens a file that has its tables. `pages_max` bounds its size: for tests of a full disk.
    pub(crate) fn open(path: &Path, pages_max: Option<u32>) -> Result<SqliteBackend, Outage> {
        let mut backend = SqliteBackend {
            path: path.to_owned(),
            pages_max,
            connection: None,
        };
        backend.connection()?;
        Ok(backend)
    }

    /// The connection, opened again if the last one was given up.
    pub(crate) fn connection(&mut self) -> Result<&Connection, Outage> {
        if self.connection.is_none() {
            let connection = open_writing(&self.path).map_err(failed("opening the database"))?;
            if let Some(pages) = self.pages_max {
                let set = connection.pragma_update(None, "max_page_count", pages);
                set.map_err(failed("opening the database"))?;
            }
            self.connection = Some(connection);
        }
        Ok(self.connection.as_ref().expect("it has just been opened"))
    }

    /// Adds rows to the index of activity and moves its cursor, in a commit of its own.
    pub(crate) fn follow(&mut self, rows: &[(i64, i64)], to: i64) -> Result<(), Outage> {
        self.begin()?;
        let written = self.connection().and_then(|connection| {
            write_activity(connection, rows, to).map_err(failed("indexing activity"))
        });
        let committed = written.and_then(|()| self.commit());
        if committed.is_err() {
            self.roll_back();
        }
        committed
    }

    /// Moves pages from the log into the file, as far as readers let it.
    pub(crate) fn checkpoint(&mut self) -> Result<(), Outage> {
        let connection = self.connection()?;
        checkpoint(connection, "PASSIVE")
            .map(drop)
            .map_err(failed("moving the log"))
    }

    /// Writes about as much as a batch does, and nothing of interest: whether it can write at all. A
    /// row that always fits would call a full disk healthy.
    pub(crate) fn probe(&mut self, at: i64) -> Result<(), Outage> {
        self.begin()?;
        let written = self.connection().and_then(|connection| {
            let sql = "REPLACE INTO settings (name, value) VALUES ('probed-at', ?)";
            let value = format!("{at}{}", ".".repeat(PROBE_BYTES));
            connection
                .execute(sql, [value])
                .map(drop)
                .map_err(failed("trying to write"))
        });
        let committed = written.and_then(|()| self.commit());
        if committed.is_err() {
            self.roll_back();
        }
        committed
    }
}

impl Backend for SqliteBackend {
    fn begin(&mut self) -> Result<(), Outage> {
        let begun = self
            .connection()?
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(run);
        if begun.as_ref().is_err_and(|problem| !is_busy(problem)) {
            self.connection = None;
        }
        begun.map_err(failed("beginning to write"))
    }

    fn load(&mut self, want: &ReadSet, seen: &mut WorkingSet) -> Result<(), Outage> {
        load(self.connection()?, want, seen)
    }

    fn write(&mut self, changes: &ChangeSet, batch: Option<&BatchRow>) -> Result<(), Outage> {
        let connection = self.connection()?;
        let fresh_from = batch.map_or(i64::MAX, |row| row.first_key);
        write_all(connection, changes, fresh_from)?;
        match batch {
            Some(row) => insert_batch(connection, row).map_err(failed("writing a batch")),
            None => Ok(()),
        }
    }

    fn put_aside(&mut self, works: &[WorkId], leased_until: Timestamp) -> Result<(), Outage> {
        let connection = self.connection()?;
        let sql = "UPDATE works SET leased_until = ? WHERE due = ? AND key = ?";
        let mut statement = connection
            .prepare_cached(sql)
            .map_err(failed("preparing"))?;
        for work in works {
            let put = statement.execute([leased_until.0, work.due.0, work.key]);
            put.map_err(failed("putting work aside"))?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), Outage> {
        let committed = self.connection()?.prepare_cached("COMMIT").and_then(run);
        committed.map_err(failed("committing"))
    }

    fn roll_back(&mut self) {
        let Some(connection) = &self.connection else {
            return;
        };
        // SQLite has already rolled back by itself after some errors, a full disk for one.
        if connection.is_autocommit() {
            return;
        }
        if let Err(problem) = connection.prepare_cached("ROLLBACK").and_then(run) {
            tracing::error!(%problem, "could not roll back; the connection is opened again");
            self.connection = None;
        }
    }

    fn last_batch(&mut self, lane: u16) -> Result<Option<BatchRow>, Outage> {
        let connection = self.connection()?;
        let sql = "SELECT number, first_key, last_key, digest, touched FROM batches \
            WHERE lane = ? ORDER BY number DESC LIMIT 1";
        let row = connection.query_row(sql, [lane], |row| {
            Ok(BatchRow {
                lane,
                number: row.get(0)?,
                first_key: row.get(1)?,
                last_key: row.get(2)?,
                digest: row.get(3)?,
                touched: row.get(4)?,
            })
        });
        row.optional().map_err(failed("reading the last batch"))
    }
}

/// Opens a connection that writes and flushes at each commit, and sets what SQLite forgets between connections.
pub(crate) fn open_writing(path: &Path) -> rusqlite::Result<Connection> {
    let connection = gathered_log::open(path)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
    connection.pragma_update_and_check(None, "journal_size_limit", WAL_BYTES_KEPT, |_| Ok(()))?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.busy_timeout(std::time::Duration::from_millis(LOCK_WAIT_MS_MAX))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

/// Opens a connection that only reads.
pub(crate) fn open_reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "cache_size", -READER_CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.busy_timeout(std::time::Duration::from_millis(LOCK_WAIT_MS_MAX))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    Ok(connection)
}

/// Pages in the log, and how many of them are in the file too.
pub(crate) fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<(i64, i64)> {
    let sql = format!("PRAGMA wal_checkpoint({mode})");
    connection.query_row(&sql, [], |row| Ok((row.get(1)?, row.get(2)?)))
}

/// Loads everything that is wanted.
pub(crate) fn load(
    connection: &Connection,
    want: &ReadSet,
    seen: &mut WorkingSet,
) -> Result<(), Outage> {
    row::load::<Accounts>(connection, &want.accounts, &mut seen.accounts)?;
    row::load::<Emails>(connection, &want.emails, &mut seen.emails)?;
    row::load::<AccessKeys>(connection, &want.access_keys, &mut seen.access_keys)?;
    row::load::<Certificates>(connection, &want.certificates, &mut seen.certificates)?;
    row::load::<Instruments>(connection, &want.instruments, &mut seen.instruments)?;
    row::load::<Tokens>(connection, &want.tokens, &mut seen.tokens)?;
    row::load::<TokenReferences>(
        connection,
        &want.token_references,
        &mut seen.token_references,
    )?;
    row::load::<Transactions>(connection, &want.transactions, &mut seen.transactions)?;
    row::load::<References>(connection, &want.references, &mut seen.references)?;
    row::load::<Balances>(connection, &want.balances, &mut seen.balances)?;
    row::load::<Tallies>(connection, &want.tallies, &mut seen.tallies)?;
    row::load::<Subscriptions>(connection, &want.subscriptions, &mut seen.subscriptions)?;
    row::load::<Works>(connection, &want.works, &mut seen.works)?;
    row::load::<Notifications>(connection, &want.notifications, &mut seen.notifications)?;
    row::load::<Documents>(connection, &want.documents, &mut seen.documents)?;
    row::load::<Settings>(connection, &want.settings, &mut seen.settings)
}

fn write_all(connection: &Connection, changes: &ChangeSet, fresh_from: i64) -> Result<(), Outage> {
    let tokens = changes.tokens.as_slice();
    let facts = write::BatchFacts { fresh_from, tokens };
    write::changed::<Accounts>(connection, &changes.accounts, facts)?;
    write::changed::<Emails>(connection, &changes.emails, facts)?;
    write::changed::<AccessKeys>(connection, &changes.access_keys, facts)?;
    write::changed::<Certificates>(connection, &changes.certificates, facts)?;
    write::changed::<Instruments>(connection, &changes.instruments, facts)?;
    write::changed::<Tokens>(connection, &changes.tokens, facts)?;
    write::changed::<TokenReferences>(connection, &changes.token_references, facts)?;
    write::changed::<Transactions>(connection, &changes.transactions, facts)?;
    write::changed::<References>(connection, &changes.references, facts)?;
    write::changed::<Balances>(connection, &changes.balances, facts)?;
    write::changed::<Tallies>(connection, &changes.tallies, facts)?;
    write::changed::<Subscriptions>(connection, &changes.subscriptions, facts)?;
    write::changed::<Works>(connection, &changes.works, facts)?;
    write::changed::<Notifications>(connection, &changes.notifications, facts)?;
    write::changed::<Documents>(connection, &changes.documents, facts)?;
    write::changed::<Settings>(connection, &changes.settings, facts)?;
    write::added(connection, &changes.added.events, "writing events")?;
    write::added(connection, &changes.added.postings, "writing postings")?;
    write::added(connection, &changes.added.attempts, "writing attempts")?;
    write::added(connection, &changes.added.relations, "writing relations")
}

fn insert_batch(connection: &Connection, row: &BatchRow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO batches (lane, number, first_key, last_key, digest, touched) \
        VALUES (?, ?, ?, ?, ?, ?)";
    let BatchRow {
        lane,
        number,
        first_key,
        last_key,
        digest,
        touched,
    } = row;
    let mut statement = connection.prepare_cached(sql)?;
    statement
        .execute(params![lane, number, first_key, last_key, digest, touched])
        .map(drop)
}

fn write_activity(connection: &Connection, rows: &[(i64, i64)], to: i64) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO activity (account, transaction_key) VALUES (?, ?)";
    write::in_chunks(rows, |rows| {
        let mut statement = connection.prepare_cached(&write::repeated(sql, rows.len()))?;
        let values = rows.iter().flat_map(|(account, key)| [account, key]);
        statement
            .execute(rusqlite::params_from_iter(values))
            .map(drop)
    })?;
    let sql = "REPLACE INTO settings (name, value) VALUES (?, ?)";
    connection
        .execute(sql, [crate::errands::FOLLOWED, &to.to_string()])
        .map(drop)
}

fn run(mut statement: rusqlite::CachedStatement) -> rusqlite::Result<()> {
    statement.raw_execute().map(drop)
}

fn is_busy(problem: &rusqlite::Error) -> bool {
    problem.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
