//! Sessions, visits and logos that have ended are forgotten.
//!
//! Nobody reads a document that has ended, so this is about room alone: now and then all documents are
//! walked, a page at a time, and what has ended goes, few at a time, behind requests.

use std::sync::Arc;

use payments::Timestamp;
use payments::commands::ForgetEnded;
use payments::time::MINUTE_MS;
use store::{Found, Outage, Query, Store};

use crate::figures::{Figures, count};
use crate::submit::submit;

/// How often the documents are walked, in real time.
const EVERY_MS: i64 = 10 * MINUTE_MS;
/// Documents looked at in one step of the walk.
const PAGE_ROWS_MAX: usize = 512;
/// Documents forgotten in one commit.
const FORGOTTEN_AT_ONCE: usize = 64;

/// Walks, and forgets.
pub(crate) struct Forgetter {
    store: Arc<dyn Store>,
    figures: Arc<Figures>,
    walked_at: Option<Timestamp>,
}

impl Forgetter {
    pub(crate) fn new(store: Arc<dyn Store>, figures: Arc<Figures>) -> Forgetter {
        Forgetter {
            store,
            figures,
            walked_at: None,
        }
    }

    /// Forgets what has ended, if the last walk was long ago.
    pub(crate) async fn sweep(&mut self) {
        if let Err(outage) = self.walk().await {
            count(&self.figures.workers_outages_total);
            tracing::warn!(%outage, "documents that have ended wait for the store");
        }
    }

    async fn walk(&mut self) -> Result<(), Outage> {
        let now = self.store.now().await?.real;
        if self.walked_at.is_some_and(|at| now.ms_since(at) < EVERY_MS) {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = Query::EndedDocuments {
                after,
                before: now,
                most: PAGE_ROWS_MAX,
            };
            let Found::Ended { ids, scanned_to } = self.store.find(page).await? else {
                unreachable!("a walk over documents finds documents");
            };
            for few in ids.chunks(FORGOTTEN_AT_ONCE) {
                let ids = few.to_vec();
                if let Err(refusal) = submit(&*self.store, ForgetEnded { ids }.into()).await? {
                    tracing::error!(?refusal, "forgetting was refused");
                }
            }
            if scanned_to.is_none() {
                break;
            }
            after = scanned_to;
        }
        self.walked_at = Some(now);
        Ok(())
    }
}
