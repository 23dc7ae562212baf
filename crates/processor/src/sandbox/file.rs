//! The statement's file: SQLite, write-ahead log, flushed at every commit.
//!
//! | # | statement                              | when                                       |
//! |---|----------------------------------------|--------------------------------------------|
//! | 1 | `BEGIN IMMEDIATE` … `COMMIT`           | once a batch                               |
//! | 2 | insert a row                           | every new call                             |
//! | 3 | select by key                          | all but new authorisations; look-up        |
//! | 4 | select by key, then by what it refers to | capture, void, refund                    |
//!
//! Rows are never changed. What is left of a hold or capture follows from the rows that refer to it.

use std::path::Path;

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::{BUSY_WAIT_MAX, OpenError};
use crate::call::Answer;
use crate::key::ProcessorKey;
use crate::statement::{StatementError, StatementRow, columns, read};

/// Written into the file's header, so that another database is not mistaken for a statement.
const APPLICATION_ID: i64 = 0x4846_5354;

/// The layout that is written. The first one knew cards only, and called its columns after them.
const LAYOUT: i64 = 2;
const LAYOUT_OF_CARDS: i64 = 1;

const FROM_CARDS: &str = "
ALTER TABLE statement RENAME COLUMN card_last_four TO last_four;
ALTER TABLE statement RENAME COLUMN card_brand TO network;
ALTER TABLE statement RENAME COLUMN card_rule TO rule;
";

const SCHEMA: &str = "
CREATE TABLE statement (
    key TEXT PRIMARY KEY,
    refers_to TEXT,
    amount_micros INTEGER NOT NULL,
    currency TEXT NOT NULL,
    last_four TEXT NOT NULL,
    network TEXT NOT NULL,
    rule TEXT NOT NULL,
    code TEXT,
    message TEXT,
    at_ms INTEGER NOT NULL,
    known_at_ms INTEGER NOT NULL,
    CHECK ((code IS NULL) = (message IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX effect ON statement (refers_to) WHERE refers_to IS NOT NULL;
";

const INSERT: &str = concat!(
    "INSERT INTO statement (",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (key) DO NOTHING"
);
const FIND: &str = concat!("SELECT ", columns!(), " FROM statement WHERE key = ?1");
const EFFECTS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM statement WHERE refers_to = ?1 AND code IS NULL"
);

/// The statement, open for writing.
pub(super) struct File {
    connection: Connection,
}

impl File {
    pub(super) fn open(path: &Path) -> Result<File, OpenError> {
        let mut connection = gathered_log::open(path)?;
        connection.busy_timeout(BUSY_WAIT_MAX)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        match (
            pragma("application_id")?,
            pragma("user_version")?,
            pragma("schema_version")?,
        ) {
            (APPLICATION_ID, LAYOUT, _) => {}
            (APPLICATION_ID, LAYOUT_OF_CARDS, _) => {
                transaction.execute_batch(FROM_CARDS)?;
                transaction.pragma_update(None, "user_version", LAYOUT)?;
            }
            (0, 0, 0) => {
                transaction.execute_batch(SCHEMA)?;
                transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
                transaction.pragma_update(None, "user_version", LAYOUT)?;
            }
            (application, layout, _) => {
                return Err(OpenError::NotAStatement {
                    application,
                    layout,
                });
            }
        }
        transaction.commit()?;
        Ok(File { connection })
    }

    pub(super) fn begin(&self) -> Result<(), StatementError> {
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")?
            .execute([])?;
        Ok(())
    }

    pub(super) fn commit(&self) -> Result<(), StatementError> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    /// Leaves no transaction open, whatever happened.
    pub(super) fn roll_back(&self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "the processor's statement could not be rolled back");
        }
    }

    pub(super) fn find(&self, key: &ProcessorKey) -> Result<Option<StatementRow>, StatementError> {
        let mut select = self.connection.prepare_cached(FIND)?;
        let found = select
            .query_row(params![key.as_str()], |row| Ok(read(row)))
            .optional()?;
        found.transpose()
    }

    /// The approved rows that refer to `key`.
    pub(super) fn effects(&self, key: &ProcessorKey) -> Result<Vec<StatementRow>, StatementError> {
        let mut select = self.connection.prepare_cached(EFFECTS)?;
        let mut rows = select.query(params![key.as_str()])?;
        let mut effects = Vec::new();
        while let Some(row) = rows.next()? {
            effects.push(read(row)?);
        }
        Ok(effects)
    }

    /// What adds rows, made ready once for many.
    pub(super) fn adding(&self) -> Result<Adding<'_>, StatementError> {
        Ok(Adding(self.connection.prepare_cached(INSERT)?))
    }
}

/// Adds rows.
pub(super) struct Adding<'a>(CachedStatement<'a>);

impl Adding<'_> {
    /// Adds a row; `false` when its key is already there, and nothing is changed.
    pub(super) fn insert(&mut self, row: &StatementRow) -> Result<bool, StatementError> {
        let (code, message) = match &row.answer {
            Answer::Approved { .. } => (None, None),
            Answer::Declined { code, message } => (Some(code), Some(message)),
        };
        let added = self.0.execute(params![
            row.key.as_str(),
            row.refers_to.as_ref().map(ProcessorKey::as_str),
            row.amount_micros,
            row.currency,
            row.last_four,
            row.network.as_str(),
            row.rule,
            code,
            message,
            row.at_ms,
            row.known_at_ms,
        ])?;
        Ok(added == 1)
    }
}
