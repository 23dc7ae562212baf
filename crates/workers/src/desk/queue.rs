//! Calls to the processor, first come, first served.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use payments::WorkId;
use store::WorkItem;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::held::Held;
use super::lock;
use crate::figures::{Figures, count};

/// A bounded queue with many takers.
pub(crate) struct Queue {
    state: Mutex<State>,
    wake: Notify,
    items_max: usize,
    figures: Arc<Figures>,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Box<WorkItem>, Instant)>,
    held: Held,
    closed: bool,
}

/// Work that has begun. It leaves this node when this is dropped, by a panic too.
pub(crate) struct Begun<'a> {
    /// The work.
    pub(crate) item: Box<WorkItem>,
    /// When it came here.
    pub(crate) since: Instant,
    queue: &'a Queue,
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        lock(&self.queue.state).held.release(self.item.work.id);
    }
}

impl Queue {
    pub(super) fn new(items_max: usize, figures: Arc<Figures>) -> Queue {
        let (state, wake) = (Mutex::default(), Notify::new());
        Queue {
            state,
            wake,
            items_max,
            figures,
        }
    }

    /// Takes work, and names what found no place; never blocks.
    pub(super) fn put(&self, items: Vec<WorkItem>, refused: &mut Vec<WorkId>) {
        let now = Instant::now();
        let mut state = lock(&self.state);
        let was_empty = state.waiting.is_empty();
        for item in items {
            let (row, fresh) = (item.work.id, item.fresh);
            // What is here needs no place: were it refused, it would be put off behind its own back.
            let known = !state.closed && state.held.renew(row, fresh, now);
            if known {
                continue;
            }
            if state.closed || self.items_max <= state.waiting.len() {
                refused.push(row);
                continue;
            }
            state.held.admit(row, fresh, now);
            state.waiting.push_back((Box::new(item), now));
        }
        // Whoever takes work while more waits wakes the next; only the first needs waking here.
        let wakes = was_empty && !state.waiting.is_empty();
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
    }

    /// The next work whose lease still runs; `None` once closed.
    pub(crate) async fn next(&self) -> Option<Begun<'_>> {
        loop {
            match self.begin() {
                Ok(begun) => return begun,
                Err(Empty) => self.wake.notified().await,
            }
        }
    }

    fn begin(&self) -> Result<Option<Begun<'_>>, Empty> {
        let now = Instant::now();
        let mut state = lock(&self.state);
        while !state.closed {
            let (mut item, since) = state.waiting.pop_front().ok_or(Empty)?;
            let row = item.work.id;
            let Some(fresh) = state.held.begin(row, now) else {
                state.held.release(row);
                count(&self.figures.workers_lapsed_total);
                continue;
            };
            item.fresh &= fresh;
            if !state.waiting.is_empty() {
                // One permit is all that is kept for late wakers; pass it on.
                self.wake.notify_one();
            }
            let queue = self;
            return Ok(Some(Begun { item, since, queue }));
        }
        // The next taker that is about to wait has to see that it is closed, too.
        self.wake.notify_one();
        Ok(None)
    }

    /// How many more would find a place.
    pub(crate) fn room(&self) -> usize {
        self.items_max
            .saturating_sub(lock(&self.state).waiting.len())
    }

    /// How many wait, and how many are here in all.
    pub(crate) fn lengths(&self) -> (usize, usize) {
        let state = lock(&self.state);
        (state.waiting.len(), state.held.len())
    }

    pub(super) fn close(&self) {
        lock(&self.state).closed = true;
        self.wake.notify_one();
    }
}

/// Nothing waits.
struct Empty;

#[cfg(test)]
mod tests;
