//! GetSubscriptionDetails and GetTransactionsForSubscription.

use payments::rows::{Reference, Subscription, Transaction};
use payments::{ReadSet, SubscriptionId};
use wire::WireError;
use wire::reply::SubscriptionView;

use super::{Asking, account};

/// Payments in one reply at most, the newest: there are no pages.
const PAYMENTS_SHOWN_MAX: u32 = 1_000;

pub(super) async fn details(ask: Asking<'_>, id: &SubscriptionId) -> Result<Vec<u8>, WireError> {
    let plan = find(ask, id).await?;
    let mut want = ReadSet::default();
    want.accounts.extend([plan.caller, plan.sender]);
    let seen = ask.see(want).await?;
    Ok(ask.reply.subscription(&SubscriptionView {
        subscription: &plan,
        recipient: account(&seen, plan.caller)?,
        sender: account(&seen, plan.sender)?,
    }))
}

/// The payments stand under the references that the subscription has made; a charge that was refused
/// at once has left none.
pub(super) async fn payments(ask: Asking<'_>, id: &SubscriptionId) -> Result<Vec<u8>, WireError> {
    let plan = find(ask, id).await?;
    let first = plan.charges.saturating_sub(PAYMENTS_SHOWN_MAX) + 1;
    let serials: Vec<u32> = (first..=plan.charges).collect();
    let name = |serial: u32| (plan.caller, plan.reference(serial));
    let mut want = ReadSet::default();
    want.references.extend(serials.iter().copied().map(name));
    let references = ask.see(want).await?;
    let charged =
        serials
            .iter()
            .filter_map(|serial| match references.references.get(&name(*serial))? {
                Reference::Transaction(key) => Some((*serial, *key)),
                Reference::Refused { .. } | Reference::Bound { .. } => None,
            });
    let charged: Vec<_> = charged.collect();
    let mut want = ReadSet::default();
    want.transactions
        .extend(charged.iter().map(|(_, key)| *key));
    let seen = ask.see(want).await?;
    let rows: Vec<(u32, &Transaction)> = charged
        .iter()
        .filter_map(|(serial, key)| Some((*serial, seen.transactions.get(key)?)))
        .collect();
    Ok(ask.reply.subscription_payments(&plan, &rows))
}

/// A subscription that the viewer takes part in.
async fn find(ask: Asking<'_>, id: &SubscriptionId) -> Result<Subscription, WireError> {
    let unknown = || WireError::bad_subscription_id(id.as_str());
    let key = id.key().ok_or_else(unknown)?;
    let mut want = ReadSet::default();
    want.subscriptions.insert(key);
    let seen = ask.see(want).await?;
    let found = seen.subscriptions.get(&key);
    let found = found.filter(|row| id.names(row.key, &row.nonce));
    let found = found.filter(|row| [row.caller, row.sender].contains(&ask.viewer));
    found.cloned().ok_or_else(unknown)
}
