//! The questions of `check`, put to the tables: the same statements and the same reading for every
//! database that holds them. A database brings a way to read rows, [`Tables`].
//!
//! Each statement reads in key order:
//!
//! | what                       | access                                                        |
//! |----------------------------|---------------------------------------------------------------|
//! | transactions               | range by key; a point look-up each for the caller reference,  |
//! |                            | a refund's relation, its prepaid or credit instrument, and a  |
//! |                            | told event where somebody listens                             |
//! | events, postings           | range by transaction                                          |
//! | relations                  | range by parent; a point look-up of each refund               |
//! | references, notifications  | range by key; a point look-up each                            |
//! | subscriptions              | range by key; a point look-up for each charge                 |
//! | works, balances, tallies   | all rows, a page at a time                                    |
//! | batches                    | range; the first of a moment by halving, because they are dense |

mod batches;
mod rows;

use self::Value::{Text, Whole};
use self::batches::Batches;
use self::rows::{
    ALONE, BALANCES, BATCHES, CHARGE, DUE, EVENTS, LAST_BATCH, NOTIFICATIONS, POSTINGS, REFERENCE,
    REFERENCES, REFUNDS, STANDING, STATES, SUBSCRIPTIONS, TALLIES, TRANSACTIONS, WORKS, currency,
    posting, refund, subscription, tally, transaction,
};
use crate::books::Books;
use crate::packed::unpack;
use crate::{
    BalanceRow, BatchRow, ChargeRow, EventRow, NotificationRow, Outage, PostingRow, ReferenceRow,
    RefundRow, Standing, SubscriptionRow, TallyRow, TransactionRow, WorkRow,
};

/// Rows of one page where a question has no bound of its own.
const PAGE_ROWS: usize = 20_000;

/// A value that a statement is given.
#[derive(Clone, Copy)]
pub enum Value<'a> {
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(&'a str),
}

/// A row of an answer, read by column.
pub trait Columns {
    /// What the database says of a column that holds something else.
    type Error;

    /// A whole number.
    fn int(&self, at: usize) -> Result<i64, Self::Error>;
    /// A whole number, or nothing.
    fn int_if_any(&self, at: usize) -> Result<Option<i64>, Self::Error>;
    /// Yes or no.
    fn flag(&self, at: usize) -> Result<bool, Self::Error>;
    /// A text.
    fn text(&self, at: usize) -> Result<&str, Self::Error>;
    /// Bytes.
    fn bytes(&self, at: usize) -> Result<&[u8], Self::Error>;
}

/// A database that holds the tables.
pub trait Tables {
    /// What it says when it fails.
    type Error;
    /// A row of its answers.
    type Row<'a>: Columns<Error = Self::Error>;
    /// The table that says where each transaction stands; it may be `transactions` itself.
    const STATES: &'static str;
    /// Whether it keeps callers' references by their text and then by the caller; else it is the other way
    /// round.
    const TEXT_BEFORE_CALLER: bool;

    /// Lets go of the snapshot, if there is one, and begins the next; or keeps the one there is, which
    /// is right too and only costs the database more.
    fn begin_again(&mut self) -> Result<(), Outage>;

    /// Lets go of the snapshot, and waits until every batch that was under way has ended: the next
    /// snapshot has them. With one writer there is nothing to wait for: batches are committed in the
    /// order of their keys.
    fn settle(&mut self) -> Result<(), Outage> {
        Ok(())
    }

    /// Shows every row of an answer, and counts them.
    fn read(
        &self,
        doing: &'static str,
        sql: &str,
        values: &[Value],
        visit: impl FnMut(&Self::Row<'_>) -> Result<(), Self::Error>,
    ) -> Result<usize, Outage>;
}

impl<T: Tables> Books for T {
    fn fresh(&mut self) -> Result<(), Outage> {
        self.begin_again()
    }

    fn settle(&mut self) -> Result<(), Outage> {
        Tables::settle(self)
    }

    fn transactions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<TransactionRow>,
    ) -> Result<(), Outage> {
        let values = &[Whole(after), limit(most)];
        let sql = TRANSACTIONS.replace(STATES, T::STATES);
        let read = self.read("reading transactions", &sql, values, |row| {
            into.push(transaction(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn events(&mut self, after: i64, to: i64, into: &mut Vec<EventRow>) -> Result<(), Outage> {
        let range = &[Whole(after), Whole(to)];
        let read = self.read("reading events", EVENTS, range, |row| {
            into.push(EventRow {
                transaction: row.int(0)?,
                number: row.int(1)?,
                at: row.int(2)?,
                operation: row.int(3)?,
                status: row.int(4)?,
                code: row.int(5)?,
                currency: currency(row, 6)?,
            });
            Ok(())
        });
        read.map(drop)
    }

    fn postings(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        let range = &[Whole(after), Whole(to)];
        let read = self.read("reading postings", POSTINGS, range, |row| {
            into.push(posting(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn alone(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage> {
        let range = &[Whole(after), Whole(to)];
        let read = self.read("reading deposits", ALONE, range, |row| {
            into.push(posting(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn refunds(&mut self, after: i64, to: i64, into: &mut Vec<RefundRow>) -> Result<(), Outage> {
        let range = &[Whole(after), Whole(to)];
        let sql = REFUNDS.replace(STATES, T::STATES);
        let read = self.read("reading refunds", &sql, range, |row| {
            let exists = row.int_if_any(2)?;
            let refund = exists.map(|_| refund(row)).transpose()?;
            into.push(RefundRow {
                parent: row.int(0)?,
                child: row.int(1)?,
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
        let (caller, text) = (Whole(after.0), Text(&after.1));
        let (columns, [first, second]) = if T::TEXT_BEFORE_CALLER {
            ("r.reference, r.caller", [text, caller])
        } else {
            ("r.caller, r.reference", [caller, text])
        };
        let sql = REFERENCES.replace(REFERENCE, columns);
        let values = &[first, second, limit(most)];
        let read = self.read("reading references", &sql, values, |row| {
            into.push(ReferenceRow {
                caller: row.int(0)?,
                reference: row.text(1)?.to_owned(),
                transaction: row.int_if_any(2)?,
                is_refused: row.flag(3)?,
                is_found: row.flag(4)?,
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
        let values = &[Whole(after), limit(most)];
        let read = self.read("reading notifications", NOTIFICATIONS, values, |row| {
            let (transaction, event) = (row.int_if_any(2)?, row.int_if_any(3)?);
            into.push(NotificationRow {
                key: row.int(0)?,
                delivery: row.int(1)?,
                about: transaction.map(|transaction| (transaction, event.unwrap_or(0))),
                is_found: row.flag(4)?,
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
        let values = &[Whole(after), limit(most)];
        let read = self.read("reading subscriptions", SUBSCRIPTIONS, values, |row| {
            into.push(subscription(row)?);
            Ok(())
        });
        read.map(drop)
    }

    fn charge(&mut self, caller: i64, reference: &str) -> Result<Option<ChargeRow>, Outage> {
        let mut found = None;
        let values = &[Whole(caller), Text(reference)];
        self.read("reading a charge", CHARGE, values, |row| {
            found = Some(ChargeRow {
                transaction: row.int_if_any(0)?,
                parties: row.int_if_any(1)?.zip(row.int_if_any(2)?),
            });
            Ok(())
        })?;
        Ok(found)
    }

    fn batches(
        &mut self,
        after: (i64, i64),
        most: usize,
        into: &mut Vec<BatchRow>,
    ) -> Result<(), Outage> {
        let values = &[Whole(after.0), Whole(after.1), limit(most)];
        let read = self.read("reading batches", BATCHES, values, |row| {
            into.push(BatchRow {
                lane: row.int(0)?,
                number: row.int(1)?,
                first_key: row.int(2)?,
                last_key: row.int(3)?,
                digest: row.bytes(4)?.to_vec(),
                touched: unpack(row.bytes(5)?),
            });
            Ok(())
        });
        read.map(drop)
    }

    fn standing(&mut self, transaction: i64) -> Result<Option<Standing>, Outage> {
        let mut found = None;
        self.read(
            "reading a transaction",
            &STANDING.replace(STATES, T::STATES),
            &[Whole(transaction)],
            |row| {
                found = Some(Standing {
                    state: row.int(0)?,
                    release: row.int(1)?,
                    ended_at: row.int(2)?,
                });
                Ok(())
            },
        )?;
        Ok(found)
    }

    fn is_due(&mut self, notification: i64) -> Result<bool, Outage> {
        let mut due = false;
        self.read(
            "reading a notification",
            DUE,
            &[Whole(notification)],
            |row| {
                due = row.flag(0)?;
                Ok(())
            },
        )?;
        Ok(due)
    }

    fn works(&mut self, visit: &mut dyn FnMut(WorkRow)) -> Result<(), Outage> {
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let (due, key) = after;
            let count = self.read(
                "reading work",
                WORKS,
                &[Whole(due), Whole(key), limit(PAGE_ROWS)],
                |row| {
                    after = (row.int(0)?, row.int(1)?);
                    visit(WorkRow {
                        due: after.0,
                        kind: row.int(2)?,
                        subject: row.int(3)?,
                    });
                    Ok(())
                },
            )?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn balances(&mut self, visit: &mut dyn FnMut(BalanceRow)) -> Result<(), Outage> {
        let mut after = i64::MIN;
        loop {
            let from = after;
            let count = self.read(
                "reading balances",
                BALANCES,
                &[Whole(from), limit(PAGE_ROWS)],
                |row| {
                    after = row.int(0)?;
                    visit(BalanceRow {
                        account: after,
                        parts: [row.int(1)?, row.int(2)?, row.int(3)?],
                    });
                    Ok(())
                },
            )?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn tallies(&mut self, visit: &mut dyn FnMut(TallyRow)) -> Result<(), Outage> {
        let mut after = i64::MIN;
        loop {
            let from = after;
            let count = self.read(
                "reading instruments",
                TALLIES,
                &[Whole(from), limit(PAGE_ROWS)],
                |row| {
                    let found = tally(row)?;
                    after = found.key;
                    visit(found);
                    Ok(())
                },
            )?;
            if count < PAGE_ROWS {
                return Ok(());
            }
        }
    }

    fn reached(&mut self) -> Result<Option<i64>, Outage> {
        let mut reached = None;
        for lane in self.lanes()? {
            self.read("reading a batch", LAST_BATCH, &[Whole(lane)], |row| {
                reached = reached.max(Some(row.int(1)?));
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

fn limit(most: usize) -> Value<'static> {
    Whole(i64::try_from(most).unwrap_or(i64::MAX))
}
