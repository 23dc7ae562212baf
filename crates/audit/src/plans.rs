//! Subscriptions: each charge that a plan counts has its caller reference and no other has one, the last
//! payment is the one that its charges made last, and exactly the plans that go on have work.
//!
//! A plan is read with its charges and all rows of work in one snapshot, because each charge changes
//! all three.

use std::collections::HashMap;

use crate::books::Books;
use crate::numbers::{CHARGE, Plan, public_id};
use crate::progress::{Phase, Progress};
use crate::{ChargeRow, Code, Outage, SubscriptionRow};

/// Judges the plans of one chunk.
pub(crate) fn judge(
    books: &mut dyn Books,
    run: &mut Progress,
    (after, chunk): (i64, usize),
) -> Result<Phase, Outage> {
    let mut rows = Vec::new();
    books.fresh()?;
    books.subscriptions(after, chunk, &mut rows)?;
    let Some(last) = rows.last() else {
        return Ok(Phase::Batches(i64::MIN, 0));
    };
    let next = Phase::Subscriptions(last.key);
    let mut dues: HashMap<i64, Vec<i64>> = rows.iter().map(|row| (row.key, Vec::new())).collect();
    books.works(&mut |work| {
        if work.kind == CHARGE
            && let Some(dues) = dues.get_mut(&work.subject)
        {
            dues.push(work.due);
        }
    })?;
    for row in &rows {
        run.counts.subscriptions += 1;
        let dues = dues.get(&row.key).map_or(&[][..], Vec::as_slice);
        work(run, row, dues);
        charges(books, run, row)?;
    }
    Ok(next)
}

/// A plan that goes on has one row of work, due when its next charge is; one that has ended has none.
fn work(run: &mut Progress, row: &SubscriptionRow, dues: &[i64]) {
    let Some(plan) = Plan::of(row.status) else {
        let text = format!("its status, {}, stands for nothing", row.status);
        run.findings.about(Code::UnknownNumber, row.key, text);
        return;
    };
    let sound = match (plan, row.next_at) {
        (Plan::Active, Some(next)) => dues == [next],
        (Plan::Cancelled | Plan::Completed, None) => dues.is_empty(),
        (Plan::Active, None) | (Plan::Cancelled | Plan::Completed, Some(_)) => false,
    };
    if !sound {
        let text = format!(
            "it is {plan:?} with the next charge at {:?}; its work is due at {dues:?}",
            row.next_at
        );
        run.findings.about(Code::SubscriptionWork, row.key, text);
    }
}

/// Its references are 1, 2, 3 … up to what it counts, and what the last of them made is its last payment.
fn charges(books: &mut dyn Books, run: &mut Progress, row: &SubscriptionRow) -> Result<(), Outage> {
    let id = public_id('S', row.key, &row.nonce);
    let mut last: Option<ChargeRow> = None;
    let mut count: i64 = 0;
    // One more than it counts is looked for, and must not be there.
    while let Some(charge) = books.charge(row.caller, &format!("{id}-{}", count + 1))? {
        count += 1;
        last = Some(charge)
            .filter(|charge| charge.transaction.is_some())
            .or(last);
    }
    if count != row.charges {
        let text = format!(
            "it counts {} charges; there are references of {count}",
            row.charges
        );
        run.findings.about(Code::SubscriptionCharges, row.key, text);
        return Ok(());
    }
    let made = last.and_then(|charge| charge.transaction);
    let own = last.is_none_or(|charge| charge.parties == Some((row.sender, row.caller)));
    if made != row.last || !own {
        let text = format!(
            "its last payment is {:?}; its charges made {made:?} last, of {:?}",
            row.last,
            last.and_then(|charge| charge.parties)
        );
        run.findings.about(Code::SubscriptionLast, row.key, text);
    }
    Ok(())
}
