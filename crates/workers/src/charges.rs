//! Charges of subscriptions, when they are due.
//!
//! Each plan has one row of work, due when its next charge is; the command that makes the charge
//! writes the next row. So what was missed while nobody worked is made up one charge after the
//! other, and none is made twice. A charge that the store cannot take now keeps its row, and holds up
//! no other.

use std::sync::Arc;

use payments::commands::ChargeSubscription;
use payments::rows::WorkKind;
use payments::{SubscriptionKey, WorkId};
use store::{Outage, Store, WorkItem};

use crate::each::{all_decided, each};
use crate::figures::{Figures, count};
use crate::submit::submit;

/// Rows claimed at once.
const CLAIM_MAX: usize = 128;
/// Claims in a row before others get their turn: so many missed charges of one plan are made up.
const ROUNDS_MAX: usize = 64;

/// Makes charges.
pub(crate) struct Charger {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) figures: Arc<Figures>,
}

impl Charger {
    /// Makes every charge that is due now.
    pub(crate) async fn sweep(&self) {
        if let Err(outage) = self.rounds().await {
            count(&self.figures.workers_outages_total);
            tracing::warn!(%outage, "charges of subscriptions wait for the store");
        }
    }

    /// Goes on until nothing is due: what was charged may be due again. Reports the first outage.
    async fn rounds(&self) -> Result<(), Outage> {
        let mut all = Ok(());
        for _ in 0..ROUNDS_MAX {
            let items = self.store.claim(vec![WorkKind::Charge], CLAIM_MAX).await?;
            if items.is_empty() {
                break;
            }
            all = all.and(self.charge(&items).await);
        }
        all
    }

    /// Tries every one of them.
    async fn charge(&self, items: &[WorkItem]) -> Result<(), Outage> {
        let due = items.iter().map(|item| (item.work.subject, item.work.id));
        let due: Vec<_> = due.collect();
        let undecided = each(&due, |(subscription, work)| {
            let (store, figures) = (self.store.clone(), self.figures.clone());
            let subscription = SubscriptionKey(subscription);
            async move {
                charge(&*store, subscription, work).await?;
                count(&figures.subscription_charges_total);
                Ok(())
            }
        });
        all_decided(undecided.await)
    }
}

async fn charge(
    store: &dyn Store,
    subscription: SubscriptionKey,
    work: WorkId,
) -> Result<(), Outage> {
    let command = ChargeSubscription { subscription, work };
    if let Err(refusal) = submit(store, command.into()).await? {
        tracing::error!(
            subscription = subscription.0,
            ?refusal,
            "a charge was refused"
        );
    }
    Ok(())
}
