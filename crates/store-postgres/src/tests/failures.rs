//! The database goes away: killed, replaced by its standby, or only the connections.

use std::time::Duration;

use test_kit::postgres::Postgres;

use super::load::{node, prove, reserve_under, worlds};
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
        store::Store::close(&**store).await;
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
        store::Store::close(&**store).await;
    }
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(prove(&url).await, count, "nothing lost, nothing twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_takes_over_without_a_loss() {
    let mut primary = Postgres::start();
    primary.database("failover");
    let standby = primary.standby(true);
    let hosts = format!("127.0.0.1:{},127.0.0.1:{}", primary.port(), standby.port());
    let url = format!("postgres://holdfast@{hosts}/failover?sslmode=disable&connect_timeout=2");
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
        let closed = tokio::time::timeout(Duration::from_secs(30), store::Store::close(&**store));
        closed.await.expect("a store closes");
    }
    let count = u64::try_from(seen.len()).expect("a count");
    assert_eq!(
        prove(&url).await,
        count,
        "what was answered is on the new primary"
    );
}
