//! How a row is bound to a statement and read from one.

use rusqlite::types::{FromSql, FromSqlError, ToSql};
use rusqlite::{Connection, Row, Statement};
use std::fmt::Debug;

use payments::ids::TOKEN_NONCE_BYTES;
use payments::tables::{KeySet, Table};
use store::Outage;
use store::rows::Tokens;
use store::rows::codec::{self, Added, Change, Keyed};

/// An outage of the database.
pub(crate) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> Outage {
    move |problem| Outage::Failed {
        doing,
        reason: problem.to_string(),
    }
}

/// The statements of a table with keyed rows.
pub(crate) trait Sql: Keyed {
    /// Reads the columns of one row by its key.
    const SELECT: &'static str;
    /// Writes a whole row: its key, then its columns. Ends with the list of its values.
    const UPSERT: &'static str;
    /// Writes the changing columns of an old row, then its key; for tables that have fixed ones.
    const UPDATE: Option<&'static str> = None;
    /// Deletes a row by its key.
    const DELETE: &'static str;
    /// The table of the changing columns, where they have one of their own: writes the key and them,
    /// and ends with the list of values.
    const UPSERT_CHANGING: Option<&'static str> = None;
    /// Deletes a row of that table by its key.
    const DELETE_CHANGING: &'static str = "";
}

/// The statement of a table whose rows are only ever added.
pub(crate) trait SqlAdded: Added {
    /// Writes a whole row. Ends with the list of its values.
    const INSERT: &'static str;
}

/// Values bound to a statement, one after another.
pub(crate) struct Values<'a, 's> {
    statement: &'a mut Statement<'s>,
    bound: usize,
    /// Those that are written in the same batch.
    tokens: &'a [Change<Tokens>],
}

impl<'a, 's> Values<'a, 's> {
    /// Nothing is bound yet.
    pub(crate) fn new(statement: &'a mut Statement<'s>) -> Values<'a, 's> {
        Values {
            statement,
            bound: 0,
            tokens: &[],
        }
    }

    /// The same, beside these tokens.
    pub(crate) fn beside(self, tokens: &'a [Change<Tokens>]) -> Values<'a, 's> {
        Values { tokens, ..self }
    }

    fn bind(&mut self, value: impl ToSql) -> Result<(), Outage> {
        self.bound += 1;
        let bound = self.statement.raw_bind_parameter(self.bound, value);
        bound.map_err(failed("binding a value"))
    }
}

impl codec::Values for Values<'_, '_> {
    fn int(&mut self, value: Option<i64>) -> Result<(), Outage> {
        self.bind(value)
    }

    fn text(&mut self, value: Option<&str>) -> Result<(), Outage> {
        self.bind(value)
    }

    fn bytes(&mut self, value: Option<&[u8]>) -> Result<(), Outage> {
        self.bind(value)
    }

    fn tokens_beside(&self) -> Option<&[Change<Tokens>]> {
        Some(self.tokens)
    }
}

/// The fields of a row that is read, one after another.
pub(crate) struct Fields<'a, 'r> {
    row: &'a Row<'r>,
    read: usize,
    table: &'static str,
    key: &'a dyn Debug,
}

impl Fields<'_, '_> {
    fn next<T: FromSql>(&mut self) -> Result<T, Outage> {
        let at = self.read;
        self.read += 1;
        let field = self.row.get(at);
        field.map_err(|problem| codec::Fields::corrupt(self, &problem.to_string()))
    }
}

impl codec::Fields for Fields<'_, '_> {
    fn int(&mut self) -> Result<Option<i64>, Outage> {
        self.next()
    }

    fn text<T>(
        &mut self,
        take: impl FnOnce(Option<&str>) -> Result<T, String>,
    ) -> Result<T, Outage> {
        let at = self.read;
        self.read += 1;
        let words = |problem: FromSqlError| problem.to_string();
        let value = self.row.get_ref(at).map_err(|problem| problem.to_string());
        let taken = value
            .and_then(|value| value.as_str_or_null().map_err(words))
            .and_then(take);
        taken.map_err(|problem| self.corrupt(&problem))
    }

    fn bytes<T>(
        &mut self,
        take: impl FnOnce(Option<&[u8]>) -> Result<T, String>,
    ) -> Result<T, Outage> {
        let at = self.read;
        self.read += 1;
        let words = |problem: FromSqlError| problem.to_string();
        let value = self.row.get_ref(at).map_err(|problem| problem.to_string());
        let taken = value
            .and_then(|value| value.as_blob_or_null().map_err(words))
            .and_then(take);
        taken.map_err(|problem| self.corrupt(&problem))
    }

    fn sender_token_nonce(&mut self) -> Result<Option<[u8; TOKEN_NONCE_BYTES]>, Outage> {
        codec::Fields::get(self)
    }

    fn corrupt(&self, reason: &str) -> Outage {
        Outage::Corrupt {
            table: self.table,
            key: format!("{:?}", self.key),
            reason: reason.to_owned(),
        }
    }
}

/// Loads rows by key, absent ones too.
pub(crate) fn load<T: Sql>(
    connection: &Connection,
    keys: &KeySet<T::Key>,
    into: &mut Table<T::Key, T::Row>,
) -> Result<(), Outage> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut statement = connection
        .prepare_cached(T::SELECT)
        .map_err(failed("preparing"))?;
    for key in keys {
        into.loaded(key.clone(), load_with::<T>(&mut statement, key)?);
    }
    Ok(())
}

/// Loads the rows of keys that must be there, in the order of the keys given.
pub(crate) fn load_all<T: Sql>(
    connection: &Connection,
    keys: &[T::Key],
) -> Result<Vec<T::Row>, Outage> {
    let mut statement = connection
        .prepare_cached(T::SELECT)
        .map_err(failed("preparing"))?;
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        rows.extend(load_with::<T>(&mut statement, key)?);
    }
    Ok(rows)
}

fn load_with<T: Sql>(statement: &mut Statement, key: &T::Key) -> Result<Option<T::Row>, Outage> {
    T::put_key(key, &mut Values::new(statement))?;
    let mut rows = statement.raw_query();
    let row = rows.next().map_err(failed("reading a row"))?;
    row.map(|row| {
        T::read(
            key,
            &mut Fields {
                row,
                read: 0,
                table: T::NAME,
                key,
            },
        )
    })
    .transpose()
}

/// Reads the rows of a query, each as a whole.
pub(crate) fn read_rows<T>(
    connection: &Connection,
    table: &'static str,
    sql: &str,
    values: impl rusqlite::Params,
    mut read: impl FnMut(&mut Fields) -> Result<T, Outage>,
) -> Result<Vec<T>, Outage> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(failed("preparing"))?;
    let mut rows = statement.query(values).map_err(failed("reading rows"))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed("reading rows"))? {
        let key: i64 = row.get(0).unwrap_or(0);
        found.push(read(&mut Fields {
            row,
            read: 0,
            table,
            key: &key,
        })?);
    }
    Ok(found)
}
