//! How a row is written and read: values in the order of its columns.

use money::{Amount, Currency};
use payments::{CallerReference, Timestamp};
use rusqlite::types::{FromSql, ToSql};
use rusqlite::{CachedStatement, Connection, Row, Statement};
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use payments::tables::{KeySet, Table};
use store::Outage;

/// An outage of the database.
pub(crate) fn failed(doing: &'static str) -> impl Fn(rusqlite::Error) -> Outage {
    move |problem| Outage::Failed {
        doing,
        reason: problem.to_string(),
    }
}

/// A table with keyed rows.
pub(crate) trait Keyed {
    /// The key.
    type Key: Eq + Hash + Ord + Clone + Debug;
    /// The row.
    type Row;
    /// Its name.
    const NAME: &'static str;
    /// Reads the columns of one row by its key.
    const SELECT: &'static str;
    /// Writes a whole row: its key, then its columns.
    const UPSERT: &'static str;
    /// Writes the changing columns of an old row, then its key; for tables that have fixed ones.
    const UPDATE: Option<&'static str> = None;
    /// Deletes a row by its key.
    const DELETE: &'static str;
    /// The table of the changing columns, where they have one of their own: writes the key and them.
    const UPSERT_CHANGING: Option<&'static str> = None;
    /// Deletes a row of that table by its key.
    const DELETE_CHANGING: &'static str = "";

    /// Gives the key's values.
    fn put_key(key: &Self::Key, to: &mut Values) -> rusqlite::Result<()>;

    /// Gives the row's values behind the key.
    fn put(row: &Self::Row, to: &mut Values) -> rusqlite::Result<()>;

    /// Gives the changing values.
    fn put_changing(_row: &Self::Row, _to: &mut Values) -> rusqlite::Result<()> {
        Ok(())
    }

    /// Whether the row was there before a batch whose keys begin at `fresh_from`.
    fn is_old(_key: &Self::Key, _fresh_from: i64) -> bool {
        false
    }

    /// Reads the row.
    fn read(key: &Self::Key, from: &mut Fields) -> Result<Self::Row, Outage>;
}

/// A table whose rows are only ever added.
pub(crate) trait Added {
    /// Writes a whole row.
    const INSERT: &'static str;

    /// Gives the row's values.
    fn put(&self, to: &mut Values) -> rusqlite::Result<()>;
}

/// Values bound to a statement, one after another.
pub(crate) struct Values<'a, 's> {
    statement: &'a mut Statement<'s>,
    bound: usize,
}

impl Values<'_, '_> {
    /// The next value.
    pub(crate) fn put(&mut self, value: impl ToSql) -> rusqlite::Result<()> {
        self.bound += 1;
        self.statement.raw_bind_parameter(self.bound, value)
    }

    /// The next value, as JSON.
    pub(crate) fn put_json(&mut self, value: &impl serde::Serialize) -> rusqlite::Result<()> {
        let text = serde_json::to_string(value);
        self.put(text.map_err(|problem| rusqlite::Error::ToSqlConversionFailure(problem.into()))?)
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
    /// The next field.
    pub(crate) fn get<T: FromSql>(&mut self) -> Result<T, Outage> {
        let at = self.read;
        self.read += 1;
        self.row
            .get(at)
            .map_err(|problem| self.corrupt(&problem.to_string()))
    }

    /// The next field as a moment.
    pub(crate) fn moment(&mut self) -> Result<Timestamp, Outage> {
        self.get().map(Timestamp)
    }

    /// The next field as a moment that may be missing.
    pub(crate) fn moment_if_any(&mut self) -> Result<Option<Timestamp>, Outage> {
        Ok(self.get::<Option<i64>>()?.map(Timestamp))
    }

    /// The next field as micro-units.
    pub(crate) fn amount(&mut self, currency: Currency) -> Result<Amount, Outage> {
        let micros = self.get()?;
        let amount = Amount::from_micros(micros, currency);
        amount.ok_or_else(|| self.corrupt("an amount is out of range"))
    }

    /// The next field as a currency.
    pub(crate) fn currency(&mut self) -> Result<Currency, Outage> {
        let text: String = self.get()?;
        Currency::parse(&text).map_err(|_| self.corrupt("no currency"))
    }

    /// The next field as what its number stands for.
    pub(crate) fn known<T>(
        &mut self,
        what: &'static str,
        known: fn(i64) -> Option<T>,
    ) -> Result<T, Outage> {
        let number = self.get()?;
        known(number).ok_or_else(|| self.corrupt(&format!("{number} is no {what}")))
    }

    /// The next field as what its small number stands for.
    pub(crate) fn known_small<T>(
        &mut self,
        what: &'static str,
        known: fn(u8) -> Option<T>,
    ) -> Result<T, Outage> {
        let number = self.get()?;
        known(number).ok_or_else(|| self.corrupt(&format!("{number} is no {what}")))
    }

    /// The next field as a caller's reference.
    pub(crate) fn reference(&mut self) -> Result<CallerReference, Outage> {
        let text: String = self.get()?;
        CallerReference::parse(&text).map_err(|_| self.corrupt("no caller reference"))
    }

    /// The next field as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Result<T, Outage> {
        let at = self.read;
        self.read += 1;
        let text = self.row.get_ref(at).map_err(|problem| problem.to_string());
        let text = text.and_then(|value| value.as_str().map_err(|problem| problem.to_string()));
        let value =
            text.and_then(|text| serde_json::from_str(text).map_err(|problem| problem.to_string()));
        value.map_err(|problem| self.corrupt(&problem))
    }

    /// The row contradicts itself.
    pub(crate) fn corrupt(&self, reason: &str) -> Outage {
        Outage::Corrupt {
            table: self.table,
            key: format!("{:?}", self.key),
            reason: reason.to_owned(),
        }
    }
}

/// Loads rows by key, absent ones too.
pub(crate) fn load<T: Keyed>(
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
pub(crate) fn load_all<T: Keyed>(
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

fn load_with<T: Keyed>(statement: &mut Statement, key: &T::Key) -> Result<Option<T::Row>, Outage> {
    T::put_key(
        key,
        &mut Values {
            statement,
            bound: 0,
        },
    )
    .map_err(failed("reading a row"))?;
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

/// Writes changed rows.
pub(crate) fn write<T: Keyed>(
    connection: &Connection,
    changes: &[(T::Key, Option<Arc<T::Row>>)],
    fresh_from: i64,
) -> Result<(), Outage> {
    let mut statements = Statements {
        connection,
        delete: None,
        delete_changing: None,
        update: None,
        upsert: None,
        upsert_changing: None,
    };
    for (key, row) in changes {
        let changed = statements.write::<T>(key, row.as_deref(), fresh_from);
        if changed.map_err(failed("writing a row"))? == 0 && row.is_some() {
            let reason = "a row to be changed is not there".to_owned();
            return Err(Outage::Corrupt {
                table: T::NAME,
                key: format!("{key:?}"),
                reason,
            });
        }
    }
    Ok(())
}

/// The statements of one table, each looked up once a batch.
struct Statements<'c> {
    connection: &'c Connection,
    delete: Option<CachedStatement<'c>>,
    delete_changing: Option<CachedStatement<'c>>,
    update: Option<CachedStatement<'c>>,
    upsert: Option<CachedStatement<'c>>,
    upsert_changing: Option<CachedStatement<'c>>,
}

impl Statements<'_> {
    fn write<T: Keyed>(
        &mut self,
        key: &T::Key,
        row: Option<&T::Row>,
        fresh_from: i64,
    ) -> rusqlite::Result<usize> {
        let update = T::UPDATE.filter(|_| T::is_old(key, fresh_from));
        match (row, update) {
            (None, _) => {
                if T::UPSERT_CHANGING.is_some() {
                    let slot = &mut self.delete_changing;
                    let statement = prepared(self.connection, slot, T::DELETE_CHANGING)?;
                    let mut values = Values {
                        statement,
                        bound: 0,
                    };
                    T::put_key(key, &mut values)?;
                    statement.raw_execute()?;
                }
                let statement = prepared(self.connection, &mut self.delete, T::DELETE)?;
                T::put_key(
                    key,
                    &mut Values {
                        statement,
                        bound: 0,
                    },
                )?;
                statement.raw_execute()
            }
            (Some(row), Some(update)) => {
                let statement = prepared(self.connection, &mut self.update, update)?;
                let mut values = Values {
                    statement,
                    bound: 0,
                };
                T::put_changing(row, &mut values)?;
                T::put_key(key, &mut values)?;
                statement.raw_execute()
            }
            (Some(row), None) => {
                if let Some(upsert) = T::UPSERT_CHANGING {
                    let statement = prepared(self.connection, &mut self.upsert_changing, upsert)?;
                    let mut values = Values {
                        statement,
                        bound: 0,
                    };
                    T::put_key(key, &mut values)?;
                    T::put_changing(row, &mut values)?;
                    statement.raw_execute()?;
                }
                let statement = prepared(self.connection, &mut self.upsert, T::UPSERT)?;
                let mut values = Values {
                    statement,
                    bound: 0,
                };
                T::put_key(key, &mut values)?;
                T::put(row, &mut values)?;
                statement.raw_execute()
            }
        }
    }
}

fn prepared<'c, 's>(
    connection: &'c Connection,
    slot: &'s mut Option<CachedStatement<'c>>,
    sql: &str,
) -> rusqlite::Result<&'s mut CachedStatement<'c>> {
    if slot.is_none() {
        *slot = Some(connection.prepare_cached(sql)?);
    }
    Ok(slot.as_mut().expect("it has just been filled"))
}

/// Adds rows.
pub(crate) fn add<T: Added>(connection: &Connection, rows: &[T]) -> rusqlite::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let statement = &mut connection.prepare_cached(T::INSERT)?;
    for row in rows {
        row.put(&mut Values {
            statement,
            bound: 0,
        })?;
        statement.raw_execute()?;
    }
    Ok(())
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
