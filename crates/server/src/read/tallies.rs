//! What was paid ahead, and what is owed: on one instrument, and on all of an account's.

use payments::rows::{Tally, TallyKind};
use payments::{ReadSet, TallyId};
use store::{Found, Query};
use wire::WireError;
use wire::reply::TallyBalance;

use super::Asking;

/// GetPrepaidBalance.
pub(super) async fn prepaid(ask: Asking<'_>, id: &TallyId) -> Result<Vec<u8>, WireError> {
    let balance = find(ask, id, TallyKind::Prepaid).await?;
    Ok(ask.reply.prepaid_balance(balance))
}

/// GetDebtBalance.
pub(super) async fn debt(ask: Asking<'_>, id: &TallyId) -> Result<Vec<u8>, WireError> {
    let balance = find(ask, id, TallyKind::Credit).await?;
    Ok(ask.reply.debt_balance(balance))
}

/// GetTotalPrepaidLiability.
pub(super) async fn liability(ask: Asking<'_>) -> Result<Vec<u8>, WireError> {
    let totals = totals(ask, TallyKind::Prepaid).await?;
    Ok(ask.reply.prepaid_liability(totals))
}

/// GetOutstandingDebtBalance.
pub(super) async fn outstanding(ask: Asking<'_>) -> Result<Vec<u8>, WireError> {
    let totals = totals(ask, TallyKind::Credit).await?;
    Ok(ask.reply.outstanding_debt(totals))
}

/// How an instrument stands that the viewer takes part in. One that there is not is nobody's.
async fn find(ask: Asking<'_>, id: &TallyId, kind: TallyKind) -> Result<TallyBalance, WireError> {
    let denied = WireError::instrument_access_denied;
    let key = id.key().ok_or_else(denied)?;
    let mut want = ReadSet::default();
    want.tallies.insert(key);
    let seen = ask.see(want).await?;
    let takes_part = |row: &&Tally| [row.sender, row.recipient].contains(&ask.viewer);
    let found = seen.tallies.get(&key).filter(takes_part);
    let found = found.filter(|row| row.kind == kind && id.names(row.key, &row.nonce));
    let tally = found.ok_or_else(denied)?;
    Ok(TallyBalance {
        balance: tally.balance.micros(),
        pending: tally.pending.micros(),
    })
}

async fn totals(ask: Asking<'_>, kind: TallyKind) -> Result<TallyBalance, WireError> {
    let recipient = ask.viewer;
    let found = ask.find(Query::TallyTotals { recipient, kind }).await?;
    let Found::TallyTotals { balance, pending } = found else {
        return Err(WireError::internal());
    };
    Ok(TallyBalance { balance, pending })
}
