//! How fast reservations and their answers go through the store.
//!
//! `cargo run --release -p store-postgres --example postgres-pace -- URL [PAIRS] [IN_FLIGHT] [TOKENS] [LANES]`
//! on an empty database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use payments::Terms;
use payments::command::Outcome;
use store::conformance::world::{World, approved, sender_token, submit};
use store::{Handover, Store, WorkItem};
use store_postgres::{Address, Options, PostgresStore};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Passes work on to the tasks that play the processor.
struct Processor(UnboundedSender<WorkItem>);

impl Handover for Processor {
    fn take(&self, items: Vec<WorkItem>) {
        for item in items {
            drop(self.0.send(item));
        }
    }
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().expect("the address of an empty database");
    let mut number = |usual: usize| {
        arguments
            .next()
            .map_or(usual, |text| text.parse().expect("a number"))
    };
    let (pairs, in_flight, tokens) = (number(100_000), number(128), number(1_000));
    let (sender, receiver) = unbounded_channel();
    let lanes = number(2);
    let address = Address::parse(&url, None).expect("an address");
    let mut options = Options::new(Terms::sandbox(), Arc::new(Processor(sender)));
    options.lanes = lanes;
    let opened = PostgresStore::open(&address, options).await;
    let store = Arc::new(opened.expect("opened"));
    let worlds = Arc::new(worlds(&store, tokens).await);
    let answering = tokio::spawn(answer(store.clone(), receiver, pairs));
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut callers = Vec::new();
    for _ in 0..in_flight {
        let (store, worlds, next) = (store.clone(), worlds.clone(), next.clone());
        callers.push(tokio::spawn(async move {
            let mut waits = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                if pairs <= at {
                    return waits;
                }
                let world = &worlds[at * 7 % worlds.len()];
                let asked = Instant::now();
                submit(&*store, world.reserve(&format!("reference-{at:09}"), 1_000)).await;
                waits.push(asked.elapsed());
            }
        }));
    }
    let mut waits = Vec::new();
    for caller in callers {
        waits.extend(caller.await.expect("a caller"));
    }
    let reserved = begun.elapsed();
    answering.await.expect("the processor");
    let all = begun.elapsed();
    waits.sort();
    let per_second =
        |took: std::time::Duration| pairs as u128 * 1_000_000 / took.as_micros().max(1);
    println!(
        "reserves/s {} pairs/s {}",
        per_second(reserved),
        per_second(all)
    );
    println!(
        "wait p50 {:?} p99 {:?}",
        waits[waits.len() / 2],
        waits[waits.len() * 99 / 100]
    );
    for (name, value) in store.figures() {
        println!("{name} {value}");
    }
    store.close().await;
}

/// Answers everything with yes, as many at once as come.
async fn answer(store: Arc<PostgresStore>, mut work: UnboundedReceiver<WorkItem>, pairs: usize) {
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
async fn worlds(store: &Arc<PostgresStore>, tokens: usize) -> Vec<World> {
    let first = World::make(&**store).await;
    let mut worlds = vec![first.clone()];
    for number in 1..tokens {
        let token = sender_token(
            first.caller,
            first.sender,
            first.card,
            &format!("token-{number}"),
        );
        let Outcome::Tokens { token, .. } = submit(&**store, token.into()).await else {
            panic!("a token was installed");
        };
        worlds.push(World {
            token,
            ..first.clone()
        });
    }
    worlds
}
