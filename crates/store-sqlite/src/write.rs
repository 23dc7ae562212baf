//! How changed rows are written: whole ones many at a time, changes of old ones one by one.

use rusqlite::{CachedStatement, Connection, Statement};
use store::Outage;
use store::rows::Tokens;
use store::rows::codec::Change;

use crate::row::{Sql, SqlAdded, Values, failed};

/// Whole rows that one statement writes where as many follow each other: with a row alone, a good part
/// of the time goes to beginning and ending its statement.
const ROWS_AT_ONCE: usize = 16;

/// What the rows of every table are written by.
#[derive(Clone, Copy)]
pub(crate) struct BatchFacts<'a> {
    /// Keys from here on are new.
    pub(crate) fresh_from: i64,
    /// The tokens of the same batch.
    pub(crate) tokens: &'a [Change<Tokens>],
}

/// Writes rows that have a key: new ones, changed ones and those that go.
pub(crate) fn changed<T: Sql>(
    connection: &Connection,
    changes: &[Change<T>],
    facts: BatchFacts<'_>,
) -> Result<(), Outage> {
    let mut statements = Statements::of(connection, facts.tokens);
    let is_whole = |(key, row): &Change<T>| {
        row.is_some() && !(T::UPDATE.is_some() && T::is_old(key, facts.fresh_from))
    };
    let mut left = changes;
    while let Some((change, rest)) = left.split_first() {
        let many = left.split_at_checked(ROWS_AT_ONCE);
        if let Some((rows, after)) = many.filter(|(rows, _)| rows.iter().all(is_whole)) {
            statements.put_whole::<T>(rows)?;
            left = after;
            continue;
        }
        if is_whole(change) {
            statements.put_whole::<T>(std::slice::from_ref(change))?;
        } else {
            statements.change::<T>(change)?;
        }
        left = rest;
    }
    Ok(())
}

/// Writes rows that are only ever added.
pub(crate) fn added<T: SqlAdded>(
    connection: &Connection,
    rows: &[T],
    doing: &'static str,
) -> Result<(), Outage> {
    let (mut one, mut many) = (None, None);
    in_chunks(rows, |rows| {
        let slot = slot(rows, &mut one, &mut many);
        let statement = prepared(connection, slot, T::INSERT, rows.len())?;
        let values = &mut Values::new(statement);
        rows.iter().try_for_each(|row| row.put(values))?;
        statement.raw_execute().map(drop).map_err(failed(doing))
    })
}

/// Gives the rows away, as many at once as one statement takes, and the rest one by one.
pub(crate) fn in_chunks<R, E>(
    rows: &[R],
    write: impl FnMut(&[R]) -> Result<(), E>,
) -> Result<(), E> {
    let chunks = rows.chunks_exact(ROWS_AT_ONCE);
    let rest = chunks.remainder();
    chunks.chain(rest.chunks(1)).try_for_each(write)
}

/// The statements of one table, each looked up once a batch.
struct Statements<'c> {
    connection: &'c Connection,
    tokens: &'c [Change<Tokens>],
    delete: Option<CachedStatement<'c>>,
    delete_changing: Option<CachedStatement<'c>>,
    update: Option<CachedStatement<'c>>,
    upsert: Option<CachedStatement<'c>>,
    upserts: Option<CachedStatement<'c>>,
    upsert_changing: Option<CachedStatement<'c>>,
    upserts_changing: Option<CachedStatement<'c>>,
}

impl<'c> Statements<'c> {
    fn of(connection: &'c Connection, tokens: &'c [Change<Tokens>]) -> Statements<'c> {
        Statements {
            connection,
            tokens,
            delete: None,
            delete_changing: None,
            update: None,
            upsert: None,
            upserts: None,
            upsert_changing: None,
            upserts_changing: None,
        }
    }

    /// Writes whole rows: one, or as many as go at once.
    fn put_whole<T: Sql>(&mut self, changes: &[Change<T>]) -> Result<(), Outage> {
        let rows = || {
            let rows = changes.iter();
            rows.filter_map(|(key, row)| Some((key, row.as_deref()?)))
        };
        let is_split = T::UPSERT_CHANGING.is_some();
        if let Some(upsert) = T::UPSERT_CHANGING {
            let slot = slot(
                changes,
                &mut self.upsert_changing,
                &mut self.upserts_changing,
            );
            let statement = prepared(self.connection, slot, upsert, changes.len())?;
            let values = &mut Values::new(statement);
            for (key, row) in rows() {
                T::put_key(key, values)?;
                T::put_changing(row, values)?;
            }
            run(statement)?;
        }
        let slot = slot(changes, &mut self.upsert, &mut self.upserts);
        let statement = prepared(self.connection, slot, T::UPSERT, changes.len())?;
        let values = &mut Values::new(statement).beside(self.tokens);
        for (key, row) in rows() {
            T::put_key(key, values)?;
            if is_split {
                T::put_fixed(row, values)?;
            } else {
                T::put(row, values)?;
            }
        }
        run(statement).map(drop)
    }

    /// Writes what has changed in an old row, or deletes it.
    fn change<T: Sql>(&mut self, (key, row): &Change<T>) -> Result<(), Outage> {
        let Some(row) = row else {
            if T::UPSERT_CHANGING.is_some() {
                let slot = &mut self.delete_changing;
                let statement = prepared(self.connection, slot, T::DELETE_CHANGING, 1)?;
                T::put_key(key, &mut Values::new(statement))?;
                run(statement)?;
            }
            let statement = prepared(self.connection, &mut self.delete, T::DELETE, 1)?;
            T::put_key(key, &mut Values::new(statement))?;
            return run(statement).map(drop);
        };
        let update = T::UPDATE.expect("a row that is not written whole has changing columns");
        let statement = prepared(self.connection, &mut self.update, update, 1)?;
        let values = &mut Values::new(statement);
        T::put_changing(row, values)?;
        T::put_key(key, values)?;
        if run(statement)? == 0 {
            return Err(Outage::Corrupt {
                table: T::NAME,
                key: format!("{key:?}"),
                reason: "a row to be changed is not there".to_owned(),
            });
        }
        Ok(())
    }
}

/// The statement for one row, or the one for many.
fn slot<'s, 'c, R>(
    rows: &[R],
    one: &'s mut Option<CachedStatement<'c>>,
    many: &'s mut Option<CachedStatement<'c>>,
) -> &'s mut Option<CachedStatement<'c>> {
    if rows.len() == 1 { one } else { many }
}

fn prepared<'c, 's>(
    connection: &'c Connection,
    slot: &'s mut Option<CachedStatement<'c>>,
    sql: &str,
    rows: usize,
) -> Result<&'s mut CachedStatement<'c>, Outage> {
    if slot.is_none() {
        let prepared = if rows == 1 {
            connection.prepare_cached(sql)
        } else {
            connection.prepare_cached(&repeated(sql, rows))
        };
        *slot = Some(prepared.map_err(failed("preparing"))?);
    }
    Ok(slot.as_mut().expect("it has just been filled"))
}

/// A statement that ends with its list of values, with the list so many times. One that fails in its
/// middle has to take back what it did. Were that left to the statement alone, it would keep a copy of
/// each page it changes; the transaction is given up anyhow, so the whole of it is rolled back.
pub(crate) fn repeated(sql: &str, rows: usize) -> String {
    let (_, list) = sql.rsplit_once("VALUES ").expect("it ends with its values");
    let sql = sql.replacen("INSERT INTO", "INSERT OR ROLLBACK INTO", 1);
    format!("{sql}{}", format!(", {list}").repeat(rows - 1))
}

fn run(statement: &mut Statement) -> Result<usize, Outage> {
    statement.raw_execute().map_err(failed("writing a row"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_values_is_repeated() {
        let sql = "INSERT INTO t (a, b) VALUES (?, ?)";
        let thrice = "INSERT OR ROLLBACK INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)";
        assert_eq!(super::repeated(sql, 3), thrice);
    }
}
