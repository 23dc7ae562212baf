//! The books on PostgreSQL, read-only, also beside running nodes.
//!
//! Everything is read in one snapshot, from the first row to the last: with several lanes a batch may
//! be committed later than one with higher keys, and a second snapshot would find it where the walk
//! has passed already. The price is that the server keeps old versions of rows for as long.
//!
//! A check that goes on from its progress has another snapshot than the one it began with. So before
//! the first one, each lane's row is locked for a moment: every batch holds its lane's row until it has
//! ended. What is not in the first snapshot has begun after that, so it ends after the horizon, and is
//! found by it.
//!
//! Whoever opens the connection brings it (addresses, passwords and TLS are none of the auditor's
//! business), and a runtime to wait on.

use tokio::runtime::Handle;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use crate::Outage;
use crate::tables::{Columns, Tables, Value};

/// The books in a database on PostgreSQL.
pub struct PostgresBooks {
    client: Client,
    handle: Handle,
    begun: bool,
}

impl PostgresBooks {
    /// Reads through a connection whose driver runs on this runtime. To be used from a thread that
    /// may block.
    pub fn over(client: Client, handle: Handle) -> PostgresBooks {
        PostgresBooks {
            client,
            handle,
            begun: false,
        }
    }
}

impl Tables for PostgresBooks {
    type Error = Error;
    type Row<'a> = Row;
    const STATES: &'static str = "transactions";
    const TEXT_BEFORE_CALLER: bool = false;

    fn begin_again(&mut self) -> Result<(), Outage> {
        if self.begun {
            return Ok(());
        }
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begun = self.handle.block_on(self.client.batch_execute(begin));
        begun.map_err(|source| Outage::Postgres {
            doing: "beginning to read",
            source,
        })?;
        self.begun = true;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Outage> {
        let doing = "waiting for batches under way";
        let failed = |source| Outage::Postgres { doing, source };
        let settling = async {
            self.client.batch_execute("ROLLBACK").await?;
            let lanes = "SELECT lane FROM lanes ORDER BY lane";
            for row in self.client.query(lanes, &[]).await? {
                let Whole(lane) = row.try_get(0)?;
                // One by one: nobody waits for a lane that is waited for.
                let lock = "SELECT lane FROM lanes WHERE lane = CAST($1 AS BIGINT) FOR UPDATE";
                self.client.query(lock, &[&lane]).await?;
            }
            Ok(())
        };
        self.handle.block_on(settling).map_err(failed)?;
        self.begun = false;
        Ok(())
    }

    fn read(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value],
        visit: impl FnMut(&Row) -> Result<(), Error>,
    ) -> Result<usize, Outage> {
        let failed = |source| Outage::Postgres { doing, source };
        let values = values.iter().map(|value| -> &(dyn ToSql + Sync) {
            match value {
                Value::Whole(number) => number,
                Value::Text(text) => text,
            }
        });
        let values: Vec<&(dyn ToSql + Sync)> = values.collect();
        let rows = self.handle.block_on(self.client.query(sql, &values));
        let rows = rows.map_err(failed)?;
        rows.iter().try_for_each(visit).map_err(failed)?;
        Ok(rows.len())
    }
}

impl Columns for Row {
    type Error = Error;

    fn int(&self, at: usize) -> Result<i64, Error> {
        self.try_get(at).map(|Whole(number)| number)
    }

    fn int_if_any(&self, at: usize) -> Result<Option<i64>, Error> {
        let number: Option<Whole> = self.try_get(at)?;
        Ok(number.map(|Whole(number)| number))
    }

    fn flag(&self, at: usize) -> Result<bool, Error> {
        self.try_get(at)
    }

    fn text(&self, at: usize) -> Result<&str, Error> {
        self.try_get(at)
    }

    fn bytes(&self, at: usize) -> Result<&[u8], Error> {
        self.try_get(at)
    }
}

/// A whole number of any width.
struct Whole(i64);

impl<'a> FromSql<'a> for Whole {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Whole, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Whole(match *kind {
            Type::INT2 => i64::from(i16::from_sql(kind, raw)?),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT2, Type::INT4, Type::INT8].contains(kind)
    }
}
