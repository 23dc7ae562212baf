//! The activity of an account, a page at a time, by the follower's index: it is brought up to the
//! newest batch first, so that a page is complete.

use store::Found;
use store::activity::{Activity, Pager, WALKED_ROWS_MAX};
use store::rows::Transactions;

use crate::columns::Columns;
use crate::error::Failure;
use crate::find::{limit, whole_with};
use crate::session::Session;

/// Transactions that are read at a time.
const CHUNK_ROWS: usize = 256;

/// Reads one page.
pub(crate) async fn page(session: &mut Session, asked: &Activity) -> Result<Found, Failure> {
    let holds = "t.key IN (SELECT a.transaction_key FROM activity a WHERE a.account = $1 \
        AND $3 <= a.transaction_key AND a.transaction_key <= $4 \
        ORDER BY a.transaction_key LIMIT $2) ORDER BY t.key";
    let (mut pager, mut from, mut walked) = (Pager::new(asked), asked.from, 0);
    'walk: while walked <= WALKED_ROWS_MAX {
        let values = Columns::default()
            .and(asked.account.0)
            .and(limit(CHUNK_ROWS))
            .and(from)
            .and(asked.to);
        let rows = whole_with::<Transactions>(session, holds, values).await?;
        let count = rows.len();
        walked += count;
        for row in rows {
            from = row.key.0.saturating_add(1);
            if !pager.look_at(row) {
                break 'walk;
            }
        }
        if count < CHUNK_ROWS {
            break;
        }
    }
    Ok(Found::Activity(pager.finish()))
}
