//! A check beside payments.

use std::sync::Arc;

use payments::rows::Status;
use store::conformance::Handed;
use store::conformance::world::{World, approved, transact};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::load::{node_with, prove, prove_while};

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
