//! How fast reservations and their answers go through a store: for the examples of the stores, and for
//! whoever counts instructions under them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use payments::command::Outcome;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::world::{World, approved, sender_token, submit};
use crate::{Handover, Store, WorkItem};

/// Passes work on to the tasks that play the processor.
pub struct Passing(UnboundedSender<WorkItem>);

impl Passing {
    /// What takes work, and what gives it.
    pub fn new() -> (Passing, UnboundedReceiver<WorkItem>) {
        let (sender, receiver) = unbounded_channel();
        (Passing(sender), receiver)
    }
}

impl Handover for Passing {
    fn take(&self, items: Vec<WorkItem>) {
        for item in items {
            drop(self.0.send(item));
        }
    }
}

/// How much is asked of the store.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Reservations, each with its answer.
    pub pairs: usize,
    /// Reservations under way at once.
    pub in_flight: usize,
    /// Senders' tokens, used in turn.
    pub tokens: usize,
}

impl Load {
    /// Three numbers, each with a usual one behind it.
    ///
    /// # Panics
    /// When something else was typed.
    pub fn of(mut typed: impl Iterator<Item = String>) -> Load {
        let mut number = |usual: usize| {
            typed
                .next()
                .map_or(usual, |text| text.parse().expect("a number"))
        };
        Load {
            pairs: number(100_000),
            in_flight: number(128),
            tokens: number(1_000),
        }
    }

    /// Drives the store.
    ///
    /// # Panics
    /// When the store refuses something, or fails.
    pub async fn drive<S: Store + 'static>(
        self,
        store: &Arc<S>,
        work: UnboundedReceiver<WorkItem>,
    ) -> Paced {
        let worlds = Arc::new(worlds(&**store, self.tokens).await);
        let answering = tokio::spawn(answer(store.clone(), work, self.pairs));
        let begun = Instant::now();
        let next = Arc::new(AtomicUsize::new(0));
        let callers = (0..self.in_flight).map(|_| {
            let (store, worlds, next) = (store.clone(), worlds.clone(), next.clone());
            tokio::spawn(async move { ask(&*store, &worlds, &next, self.pairs).await })
        });
        let callers: Vec<_> = callers.collect();
        let mut waits = Vec::new();
        for caller in callers {
            waits.extend(caller.await.expect("a caller"));
        }
        let reserved = begun.elapsed();
        answering.await.expect("the processor");
        let answered = begun.elapsed();
        waits.sort();
        Paced {
            pairs: self.pairs,
            reserved,
            answered,
            waits,
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Paced {
    pairs: usize,
    reserved: Duration,
    answered: Duration,
    waits: Vec<Duration>,
}

impl fmt::Display for Paced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per_second = |took: Duration| self.pairs as u128 * 1_000_000 / took.as_micros().max(1);
        let (reserves, pairs) = (per_second(self.reserved), per_second(self.answered));
        writeln!(f, "reserves/s {reserves} pairs/s {pairs}")?;
        let wait = |hundredths: usize| {
            let at = self.waits.len() * hundredths / 100;
            self.waits.get(at).copied().unwrap_or_default()
        };
        write!(f, "wait p50 {:?} p99 {:?}", wait(50), wait(99))
    }
}

/// Reserves until all are reserved; how long each took.
async fn ask(
    store: &dyn Store,
    worlds: &[World],
    next: &AtomicUsize,
    pairs: usize,
) -> Vec<Duration> {
    let mut waits = Vec::new();
    loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        if pairs <= at {
            return waits;
        }
        let world = &worlds[at * 7 % worlds.len()];
        let asked = Instant::now();
        submit(store, world.reserve(&format!("reference-{at:09}"), 1_000)).await;
        waits.push(asked.elapsed());
    }
}

/// Answers everything with yes, as many at once as come.
async fn answer<S: Store + 'static>(
    store: Arc<S>,
    mut work: UnboundedReceiver<WorkItem>,
    pairs: usize,
) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..pairs {
        let item = work.recv().await.expect("work");
        let store = store.clone();
        tasks.spawn(async move { submit(&*store, approved(&item)).await });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("an answer");
    }
}

/// One caller with many senders' tokens.
async fn worlds(store: &dyn Store, tokens: usize) -> Vec<World> {
    let first = World::make(store).await;
    let mut worlds = vec![first.clone()];
    for number in 1..tokens {
        let name = format!("token-{number}");
        let token = sender_token(first.caller, first.sender, first.card, &name);
        let Outcome::Tokens { token, .. } = submit(store, token.into()).await else {
            panic!("a token was installed");
        };
        worlds.push(World {
            token,
            ..first.clone()
        });
    }
    worlds
}
