//! The database goes away: killed, replaced by its standby, or only the connections.

use std::time::Duration;

use store::Store;
use test_kit::postgres::{Postgres, rows};

use super::load::{insist, node, prove, reserve_under, status_of, worlds};
use super::wait;

/// Callers at the same time.
const CALLERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn lost_connections_give_no_false_answer() {
    let server = Postgres::start();
    let url = server.database("connections");
    let stores = [node(&url).await, node(&url).await];
    let worlds = worlds(&*stores[0], CALLERS).await;
    let disturb = async {
        for _ in 0..25 {
            wait::for_answers(&stores, 25).await;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE application_name = 'holdfast'";
            tokio::task::block_in_place(|| server.sql("postgres", cut));
        }
    };
    let seen = reserve_under(&stores, &worlds, 60, disturb).await;
    for store in &stores {
        store.close().await;
    }
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(prove(&url).await, count, "nothing lost, nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_killed_under_load_and_started_again_has_lost_nothing() {
    let mut server = Postgres::start();
    let url = server.database("killed");
    let stores = [node(&url).await, node(&url).await];
    let worlds = worlds(&*stores[0], CALLERS).await;
    let disturb = async {
        for _ in 0..3 {
            wait::for_answers(&stores, 150).await;
            tokio::task::block_in_place(|| {
                server.kill();
                server.start_again();
            });
        }
    };
    let seen = reserve_under(&stores, &worlds, 60, disturb).await;
    for store in &stores {
        store.close().await;
    }
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(prove(&url).await, count, "nothing lost, nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_takes_over_without_a_loss() {
    let mut primary = Postgres::start();
    primary.database("failover");
    let standby = primary.standby(true);
    let url = both(&primary, &standby, "failover");
    let stores = [node(&url).await, node(&url).await];
    let worlds = worlds(&*stores[0], CALLERS).await;
    let disturb = async {
        wait::for_answers(&stores, 300).await;
        tokio::task::block_in_place(|| {
            primary.kill();
            standby.promote();
        });
    };
    let seen = reserve_under(&stores, &worlds, 60, disturb).await;
    for store in &stores {
        let closed = tokio::time::timeout(Duration::from_secs(30), store.close());
        closed.await.expect("a store closes");
    }
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(
        prove(&url).await,
        count,
        "what was answered is on the new primary"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_primary_that_says_nothing_is_left_for_its_standby() {
    let mut primary = Postgres::start();
    primary.database("frozen");
    let standby = primary.standby(true);
    let url = both(&primary, &standby, "frozen");
    let stores = [node(&url).await, node(&url).await];
    let worlds = worlds(&*stores[0], CALLERS).await;
    let disturb = async {
        wait::for_answers(&stores, 150).await;
        tokio::task::block_in_place(|| {
            primary.freeze();
            standby.promote();
        });
    };
    let seen = reserve_under(&stores, &worlds, 40, disturb).await;
    for store in &stores {
        store.close().await;
    }
    // Not before: it would take connections again.
    primary.kill();
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(prove(&url).await, count, "nothing lost, nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_no_standby_has_is_not_answered() {
    let mut primary = Postgres::start();
    primary.database("alone");
    let mut standby = primary.standby(true);
    let url = both(&primary, &standby, "alone");
    let store = node(&url).await;
    let world = worlds(&*store, 1).await.remove(0);
    let command = world.reserve("waits", 100);
    standby.kill();
    let waiting = tokio::spawn({
        let (store, command) = (store.clone(), command.clone());
        async move { store.submit(command).await }
    });
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    wait::until(|| rows(&primary.url("alone"), waits)[0][0] != "0").await;
    // It is on this disk, and shows when the server starts again.
    tokio::task::block_in_place(|| {
        primary.kill();
        primary.start_again();
    });
    let kept = "SELECT count(*) FROM caller_references";
    assert_eq!(rows(&primary.url("alone"), kept)[0][0], "1");
    let answer = waiting.await.expect("no panic");
    assert!(
        answer.is_err(),
        "the standby may still take over: {answer:?}"
    );
    let again = store.submit(command.clone()).await;
    assert!(again.is_err(), "nor when it is asked for again: {again:?}");
    assert!(store.ready().await.is_err(), "it cannot write");
    tokio::task::block_in_place(|| standby.start_again());
    let answer = insist(&*store, &command).await;
    assert!(status_of(&answer).is_some(), "{answer:?}");
    assert!(store.ready().await.is_ok(), "it can again");
    store.close().await;
    assert_eq!(prove(&url).await, 1);
}

/// The address of a primary and its standby.
fn both(primary: &Postgres, standby: &Postgres, name: &str) -> String {
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
    format!("postgres://holdfast@{hosts}/{name}?sslmode=disable&connect_timeout=2")
}
