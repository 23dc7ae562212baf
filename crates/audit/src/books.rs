//! How `check` reads: chunks in key order, all of one snapshot until [`Books::fresh`] is called.

use crate::{
    BalanceRow, BatchRow, ChargeRow, EventRow, NotificationRow, Outage, PostingRow, ReferenceRow,
    RefundRow, Standing, SubscriptionRow, TallyRow, TransactionRow, WorkRow,
};

/// The books, read-only. What is read between two calls of [`Books::fresh`] belongs together.
pub trait Books {
    /// Lets go of the snapshot; the next question sees the present.
    fn fresh(&mut self) -> Result<(), Outage>;

    /// Waits until every batch that is under way has ended, so that the next snapshot has it.
    fn settle(&mut self) -> Result<(), Outage>;

    /// Transactions above a key, in order.
    fn transactions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<TransactionRow>,
    ) -> Result<(), Outage>;

    /// Events of the transactions above a key and up to another, in order.
    fn events(&mut self, after: i64, to: i64, into: &mut Vec<EventRow>) -> Result<(), Outage>;

    /// Postings of the transactions above a key and up to another, in order.
    fn postings(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage>;

    /// Those postings of the same range that belong to no event: deposits stand so.
    fn alone(&mut self, after: i64, to: i64, into: &mut Vec<PostingRow>) -> Result<(), Outage>;

    /// Refunds of the transactions above a key and up to another, in order.
    fn refunds(&mut self, after: i64, to: i64, into: &mut Vec<RefundRow>) -> Result<(), Outage>;

    /// Caller references above one, in order.
    fn references(
        &mut self,
        after: &(i64, String),
        most: usize,
        into: &mut Vec<ReferenceRow>,
    ) -> Result<(), Outage>;

    /// Notifications above a key, in order.
    fn notifications(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<NotificationRow>,
    ) -> Result<(), Outage>;

    /// Subscriptions above a key, in order.
    fn subscriptions(
        &mut self,
        after: i64,
        most: usize,
        into: &mut Vec<SubscriptionRow>,
    ) -> Result<(), Outage>;

    /// What a caller's reference for a charge was used for, if it was.
    fn charge(&mut self, caller: i64, reference: &str) -> Result<Option<ChargeRow>, Outage>;

    /// Batches above a lane and number, in order.
    fn batches(
        &mut self,
        after: (i64, i64),
        most: usize,
        into: &mut Vec<BatchRow>,
    ) -> Result<(), Outage>;

    /// Where a transaction stands, if it exists.
    fn standing(&mut self, transaction: i64) -> Result<Option<Standing>, Outage>;

    /// Whether a notification is still due.
    fn is_due(&mut self, notification: i64) -> Result<bool, Outage>;

    /// Shows every row of work.
    fn works(&mut self, visit: &mut dyn FnMut(WorkRow)) -> Result<(), Outage>;

    /// Shows the balance of every account.
    fn balances(&mut self, visit: &mut dyn FnMut(BalanceRow)) -> Result<(), Outage>;

    /// Shows every prepaid and credit instrument.
    fn tallies(&mut self, visit: &mut dyn FnMut(TallyRow)) -> Result<(), Outage>;

    /// The largest key that any batch has used.
    fn reached(&mut self) -> Result<Option<i64>, Outage>;

    /// The transactions that were written by batches which used this key or a later one.
    fn touched_since(&mut self, key: i64, into: &mut Vec<i64>) -> Result<(), Outage>;
}
