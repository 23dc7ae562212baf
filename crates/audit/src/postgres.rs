//! The books on PostgreSQL, read-only, also beside running nodes.
//!
//! The same questions as on SQLite, each a page in key order. Whoever opens the connection brings it
//! (addresses, passwords and TLS are none of the auditor's business), and a runtime to wait on.

use tokio::runtime::Handle;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

mod rows;
mod subscriptions;

use self::rows::{
    ALONE, BALANCES, BATCHES, EVENTS, NOTIFICATIONS, POSTINGS, REFERENCES, REFUNDS, STANDING,
    TALLIES, TRANSACTIONS, currency, int, int_if_any, posting, refund, tally, transaction,
};
use crate::books::Books;
use crate::packed::unpack;
use crate::{
    BalanceRow, BatchRow, ChargeRow, EventRow, NotificationRow, Outage, PostingRow, ReferenceRow,
    RefundRow, Standing, SubscriptionRow, TallyRow, TransactionRow, WorkRow,
};

/// Rows of one page where a question has no bound of its own.
const PAGE_ROWS: usize = 20_000;

type Values<'a> = [&'a (dyn ToSql + Sync)];

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

    fn read(
        &self,
        doing: &'static str,
        sql: &str,
        values: &Values,
        mut visit: impl FnMut(&Row) -> Result<(), Error>,
    ) -> Result<usize, Outage> {
        let failed = |source| Outage::Postgres { doing, source };
        let rows = self.handle.block_on(self.client.query(sql, values));
        let rows = rows.map_err(failed)?;
        rows.iter().try_for_each(&mut visit).map_err(failed)?;
        Ok(rows.len())
    }

    fn lanes(&self) -> Result<Vec<i64>, Outage> {
        let mut lanes = Vec::new();
        let sql = "SELECT lane FROM lanes ORDER BY lane";
        self.read("reading lanes", sql, &[], |row| {
            lanes.push(int(row, 0)?);
            Ok(())
        })?;
        Ok(lanes)
    }

    /// The number and last key of the batch with this number, or of the next one there is.
    fn batch_from(&self, lane: i64, number: i64) -> Result<Option<(i64, i64)>, Outage> {
        let sql =
            "SELECT number, last_key FROM batches WHERE lane = $1::int8 AND $2::int8 <= number
            ORDER BY number LIMIT 1";
        let mut found = None;
        self.read("reading a batch", sql, &[&lane, &number], |row| {
            found = Some((int(row, 0)?, int(row, 1)?));
            Ok(())
        })?;
        Ok(found)
    }

    /// The first number of a lane whose batch used this key or a later one.
    fn first_number(&self, lane: i64, key: i64) -> Result<i64, Outage> {
        let mut last: i64 = 0;
        let sql = "SELECT number FROM batches WHERE lane = $1::int8 ORDER BY number DESC LIMIT 1";
        self.read("reading a batch", sql, &[&lane], |row| {
            last = int(row, 0)?;
            Ok(())
        })?;
        let (mut low, mut high) = (0, last.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.batch_from(lane, middle)? {
                Some((number, last_key)) if last_key < key => low = number.saturating_add(1),
                Some(_) | None => high = middle,
            }
        }
        Ok(low)
    }

    /// The transactions written by the batches of a lane from a number on.
    fn touched_from(&self, lane: i64, from: i64, into: &mut Vec<i64>) -> Result<(), Outage> {
        let sql = "SELECT number, touched FROM batches WHERE lane = $1::int8 AND $2::int8 <= number
            ORDER BY number LIMIT $3::int8";
        let (mut next, most) = (from, limit(PAGE_ROWS));
        loop {
            let start = next;
            let count = self.read("reading batches", sql, &[&lane, &start, &most], |row| {
                next = int(row, 0)?.saturating_add(1);
                into.extend(unpack(row.try_get(1)?).unwrap_or_default());
                Ok(())
            })?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }
}

impl Books for PostgresBooks {
    fn fresh(&mut self) -> Result<(), Outage> {
        let end = if self.begun { "COMMIT; " } else { "" };
        let again = format!("{end}BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        let begun = self.handle.block_on(self.client.batch_execute(&again));
        begun.map_err(|source| Outage::Postgres {
            doing: "beginning to read",
            source,
        })?;
        self.begun = true;
        Ok(())
    }

    fn transactions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<TransactionRow>,
    ) -> Result<(), Outage> {
        let values: &Values = &[&after, &limit(most)];
        let read = self.read("reading transactions", TRANSACTIONS, values, |row| {
            into.push(transaction(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn events(&mut self, after: i64, to: i64, into: &mut Vec<EventRow>) -> Result<(), Outage> {
        let read = self.read("reading events", EVENTS, &[&after, &to], |row| {
            into.push(EventRow {
                transaction: int(row, 0)?,
                number: int(row, 1)?,
                at: int(row, 2)?,
                operation: int(row, 3)?,
                status: int(row, 4)?,
                code: int(row, 5)?,
                currency: currency(row, 6)?,
            });
            Ok(())
        });
        read.map(drop)
    }

    fn postings(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        let read = self.read("reading postings", POSTINGS, &[&after, &to], |row| {
            into.push(posting(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn alone(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        let read = self.read("reading deposits", ALONE, &[&after, &to], |row| {
            into.push(posting(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn refunds(&mut self, after: i64, to: i64, into: &mut Vec<RefundRow>) -> Result<(), Outage> {
        let read = self.read("reading refunds", REFUNDS, &[&after, &to], |row| {
            let exists = int_if_any(row, 2)?;
            let refund = exists.map(|_| refund(row)).transpose()?;
            into.push(RefundRow {
                parent: int(row, 0)?,
                child: int(row, 1)?,
                refund,
            });
            Ok(())
        });
        read.map(drop)
    }

    fn references(
        &mut self,
        after: &(i64, String),
        most: usize,
        into: &mut Vec<ReferenceRow>,
    ) -> Result<(), Outage> {
        let values: &Values = &[&after.0, &after.1, &limit(most)];
        let read = self.read("reading references", REFERENCES, values, |row| {
            into.push(ReferenceRow {
                caller: int(row, 0)?,
                reference: row.try_get(1)?,
                transaction: int_if_any(row, 2)?,
                is_refused: row.try_get(3)?,
                is_found: row.try_get(4)?,
            });
            Ok(())
        });
        read.map(drop)
    }

    fn notifications(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<NotificationRow>,
    ) -> Result<(), Outage> {
        let values: &Values = &[&after, &limit(most)];
        let read = self.read("reading notifications", NOTIFICATIONS, values, |row| {
            let (transaction, event) = (int_if_any(row, 2)?, int_if_any(row, 3)?);
            into.push(NotificationRow {
                key: int(row, 0)?,
                delivery: int(row, 1)?,
                about: transaction.map(|transaction| (transaction, event.unwrap_or(0))),
                is_found: row.try_get(4)?,
            });
            Ok(())
        });
        read.map(drop)
    }

    fn subscriptions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<SubscriptionRow>,
    ) -> Result<(), Outage> {
        self.read_subscriptions(after, limit(most), into)
    }

    fn charge(&mut self, caller: i64, reference: &str) -> Result<Option<ChargeRow>, Outage> {
        self.read_charge(caller, reference)
    }

    fn batches(
        &mut self,
        after: (i64, i64),
        most: usize,
        into: &mut Vec<BatchRow>,
    ) -> Result<(), Outage> {
        let values: &Values = &[&after.0, &after.1, &limit(most)];
        let read = self.read("reading batches", BATCHES, values, |row| {
            into.push(BatchRow {
                lane: int(row, 0)?,
                number: int(row, 1)?,
                first_key: int(row, 2)?,
                last_key: int(row, 3)?,
                digest: row.try_get(4)?,
                touched: unpack(row.try_get(5)?),
            });
            Ok(())
        });
        read.map(drop)
    }

    fn standing(&mut self, transaction: i64) -> Result<Option<Standing>, Outage> {
        let mut found = None;
        self.read("reading a transaction", STANDING, &[&transaction], |row| {
            found = Some(Standing {
                state: int(row, 0)?,
                release: int(row, 1)?,
                ended_at: int(row, 2)?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    fn is_due(&mut self, notification: i64) -> Result<bool, Outage> {
        let mut due = false;
        let sql = "SELECT delivery = 1 FROM notifications WHERE key = $1::int8";
        self.read("reading a notification", sql, &[&notification], |row| {
            due = row.try_get(0)?;
            Ok(())
        })?;
        Ok(due)
    }

    fn works(&mut self, visit: &mut dyn FnMut(WorkRow)) -> Result<(), Outage> {
        let sql = "SELECT due, key, kind, subject FROM works
            WHERE ($1::int8, $2::int8) < (due, key) ORDER BY due, key LIMIT $3::int8";
        let (mut after, most) = ((i64::MIN, i64::MIN), limit(PAGE_ROWS));
        loop {
            let (due, key) = after;
            let count = self.read("reading work", sql, &[&due, &key, &most], |row| {
                after = (int(row, 0)?, int(row, 1)?);
                visit(WorkRow {
                    due: after.0,
                    kind: int(row, 2)?,
                    subject: int(row, 3)?,
                });
                Ok(())
            })?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn balances(&mut self, visit: &mut dyn FnMut(BalanceRow)) -> Result<(), Outage> {
        let (mut after, most) = (i64::MIN, limit(PAGE_ROWS));
        loop {
            let from = after;
            let count = self.read("reading balances", BALANCES, &[&from, &most], |row| {
                after = int(row, 0)?;
                visit(BalanceRow {
                    account: after,
                    parts: [int(row, 1)?, int(row, 2)?, int(row, 3)?],
                });
                Ok(())
            })?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn tallies(&mut self, visit: &mut dyn FnMut(TallyRow)) -> Result<(), Outage> {
        let (mut after, most) = (i64::MIN, limit(PAGE_ROWS));
        loop {
            let from = after;
            let count = self.read("reading instruments", TALLIES, &[&from, &most], |row| {
                let found = tally(row)?;
                after = found.key;
                visit(found);
                Ok(())
            })?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn reached(&mut self) -> Result<Option<i64>, Outage> {
        let mut reached = None;
        let sql = "SELECT last_key FROM batches WHERE lane = $1::int8 ORDER BY number DESC LIMIT 1";
        for lane in self.lanes()? {
            self.read("reading a batch", sql, &[&lane], |row| {
                reached = reached.max(Some(int(row, 0)?));
                Ok(())
            })?;
        }
        Ok(reached)
    }

    fn touched_since(&mut self, key: i64, into: &mut Vec<i64>) -> Result<(), Outage> {
        for lane in self.lanes()? {
            let from = self.first_number(lane, key)?;
            self.touched_from(lane, from, into)?;
        }
        Ok(())
    }
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
