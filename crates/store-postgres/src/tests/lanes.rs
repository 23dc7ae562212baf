//! What a lane does when things go wrong beside the database.

use std::sync::Arc;

use payments::command::LEASE_MS;
use payments::commands::Set;
use payments::rows::WorkKind;
use payments::{ChangeSet, Timestamp, TransactionKey};
use store::chain::Chain;
use store::claim::LEASE_SPARE_MS;
use store::conformance::world::{World, submit};
use store::conformance::{Handed, Parts};
use store::{ManualClock, Outage, Store};
use test_kit::postgres::{database, rows};
use tokio::runtime::Handle;

use super::checks::waits_since;
use super::load::{Nobody, node, node_with};
use super::{address, wait};
use crate::error::Failure;
use crate::known::Known;
use crate::session::Session;
use crate::write::write;
use crate::{Options, PostgresStore, lease};

/// Some time of some day.
const NOON: Timestamp = Timestamp(1_700_000_000_000);

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_lane_has_stopped_is_not_ready() {
    let terms = Parts::new().setup(1).terms;
    let options = Options {
        watch: Some(Arc::new(|_| panic!("a bug beside the decisions"))),
        ..Options::new(terms, Arc::new(Nobody))
    };
    let store = PostgresStore::open(&address(&database()), options).await;
    let store = store.expect("opened");
    assert!(store.ready().await.is_ok());
    let (name, value) = ("name".to_owned(), "value".to_owned());
    let answer = store.submit(Set { name, value }.into()).await;
    // It is kept: nobody may say that nothing was done.
    assert!(matches!(answer, Err(Outage::Failed { .. })), "{answer:?}");
    let handle = Handle::current();
    wait::until(|| handle.block_on(store.ready()).is_err()).await;
    let ready = store.ready().await;
    assert!(matches!(ready, Err(Outage::Failed { .. })), "{ready:?}");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_is_its_holders_also_under_the_same_fence() {
    let url = database();
    node(&url).await.close().await;
    let client = address(&url).connect().await.expect("connected");
    let now = Timestamp(i64::MAX / 2);
    let mine = lease::take(&client, "me", now).await.expect("taken");
    let until = now.plus_ms(1);
    assert!(
        lease::renew(&client, "me", mine, until)
            .await
            .expect("asked")
    );
    // A standby took over that had not heard of it; somebody took the lane there.
    rows(&url, "UPDATE lanes SET holder = 'somebody'");
    assert!(
        !lease::renew(&client, "me", mine, until)
            .await
            .expect("asked")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_nobody_has_read_and_that_is_not_there_fails_before_the_commit() {
    let url = database();
    let handed = Arc::new(Handed::default());
    let store = node_with(&url, handed.clone()).await;
    let world = World::make(&*store).await;
    submit(&*store, world.reserve("there", 100)).await;
    store.close().await;
    let row = handed.take_all().remove(0).transaction.expect("its own");
    let missing = TransactionKey(row.key.0 - 1);
    let mut changes = ChangeSet::default();
    changes.transactions.push((missing, Some(row)));
    let batch = Chain::after(999, None).link(&changes, i64::MAX - 9, i64::MAX - 1);
    let mut session = Session::over(address(&url).open().await.expect("connected"));
    session
        .client()
        .batch_execute("BEGIN")
        .await
        .expect("begun");
    let steps = write(&mut session, &changes, &Known::default(), &batch).await;
    let done = session.pipeline(&steps.expect("prepared")).await;
    assert!(matches!(done, Err(Failure::Race(_))), "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_long_under_way_is_claimed_and_not_handed_over() {
    let url = database();
    let (clock, handed) = (Arc::new(ManualClock::at(NOON)), Arc::new(Handed::default()));
    let options = Options {
        clock: Some(clock.clone()),
        ..Options::new(Parts::new().setup(1).terms, handed.clone())
    };
    let store = PostgresStore::open(&address(&url), options).await;
    let store = Arc::new(store.expect("opened"));
    let world = World::make(&*store).await;
    submit(&*store, world.reserve("quick", 100)).await;
    assert_eq!(handed.take_all().len(), 1);

    let blocker = address(&url).connect().await.expect("connected");
    let lock = "SET idle_in_transaction_session_timeout = 0; \
        BEGIN; LOCK TABLE events IN EXCLUSIVE MODE";
    blocker.batch_execute(lock).await.expect("locked");
    let reserving = tokio::spawn({
        let (store, command) = (store.clone(), world.reserve("slow", 100));
        async move { submit(&*store, command).await }
    });
    // Long before it gives up and decides anew.
    wait::until(|| waits_since(&url, "INSERT INTO events", "4 seconds")).await;
    clock.advance(LEASE_SPARE_MS + 1);
    blocker.batch_execute("ROLLBACK").await.expect("let go");
    reserving.await.expect("kept");
    assert!(handed.take_all().is_empty(), "another node may have it");
    clock.advance(LEASE_MS);
    let claimed = store.claim(vec![WorkKind::Authorize], 9).await;
    let claimed = claimed.expect("claimed");
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|item| !item.fresh));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_takes_two_round_trips_however_many_commands_it_has() {
    let store = node(&database()).await;
    let world = World::make(&*store).await;
    // The first has to find out what payments need.
    submit(&*store, world.reserve("first", 100)).await;
    let figure = |name| {
        let figures = store.figures();
        let found = figures.into_iter().find(|(own, _)| *own == name);
        found.expect("a figure").1
    };
    let figures = || {
        (
            figure("store_batches_total"),
            figure("store_round_trips_total"),
        )
    };
    for (round, size) in [1, 1, 2, 20, 200].into_iter().enumerate() {
        let (batches, trips) = figures();
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..size {
            let store = store.clone();
            let command = world.reserve(&format!("{round}-{number}"), 100);
            tasks.spawn(async move { submit(&*store, command).await });
        }
        tasks.join_all().await;
        let (batches, trips) = (figure("store_batches_total") - batches, trips);
        assert!(batches <= size, "{batches} batches for {size} commands");
        let trips = figure("store_round_trips_total") - trips;
        assert_eq!(trips, 2 * batches, "{batches} batches for {size} commands");
    }
    store.close().await;
}
