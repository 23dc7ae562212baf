//! Subscriptions and their charges.

use rusqlite::{OptionalExtension, Row};

use super::SqliteBooks;
use crate::{ChargeRow, Outage, SubscriptionRow};

const SUBSCRIPTIONS: &str = "
    SELECT key, nonce, caller, sender, status, charges, last, next_at
    FROM subscriptions WHERE ?1 < key ORDER BY key LIMIT ?2";

const CHARGE: &str = "
    SELECT r.transaction_key, t.sender, t.recipient
    FROM caller_references r LEFT JOIN transactions t
        ON t.key = r.transaction_key AND t.operation = 1
    WHERE r.caller = ?1 AND r.reference = ?2";

impl SqliteBooks {
    pub(super) fn read_subscriptions(
        &self,
        after: i64,
        most: i64,
        into: &mut Vec<SubscriptionRow>,
    ) -> Result<(), Outage> {
        self.read(
            "reading subscriptions",
            SUBSCRIPTIONS,
            [after, most],
            |row| {
                into.push(subscription(row)?);
                Ok(())
            },
        )
    }

    pub(super) fn read_charge(
        &self,
        caller: i64,
        reference: &str,
    ) -> Result<Option<ChargeRow>, Outage> {
        let read = || {
            let mut statement = self.connection.prepare_cached(CHARGE)?;
            statement.query_row((caller, reference), charge).optional()
        };
        read().map_err(Outage::while_doing("reading a charge"))
    }
}

fn subscription(row: &Row) -> rusqlite::Result<SubscriptionRow> {
    Ok(SubscriptionRow {
        key: row.get(0)?,
        nonce: row.get_ref(1)?.as_blob()?.try_into().unwrap_or_default(),
        caller: row.get(2)?,
        sender: row.get(3)?,
        status: row.get(4)?,
        charges: row.get(5)?,
        last: row.get(6)?,
        next_at: row.get(7)?,
    })
}

fn charge(row: &Row) -> rusqlite::Result<ChargeRow> {
    let (sender, recipient): (Option<i64>, Option<i64>) = (row.get(1)?, row.get(2)?);
    Ok(ChargeRow {
        transaction: row.get(0)?,
        parties: sender.zip(recipient),
    })
}
