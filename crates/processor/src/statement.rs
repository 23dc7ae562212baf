//! The processor's statement: one row per key that had an answer, sorted by key.
//!
//! Rows are only ever added, so a statement can be read while the processor works. It is read a
//! page at a time, each page in a short read transaction of its own, because a long one would keep
//! the write-ahead log from being reused.

use std::path::Path;
use std::vec;

use rusqlite::{Connection, OpenFlags, Row, params};

use crate::call::Answer;
use crate::card::Brand;
use crate::key::{Kind, ProcessorKey};

/// How many rows one read transaction takes.
const PAGE_ROWS_MAX: u32 = 10_000;

/// The columns in the order in which [`read`] takes them; a macro, so that statements are literals.
macro_rules! columns {
    () => {
        "key, refers_to, amount_micros, currency, last_four, network, rule, \
         code, message, at_ms, known_at_ms"
    };
}
pub(crate) use columns;

const SELECT_PAGE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM statement WHERE ?1 < key ORDER BY key LIMIT ?2"
);

/// One call that the processor took and decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// The caller's name for the call; it also says what was asked.
    pub key: ProcessorKey,
    /// The authorisation of a capture or void, the capture of a refund.
    pub refers_to: Option<ProcessorKey>,
    /// The amount asked for, in micro-units; for a void, the amount released.
    pub amount_micros: i64,
    /// The currency's three letters.
    pub currency: String,
    /// The last four digits of the number; empty when the call referred to nothing.
    pub last_four: String,
    /// The network it belongs to.
    pub network: Network,
    /// The name of the number's line in [`crate::CARDS`] or [`crate::BANKS`]; empty for any other.
    pub rule: String,
    /// The decision.
    pub answer: Answer,
    /// When the call was taken, in milliseconds of the clock given at opening.
    pub at_ms: i64,
    /// From when on the decision is told; later than `at_ms` when the network keeps one waiting.
    pub known_at_ms: i64,
}

/// A network that money is taken by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Network {
    /// That of a card's brand.
    Card(Brand),
    /// That of bank accounts.
    Bank,
}

/// How the statement writes the network of bank accounts.
const BANK: &str = "Bank account";

impl Network {
    /// The word used inside statements.
    pub const fn as_str(self) -> &'static str {
        match self {
            Network::Card(brand) => brand.as_str(),
            Network::Bank => BANK,
        }
    }

    fn parse(text: &str) -> Option<Network> {
        match text {
            BANK => Some(Network::Bank),
            brand => Brand::parse(brand).map(Network::Card),
        }
    }
}

impl StatementRow {
    /// What was asked.
    pub fn kind(&self) -> Kind {
        self.key.kind()
    }

    /// Whether it had its effect.
    pub fn approved(&self) -> bool {
        self.answer.approved()
    }
}

/// Why a statement cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The file cannot be opened or read.
    #[error("reading the processor's statement")]
    Read(#[from] rusqlite::Error),
    /// A row contradicts itself.
    #[error("row {key} of the processor's statement has a {field} that makes no sense")]
    Corrupt {
        /// The row's key, as stored.
        key: String,
        /// The field.
        field: &'static str,
    },
}

/// A statement being read, in order of its keys.
pub struct Statement {
    connection: Connection,
    page: vec::IntoIter<StatementRow>,
    after: String,
    ended: bool,
}

impl Statement {
    /// Opens the statement at `path` for reading; the processor may be at work on it.
    pub fn open(path: &Path) -> Result<Statement, StatementError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(crate::sandbox::BUSY_WAIT_MAX)?;
        let page = Vec::new().into_iter();
        Ok(Statement {
            connection,
            page,
            after: String::new(),
            ended: false,
        })
    }

    fn turn_page(&mut self) -> Result<(), StatementError> {
        let mut select = self.connection.prepare_cached(SELECT_PAGE)?;
        let mut rows = select.query(params![self.after, PAGE_ROWS_MAX])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            page.push(read(row)?);
        }
        self.ended = page.is_empty();
        if let Some(last) = page.last() {
            last.key.as_str().clone_into(&mut self.after);
        }
        self.page = page.into_iter();
        Ok(())
    }
}

impl Iterator for Statement {
    type Item = Result<StatementRow, StatementError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.page.next() {
            return Some(Ok(row));
        }
        if self.ended {
            return None;
        }
        if let Err(error) = self.turn_page() {
            self.ended = true;
            return Some(Err(error));
        }
        self.page.next().map(Ok)
    }
}

/// The whole statement at `path`, sorted by key.
pub fn statement_rows(path: &Path) -> Result<Vec<StatementRow>, StatementError> {
    Statement::open(path)?.collect()
}

/// Parses one row of `columns!`.
pub(crate) fn read(row: &Row<'_>) -> Result<StatementRow, StatementError> {
    let text: String = row.get(0)?;
    let corrupt = |field| StatementError::Corrupt {
        key: text.clone(),
        field,
    };
    let parse = |text: &str| ProcessorKey::parse(text).ok();
    let key = parse(&text).ok_or_else(|| corrupt("key"))?;
    let refers_to = match row.get::<_, Option<String>>(1)? {
        None => None,
        Some(earlier) => Some(parse(&earlier).ok_or_else(|| corrupt("refers_to"))?),
    };
    let network: String = row.get(5)?;
    let answer = match (row.get(7)?, row.get(8)?) {
        (None, None) => approval(&key),
        (Some(code), Some(message)) => Answer::Declined { code, message },
        (None, Some(_)) | (Some(_), None) => return Err(corrupt("code")),
    };
    Ok(StatementRow {
        refers_to,
        amount_micros: row.get(2)?,
        currency: row.get(3)?,
        last_four: row.get(4)?,
        network: Network::parse(&network).ok_or_else(|| corrupt("network"))?,
        rule: row.get(6)?,
        answer,
        at_ms: row.get(9)?,
        known_at_ms: row.get(10)?,
        key,
    })
}

/// The sandbox's own name for an effect follows from the key, so that it need not be stored.
pub(crate) fn approval(key: &ProcessorKey) -> Answer {
    Answer::Approved {
        processor_reference: ["sandbox:", key.as_str()].concat(),
    }
}
