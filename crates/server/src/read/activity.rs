//! GetAccountActivity.

use payments::ids::key_time;
use payments::rows::Transaction;
use payments::{ReadSet, Timestamp, TransactionId};
use store::activity::{Activity, ActivityFilter};
use store::{Found, Query};
use wire::reply::ActivityRow;
use wire::{ActivityAsked, WireError, place};

use super::transactions::token_id;
use super::{Asking, account};

/// How far the start may lie in the future: when very much happens in one millisecond, the rows of
/// the next are taken early, and a page may begin there.
const START_AHEAD_MS_MAX: i64 = 1_000;

pub(super) async fn page(ask: Asking<'_>, asked: ActivityAsked) -> Result<Vec<u8>, WireError> {
    check_range(&asked, ask.now().await?)?;
    let ascending = asked.ascending;
    let query = Query::Activity(Activity {
        account: ask.viewer,
        from: asked.from,
        to: asked.to.unwrap_or(i64::MAX),
        most: asked.most,
        filter: ActivityFilter {
            operation: asked.operation,
            method: asked.method,
            roles: asked.roles,
            status: asked.status,
        },
    });
    let Found::Activity(page) = ask.find(query).await? else {
        return Err(WireError::internal());
    };
    let next = page.next.map(|next| place::write(next.key, next.before));
    let mut rows = page.rows;
    if !ascending {
        rows.reverse();
    }
    written(ask, &rows, next.as_deref()).await
}

fn check_range(asked: &ActivityAsked, now: Timestamp) -> Result<(), WireError> {
    if now.plus_ms(START_AHEAD_MS_MAX) < key_time(asked.from) {
        return Err(WireError::date_range("startDate lies in the future."));
    }
    match asked.to {
        Some(to) if to < asked.from => {
            let message = "endDate has to be after startDate.";
            Err(WireError::date_range(message))
        }
        Some(_) | None => Ok(()),
    }
}

async fn written(
    ask: Asking<'_>,
    rows: &[Transaction],
    next: Option<&str>,
) -> Result<Vec<u8>, WireError> {
    let Found::Balance(balance) = ask.find(Query::BalanceOf(ask.viewer)).await? else {
        return Err(WireError::internal());
    };
    let balance = balance.available.saturating_add(balance.pending_out);
    let mut want = ReadSet::default();
    for row in rows {
        want.accounts
            .extend([row.caller, row.sender, row.recipient]);
        want.tokens.extend(row.sender_token);
        want.tokens.extend(row.recipient_token);
        want.transactions.extend(row.parent);
    }
    let seen = ask.see(want).await?;
    let ids: Vec<_> = rows
        .iter()
        .map(|row| {
            let parent = row.parent.and_then(|key| seen.transactions.peek(&key));
            (
                token_id(&seen, row.sender_token),
                token_id(&seen, row.recipient_token),
                parent.map(Transaction::id),
            )
        })
        .collect();
    let mut views = Vec::with_capacity(rows.len());
    for (row, (sender_token, recipient_token, original)) in rows.iter().zip(&ids) {
        let original: Option<&TransactionId> = original.as_ref();
        views.push(ActivityRow {
            transaction: row,
            viewer: ask.viewer,
            balance,
            caller: account(&seen, row.caller)?,
            sender: account(&seen, row.sender)?,
            recipient: account(&seen, row.recipient)?,
            sender_token: sender_token.as_ref(),
            recipient_token: recipient_token.as_ref(),
            original,
        });
    }
    Ok(ask.reply.activity(&views, next))
}
