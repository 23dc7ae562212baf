//! The check from end to end: transactions, references, notifications, subscriptions, batches, balances.

use std::time::Duration;

use crate::books::Books;
use crate::later::Later;
use crate::progress::{Phase, Progress};
use crate::walk::Chunk;
use crate::{Code, Outage, Report, closing, plans};

/// Transactions read in one snapshot: a few tens of milliseconds.
pub const CHUNK: usize = 2_000;
/// Findings kept whole by default; the rest is counted.
pub const FINDINGS_MAX: usize = 1_000;
/// Chunks between two reports of progress.
const CHUNKS_PER_PROGRESS: usize = 50;

/// How to check.
pub struct Options<'a> {
    /// Where an earlier check stood, to go on from there.
    pub progress: Option<Progress>,
    /// Transactions read in one snapshot; [`CHUNK`] unless there is a reason.
    pub chunk: usize,
    /// Findings kept whole; the rest is counted.
    pub findings_max: usize,
    /// Told every few seconds; may write the progress down.
    pub on_progress: &'a mut dyn FnMut(&Progress),
    /// The time since the check was started, for the report.
    pub elapsed: &'a dyn Fn() -> Duration,
}

/// Proves the books, or says what is wrong with them.
pub fn check(books: &mut dyn Books, options: Options) -> Result<Report, Outage> {
    let Options {
        progress,
        chunk,
        findings_max,
        on_progress,
        elapsed,
    } = options;
    let mut run = if let Some(progress) = progress {
        progress
    } else {
        let horizon = closing::horizon(books)?;
        // Whoever began before the horizon was read is done; whoever comes later, writes later.
        books.settle()?;
        Progress::begin(horizon, findings_max)
    };
    run.findings.kept_max = findings_max;
    let mut later = Later::default();
    let mut rows = Chunk::default();
    let mut since = 0;
    while run.phase != Phase::Balances {
        step(books, &mut run, &mut later, &mut rows, chunk.max(1))?;
        since += 1;
        if later.is_full() || since == CHUNKS_PER_PROGRESS {
            // What is written down is complete: nothing is left to be looked for.
            later.look(books, &mut run)?;
            since = 0;
            on_progress(&run);
        }
    }
    later.look(books, &mut run)?;
    on_progress(&run);
    closing::close(books, &mut run)?;
    Ok(Report::of(run, elapsed()))
}

/// One chunk of whatever comes next.
fn step(
    books: &mut dyn Books,
    run: &mut Progress,
    later: &mut Later,
    rows: &mut Chunk,
    chunk: usize,
) -> Result<(), Outage> {
    let next = match run.phase.clone() {
        Phase::Transactions(after) => {
            let to = rows.read(books, after, chunk)?;
            rows.judge(run, later)?;
            if to == i64::MAX {
                Phase::References(i64::MIN, String::new())
            } else {
                Phase::Transactions(to)
            }
        }
        Phase::References(caller, name) => references(books, run, &(caller, name), chunk)?,
        Phase::Notifications(after) => notifications(books, run, later, (after, chunk))?,
        Phase::Subscriptions(after) => plans::judge(books, run, (after, chunk))?,
        Phase::Batches(lane, number) => batches(books, run, (lane, number), chunk)?,
        Phase::Balances => Phase::Balances,
    };
    run.phase = next;
    Ok(())
}

/// Every reference leads to a transaction of its own, or keeps a refusal.
fn references(
    books: &mut dyn Books,
    run: &mut Progress,
    after: &(i64, String),
    chunk: usize,
) -> Result<Phase, Outage> {
    let mut rows = Vec::new();
    books.fresh()?;
    books.references(after, chunk, &mut rows)?;
    for row in &rows {
        run.counts.references += 1;
        let sound = match row.transaction {
            Some(_) => row.is_found && !row.is_refused,
            None => row.is_refused,
        };
        if !sound {
            let text = format!(
                "reference {:?} of caller {} names {:?}, which is not of it",
                row.reference, row.caller, row.transaction
            );
            run.findings
                .about(Code::ReferenceDangling, row.transaction.unwrap_or(0), text);
        }
    }
    Ok(match rows.pop() {
        Some(last) => Phase::References(last.caller, last.reference),
        None => Phase::Notifications(i64::MIN),
    })
}

/// Every notification is about an event, and whatever is due has its work.
fn notifications(
    books: &mut dyn Books,
    run: &mut Progress,
    later: &mut Later,
    (after, chunk): (i64, usize),
) -> Result<Phase, Outage> {
    let mut rows = Vec::new();
    books.fresh()?;
    books.notifications(after, chunk, &mut rows)?;
    for row in &rows {
        run.counts.notifications += 1;
        if let Some((transaction, event)) = row.about.filter(|_| !row.is_found) {
            let text = format!("it tells event {event} of {transaction}, which does not exist");
            run.findings
                .about(Code::NotificationWithoutEvent, row.key, text);
        }
        if row.delivery == crate::numbers::DUE {
            later.is_due(row.key);
        }
    }
    Ok(rows.last().map_or(Phase::Subscriptions(i64::MIN), |last| {
        Phase::Notifications(last.key)
    }))
}

/// Batches are dense, their keys grow, and each has a digest of its own. The first of a chunk is
/// compared with the last of the chunk before, which is read again.
fn batches(
    books: &mut dyn Books,
    run: &mut Progress,
    (lane, number): (i64, i64),
    chunk: usize,
) -> Result<Phase, Outage> {
    let mut rows = Vec::new();
    books.fresh()?;
    books.batches((lane, number - 1), chunk.saturating_add(1), &mut rows)?;
    let is_seen = rows
        .first()
        .is_some_and(|row| (row.lane, row.number) == (lane, number));
    let mut before: Option<&crate::BatchRow> = None;
    for (place, row) in rows.iter().enumerate() {
        let same_lane = before.filter(|before| before.lane == row.lane);
        if 0 < place || !is_seen {
            run.counts.batches += 1;
            batch(run, same_lane, row);
        }
        before = Some(row);
    }
    Ok(match rows.last() {
        Some(last) if (last.lane, last.number) != (lane, number) => {
            Phase::Batches(last.lane, last.number)
        }
        Some(_) | None => Phase::Balances,
    })
}

fn batch(run: &mut Progress, before: Option<&crate::BatchRow>, row: &crate::BatchRow) {
    const DIGEST_BYTES: usize = 32;
    let name = format!("batch {} of lane {}", row.number, row.lane);
    let mut note = |code, text: &str| {
        run.findings
            .about(code, row.number, format!("{name} {text}"));
    };
    let expected = before.map_or(1, |before| before.number.saturating_add(1));
    if row.number != expected {
        note(Code::BatchNumbers, "does not follow the one before it");
    }
    let grows = before.is_none_or(|before| before.last_key < row.first_key);
    if !grows || row.last_key < row.first_key {
        note(Code::BatchKeys, "has keys that do not grow");
    }
    if row.digest.len() != DIGEST_BYTES || before.is_some_and(|before| before.digest == row.digest)
    {
        note(Code::BatchDigest, "has no digest of its own");
    }
    if row.touched.is_none() {
        note(
            Code::BatchTouched,
            "lists transactions in a way that cannot be read",
        );
    }
}
