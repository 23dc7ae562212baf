//! Charges of subscriptions, when they are due.
//!
//! Each plan has one row of work, due when its next charge is; the command that makes the charge
//! writes the next row. So what was missed while nobody worked is made up one charge after the
//! other, and none is made twice.

use std::sync::Arc;

use payments::commands::ChargeSubscription;
use payments::rows::WorkKind;
use payments::{SubscriptionKey, WorkId};
use store::{Outage, Store};
use tokio::task::JoinSet;

use crate::figures::{Figures, count};
use crate::submit::submit;

/// Rows claimed at once.
const CLAIM_MAX: usize = 128;
/// Claims in a row before others get their turn: so many missed charges of one plan are made up.
const ROUNDS_MAX: usize = 64;
/// Charges under way at once.
const AT_ONCE: usize = 8;

/// Makes charges.
pub(crate) struct Charger {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) figures: Arc<Figures>,
}

impl Charger {
    /// Makes every charge that is due now.
    pub(crate) async fn sweep(&self) {
        for _ in 0..ROUNDS_MAX {
            match self.round().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(outage) => {
                    count(&self.figures.workers_outages_total);
                    tracing::warn!(%outage, "charges of subscriptions wait for the store");
                    return;
                }
            }
        }
    }

    /// Whether there was anything: what was charged may be due again.
    async fn round(&self) -> Result<bool, Outage> {
        let items = self.store.claim(vec![WorkKind::Charge], CLAIM_MAX).await?;
        for few in items.chunks(AT_ONCE) {
            let mut under_way = JoinSet::new();
            for item in few {
                let (subscription, work) = (SubscriptionKey(item.work.subject), item.work.id);
                under_way.spawn(charge(self.store.clone(), subscription, work));
            }
            for charged in under_way.join_all().await {
                charged?;
                count(&self.figures.subscription_charges_total);
            }
        }
        Ok(!items.is_empty())
    }
}

async fn charge(
    store: Arc<dyn Store>,
    subscription: SubscriptionKey,
    work: WorkId,
) -> Result<(), Outage> {
    let command = ChargeSubscription { subscription, work };
    if let Err(refusal) = submit(&*store, command.into()).await? {
        tracing::error!(
            subscription = subscription.0,
            ?refusal,
            "a charge was refused"
        );
    }
    Ok(())
}
