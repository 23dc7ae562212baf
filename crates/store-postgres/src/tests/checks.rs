//! A check beside payments.

use std::sync::Arc;

use payments::rows::Status;
use store::Store;
use store::conformance::Handed;
use store::conformance::world::{World, approved, transact};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::address;
use super::load::{Nobody, node_with, prove, prove_while};
use crate::follow::catch_up;
use crate::session::Session;

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
        test_kit::postgres::rows(
            &url,
            "SELECT account, k FROM activity, \
            unnest(coalesce(keys, ARRAY[transaction_key])) AS k ORDER BY 1, 2",
        )
    };
    let mut session = Session::new(address(&url).connect().await.expect("connected"));
    catch_up(&mut session, usize::MAX).await.expect("indexed");
    let first = indexed();
    assert!(!first.is_empty(), "there are parties");
    test_kit::postgres::rows(&url, "DELETE FROM followed");
    catch_up(&mut session, usize::MAX).await.expect("again");
    assert_eq!(indexed(), first);
}
