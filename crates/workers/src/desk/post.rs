//! Notifications that wait to be sent: a lane for each receiver, a chain for each transaction.
//!
//! A lane has few notifications under way at once, so that one slow receiver takes neither all
//! workers nor all places. Within a chain one is under way at a time, in the order they came. Lanes
//! that have something to send take turns. Where many wait, they wait without their rows, which are read
//! again when their turn comes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use payments::TransactionKey;
use payments::rows::{Notification, Subject};
use store::WorkItem;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::held::Held;
use super::lock;
use crate::figures::{Figures, count};

/// How much may wait and be under way.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_field_names, reason = "a limit's name ends in max")]
pub(crate) struct PostLimits {
    /// Notifications here, waiting or under way.
    pub(crate) notifications_max: usize,
    /// Notifications here that have their rows with them.
    pub(crate) rows_max: usize,
    /// Notifications that wait for one receiver.
    pub(crate) lane_waiting_max: usize,
    /// Those of them that have their rows with them.
    pub(crate) lane_rows_max: usize,
    /// Notifications under way to one receiver.
    pub(crate) lane_active_max: usize,
}

impl Default for PostLimits {
    fn default() -> PostLimits {
        PostLimits {
            notifications_max: 65_536,
            rows_max: 8_192,
            lane_waiting_max: 32_768,
            lane_rows_max: 1_024,
            lane_active_max: 8,
        }
    }
}

/// All lanes and chains.
pub(crate) struct Post {
    state: Mutex<State>,
    wake: Notify,
    limits: PostLimits,
    figures: Arc<Figures>,
}

#[derive(Default)]
struct State {
    /// By scheme, host and port. A lane is removed when it is empty.
    lanes: HashMap<Arc<str>, Lane>,
    /// Lanes that have something to send and may send it, each once.
    ready: VecDeque<Arc<str>>,
    /// What waits behind a notification of the same transaction that is here. An entry is there as
    /// long as one of the transaction's notifications waits in a lane or is under way.
    chains: HashMap<TransactionKey, VecDeque<Waiting>>,
    held: Held,
    closed: bool,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Waiting>,
    active: usize,
    listed: bool,
}

/// A notification with what its row said about its place, whether it has the row with it or not.
struct Waiting {
    item: Box<WorkItem>,
    lane: Arc<str>,
    chain: Option<TransactionKey>,
}

/// A notification under way. Its place is free again when this is dropped, by a panic too.
pub(crate) struct Sending<'a> {
    what: Waiting,
    post: &'a Post,
}

impl Sending<'_> {
    /// The work; without its row when that has to be read again.
    pub(crate) fn item(&self) -> &WorkItem {
        &self.what.item
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.post.state);
        state.leave(&self.what, &self.post.limits);
        let more = !state.ready.is_empty();
        drop(state);
        if more {
            self.post.wake.notify_one();
        }
    }
}

impl Post {
    pub(super) fn new(limits: PostLimits, figures: Arc<Figures>) -> Post {
        let (state, wake) = (Mutex::default(), Notify::new());
        Post {
            state,
            wake,
            limits,
            figures,
        }
    }

    /// Whether the notification is here now; never blocks.
    pub(super) fn put(&self, mut item: WorkItem) -> bool {
        let now = Instant::now();
        let mut state = lock(&self.state);
        let (row, fresh) = (item.work.id, item.fresh);
        if state.closed {
            return false;
        }
        // What is here needs no place: were it refused, it would be put off behind its own back.
        if state.held.renew(row, fresh, now) {
            return true;
        }
        let (limits, here) = (&self.limits, state.held.len());
        let (lane, in_lane) = state.lane_of(receiver(&item));
        if limits.notifications_max <= here || limits.lane_waiting_max <= in_lane {
            return false;
        }
        let chain = transaction(&item);
        if limits.rows_max <= here || limits.lane_rows_max <= in_lane {
            item.notification = None;
        }
        state.held.admit(row, fresh, now);
        let item = Box::new(item);
        state.enter(Waiting { item, lane, chain }, limits);
        drop(state);
        self.wake.notify_one();
        true
    }

    /// The next notification that may be sent; `None` once closed.
    pub(crate) async fn next(&self) -> Option<Sending<'_>> {
        loop {
            match self.begin() {
                Ok(sending) => return sending,
                Err(Empty) => self.wake.notified().await,
            }
        }
    }

    fn begin(&self) -> Result<Option<Sending<'_>>, Empty> {
        let now = Instant::now();
        let mut state = lock(&self.state);
        while !state.closed {
            let what = state.next_ready(&self.limits).ok_or(Empty)?;
            if state.held.begin(what.item.work.id, now).is_none() {
                count(&self.figures.workers_lapsed_total);
                state.leave(&what, &self.limits);
                continue;
            }
            if !state.ready.is_empty() {
                self.wake.notify_one();
            }
            let post = self;
            return Ok(Some(Sending { what, post }));
        }
        // The next taker that is about to wait has to see that it is closed, too.
        self.wake.notify_one();
        Ok(None)
    }

    /// How many more would find a place.
    pub(crate) fn room(&self) -> usize {
        let held = lock(&self.state).held.len();
        self.limits.notifications_max.saturating_sub(held)
    }

    /// How many are here, and how many receivers they have.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        let state = lock(&self.state);
        (state.held.len(), state.lanes.len())
    }

    pub(super) fn close(&self) {
        lock(&self.state).closed = true;
        self.wake.notify_one();
    }
}

impl State {
    /// The lane of a receiver, and how many wait in it.
    fn lane_of(&self, receiver: &str) -> (Arc<str>, usize) {
        match self.lanes.get_key_value(receiver) {
            Some((name, lane)) => (name.clone(), lane.waiting.len()),
            None => (Arc::from(receiver), 0),
        }
    }

    /// Puts a new notification into its chain, or into its lane when nothing is before it.
    fn enter(&mut self, what: Waiting, limits: &PostLimits) {
        if let Some(key) = what.chain {
            if let Some(chain) = self.chains.get_mut(&key) {
                chain.push_back(what);
                return;
            }
            self.chains.insert(key, VecDeque::new());
        }
        self.line_up(what, limits);
    }

    fn line_up(&mut self, what: Waiting, limits: &PostLimits) {
        let name = what.lane.clone();
        let lane = self.lanes.entry(name.clone()).or_default();
        lane.waiting.push_back(what);
        self.list(&name, limits);
    }

    /// Puts a lane on the list if it may send and is not there.
    fn list(&mut self, name: &Arc<str>, limits: &PostLimits) {
        let Some(lane) = self.lanes.get_mut(name) else {
            return;
        };
        if !lane.listed && !lane.waiting.is_empty() && lane.active < limits.lane_active_max {
            lane.listed = true;
            self.ready.push_back(name.clone());
        }
    }

    fn next_ready(&mut self, limits: &PostLimits) -> Option<Waiting> {
        let name = self.ready.pop_front()?;
        let lane = self.lanes.get_mut(&name).expect("a listed lane is there");
        lane.listed = false;
        let what = lane.waiting.pop_front();
        let what = what.expect("a listed lane has something to send");
        lane.active += 1;
        self.list(&name, limits);
        Some(what)
    }

    /// A notification is not under way any more: whatever waited behind it may go.
    fn leave(&mut self, what: &Waiting, limits: &PostLimits) {
        let name = &what.lane;
        self.held.release(what.item.work.id);
        if let Some(lane) = self.lanes.get_mut(name) {
            lane.active -= 1;
        }
        if let Some(key) = what.chain {
            match self.chains.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(next) => self.line_up(next, limits),
                None => drop(self.chains.remove(&key)),
            }
        }
        self.list(name, limits);
        let idle = |lane: &Lane| lane.active == 0 && lane.waiting.is_empty();
        if self.lanes.get(name).is_some_and(idle) {
            self.lanes.remove(name);
        }
    }
}

/// Nothing may be sent now.
struct Empty;

/// Scheme, host and port, as they are written; notifications without a row share a lane.
fn receiver(item: &WorkItem) -> &str {
    let url = item
        .notification
        .as_ref()
        .map_or("", |row| row.url.trim_ascii());
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['/', '?']);
    &url[..end.map_or(url.len(), |at| authority + at)]
}

/// The transaction that a notification is about, if it is about one.
fn transaction(item: &WorkItem) -> Option<TransactionKey> {
    item.notification.as_deref().and_then(transaction_of)
}

/// The same, of the row.
pub(crate) fn transaction_of(row: &Notification) -> Option<TransactionKey> {
    match &row.subject {
        Subject::Transaction(facts) => facts.transaction.key(),
        Subject::Token(_) => None,
    }
}

#[cfg(test)]
mod tests;
