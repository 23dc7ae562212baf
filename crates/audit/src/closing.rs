//! The end: the horizon is moved up to the present, then every balance is compared.

use std::collections::BTreeSet;

use crate::books::Books;
use crate::numbers::{AUTHORIZE, CAPTURE, HOLD, REFUND, decimal, first_key, key_time};
use crate::progress::Progress;
use crate::tallies::Comparison;
use crate::walk::is_deposit;
use crate::{Code, Outage, PostingRow};

/// Keys may run ahead of the clock for a moment when a millisecond has too few. A horizon therefore
/// stays this far behind the last key, and what is under way when it is read is waited for
/// ([`Books::settle`]): whatever ended before it is surely committed, in each snapshot that follows.
pub(crate) const MARGIN_MS: i64 = 5_000;

/// Rounds at most, each much shorter than the one before, until the rest is read in one snapshot.
const ROUNDS_MAX: usize = 8;

/// The horizon of the present: what ended before it will not change, and nothing will be added.
/// Without a batch nothing is being written at all.
pub(crate) fn horizon(books: &mut dyn Books) -> Result<i64, Outage> {
    books.fresh()?;
    let reached = books.reached()?;
    Ok(reached.map_or(i64::MAX, |key| key_time(key).saturating_sub(MARGIN_MS)))
}

/// Moves the horizon to the present in rounds, then compares.
pub(crate) fn close(books: &mut dyn Books, progress: &mut Progress) -> Result<(), Outage> {
    for _ in 0..ROUNDS_MAX {
        let next = horizon(books)?;
        if next.saturating_sub(progress.horizon) <= MARGIN_MS {
            break;
        }
        let mut touched = Vec::new();
        books.touched_since(first_key(progress.horizon), &mut touched)?;
        let touched: BTreeSet<i64> = touched.into_iter().collect();
        for chunk in touched
            .into_iter()
            .collect::<Vec<i64>>()
            .chunks(crate::CHUNK)
        {
            books.fresh()?;
            for key in chunk {
                add(books, progress, *key, |ended| ended < next)?;
            }
        }
        add_deposits(books, progress, next)?;
        progress.horizon = next;
    }
    compare(books, progress)
}

/// Counts a transaction that was not final at the horizon, if it is to be counted now.
fn add(
    books: &mut dyn Books,
    progress: &mut Progress,
    key: i64,
    is_in: impl Fn(i64) -> bool,
) -> Result<(), Outage> {
    let Some(standing) = books.standing(key)? else {
        return Ok(());
    };
    let ended_at = if standing.is_final_before(i64::MAX) {
        standing.ended_at
    } else {
        i64::MAX
    };
    if ended_at < progress.horizon || !is_in(ended_at) {
        return Ok(());
    }
    let mut postings: Vec<PostingRow> = Vec::new();
    books.postings(key - 1, key, &mut postings)?;
    for posting in postings.iter().filter(|posting| posting.layer != HOLD) {
        progress.sums.count(posting)?;
    }
    Ok(())
}

/// Counts the deposits from the horizon up to another moment.
fn add_deposits(books: &mut dyn Books, progress: &mut Progress, to: i64) -> Result<(), Outage> {
    let mut postings = Vec::new();
    let before = first_key(to).saturating_sub(1);
    books.alone(first_key(progress.horizon) - 1, before, &mut postings)?;
    for posting in postings.iter().filter(|posting| is_deposit(posting)) {
        if (progress.horizon..to).contains(&key_time(posting.transaction)) {
            progress.sums.count(posting)?;
        }
    }
    Ok(())
}

/// Adds what is still on its way, and compares every balance, in one snapshot.
fn compare(books: &mut dyn Books, progress: &mut Progress) -> Result<(), Outage> {
    books.fresh()?;
    let mut open = Vec::new();
    books.touched_since(first_key(progress.horizon), &mut open)?;
    open.append(&mut progress.strays);
    books.works(&mut |work| {
        if [AUTHORIZE, CAPTURE, REFUND].contains(&work.kind) {
            open.push(work.subject);
        }
    })?;
    let open: BTreeSet<i64> = open.into_iter().collect();
    for key in open {
        add(books, progress, key, |_| true)?;
    }
    add_deposits(books, progress, i64::MAX)?;
    progress.horizon = i64::MAX;

    let sums = &mut progress.sums.accounts;
    let (findings, counts) = (&mut progress.findings, &mut progress.counts);
    books.balances(&mut |balance| {
        counts.accounts += 1;
        let derived = sums.remove(&balance.account).unwrap_or_default();
        for (name, (stored, sum)) in PARTS.iter().zip(balance.parts.into_iter().zip(derived)) {
            differs(findings, balance.account, name, stored, sum);
        }
    })?;
    for (account, parts) in sums.drain() {
        for (name, sum) in PARTS.iter().zip(parts) {
            differs(findings, account, name, 0, sum);
        }
    }
    compare_claims(books, progress)
}

/// Compares every prepaid and credit instrument, in the same snapshot as the balances.
fn compare_claims(books: &mut dyn Books, progress: &mut Progress) -> Result<(), Outage> {
    let claims = &mut progress.sums.claims;
    let mut comparison = Comparison::new(claims, &mut progress.findings);
    books.tallies(&mut |tally| {
        progress.counts.tallies += 1;
        comparison.compare(&tally);
    })?;
    comparison.finish();
    Ok(())
}

const PARTS: [&str; 3] = ["available", "pending in", "pending out"];

fn differs(findings: &mut crate::Findings, account: i64, name: &str, stored: i64, sum: i64) {
    let (said, derived) = (decimal(stored.into()), decimal(sum.into()));
    if stored != sum {
        let text = format!("{name} is stored as {said}; the postings leave {derived}");
        findings.about(Code::BalanceDiffers, account, text);
    } else if stored < 0 {
        findings.about(Code::BalanceNegative, account, format!("{name} is {said}"));
    }
}
