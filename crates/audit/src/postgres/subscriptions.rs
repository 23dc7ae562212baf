//! Subscriptions and their charges.

use tokio_postgres::{Error, Row};

use super::PostgresBooks;
use super::rows::{int, int_if_any};
use crate::{ChargeRow, Outage, SubscriptionRow};

const SUBSCRIPTIONS: &str = "
    SELECT key, nonce, caller, sender, status, charges, last, next_at
    FROM subscriptions WHERE $1::int8 < key ORDER BY key LIMIT $2::int8";

const CHARGE: &str = "
    SELECT r.transaction_key, t.sender, t.recipient
    FROM caller_references r LEFT JOIN transactions t
        ON t.key = r.transaction_key AND t.operation = 1
    WHERE r.caller = $1::int8 AND r.reference = $2::text";

impl PostgresBooks {
    pub(super) fn read_subscriptions(
        &self,
        after: i64,
        most: i64,
        into: &mut Vec<SubscriptionRow>,
    ) -> Result<(), Outage> {
        let values: &super::Values = &[&after, &most];
        let read = self.read("reading subscriptions", SUBSCRIPTIONS, values, |row| {
            into.push(subscription(row)?);
            Ok(())
        });
        read.map(drop)
    }

    pub(super) fn read_charge(
        &self,
        caller: i64,
        reference: &str,
    ) -> Result<Option<ChargeRow>, Outage> {
        let mut found = None;
        self.read("reading a charge", CHARGE, &[&caller, &reference], |row| {
            let (sender, recipient) = (int_if_any(row, 1)?, int_if_any(row, 2)?);
            found = Some(ChargeRow {
                transaction: int_if_any(row, 0)?,
                parties: sender.zip(recipient),
            });
            Ok(())
        })?;
        Ok(found)
    }
}

fn subscription(row: &Row) -> Result<SubscriptionRow, Error> {
    let nonce: &[u8] = row.try_get(1)?;
    Ok(SubscriptionRow {
        key: int(row, 0)?,
        nonce: nonce.try_into().unwrap_or_default(),
        caller: int(row, 2)?,
        sender: int(row, 3)?,
        status: int(row, 4)?,
        charges: int(row, 5)?,
        last: int_if_any(row, 6)?,
        next_at: int_if_any(row, 7)?,
    })
}
