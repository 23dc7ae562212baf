//! The order of a transaction's notifications.
//!
//! Whether an earlier one is still to be delivered is a question to the store, asked before every
//! notification but the first. What this node has just delivered it remembers, which answers
//! the question for nearly all of them without asking.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use payments::rows::{Delivery, Notification, Subject};
use payments::time::MINUTE_MS;
use payments::{Timestamp, TransactionKey};
use store::{Found, Query, Store, WorkItem};

/// How long a later notification waits for an earlier one, in real time.
const WAIT_MAX_MS: i64 = MINUTE_MS;
/// Transactions remembered in each of two generations.
const REMEMBERED_MAX: usize = 16_384;

/// What was delivered of each transaction lately.
#[derive(Default)]
pub(crate) struct Order {
    remembered: Mutex<Remembered>,
}

/// The number of the last event that was delivered. When the younger half is full, the older half is
/// forgotten.
#[derive(Default)]
struct Remembered {
    young: HashMap<TransactionKey, u16>,
    old: HashMap<TransactionKey, u16>,
}

impl Order {
    /// Whether an earlier notification of the same transaction has to be delivered first.
    pub(crate) async fn must_wait(
        &self,
        store: &dyn Store,
        item: &WorkItem,
        row: &Notification,
        real: Timestamp,
    ) -> bool {
        let Some((transaction, number)) = place(row) else {
            return false;
        };
        let waited_ms = real.ms_since(item.work.since);
        if number <= 1 || WAIT_MAX_MS <= waited_ms || self.follows(transaction, number) {
            return false;
        }
        match store.find(Query::NotificationsOf(transaction)).await {
            Ok(Found::Notifications(rows)) => rows.iter().any(|earlier| {
                let before = place(earlier).is_some_and(|(_, earlier)| earlier < number);
                before && earlier.delivery == Delivery::Due
            }),
            Ok(found) => unreachable!("asked for notifications, found {found:?}"),
            // Better late than out of order: the store will say soon.
            Err(_) => true,
        }
    }

    /// Remembers a delivery.
    pub(crate) fn delivered(&self, row: &Notification) {
        let Some((transaction, number)) = place(row) else {
            return;
        };
        let mut remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if REMEMBERED_MAX <= remembered.young.len() {
            remembered.old = std::mem::take(&mut remembered.young);
        }
        remembered.young.insert(transaction, number);
    }

    /// Whether the event just before was delivered from here, and hence all before it or their time
    /// was up.
    fn follows(&self, transaction: TransactionKey, number: u16) -> bool {
        let remembered = self
            .remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let halves = [&remembered.young, &remembered.old];
        let last = halves.into_iter().find_map(|half| half.get(&transaction));
        last.is_some_and(|last| last.saturating_add(1) == number)
    }
}

/// The transaction and the number of the event that a notification is about.
fn place(row: &Notification) -> Option<(TransactionKey, u16)> {
    match &row.subject {
        Subject::Transaction(facts) => Some((facts.transaction.key()?, facts.number)),
        Subject::Token(_) => None,
    }
}
