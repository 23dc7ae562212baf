//! Notifications and the tries to deliver them.

use crate::Outage;
use payments::rows::{Attempt, Notification, Subject};
use payments::{AccountKey, NotificationKey};

use super::codec::{Added, Fields, Keyed, Values};
use super::numbers;

/// The table `notifications`.
pub struct Notifications;

impl Keyed for Notifications {
    type Key = NotificationKey;
    type Row = Notification;
    const NAME: &'static str = "notifications";

    fn put_key(key: &NotificationKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Notification, to: &mut impl Values) -> Result<(), Outage> {
        let (transaction, event) = match &row.subject {
            Subject::Transaction(facts) => (facts.transaction.key(), Some(facts.number)),
            Subject::Token(_) => (None, None),
        };
        to.put(row.account.0)?;
        to.put(&row.url)?;
        to.put(&row.certificate)?;
        to.put_json(&row.subject)?;
        to.put(transaction.map(|key| key.0))?;
        to.put(event)?;
        to.put(row.created_at.0)?;
        Notifications::put_changing(row, to)
    }

    fn put_changing(row: &Notification, to: &mut impl Values) -> Result<(), Outage> {
        to.put(numbers::delivery(row.delivery))?;
        to.put(row.tries)
    }

    fn is_old(key: &NotificationKey, fresh_from: i64) -> bool {
        key.0 < fresh_from
    }

    fn read(key: &NotificationKey, from: &mut impl Fields) -> Result<Notification, Outage> {
        Ok(Notification {
            key: *key,
            account: from.get().map(AccountKey)?,
            url: from.get()?,
            certificate: from.get()?,
            subject: from.json()?,
            created_at: from.moment()?,
            delivery: from.known("delivery", numbers::delivery_of)?,
            tries: from.get()?,
        })
    }
}

impl Added for Attempt {
    fn put(&self, to: &mut impl Values) -> Result<(), Outage> {
        to.put(self.notification.0)?;
        to.put(self.number)?;
        to.put(self.at.0)?;
        to.put(self.took_ms)?;
        to.put(self.http_status)?;
        to.put(&self.problem)
    }
}

/// Reads a try.
pub fn attempt(from: &mut impl Fields) -> Result<Attempt, Outage> {
    Ok(Attempt {
        notification: NotificationKey(from.get()?),
        number: from.get()?,
        at: from.moment()?,
        took_ms: from.get()?,
        http_status: from.get()?,
        problem: from.get()?,
    })
}
