use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use payments::commands::{Keep, Set};
use payments::rows::{Document, DocumentId};
use payments::{Command, Mode, ReadSet, Terms, Timestamp};
use rusqlite::Connection;
use store::conformance::{self, Bench, Parts, all_at_once, world};
use store::{Found, Outage, Query, Setup, Store};

use crate::{OpenError, Options, SqliteBackend, SqliteStore, lock_directory};

mod alone;
mod log;

/// A directory that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Scratch {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("holdfast-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a fresh directory");
        Scratch(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn options(setup: Setup) -> Options {
    let Setup {
        terms,
        clock,
        entropy,
        handover,
        watch,
    } = setup;
    Options {
        clock,
        entropy,
        watch,
        ..Options::new(terms, handover)
    }
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, options(Parts::new().setup(1))).expect("opened")
}

fn set(name: &str) -> Command {
    Command::from(Set {
        name: name.to_owned(),
        value: "1".to_owned(),
    })
}

/// Which of these settings are there when the store is opened again.
async fn set_in<const N: usize>(path: &Path, names: [&str; N]) -> [bool; N] {
    let store = open(path);
    let names = names.map(str::to_owned);
    let mut want = ReadSet::default();
    want.settings.extend(names.iter().cloned());
    let seen = store.see(want).await.expect("seen");
    store.close().await;
    names.map(|name| seen.settings.get(&name).is_some())
}

fn keep(id: usize, bytes: usize) -> Command {
    let id = DocumentId {
        kind: "visit".to_owned(),
        id: id.to_string(),
    };
    let document = Document {
        content: "x".repeat(bytes),
        expires_at: Timestamp(0),
    };
    Command::from(Keep { id, document })
}

struct Sqlite(Scratch);

impl Bench for Sqlite {
    fn open(&mut self, name: &str, setup: Setup) -> Arc<dyn Store> {
        let store = SqliteStore::open(&self.0.file(name), options(setup));
        Arc::new(store.expect("opened"))
    }

    fn keeps(&self) -> bool {
        true
    }

    fn run_sql(&mut self, name: &str, sql: &str) {
        let file = Connection::open(self.0.file(name)).expect("opened");
        assert_eq!(file.execute(sql, []).expect("run"), 1, "{sql}");
    }
}

#[tokio::test]
async fn it_does_what_every_store_does() {
    conformance::run(&mut Sqlite(Scratch::new())).await;
}

#[tokio::test]
async fn every_row_comes_back() {
    let scratch = Scratch::new();
    let path = scratch.file("rows");
    open(&path).close().await;
    conformance::rows(&mut SqliteBackend::open(&path, None).expect("opened"));
}

#[tokio::test]
async fn a_full_queue_turns_commands_away_and_loses_none_that_it_took() {
    let scratch = Scratch::new();
    let path = scratch.file("busy");
    let options = Options {
        queue: 4,
        ..options(Parts::new().setup(1))
    };
    let store = SqliteStore::open(&path, options).expect("opened");
    // While somebody else holds the file, the writer waits with at most four in its hands.
    let other = Connection::open(&path).expect("opened");
    other.execute_batch("BEGIN IMMEDIATE").expect("locked");
    let names: Vec<_> = (0..50).map(|number| format!("name-{number}")).collect();
    let mut submitted = Vec::new();
    for name in &names {
        let mut future = store.submit(set(name));
        let early = std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(answer) => Some(answer),
                std::task::Poll::Pending => None,
            })
        });
        let early = early.await;
        submitted.push((name, future, early));
    }
    other.execute_batch("ROLLBACK").expect("unlocked");
    let (mut taken, mut turned_away) = (Vec::new(), 0);
    for (name, future, early) in submitted {
        match early {
            Some(Err(Outage::Busy { limit: 4 })) => turned_away += 1,
            Some(answer) => panic!("nothing else is answered while the file is held: {answer:?}"),
            None => {
                future.await.expect("it works").expect("accepted");
                taken.push(name.clone());
            }
        }
    }
    assert!((4..=8).contains(&taken.len()), "{}", taken.len());
    assert_eq!(taken.len() + turned_away, 50);
    let mut want = ReadSet::default();
    want.settings.extend(names.iter().cloned());
    let seen = store.see(want).await.expect("seen");
    let there = names
        .iter()
        .filter(|name| seen.settings.get(name).is_some());
    assert!(
        there.eq(taken.iter()),
        "exactly what was acknowledged is there"
    );
    store.close().await;
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_survived() {
    let scratch = Scratch::new();
    let path = scratch.file("full");
    open(&path).close().await;
    let pages: u32 = Connection::open(&path)
        .and_then(|file| file.query_row("PRAGMA page_count", [], |row| row.get(0)))
        .expect("counted");
    let small = Options {
        pages_max: Some(pages + 10),
        ..options(Parts::new().setup(1))
    };
    let store = SqliteStore::open(&path, small).expect("opened");
    let mut kept = Vec::new();
    let mut failures = 0;
    for round in 0..10 {
        let large = (0..4)
            .map(|at| store.submit(keep(round * 10 + at, 8_000)))
            .collect();
        for (at, answer) in all_at_once(large).await.into_iter().enumerate() {
            match answer {
                Ok(answer) => {
                    answer.expect("accepted");
                    kept.push(round * 10 + at);
                }
                Err(Outage::Failed { .. }) => failures += 1,
                Err(outage) => panic!("{outage}"),
            }
        }
    }
    assert!(0 < failures, "the disk was full");
    assert!(!kept.is_empty(), "and had room before");
    assert!(store.ready().await.is_err(), "a batch would not fit");
    // Less fits still: the store goes on.
    store
        .submit(set("small"))
        .await
        .expect("it works")
        .expect("accepted");
    store.close().await;
    drop(store);
    let store = open(&path);
    let mut want = ReadSet::default();
    let id = |at: usize| DocumentId {
        kind: "visit".to_owned(),
        id: at.to_string(),
    };
    want.documents.extend((0..100).map(id));
    let seen = store.see(want).await.expect("seen");
    let there: Vec<_> = (0..100)
        .filter(|at| seen.documents.get(&id(*at)).is_some())
        .collect();
    assert_eq!(there, kept, "exactly what was acknowledged is there");
    store.close().await;
}

#[tokio::test]
async fn a_writer_that_ends_in_the_middle_says_nothing_false() {
    let scratch = Scratch::new();
    let path = scratch.file("ended");
    let mut setup = Parts::new().setup(1);
    setup.watch = Some(Arc::new(|_| panic!("a bug beside the decisions")));
    let store = SqliteStore::open(&path, options(setup)).expect("opened");
    assert!(store.ready().await.is_ok());
    let answer = store.submit(set("kept")).await;
    assert!(matches!(answer, Err(Outage::Failed { .. })), "{answer:?}");
    let ready = store.ready().await;
    assert!(matches!(ready, Err(Outage::Closing)), "{ready:?}");
    let answer = store.submit(set("never taken")).await;
    assert!(matches!(answer, Err(Outage::Closing)), "{answer:?}");
    store.close().await;
    drop(store);

    assert_eq!(set_in(&path, ["kept", "never taken"]).await, [true, false]);
}

#[tokio::test]
async fn a_file_says_what_it_is() {
    let scratch = Scratch::new();
    let path = scratch.file("mode");
    open(&path).close().await;
    let production = Terms {
        mode: Mode::Production,
        ..Terms::sandbox()
    };
    let options_for = |terms: &Terms| {
        let setup = Setup {
            terms: terms.clone(),
            ..Parts::new().setup(1)
        };
        options(setup)
    };
    let refused = SqliteStore::open(&path, options_for(&production));
    assert!(matches!(refused.err(), Some(OpenError::OtherMode { .. })));
    let file = Connection::open(&path).expect("opened");
    file.execute("UPDATE schema SET oldest_binary = '999.0.0'", [])
        .expect("written");
    let refused = SqliteStore::open(&path, options_for(&Terms::sandbox()));
    assert!(matches!(refused.err(), Some(OpenError::TooNew { .. })));
    let foreign = scratch.file("foreign");
    let file = Connection::open(&foreign).expect("opened");
    file.execute_batch("CREATE TABLE theirs (x)")
        .expect("written");
    let refused = SqliteStore::open(&foreign, options_for(&Terms::sandbox()));
    assert!(matches!(refused.err(), Some(OpenError::NotOurs)));
}

#[tokio::test]
async fn a_row_that_contradicts_itself_is_named() {
    let scratch = Scratch::new();
    let path = scratch.file("corrupt");
    let store = open(&path);
    let world = world::World::make(&store).await;
    let (id, _) = world::transact(&store, world.reserve("a", 500)).await;
    let key = id.key().expect("an id of ours");
    let file = Connection::open(&path).expect("opened");
    let mut want = ReadSet::default();
    want.transactions.insert(key);
    for (table, wrong) in [
        ("transaction_states", "state = 2"),
        ("transaction_states", "state = 99"),
        ("transactions", "sender_token = NULL"),
        ("transactions", "details = '{'"),
        ("transactions", "currency = 'usd'"),
        ("transactions", "amount = -1"),
    ] {
        file.execute_batch("SAVEPOINT whole").expect("begun");
        file.execute(&format!("UPDATE {table} SET {wrong}"), [])
            .expect("written");
        file.execute_batch("RELEASE whole").expect("committed");
        let seen = store.see(want.clone()).await;
        let named = matches!(&seen, Err(Outage::Corrupt { table: "transactions", key: named, .. })
            if named.contains(&key.to_string()));
        assert!(named, "{wrong}");
    }
    store.close().await;
}

#[tokio::test]
async fn a_copy_is_a_store() {
    let scratch = Scratch::new();
    let store = open(&scratch.file("original"));
    let world = world::World::make(&store).await;
    let (id, _) = world::transact(&store, world.reserve("a", 500)).await;
    let copy = scratch.file("copy");
    store.backup(copy.clone()).await.expect("copied");
    let again = store.backup(copy.clone()).await;
    assert!(
        matches!(again, Err(Outage::Failed { .. })),
        "a copy replaces nothing"
    );
    let copied = open(&copy);
    let (same, _) = world::transact(&copied, world.reserve("a", 500)).await;
    assert_eq!(same, id);
    copied.close().await;
    store.close().await;
}

#[tokio::test]
async fn the_file_is_whole_after_many_batches() {
    let scratch = Scratch::new();
    let path = scratch.file("many");
    let store = open(&path);
    for round in 0..40 {
        let documents = (0..100)
            .map(|at| store.submit(keep(round * 100 + at, 4_000)))
            .collect();
        for answer in all_at_once(documents).await {
            answer.expect("it works").expect("accepted");
        }
    }
    store.close().await;
    assert!(
        !scratch.file("many-wal").exists(),
        "the last one out leaves a whole file"
    );
    let file = Connection::open(&path).expect("opened");
    let verdict: String = file
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("checked");
    assert_eq!(verdict, "ok");
    let dense: bool = file
        .query_row("SELECT count(*) = max(number) FROM batches", [], |row| {
            row.get(0)
        })
        .expect("counted");
    assert!(dense);
}

#[tokio::test]
async fn the_follower_goes_on_where_it_stopped() {
    let scratch = Scratch::new();
    let path = scratch.file("follow");
    let store = open(&path);
    let world = world::World::make(&store).await;
    let commands = (0..1_200).map(|at| store.submit(world.reserve(&at.to_string(), 100)));
    for answer in all_at_once(commands.collect()).await {
        answer.expect("it works").expect("accepted");
    }
    let activity = Query::ActivityOf {
        account: world.sender,
        most: 5_000,
    };
    let Ok(Found::Transactions(rows)) = store.find(activity.clone()).await else {
        panic!("found")
    };
    assert_eq!(rows.len(), 1_200);
    store.close().await;
    drop(store);
    let store = open(&path);
    let Ok(Found::Transactions(again)) = store.find(activity).await else {
        panic!("found")
    };
    assert_eq!(again, rows);
    store.close().await;
}

#[test]
fn a_directory_has_one_owner() {
    let scratch = Scratch::new();
    let lock = lock_directory(&scratch.0).expect("free");
    let refused = lock_directory(&scratch.0).expect_err("taken");
    assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
    drop(lock);
    lock_directory(&scratch.0).expect("free again");
}
