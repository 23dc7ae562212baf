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
//! and whoever has ended stays so. Expiries are few at a time, so that they pass behind requests.

use std::sync::Arc;
use std::time::Duration;

use payments::commands::{Expire, Set};
use payments::ids::first_key;
use payments::rows::WorkKind;
use payments::terms::{RESERVATION_LIFE_MS, STANDARD_ANSWER_MS};
use payments::time::SECOND_MS;
use payments::{ReadSet, Timestamp, TransactionKey, WorkId};
use store::{Found, Outage, Query, Store};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::figures::{Figures, count};
use crate::submit::submit;

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
/// Expiries under way at once.
const AT_ONCE: usize = 8;
/// How often the cursor is written while it passes rows.
const WRITE_AFTER: Duration = Duration::from_secs(10);
/// How far it goes over nothing before it is written: a day's keys.
const WRITE_GAP_MS: i64 = payments::time::DAY_MS;

/// Walks, and ends what is due.
pub(crate) struct Expirer {
    store: Arc<dyn Store>,
    figures: Arc<Figures>,
    cursor: Option<Cursor>,
}

/// Where the walk is.
struct Cursor {
    at: i64,
    written: i64,
    written_at: Instant,
    passed_rows: bool,
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
        let passed = self
            .cursor
            .as_ref()
            .is_some_and(|cursor| cursor.passed_rows);
        if passed && let Err(outage) = self.write_cursor().await {
            tracing::warn!(%outage, "the cursor of expiries was not written");
        }
    }

    async fn deadlines(&mut self) -> Result<(), Outage> {
        for _ in 0..PAGES_MAX {
            let kinds = vec![WorkKind::TimeOut, WorkKind::Deadline];
            let items = self.store.claim(kinds, CLAIM_MAX).await?;
            let full = items.len() == CLAIM_MAX;
            let due: Vec<_> = items
                .iter()
                .map(|item| (TransactionKey(item.work.subject), Some(item.work.id)))
                .collect();
            self.expire(&due).await?;
            if !full {
                break;
            }
        }
        Ok(())
    }

    async fn walk(&mut self) -> Result<(), Outage> {
        let to = self.end_of_walk().await?;
        if self.cursor.is_none() {
            self.cursor = Some(self.read_cursor().await?);
        }
        for _ in 0..PAGES_MAX {
            let after = self.cursor.as_ref().map_or(to, |cursor| cursor.at);
            if to <= after {
                break;
            }
            let page = Query::OpenBetween {
                after,
                to,
                most: PAGE_ROWS_MAX,
            };
            let Found::Keys { keys, scanned_to } = self.store.find(page).await? else {
                unreachable!("a walk finds keys");
            };
            let open: Vec<_> = keys.into_iter().map(|key| (key, None)).collect();
            self.expire(&open).await?;
            self.passed(scanned_to, !open.is_empty() || scanned_to < to)
                .await?;
        }
        Ok(())
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
        Ok(Cursor {
            at,
            written: at,
            written_at: Instant::now(),
            passed_rows: false,
        })
    }

    async fn passed(&mut self, to: i64, rows: bool) -> Result<(), Outage> {
        let Some(cursor) = &mut self.cursor else {
            return Ok(());
        };
        cursor.at = to;
        cursor.passed_rows |= rows;
        let over_rows = cursor.passed_rows && WRITE_AFTER <= cursor.written_at.elapsed();
        let gap = first_key(Timestamp(WRITE_GAP_MS), 0);
        if over_rows || gap <= to.saturating_sub(cursor.written) {
            self.write_cursor().await?;
        }
        Ok(())
    }

    async fn write_cursor(&mut self) -> Result<(), Outage> {
        let Some(cursor) = &mut self.cursor else {
            return Ok(());
        };
        let (name, value) = (CURSOR.to_owned(), cursor.at.to_string());
        let _answer = submit(&*self.store, Set { name, value }.into()).await?;
        cursor.written = cursor.at;
        cursor.written_at = Instant::now();
        cursor.passed_rows = false;
        Ok(())
    }

    /// Submits expiries, few at a time; the walk goes on only when all of them are decided.
    async fn expire(&self, due: &[(TransactionKey, Option<WorkId>)]) -> Result<(), Outage> {
        for few in due.chunks(AT_ONCE) {
            let mut under_way = JoinSet::new();
            for (transaction, work) in few.iter().copied() {
                count(&self.figures.expiries_total);
                let store = self.store.clone();
                let command = Expire { transaction, work };
                under_way.spawn(async move { submit(&*store, command.into()).await });
            }
            for decided in under_way.join_all().await {
                if let Err(refusal) = decided? {
                    tracing::error!(?refusal, "an expiry was refused");
                }
            }
        }
        Ok(())
    }
}
