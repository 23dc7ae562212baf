//! What every store must do, as tests that every store runs.
//!
//! A backend's tests call [`run`] with a [`Bench`] that opens its stores, and [`rows`] with a bare
//! backend. Each part begins with a fresh store, says what it expects, and panics when it is not so.

use std::sync::{Arc, Mutex, PoisonError};

use payments::{Terms, Timestamp};

use crate::{Entropy, Handover, ManualClock, SeededEntropy, Setup, Store, WorkItem};

mod activity;
mod late;
mod lives;
pub mod pace;
mod rows;
pub(crate) mod samples;
mod simple;
mod subscriptions;
mod unreadable;
pub mod world;

pub use rows::rows;

/// The moment at which every part begins.
pub const START: Timestamp = Timestamp(1_700_000_000_000);

/// Opens stores for the suite.
pub trait Bench {
    /// Opens the store of this name: an empty one when the name is new, else the one that was
    /// closed under this name, with everything that is in it.
    fn open(&mut self, name: &str, setup: Setup) -> Arc<dyn Store>;

    /// Whether a closed store can be opened again.
    fn keeps(&self) -> bool;

    /// Changes rows of the closed store of this name behind its back, with a statement that every
    /// database understands. Asked only of a bench that keeps.
    fn run_sql(&mut self, name: &str, sql: &str);
}

/// Runs every part of the suite.
pub async fn run(bench: &mut dyn Bench) {
    simple::people_are_found(bench).await;
    simple::twins_make_one_account(bench).await;
    simple::documents_come_and_go(bench).await;
    simple::documents_end(bench).await;
    simple::the_clock_moves_forward(bench).await;
    simple::a_bug_fails_nobody_else(bench).await;
    simple::one_asker_may_bring_several(bench).await;
    simple::what_was_written_is_there_again(bench).await;
    subscriptions::plans_are_found_and_charged(bench).await;
    subscriptions::a_plan_is_late_only_when_its_charge_is(bench).await;
    late::a_debit_is_late_only_when_its_bank_is_to_be_asked(bench).await;
    late::a_time_limit_is_late_only_when_it_is_over(bench).await;
    late::a_call_that_was_put_off_is_as_old_as_its_row(bench).await;
    lives::a_whole_life(bench).await;
    lives::twins_are_one_transaction(bench).await;
    lives::refusals_stay_and_harm_nobody(bench).await;
    lives::work_is_leased_once(bench).await;
    lives::open_reservations_are_walked(bench).await;
    lives::activity_is_followed(bench).await;
    activity::pages_skip_and_repeat_nothing(bench).await;
    activity::filters_hold_together(bench).await;
    activity::totals_are_of_one_recipient(bench).await;
    unreadable::what_cannot_be_read_holds_up_nothing_else(bench).await;
}

/// The parts of a store that the suite holds on to.
pub struct Parts {
    /// Real time.
    pub clock: Arc<ManualClock>,
    /// What was handed over.
    pub handed: Arc<Handed>,
}

impl Parts {
    /// Parts for one store.
    pub fn new() -> Parts {
        Parts {
            clock: Arc::new(ManualClock::at(START)),
            handed: Arc::default(),
        }
    }

    /// A set-up of these parts, in a sandbox.
    pub fn setup(&self, seed: u64) -> Setup {
        let entropy: Box<dyn Entropy> = Box::new(SeededEntropy::new(seed));
        Setup {
            terms: Terms::sandbox(),
            clock: self.clock.clone(),
            entropy,
            handover: self.handed.clone(),
            watch: None,
        }
    }
}

impl Default for Parts {
    fn default() -> Parts {
        Parts::new()
    }
}

/// Keeps what is handed over.
#[derive(Default)]
pub struct Handed(Mutex<Vec<WorkItem>>);

impl Handed {
    /// Takes away what was handed over so far.
    pub fn take_all(&self) -> Vec<WorkItem> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Handover for Handed {
    fn take(&self, items: Vec<WorkItem>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(items);
    }
}

/// Runs futures of a store at the same time, so that it may batch them; results in their order.
pub async fn all_at_once<T>(futures: Vec<crate::Boxed<'_, T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (future, None)).collect();
    std::future::poll_fn(|context| {
        let mut ready = true;
        for (future, result) in waiting.iter_mut().filter(|(_, result)| result.is_none()) {
            match future.as_mut().poll(context) {
                std::task::Poll::Ready(value) => *result = Some(value),
                std::task::Poll::Pending => ready = false,
            }
        }
        if ready {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting
        .into_iter()
        .map(|(_, result)| result.expect("every future is ready"))
        .collect()
}
