//! What time does: reservations past their seven days, and transactions never answered.
//!
//! Most have no row of work. Keys grow with time, so a cursor walks over the keys of transactions
//! that are old enough, and ends those that are still open. Those whose time is not the standard one
//! have a row (`TimeOut`, `Deadline`), which is claimed when it is due.
//!
//! **How old is old enough.** A reservation ends 168 hours after it became one, which is after its
//! key was made. If the answer came within [`STANDARD_ANSWER_MS`], that is at most 168 hours and
//! [`STANDARD_ANSWER_MS`] after the key's time; if it came later, the reservation has a row of its
//! own. So at a key's time plus 168 hours plus [`STANDARD_ANSWER_MS`], everything that depends on
//! the cursor is due, and one visit is enough. The margin adds a second, because a crowded
//! millisecond takes keys of the next ones.
//!
//! The cursor is a setting, written now and then: after a crash a part of the way is walked twice,
//! and whoever has ended stays so. Expiries are few at a time, so that they pass behind requests. One
//! that the store cannot take now holds up no other, and the cursor that is written never passes it.

use std::sync::Arc;

use payments::commands::{Expire, Set};
use payments::ids::first_key;
use payments::rows::WorkKind;
use payments::terms::{RESERVATION_LIFE_MS, STANDARD_ANSWER_MS};
use payments::time::SECOND_MS;
use payments::{ReadSet, Timestamp, TransactionKey, WorkId};
use store::{Found, Outage, Query, Store};

use crate::each::{Undecided, all_decided, each};
use crate::figures::{Figures, count};
use crate::submit::submit;

mod cursor;

use cursor::Cursor;

/// The setting that keeps the last key walked.
pub(crate) const CURSOR: &str = "expiry-cursor";
/// How far the walk stays behind the deadline of a reservation made at a key's time.
const MARGIN_MS: i64 = STANDARD_ANSWER_MS + SECOND_MS;
/// Rows looked at in one step of the walk.
const PAGE_ROWS_MAX: usize = 512;
/// Steps of the walk before the deadlines get their turn.
const PAGES_MAX: usize = 64;
/// Rows of deadlines claimed at once.
const CLAIM_MAX: usize = 128;
/// A transaction whose time may be over, and the row of work that said so.
type Due = (TransactionKey, Option<WorkId>);

/// Walks, and ends what is due.
pub(crate) struct Expirer {
    store: Arc<dyn Store>,
    figures: Arc<Figures>,
    cursor: Option<Cursor>,
}

impl Expirer {
    pub(crate) fn new(store: Arc<dyn Store>, figures: Arc<Figures>) -> Expirer {
        Expirer {
            store,
            figures,
            cursor: None,
        }
    }

    /// Ends everything that is due now.
    pub(crate) async fn sweep(&mut self) {
        let deadlines = self.deadlines().await;
        let walked = self.walk().await;
        if let Err(outage) = deadlines.and(walked) {
            count(&self.figures.workers_outages_total);
            tracing::warn!(%outage, "expiries wait for the store");
        }
    }

    /// Writes the cursor down, at the end.
    pub(crate) async fn finish(&mut self) {
        let last = self.cursor.as_ref().and_then(Cursor::last_to_write);
        if let Some(proven) = last
            && let Err(outage) = self.write_cursor(proven).await
        {
            tracing::warn!(%outage, "the cursor of expiries was not written");
        }
    }

    /// Tries every row of time that is due; reports the first outage.
    async fn deadlines(&mut self) -> Result<(), Outage> {
        let mut all = Ok(());
        for _ in 0..PAGES_MAX {
            let kinds = vec![WorkKind::TimeOut, WorkKind::Deadline];
            let items = self.store.claim(kinds, CLAIM_MAX).await?;
            let due: Vec<_> = items
                .iter()
                .map(|item| (TransactionKey(item.work.subject), Some(item.work.id)))
                .collect();
            all = all.and(all_decided(self.expire(&due).await));
            if items.len() < CLAIM_MAX {
                break;
            }
        }
        all
    }

    /// Walks to what is due now, past what cannot be decided; reports the first outage.
    async fn walk(&mut self) -> Result<(), Outage> {
        let to = self.end_of_walk().await?;
        if self.cursor.is_none() {
            self.cursor = Some(self.read_cursor().await?);
        }
        let mut all = self.try_again().await;
        for _ in 0..PAGES_MAX {
            let next = self.cursor.as_ref().and_then(|cursor| cursor.next(to));
            let Some(after) = next else {
                break;
            };
            let page = Query::OpenBetween {
                after,
                to,
                most: PAGE_ROWS_MAX,
            };
            let Found::Keys { keys, scanned_to } = self.store.find(page).await? else {
                unreachable!("a walk finds keys");
            };
            let open: Vec<_> = keys.into_iter().map(|key| (key, None)).collect();
            let undecided = self.expire(&open).await;
            let rows = !open.is_empty() || scanned_to < to;
            if let Some(cursor) = &mut self.cursor {
                cursor.pass(scanned_to, rows, keys_of(&undecided));
            }
            all = all.and(all_decided(undecided));
            let far = self.cursor.as_ref().and_then(Cursor::to_write);
            if let Some(proven) = far {
                self.write_cursor(proven).await?;
            }
        }
        all
    }

    /// Tries what the walk has left behind.
    async fn try_again(&mut self) -> Result<(), Outage> {
        let left = self.cursor.as_ref().map(Cursor::to_try).unwrap_or_default();
        if left.is_empty() {
            return Ok(());
        }
        let left: Vec<_> = left.into_iter().map(|key| (key, None)).collect();
        let undecided = self.expire(&left).await;
        if let Some(cursor) = &mut self.cursor {
            cursor.tried(keys_of(&undecided));
        }
        all_decided(undecided)
    }

    /// The last key of the last millisecond whose reservations are due.
    async fn end_of_walk(&self) -> Result<i64, Outage> {
        let now = self.store.now().await?.product;
        let behind = RESERVATION_LIFE_MS + MARGIN_MS;
        let due_until = Timestamp(now.0.saturating_sub(behind).max(0));
        Ok(first_key(due_until, 0).saturating_sub(1).max(0))
    }

    async fn read_cursor(&self) -> Result<Cursor, Outage> {
        let mut want = ReadSet::default();
        want.settings.insert(CURSOR.to_owned());
        let seen = self.store.see(want).await?;
        let text = seen.settings.peek(&CURSOR.to_owned());
        // Without a cursor, or with one that cannot be read, the walk begins at the first key.
        let at = text.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Cursor::behind(at))
    }

    async fn write_cursor(&mut self, proven: i64) -> Result<(), Outage> {
        let (name, value) = (CURSOR.to_owned(), proven.to_string());
        let _answer = submit(&*self.store, Set { name, value }.into()).await?;
        if let Some(cursor) = &mut self.cursor {
            cursor.wrote(proven);
        }
        Ok(())
    }

    /// Submits an expiry for each, and gives back those that are not decided.
    async fn expire(&self, due: &[Due]) -> Undecided<Due> {
        each(due, |(transaction, work)| {
            count(&self.figures.expiries_total);
            let store = self.store.clone();
            async move {
                let command = Expire { transaction, work };
                if let Err(refusal) = submit(&*store, command.into()).await? {
                    tracing::error!(?refusal, "an expiry was refused");
                }
                Ok(())
            }
        })
        .await
    }
}

fn keys_of(undecided: &Undecided<Due>) -> Vec<TransactionKey> {
    let keys = undecided.iter().map(|((transaction, _), _)| *transaction);
    keys.collect()
}
