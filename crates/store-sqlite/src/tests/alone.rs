//! Askers who write for themselves, on a runtime of several threads.

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::conformance::{self, Parts};
use store::{Outage, Store};

use super::{Scratch, Sqlite, keep, open, options, set, set_in};
use crate::SqliteStore;

/// How long what happens now and then may take to happen once.
const PATIENCE: Duration = Duration::from_secs(20);

fn figure(store: &SqliteStore, wanted: &str) -> u64 {
    let figures = store.figures().into_iter();
    let mut values = figures.filter(|(name, _)| *name == wanted);
    values.next().expect("a figure").1
}

fn alone(store: &SqliteStore) -> u64 {
    figure(store, "store_alone_total")
}

/// Submits one command after another until an asker has written one himself.
async fn until_alone(store: &SqliteStore) -> u64 {
    let (before, begun) = (alone(store), Instant::now());
    let mut submitted = 0;
    while alone(store) == before {
        assert!(begun.elapsed() < PATIENCE, "nobody was ever alone");
        let answer = store.submit(set("mine")).await;
        answer.expect("answered").expect("accepted");
        submitted += 1;
    }
    submitted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_what_every_store_does_for_askers_who_write() {
    conformance::run(&mut Sqlite(Scratch::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_alone_writes_for_himself_and_it_is_kept() {
    let scratch = Scratch::new();
    let path = scratch.file("alone");
    let store = open(&path);
    let submitted = until_alone(&store).await;
    assert_eq!(figure(&store, "store_commands_total"), submitted);
    store.close().await;
    let late = store.submit(set("late")).await;
    assert!(matches!(late, Err(Outage::Closing)), "{late:?}");
    drop(store);

    assert_eq!(set_in(&path, ["mine"]).await, [true]);
}

#[tokio::test]
async fn nobody_does_where_that_would_hold_up_all_others() {
    let scratch = Scratch::new();
    let store = open(&scratch.file("single"));
    for _ in 0..50 {
        let answer = store.submit(set("mine")).await;
        answer.expect("answered").expect("accepted");
    }
    assert_eq!(alone(&store), 0);
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn askers_and_the_thread_take_turns_and_lose_nothing() {
    const EACH: usize = 200;
    let scratch = Scratch::new();
    let path = scratch.file("turns");
    let store = Arc::new(open(&path));
    let mut kept = 0;
    for askers in [1, 2, 8, 3, 1] {
        let tasks: Vec<_> = (0..askers)
            .map(|asker| {
                let (store, from) = (store.clone(), kept + asker * EACH);
                tokio::spawn(async move {
                    for id in from..from + EACH {
                        let answer = store.submit(keep(id, 10)).await;
                        answer.expect("answered").expect("accepted");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("it went through");
        }
        kept += askers * EACH;
    }
    until_alone(&store).await;
    store.close().await;
    drop(store);

    let file = rusqlite::Connection::open(&path).expect("opened");
    let number = |sql| {
        let read = file.query_row(sql, [], |row| row.get::<_, u32>(0));
        read.expect("read")
    };
    let documents = number("SELECT count(*) FROM documents");
    assert_eq!(usize::try_from(documents), Ok(kept));
    let batches = number("SELECT count(*) FROM batches");
    let last = number("SELECT max(number) FROM batches");
    assert_eq!(batches, last, "each batch once, none left out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bug_met_by_who_writes_for_himself_ends_the_writer() {
    let scratch = Scratch::new();
    let path = scratch.file("bug");
    let mut setup = Parts::new().setup(1);
    setup.watch = Some(Arc::new(|commands| {
        let thread = std::thread::current();
        let is_writer = thread.name() == Some("store-writer");
        assert!(is_writer, "a bug beside the decisions, {}", commands.len());
    }));
    let store = SqliteStore::open(&path, options(setup)).expect("opened");
    let begun = Instant::now();
    let answer = loop {
        assert!(begun.elapsed() < PATIENCE, "nobody was ever alone");
        let answer = store.submit(set("kept")).await;
        if answer.is_err() {
            break answer;
        }
    };
    assert!(matches!(answer, Err(Outage::Failed { .. })), "{answer:?}");
    let ready = store.ready().await;
    assert!(matches!(ready, Err(Outage::Closing)), "{ready:?}");
    let answer = store.submit(set("never taken")).await;
    assert!(matches!(answer, Err(Outage::Closing)), "{answer:?}");
    store.close().await;
    drop(store);

    assert_eq!(set_in(&path, ["kept", "never taken"]).await, [true, false]);
}
