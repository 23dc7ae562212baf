//! More rows of the index in one part of a second than are read at a time, and rows that overlap.

use payments::TransactionId;
use payments::rows::Transaction;
use store::activity::{Activity, ActivityFilter, ActivityPage, NextPage};
use store::conformance::Parts;
use store::conformance::world::{World, transact};
use store::{Found, Query, Store};
use test_kit::postgres::rows;

use super::{address, options};
use crate::PostgresStore;

/// More than are read at a time, in one millisecond.
const ALONE: usize = 300;
/// As many again, indexed a few at a time.
const TOGETHER: usize = 40;

async fn page(store: &dyn Store, asked: Activity) -> ActivityPage {
    match store.find(Query::Activity(asked)).await {
        Ok(Found::Activity(page)) => page,
        other => panic!("a page: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_the_newest_are_complete_within_one_part_of_a_second() {
    let url = test_kit::postgres::database();
    let parts = Parts::new();
    let opening = PostgresStore::open(&address(&url), options(parts.setup(1))).await;
    let store = opening.expect("opened");
    let world = World::make(&store).await;
    let asked = |from, most| Activity {
        account: world.caller,
        from,
        to: i64::MAX,
        most,
        filter: ActivityFilter::default(),
    };
    let mut made: Vec<TransactionId> = Vec::new();
    for at in 0..ALONE + TOGETHER {
        let reserve = world.reserve(&format!("reference-{at}"), 100);
        made.push(transact(&store, reserve).await.0);
        // A question brings the index up to the newest batch.
        if at < ALONE || at % 7 == 0 {
            page(&store, asked(0, 1)).await;
        }
    }
    let (mut seen, mut from) = (Vec::new(), 0);
    loop {
        let page = page(&store, asked(from, 101)).await;
        seen.extend(page.rows.iter().map(Transaction::id));
        let Some(NextPage { key, .. }) = page.next else {
            break;
        };
        from = key;
    }
    assert_eq!(seen, made);
    let several = "SELECT count(*) FROM activity WHERE 1 < cardinality(keys)";
    assert_ne!(rows(&url, several), [["0"]], "some rows name several");
    for most in [1, 3, 39, 300, 1_000] {
        let account = world.caller;
        let found = store.find(Query::ActivityOf { account, most }).await;
        let Ok(Found::Transactions(newest)) = found else {
            panic!("transactions: {found:?}");
        };
        let newest = newest.iter().map(Transaction::id);
        assert!(newest.eq(made.iter().rev().take(most).cloned()), "{most}");
    }
    store.close().await;
}
