//! The walk over transactions: a chunk in key order, merged with what belongs to it, judged.

use crate::books::Books;
use crate::later::Later;
use crate::numbers::{AVAILABLE, FUNDED, FUNDING, HOLD, MONEY, Operation, key_time};
use crate::progress::Progress;
use crate::rules::Case;
use crate::{Code, EventRow, Outage, PostingRow, RefundRow, Standing, TransactionRow};

/// Rows of one chunk; the memory is used again for the next.
#[derive(Default)]
pub(crate) struct Chunk {
    transactions: Vec<TransactionRow>,
    events: Vec<EventRow>,
    postings: Vec<PostingRow>,
    refunds: Vec<RefundRow>,
}

impl Chunk {
    /// Reads the transactions above a key, and everything of theirs, in one snapshot. Gives the key
    /// up to which all has been read; the largest there is when nothing follows.
    pub(crate) fn read(
        &mut self,
        books: &mut dyn Books,
        after: i64,
        most: usize,
    ) -> Result<i64, Outage> {
        self.transactions.clear();
        self.events.clear();
        self.postings.clear();
        self.refunds.clear();
        books.fresh()?;
        books.transactions(after, most, &mut self.transactions)?;
        let full = self.transactions.len() == most;
        let last = self.transactions.last().filter(|_| full);
        let to = last.map_or(i64::MAX, |last| last.key);
        books.events(after, to, &mut self.events)?;
        books.postings(after, to, &mut self.postings)?;
        books.refunds(after, to, &mut self.refunds)?;
        Ok(to)
    }

    /// Judges what was read, and counts what will never change.
    pub(crate) fn judge(&self, progress: &mut Progress, later: &mut Later) -> Result<(), Outage> {
        let mut events = self.events.as_slice();
        let mut postings = self.postings.as_slice();
        let mut refunds = self.refunds.as_slice();
        for row in &self.transactions {
            stray_events(
                progress,
                split(&mut events, |event| event.transaction < row.key),
            );
            let alone = split(&mut postings, |posting| posting.transaction < row.key);
            stand_alone(progress, alone)?;
            stray_refunds(
                progress,
                split(&mut refunds, |refund| refund.parent < row.key),
            );
            let case = Case {
                row,
                events: split(&mut events, |event| event.transaction == row.key),
                postings: split(&mut postings, |posting| posting.transaction == row.key),
                refunds: split(&mut refunds, |refund| refund.parent == row.key),
            };
            case.judge(&mut progress.findings);
            let standing = case.standing();
            count(progress, case.postings, standing)?;
            later.needs_work(row.key, standing);
            progress.counts.refunds +=
                u64::from(Operation::of(row.operation) == Some(Operation::Refund));
        }
        stray_events(progress, events);
        stand_alone(progress, postings)?;
        stray_refunds(progress, refunds);
        let size = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        progress.counts.transactions += size(self.transactions.len());
        progress.counts.events += size(self.events.len());
        progress.counts.postings += size(self.postings.len());
        Ok(())
    }
}

/// The rows at the front for which it holds.
fn split<'a, T>(rows: &mut &'a [T], holds: impl Fn(&T) -> bool) -> &'a [T] {
    let count = rows.iter().take_while(|row| holds(row)).count();
    let (front, rest) = rows.split_at(count);
    *rows = rest;
    front
}

fn count(
    progress: &mut Progress,
    postings: &[PostingRow],
    standing: Standing,
) -> Result<(), Outage> {
    let is_final = standing.is_final_before(progress.horizon);
    for posting in postings {
        if posting.layer == HOLD {
            progress.holds.count(posting)?;
        } else if is_final {
            progress.sums.count(posting)?;
        }
    }
    Ok(())
}

/// Postings without a transaction: deposits, or a finding. A deposit is final once it is there.
fn stand_alone(progress: &mut Progress, postings: &[PostingRow]) -> Result<(), Outage> {
    for posting in postings {
        if !is_deposit(posting) {
            let text = format!("line {} belongs to no transaction", posting.line);
            progress
                .findings
                .about(Code::PostingWithoutTransaction, posting.transaction, text);
        } else if let Some(code) = crate::rules::fault(posting) {
            let text = format!("a deposit of {}", posting.amount);
            progress.findings.about(code, posting.transaction, text);
        }
        if posting.layer == HOLD {
            progress.holds.count(posting)?;
        } else if key_time(posting.transaction) < progress.horizon {
            progress.sums.count(posting)?;
        }
    }
    Ok(())
}

/// Whether a posting may stand without a transaction.
pub(crate) fn is_deposit(posting: &PostingRow) -> bool {
    posting.reason == FUNDED
        && posting.event == 0
        && posting.layer == MONEY
        && posting.debit == (FUNDING, 0)
        && posting.credit.0 == AVAILABLE
}

fn stray_events(progress: &mut Progress, events: &[EventRow]) {
    for event in events {
        let text = format!("event {} belongs to no transaction", event.number);
        progress
            .findings
            .about(Code::EventWithoutTransaction, event.transaction, text);
    }
}

fn stray_refunds(progress: &mut Progress, refunds: &[RefundRow]) {
    for refund in refunds {
        let text = format!("its original {} does not exist", refund.parent);
        progress
            .findings
            .about(Code::RelationBroken, refund.child, text);
    }
}
