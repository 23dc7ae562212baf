//! The books in SQLite, read-only, also beside a running server.
//!
//! Statements, each prepared once and read in key order:
//!
//! | what                       | access                                                        |
//! |----------------------------|---------------------------------------------------------------|
//! | transactions               | range by key; a point look-up each for the caller reference,  |
//! |                            | a refund's relation, its prepaid or credit instrument, and a  |
//! |                            | told event where somebody listens                             |
//! | events, postings           | range by transaction                                          |
//! | relations                  | range by parent; a point look-up of each refund               |
//! | references, notifications  | range by key; a point look-up each                            |
//! | subscriptions              | range by key; a point look-up for each charge; all work       |
//! | works, balances, tallies   | all rows                                                      |
//! | batches                    | range; the first of a moment by halving, because they are dense |

use std::path::Path;

use rusqlite::{Connection, OpenFlags, Params, Row};

mod rows;
mod subscriptions;

use self::rows::{
    ALONE, BALANCES, BATCHES, EVENTS, NOTIFICATIONS, POSTINGS, REFERENCES, REFUNDS, STANDING,
    TALLIES, TRANSACTIONS, currency, posting, refund, tally, transaction,
};
use crate::books::Books;
use crate::packed::unpack;
use crate::{
    BalanceRow, BatchRow, ChargeRow, EventRow, NotificationRow, Outage, PostingRow, ReferenceRow,
    RefundRow, Standing, SubscriptionRow, TallyRow, TransactionRow, WorkRow,
};

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

    fn read(
        &self,
        doing: &'static str,
        sql: &str,
        values: impl Params,
        mut visit: impl FnMut(&Row) -> rusqlite::Result<()>,
    ) -> Result<(), Outage> {
        let read = || {
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                visit(row)?;
            }
            Ok(())
        };
        read().map_err(Outage::while_doing(doing))
    }

    fn lanes(&self) -> Result<Vec<i64>, Outage> {
        let mut lanes = Vec::new();
        let mut last = i64::MIN;
        loop {
            let before = lanes.len();
            let sql = "SELECT lane FROM batches WHERE ?1 < lane ORDER BY lane LIMIT 1";
            self.read("reading lanes", sql, [last], |row| {
                last = row.get(0)?;
                lanes.push(last);
                Ok(())
            })?;
            if lanes.len() == before {
                return Ok(lanes);
            }
        }
    }

    /// The number and last key of the batch with this number, or of the next one there is.
    fn batch_from(&self, lane: i64, number: i64) -> Result<Option<(i64, i64)>, Outage> {
        let sql = "SELECT number, last_key FROM batches WHERE lane = ?1 AND ?2 <= number
            ORDER BY number LIMIT 1";
        let mut found = None;
        self.read("reading a batch", sql, [lane, number], |row| {
            found = Some((row.get(0)?, row.get(1)?));
            Ok(())
        })?;
        Ok(found)
    }

    /// The first number of a lane whose batch used this key or a later one.
    fn first_number(&self, lane: i64, key: i64) -> Result<i64, Outage> {
        let mut last: i64 = 0;
        let sql = "SELECT number FROM batches WHERE lane = ?1 ORDER BY number DESC LIMIT 1";
        self.read("reading a batch", sql, [lane], |row| {
            last = row.get(0)?;
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
}

impl Books for SqliteBooks {
    fn fresh(&mut self) -> Result<(), Outage> {
        let again = if self.connection.is_autocommit() {
            "BEGIN"
        } else {
            "COMMIT; BEGIN"
        };
        self.connection
            .execute_batch(again)
            .map_err(Outage::while_doing("beginning to read"))
    }

    fn transactions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<TransactionRow>,
    ) -> Result<(), Outage> {
        self.read(
            "reading transactions",
            TRANSACTIONS,
            (after, limit(most)),
            |row| {
                into.push(transaction(row)?);
                Ok(())
            },
        )
    }

    fn events(&mut self, after: i64, to: i64, into: &mut Vec<EventRow>) -> Result<(), Outage> {
        self.read("reading events", EVENTS, [after, to], |row| {
            into.push(EventRow {
                transaction: row.get(0)?,
                number: row.get(1)?,
                at: row.get(2)?,
                operation: row.get(3)?,
                status: row.get(4)?,
                code: row.get(5)?,
                currency: currency(row, 6)?,
            });
            Ok(())
        })
    }

    fn postings(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        self.read("reading postings", POSTINGS, [after, to], |row| {
            into.push(posting(row)?);
            Ok(())
        })
    }

    fn alone(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        self.read("reading deposits", ALONE, [after, to], |row| {
            into.push(posting(row)?);
            Ok(())
        })
    }

    fn refunds(&mut self, after: i64, to: i64, into: &mut Vec<RefundRow>) -> Result<(), Outage> {
        self.read("reading refunds", REFUNDS, [after, to], |row| {
            let exists: Option<i64> = row.get(2)?;
            let refund = exists.map(|_| refund(row)).transpose()?;
            into.push(RefundRow {
                parent: row.get(0)?,
                child: row.get(1)?,
                refund,
            });
            Ok(())
        })
    }

    fn references(
        &mut self,
        after: &(i64, String),
        most: usize,
        into: &mut Vec<ReferenceRow>,
    ) -> Result<(), Outage> {
        let values = (after.0, &after.1, limit(most));
        self.read("reading references", REFERENCES, values, |row| {
            into.push(ReferenceRow {
                caller: row.get(0)?,
                reference: row.get(1)?,
                transaction: row.get(2)?,
                is_refused: row.get(3)?,
                is_found: row.get(4)?,
            });
            Ok(())
        })
    }

    fn notifications(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<NotificationRow>,
    ) -> Result<(), Outage> {
        self.read(
            "reading notifications",
            NOTIFICATIONS,
            (after, limit(most)),
            |row| {
                let (transaction, event): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
                into.push(NotificationRow {
                    key: row.get(0)?,
                    delivery: row.get(1)?,
                    about: transaction.map(|transaction| (transaction, event.unwrap_or(0))),
                    is_found: row.get(4)?,
                });
                Ok(())
            },
        )
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
        self.read(
            "reading batches",
            BATCHES,
            (after.0, after.1, limit(most)),
            |row| {
                into.push(BatchRow {
                    lane: row.get(0)?,
                    number: row.get(1)?,
                    first_key: row.get(2)?,
                    last_key: row.get(3)?,
                    digest: row.get(4)?,
                    touched: unpack(row.get_ref(5)?.as_blob()?),
                });
                Ok(())
            },
        )
    }

    fn standing(&mut self, transaction: i64) -> Result<Option<Standing>, Outage> {
        let mut found = None;
        self.read("reading a transaction", STANDING, [transaction], |row| {
            found = Some(Standing {
                state: row.get(0)?,
                release: row.get(1)?,
                ended_at: row.get(2)?,
            });
            Ok(())
        })?;
        Ok(found)
    }

    fn is_due(&mut self, notification: i64) -> Result<bool, Outage> {
        let mut due = false;
        let sql = "SELECT delivery = 1 FROM notifications WHERE key = ?1";
        self.read("reading a notification", sql, [notification], |row| {
            due = row.get(0)?;
            Ok(())
        })?;
        Ok(due)
    }

    fn works(&mut self, visit: &mut dyn FnMut(WorkRow)) -> Result<(), Outage> {
        self.read(
            "reading work",
            "SELECT due, kind, subject FROM works",
            [],
            |row| {
                visit(WorkRow {
                    due: row.get(0)?,
                    kind: row.get(1)?,
                    subject: row.get(2)?,
                });
                Ok(())
            },
        )
    }

    fn balances(&mut self, visit: &mut dyn FnMut(BalanceRow)) -> Result<(), Outage> {
        self.read("reading balances", BALANCES, [], |row| {
            visit(BalanceRow {
                account: row.get(0)?,
                parts: [row.get(1)?, row.get(2)?, row.get(3)?],
            });
            Ok(())
        })
    }

    fn tallies(&mut self, visit: &mut dyn FnMut(TallyRow)) -> Result<(), Outage> {
        self.read("reading instruments", TALLIES, [], |row| {
            visit(tally(row)?);
            Ok(())
        })
    }

    fn reached(&mut self) -> Result<Option<i64>, Outage> {
        let mut reached = None;
        let sql = "SELECT last_key FROM batches WHERE lane = ?1 ORDER BY number DESC LIMIT 1";
        for lane in self.lanes()? {
            self.read("reading a batch", sql, [lane], |row| {
                reached = reached.max(Some(row.get(0)?));
                Ok(())
            })?;
        }
        Ok(reached)
    }

    fn touched_since(&mut self, key: i64, into: &mut Vec<i64>) -> Result<(), Outage> {
        let sql = "SELECT touched FROM batches WHERE lane = ?1 AND ?2 <= number";
        for lane in self.lanes()? {
            let from = self.first_number(lane, key)?;
            self.read("reading batches", sql, [lane, from], |row| {
                into.extend(unpack(row.get_ref(0)?.as_blob()?).unwrap_or_default());
                Ok(())
            })?;
        }
        Ok(())
    }
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
