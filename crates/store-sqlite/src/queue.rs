//! A bounded queue between threads and tasks.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use store::Outage;

/// Messages that wait, in the order they came.
pub(crate) struct Queue<M> {
    limit: usize,
    state: Mutex<State<M>>,
    wake: Condvar,
}

struct State<M> {
    waiting: VecDeque<M>,
    /// Takers that sleep. Waking is a call to the system, and under load nobody sleeps.
    sleeping: usize,
    open: bool,
}

impl<M> Queue<M> {
    pub(crate) fn new(limit: usize) -> Queue<M> {
        let state = State {
            waiting: VecDeque::new(),
            sleeping: 0,
            open: true,
        };
        Queue {
            limit,
            state: Mutex::new(state),
            wake: Condvar::new(),
        }
    }

    /// Puts a message in, if there is room.
    pub(crate) fn push(&self, message: M) -> Result<(), Outage> {
        self.push_all([message])
    }

    /// Puts messages in next to each other, if there is room for all.
    pub(crate) fn push_all(
        &self,
        messages: impl IntoIterator<Item = M, IntoIter: ExactSizeIterator>,
    ) -> Result<(), Outage> {
        let messages = messages.into_iter();
        let mut state = self.state();
        if !state.open {
            return Err(Outage::Closing);
        }
        if self.limit < state.waiting.len() + messages.len() {
            return Err(Outage::Busy { limit: self.limit });
        }
        state.waiting.extend(messages);
        let wakes = 0 < state.sleeping;
        drop(state);
        if wakes {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Takes what waits, up to so many; waits for the first. `None` when it is closed and empty.
    pub(crate) fn take(&self, most: usize) -> Option<Vec<M>> {
        let mut state = self.state();
        while state.waiting.is_empty() {
            if !state.open {
                return None;
            }
            state.sleeping += 1;
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.sleeping -= 1;
        }
        let count = state.waiting.len().min(most);
        Some(state.waiting.drain(..count).collect())
    }

    /// Takes one message, or nothing after a while. `Err` when it is closed and empty.
    pub(crate) fn take_one(&self, patience: Duration) -> Result<Option<M>, Outage> {
        let mut state = self.state();
        if state.waiting.is_empty() && state.open {
            state.sleeping += 1;
            let waited = self.wake.wait_timeout(state, patience);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.sleeping -= 1;
        }
        match state.waiting.pop_front() {
            Some(message) => Ok(Some(message)),
            None if state.open => Ok(None),
            None => Err(Outage::Closing),
        }
    }

    /// Whether it is open, nothing waits, and who takes from it sleeps.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.open && state.waiting.is_empty() && 0 < state.sleeping
    }

    /// Takes no more; what waits is still given out.
    pub(crate) fn close(&self) {
        self.state().open = false;
        self.wake.notify_all();
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.state().waiting.len()
    }

    fn state(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_keeps_order_and_empties_after_closing() {
        let queue = Queue::new(3);
        for number in 0..3 {
            queue.push(number).expect("room");
        }
        assert!(matches!(queue.push(3), Err(Outage::Busy { limit: 3 })));
        assert_eq!(queue.take(2), Some(vec![0, 1]));
        let too_many = queue.push_all([3, 4, 5]);
        assert!(matches!(too_many, Err(Outage::Busy { limit: 3 })));
        queue.push_all([3]).expect("room again");
        queue.close();
        assert!(matches!(queue.push(4), Err(Outage::Closing)));
        assert_eq!(queue.take(9), Some(vec![2, 3]));
        assert_eq!(queue.take(9), None);
    }
}
