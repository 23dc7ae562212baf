//! The books in SQLite, read-only, also beside a running server.

use std::path::Path;

use rusqlite::types::ToSql;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};

use crate::Outage;
use crate::tables::{Columns, Tables, Value};

/// The books in a SQLite file.
pub struct SqliteBooks {
    connection: Connection,
}

impl SqliteBooks {
    /// Opens a database file for reading only. A server may have it open.
    pub fn open(path: &Path) -> Result<SqliteBooks, Outage> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let doing = Outage::while_doing("opening it");
        let connection = Connection::open_with_flags(path, flags).map_err(&doing)?;
        // A wait for the moment in which a server starts or stops; pages kept: 16 MiB.
        connection
            .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16384")
            .map_err(&doing)?;
        Ok(SqliteBooks::over(connection))
    }

    /// Reads through a connection that is open already.
    pub fn over(connection: Connection) -> SqliteBooks {
        SqliteBooks { connection }
    }
}

impl Tables for SqliteBooks {
    type Error = rusqlite::Error;
    type Row<'a> = Row<'a>;
    const STATES: &'static str = "transaction_states";
    const TEXT_BEFORE_CALLER: bool = true;

    fn begin_again(&mut self) -> Result<(), Outage> {
        let again = if self.connection.is_autocommit() {
            "BEGIN"
        } else {
            "COMMIT; BEGIN"
        };
        self.connection
            .execute_batch(again)
            .map_err(Outage::while_doing("beginning to read"))
    }

    fn read(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value],
        mut visit: impl FnMut(&Row) -> rusqlite::Result<()>,
    ) -> Result<usize, Outage> {
        let values = values.iter().map(|value| -> &dyn ToSql {
            match value {
                Value::Whole(number) => number,
                Value::Text(text) => text,
            }
        });
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                visit(row)?;
                count += 1;
            }
            Ok(count)
        };
        read().map_err(Outage::while_doing(doing))
    }
}

impl Columns for Row<'_> {
    type Error = rusqlite::Error;

    fn int(&self, at: usize) -> rusqlite::Result<i64> {
        self.get(at)
    }

    fn int_if_any(&self, at: usize) -> rusqlite::Result<Option<i64>> {
        self.get(at)
    }

    fn flag(&self, at: usize) -> rusqlite::Result<bool> {
        self.get(at)
    }

    fn text(&self, at: usize) -> rusqlite::Result<&str> {
        Ok(self.get_ref(at)?.as_str()?)
    }

    fn bytes(&self, at: usize) -> rusqlite::Result<&[u8]> {
        Ok(self.get_ref(at)?.as_blob()?)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::books::Books;

    const SCHEMA: &str = concat!(
        include_str!("../../store-sqlite/migrations/0001_books.sql"),
        include_str!("../../store-sqlite/migrations/0002_states.sql"),
        include_str!("../../store-sqlite/migrations/0003_references.sql"),
    );

    /// Says how each statement would be run, and finds nothing.
    struct Explained {
        books: SqliteBooks,
        plans: RefCell<Vec<(String, String)>>,
    }

    impl Tables for Explained {
        type Error = rusqlite::Error;
        type Row<'a> = Row<'a>;
        const STATES: &'static str = SqliteBooks::STATES;
        const TEXT_BEFORE_CALLER: bool = SqliteBooks::TEXT_BEFORE_CALLER;

        fn begin_again(&mut self) -> Result<(), Outage> {
            self.books.begin_again()
        }

        fn read(
            &self,
            doing: &'static str,
            sql: &str,
            values: &[Value],
            _: impl FnMut(&Row) -> rusqlite::Result<()>,
        ) -> Result<usize, Outage> {
            let plan = format!("EXPLAIN QUERY PLAN {sql}");
            self.books.read(doing, &plan, values, |row| {
                let step: String = row.get(3)?;
                self.plans.borrow_mut().push((sql.to_owned(), step));
                Ok(())
            })?;
            Ok(0)
        }
    }

    #[test]
    fn every_statement_finds_its_place_by_a_key_and_none_sorts() {
        let connection = Connection::open_in_memory().expect("memory");
        connection.execute_batch(SCHEMA).expect("the schema");
        let mut books = Explained {
            books: SqliteBooks::over(connection),
            plans: RefCell::default(),
        };
        let asked = [
            books.transactions(0, 1, &mut Vec::new()),
            books.events(0, 1, &mut Vec::new()),
            books.postings(0, 1, &mut Vec::new()),
            books.alone(0, 1, &mut Vec::new()),
            books.refunds(0, 1, &mut Vec::new()),
            books.references(&(0, String::new()), 1, &mut Vec::new()),
            books.notifications(0, 1, &mut Vec::new()),
            books.subscriptions(0, 1, &mut Vec::new()),
            books.charge(0, "").map(drop),
            books.batches((0, 0), 1, &mut Vec::new()),
            books.standing(0).map(drop),
            books.is_due(0).map(drop),
            books.works(&mut |_| {}),
            books.balances(&mut |_| {}),
            books.tallies(&mut |_| {}),
            books.reached().map(drop),
        ];
        assert!(asked.iter().all(Result::is_ok), "{asked:?}");
        for (sql, step) in books.plans.take() {
            let sorts = step.contains("TEMP B-TREE");
            assert!(!sorts && !step.starts_with("SCAN"), "{step}: {sql}");
        }
    }
}
