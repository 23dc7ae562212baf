//! The activity of an account, by the follower's index: it is brought up to the newest batch first, so
//! that a page is complete.
//!
//! A row of the index names one transaction, or several of the same part of a second: then all of
//! them stand in it. Rows of one part of a second may overlap, those of different ones cannot; so
//! each part of a second is read whole and put in order here.

use payments::AccountKey;
use payments::rows::Transaction;
use store::activity::{Activity, Pager, WALKED_ROWS_MAX};
use store::rows::Transactions;
use store::{Found, Outage};
use tokio_postgres::Row;

use crate::columns::Columns;
use crate::error::Failure;
use crate::find::{limit, whole_with};
use crate::session::Session;

/// Rows of the index, and transactions, that are read at a time.
const CHUNK_ROWS: usize = 256;
/// The bits of a key below the part of a second that rows of the index keep to: 21 of lane and counter,
/// 8 of milliseconds. The follower's statement has the number too.
pub(crate) const PART_BITS: u32 = 29;

const UPWARDS: &str = "SELECT transaction_key, keys FROM activity WHERE account = $1::int8 \
    AND $2::int8 <= transaction_key AND transaction_key <= $3::int8 \
    ORDER BY transaction_key LIMIT $4::int8";
const NEWEST: &str = "SELECT transaction_key, keys FROM activity WHERE account = $1::int8 \
    AND $2::int8 <= transaction_key AND transaction_key <= $3::int8 \
    ORDER BY transaction_key DESC LIMIT $4::int8";

/// Reads one page.
pub(crate) async fn page(session: &mut Session, asked: &Activity) -> Result<Found, Failure> {
    let (mut pager, mut from, mut walked) = (Pager::new(asked), first_of(asked.from), 0);
    'walk: while walked <= WALKED_ROWS_MAX {
        let (mut keys, next) = upwards(session, asked.account, from, asked.to).await?;
        keys.retain(|key| (asked.from..=asked.to).contains(key));
        for few in keys.chunks(CHUNK_ROWS) {
            walked += few.len();
            for row in transactions(session, few).await? {
                if !pager.look_at(row) {
                    break 'walk;
                }
            }
            if WALKED_ROWS_MAX < walked {
                break 'walk;
            }
        }
        let Some(next) = next else { break };
        from = next;
    }
    Ok(Found::Activity(pager.finish()))
}

/// The newest transactions of an account, the newest first.
pub(crate) async fn newest(
    session: &mut Session,
    account: AccountKey,
    most: usize,
) -> Result<Vec<Transaction>, Failure> {
    let rows = read(session, NEWEST, account, (i64::MIN, i64::MAX), most).await?;
    let mut found = Vec::new();
    if let Some(oldest) = rows.last().filter(|_| rows.len() == most) {
        // Others that begin before it in the same part of a second may have newer ones.
        let part = (first_of(oldest.first), oldest.first);
        found = read(session, NEWEST, account, part, usize::MAX).await?;
    }
    found.extend(rows);
    let keys = in_order(found);
    let newest = &keys[keys.len().saturating_sub(most)..];
    let mut rows = transactions(session, newest).await?;
    rows.reverse();
    Ok(rows)
}

/// A row of the index.
struct Indexed {
    first: i64,
    /// All of them, where there are several.
    keys: Option<Vec<i64>>,
}

/// Some keys of whole parts of a second, in their order, and where to go on.
async fn upwards(
    session: &mut Session,
    account: AccountKey,
    from: i64,
    to: i64,
) -> Result<(Vec<i64>, Option<i64>), Failure> {
    let mut rows = read(session, UPWARDS, account, (from, to), CHUNK_ROWS).await?;
    if rows.len() < CHUNK_ROWS {
        return Ok((in_order(rows), None));
    }
    let last = rows.last().map_or(from, |row| first_of(row.first));
    let mut next = last;
    rows.retain(|row| row.first < last);
    if rows.is_empty() {
        // More rows than are read at a time are of one part of a second.
        let end = last.saturating_add((1 << PART_BITS) - 1);
        let part = (last, end.min(to));
        rows = read(session, UPWARDS, account, part, usize::MAX).await?;
        next = end.saturating_add(1);
    }
    Ok((in_order(rows), Some(next)))
}

async fn read(
    session: &mut Session,
    sql: &'static str,
    account: AccountKey,
    (from, to): (i64, i64),
    most: usize,
) -> Result<Vec<Indexed>, Failure> {
    let values = Columns::default().and(account.0).and(from).and(to);
    let step = session.step("reading activity", sql, values.and(limit(most)));
    let steps = [step.await?];
    let replies = session.pipeline(&steps).await?;
    let rows = replies.iter().flat_map(|reply| &reply.rows);
    Ok(rows.map(indexed).collect::<Result<_, Outage>>()?)
}

fn indexed(row: &Row) -> Result<Indexed, Outage> {
    let corrupt = |problem: tokio_postgres::Error| Outage::Corrupt {
        table: "activity",
        key: String::new(),
        reason: problem.to_string(),
    };
    Ok(Indexed {
        first: row.try_get(0).map_err(corrupt)?,
        keys: row.try_get(1).map_err(corrupt)?,
    })
}

/// The keys of rows, each once.
fn in_order(rows: Vec<Indexed>) -> Vec<i64> {
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        keys.push(row.first);
        keys.extend(row.keys.unwrap_or_default());
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// The first key of the part of a second that a key is of.
fn first_of(key: i64) -> i64 {
    key >> PART_BITS << PART_BITS
}

async fn transactions(session: &mut Session, keys: &[i64]) -> Result<Vec<Transaction>, Failure> {
    let values = Columns::of_ints(keys.iter().copied());
    let holds = "t.key = ANY($1::int8[]) ORDER BY t.key";
    whole_with::<Transactions>(session, holds, values).await
}
