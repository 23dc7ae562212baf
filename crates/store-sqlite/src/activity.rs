//! The activity of an account: by the index as far as the follower has come, and above that by looking
//! at every transaction. So a page is complete, however far behind the follower is.

use payments::TransactionKey;
use rusqlite::{Connection, OptionalExtension};
use store::activity::{Activity, ActivityPage, Pager, WALKED_ROWS_MAX};
use store::rows::Transactions;
use store::rows::codec::Fields as _;
use store::{Found, Outage};

use crate::errands::FOLLOWED;
use crate::row::{failed, load_all, read_rows};

/// Transactions that are read at a time.
const CHUNK_ROWS: usize = 256;

/// Reads one page; inside one read transaction, so that index and rows are of one moment.
pub(crate) fn page(connection: &Connection, asked: &Activity) -> Result<Found, Outage> {
    let keys = keys(connection, asked)?;
    let mut pager = Pager::new(asked);
    'walk: for chunk in keys.chunks(CHUNK_ROWS) {
        for row in load_all::<Transactions>(connection, chunk)? {
            if !pager.look_at(row) {
                break 'walk;
            }
        }
    }
    let page: ActivityPage = pager.finish();
    Ok(Found::Activity(page))
}

/// The keys to look at, in order, one more than may be.
fn keys(connection: &Connection, asked: &Activity) -> Result<Vec<TransactionKey>, Outage> {
    let followed = followed(connection)?;
    let most = WALKED_ROWS_MAX + 1;
    let account = asked.account.0;
    let indexed = "SELECT transaction_key FROM activity \
        WHERE account = ? AND ? <= transaction_key AND transaction_key <= ? \
        ORDER BY transaction_key LIMIT ?";
    let values = [account, asked.from, asked.to.min(followed), limit(most)];
    let mut keys = read_rows(connection, "activity", indexed, values, |from| {
        from.get::<i64>()
    })?;
    let left = most.saturating_sub(keys.len());
    let unindexed = "SELECT key FROM transactions WHERE ? < key AND key <= ? \
        AND ? IN (caller, sender, recipient) ORDER BY key LIMIT ?";
    let above = followed.max(asked.from.saturating_sub(1));
    let values = [above, asked.to, account, limit(left)];
    let tail = read_rows(connection, "transactions", unindexed, values, |from| {
        from.get::<i64>()
    })?;
    keys.extend(tail);
    Ok(keys.into_iter().map(TransactionKey).collect())
}

/// How far the follower has come.
pub(crate) fn followed(connection: &Connection) -> Result<i64, Outage> {
    let sql = "SELECT value FROM settings WHERE name = ?";
    let text: Option<String> = connection
        .query_row(sql, [FOLLOWED], |row| row.get(0))
        .optional()
        .map_err(failed("reading the follower's place"))?;
    text.map_or(Ok(0), |text| {
        text.parse().map_err(|_| Outage::Corrupt {
            table: "settings",
            key: FOLLOWED.to_owned(),
            reason: "not a key".to_owned(),
        })
    })
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
