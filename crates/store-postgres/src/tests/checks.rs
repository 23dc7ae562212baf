//! A check beside payments.

use std::sync::Arc;
use std::time::Duration;

use audit::{CHUNK, FINDINGS_MAX, PostgresBooks, Progress, Report};
use payments::commands::Advance;
use payments::rows::Status;
use payments::time::HOUR_MS;
use store::Store;
use store::conformance::world::{World, approved, submit, transact};
use store::conformance::{Handed, Parts};
use test_kit::postgres::rows;
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::load::{Nobody, node_with, prove, prove_while};
use super::{address, wait};
use crate::follow::catch_up;
use crate::session::Session;
use crate::{Options, PostgresStore};

/// Reservations before the check begins.
const RESERVED: u64 = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_beside_payments_sees_one_moment() {
    let url = test_kit::postgres::database();
    let handed = Arc::new(Handed::default());
    let store = node_with(&url, handed.clone()).await;
    let world = World::make(&*store).await;
    let mut reserving = JoinSet::new();
    for number in 0..RESERVED {
        let (store, command) = (
            store.clone(),
            world.reserve(&format!("early-{number}"), 100),
        );
        reserving.spawn(async move { transact(&*store, command).await.0 });
    }
    let mut reserved = reserving.join_all().await;
    for item in handed.take_all() {
        transact(&*store, approved(&item)).await;
    }
    let mut late = 0;
    // A chunk of two, so that the walk has not come far when the first of these comes.
    let found = prove_while(&url, 2, || {
        late += 1;
        let Some(id) = reserved.pop() else { return };
        Handle::current().block_on(async {
            transact(&*store, world.settle(&id)).await;
            for item in handed.take_all() {
                let (_, status) = transact(&*store, approved(&item)).await;
                assert_eq!(status, Status::Success);
            }
            transact(&*store, world.reserve(&format!("late-{late}"), 100)).await;
            handed.take_all();
        });
    })
    .await;
    assert_eq!(found, RESERVED, "what came later is not of that moment");
    let last = prove(&url).await;
    assert!(
        RESERVED < last && last <= RESERVED + late,
        "{late} came: {last}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_filled_again_may_be_there_already() {
    let url = test_kit::postgres::database();
    let store = node_with(&url, Arc::new(Nobody)).await;
    let world = World::make(&*store).await;
    for number in 0..3 {
        transact(&*store, world.reserve(&format!("reference-{number}"), 100)).await;
    }
    // Its own follower would take part.
    store.close().await;
    let indexed = || {
        rows(
            &url,
            "SELECT account, k FROM activity, \
            unnest(coalesce(keys, ARRAY[transaction_key])) AS k ORDER BY 1, 2",
        )
    };
    let mut session = Session::over(address(&url).open().await.expect("connected"));
    catch_up(&mut session, usize::MAX).await.expect("indexed");
    let first = indexed();
    assert!(!first.is_empty(), "there are parties");
    rows(&url, "DELETE FROM followed");
    catch_up(&mut session, usize::MAX).await.expect("again");
    assert_eq!(indexed(), first);
}

/// Checks from the start, or from where another check stood; gives what it wrote down last.
async fn check_from(url: &str, progress: Option<Vec<u8>>) -> (Report, Vec<u8>) {
    let client = address(url).connect().await.expect("connected");
    let progress = progress.map(|text| {
        let text = String::from_utf8(text).expect("a text");
        Progress::read_from(&text).expect("a progress")
    });
    tokio::task::block_in_place(|| {
        let mut kept = Vec::new();
        let options = audit::Options {
            progress,
            chunk: CHUNK,
            findings_max: FINDINGS_MAX,
            on_progress: &mut |progress| {
                kept.clear();
                progress.write_to(&mut kept).expect("a memory takes it");
            },
            elapsed: &|| Duration::ZERO,
        };
        let mut books = PostgresBooks::over(client, Handle::current());
        let report = audit::check(&mut books, options).expect("the books can be read");
        (report, kept)
    })
}

/// Whether a statement with these words has waited for a lock, for at least a second.
pub(super) fn waits(url: &str, words: &str) -> bool {
    waits_since(url, words, "1 minute")
}

/// The same, where it has not waited for longer than that.
pub(super) fn waits_since(url: &str, words: &str, most: &str) -> bool {
    let sql = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
        AND datname = current_database() AND query LIKE '%{words}%' \
        AND query_start < clock_timestamp() - interval '1 second' \
        AND clock_timestamp() - interval '{most}' < query_start"
    );
    rows(url, &sql)[0][0] != "0"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_goes_on_misses_nothing_that_was_under_way() {
    let url = test_kit::postgres::database();
    let handed = Arc::new(Handed::default());
    let terms = Parts::new().setup(1).terms;
    let options = Options {
        lanes: 1,
        ..Options::new(terms, handed.clone())
    };
    let store = PostgresStore::open(&address(&url), options).await;
    let store = Arc::new(store.expect("opened"));
    let other = node_with(&url, Arc::new(Nobody)).await;
    let world = World::make(&*store).await;
    let mut captures = Vec::new();
    for name in ["paid", "under-way"] {
        let (id, _) = transact(&*store, world.reserve(name, 100)).await;
        transact(&*store, approved(&handed.take_all()[0])).await;
        transact(&*store, world.settle(&id)).await;
        captures.push(approved(&handed.take_all()[0]));
    }
    let last = captures.pop().expect("the second");
    transact(&*store, captures.remove(0)).await;

    // The second has decided, and cannot write; meanwhile an hour passes elsewhere.
    let blocker = address(&url).connect().await.expect("connected");
    let lock = "SET idle_in_transaction_session_timeout = 0; \
        BEGIN; SELECT account FROM balances FOR UPDATE";
    blocker.batch_execute(lock).await.expect("locked");
    let charging = tokio::spawn(async move { transact(&*store, last).await });
    wait::until(|| waits(&url, "UPDATE balances")).await;
    submit(&*other, Advance { ms: HOUR_MS }.into()).await;
    transact(&*other, world.reserve("later", 100)).await;
    let begun = tokio::spawn({
        let url = url.clone();
        async move { check_from(&url, None).await }
    });
    wait::until(|| begun.is_finished() || waits(&url, "FROM lanes")).await;
    blocker.batch_execute("ROLLBACK").await.expect("let go");
    let (_, status) = charging.await.expect("charged");
    assert_eq!(status, Status::Success);

    let (first, progress) = begun.await.expect("checked");
    assert!(first.is_sound(), "{first}");
    let (second, _) = check_from(&url, Some(progress)).await;
    assert!(second.is_sound(), "{second}");
}
