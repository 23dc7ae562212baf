//! A node decides on rows that it remembers. What another node has written since must be noticed:
//! where the row is written, where it is only looked at, and where nothing is written at all.

use std::sync::Arc;

use payments::command::Outcome;
use payments::commands::{CancelToken, Canceller};
use payments::rows::Status;
use payments::{Command, Refusal, TransactionId};
use store::Store;
use store::conformance::Handed;
use store::conformance::world::{World, approved, submit, transact};
use test_kit::postgres::rows;

use super::checks::waits;
use super::load::{node, node_with, prove, status_of};
use super::{address, wait};
use crate::PostgresStore;

type Answer = Result<Outcome, Refusal>;

async fn ask(node: &PostgresStore, command: Command) -> Answer {
    node.submit(command).await.expect("answered")
}

/// Two nodes that both remember the token, and what is handed over by either.
async fn two(url: &str) -> ([Arc<PostgresStore>; 2], World, Arc<Handed>) {
    let handed = Arc::new(Handed::default());
    let nodes = [
        node_with(url, handed.clone()).await,
        node_with(url, handed.clone()).await,
    ];
    let world = World::make(&*nodes[0]).await;
    for (number, node) in nodes.iter().enumerate() {
        submit(&**node, world.reserve(&format!("first-{number}"), 100)).await;
    }
    (nodes, world, handed)
}

async fn close(nodes: &[Arc<PostgresStore>], url: &str) {
    for node in nodes {
        node.close().await;
    }
    prove(url).await;
}

fn cancel(world: &World) -> Command {
    Command::from(CancelToken {
        by: Canceller::Owner(world.sender),
        token: world.token.clone(),
        reason: None,
        ipn_url: None,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_another_node_has_ended_is_not_charged() {
    let url = test_kit::postgres::database();
    let (nodes, world, _) = two(&url).await;
    submit(&*nodes[1], cancel(&world)).await;
    let [here, there] = [
        ask(&nodes[0], world.reserve("after", 100)).await,
        ask(&nodes[1], world.reserve("too-late", 100)).await,
    ];
    assert!(here.is_err(), "{here:?}");
    assert_eq!(here, there, "both nodes know");
    close(&nodes, &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_another_node_has_used_gives_its_answer() {
    let url = test_kit::postgres::database();
    let (nodes, world, _) = two(&url).await;
    let made = ask(&nodes[0], world.reserve("once", 100)).await;
    assert!(status_of(&made).is_some(), "{made:?}");
    assert_eq!(ask(&nodes[1], world.reserve("once", 100)).await, made);
    // The other node would refuse it now, and write nothing.
    let again = ask(&nodes[0], world.reserve("twice", 100)).await;
    submit(&*nodes[1], cancel(&world)).await;
    let nodes = [nodes, [node(&url).await, node(&url).await]].concat();
    for node in &nodes[1..] {
        assert_eq!(ask(node, world.reserve("twice", 100)).await, again);
    }
    close(&nodes, &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_another_node_has_moved_on_is_not_moved_twice() {
    let url = test_kit::postgres::database();
    let (nodes, world, handed) = two(&url).await;
    let mut ids: Vec<TransactionId> = Vec::new();
    for item in handed.take_all() {
        let (id, status) = transact(&*nodes[0], approved(&item)).await;
        assert_eq!(status, Status::Reserved);
        ids.push(id);
        // Nothing is left to be done: the same answer again is only looked at.
        submit(&*nodes[1], approved(&item)).await;
    }
    for id in &ids {
        submit(&*nodes[1], world.settle(id)).await;
    }
    for item in handed.take_all() {
        submit(&*nodes[1], approved(&item)).await;
    }
    let other = |id| {
        let mut command = world.settle(id);
        if let Command::Settle(settle) = &mut command {
            settle.by.mark = [9; 16];
        }
        command
    };
    for id in &ids {
        let refused = ask(&nodes[0], other(id)).await;
        assert!(refused.is_err(), "{refused:?}");
        assert_eq!(refused, ask(&nodes[1], other(id)).await);
    }
    close(&nodes, &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_not_kept_on_a_mark_that_is_gone() {
    let url = test_kit::postgres::database();
    let (nodes, world, _) = two(&url).await;
    // The row as it was under another mark: nothing but the mark tells that somebody was there.
    rows(&url, "UPDATE tokens SET written_by = written_by + 1");
    let before = failures(&nodes[0]);
    let made = ask(&nodes[0], world.reserve("after", 100)).await;
    assert!(status_of(&made).is_some(), "{made:?}");
    assert_eq!(failures(&nodes[0]), before + 1, "it was decided again");
    let made = ask(&nodes[0], world.reserve("later", 100)).await;
    assert!(status_of(&made).is_some(), "{made:?}");
    assert_eq!(failures(&nodes[0]), before + 1, "it is remembered anew");
    close(&nodes, &url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_up_late_is_waited_for_at_the_next_try() {
    let url = test_kit::postgres::database();
    let (nodes, world, _) = two(&url).await;
    let made = ask(&nodes[0], world.reserve("once", 100)).await;
    // Only the reference names the transaction, and that is known when locks are held already.
    let holder = address(&url).connect().await.expect("connected");
    let lock = "SET idle_in_transaction_session_timeout = 0; \
        BEGIN; SELECT key FROM transactions FOR UPDATE";
    holder.batch_execute(lock).await.expect("locked");
    let before = failures(&nodes[1]);
    let (node, again) = (nodes[1].clone(), world.reserve("once", 100));
    let asking = tokio::spawn(async move { ask(&node, again).await });
    wait::until(|| waits(&url, "FROM transactions")).await;
    assert_eq!(failures(&nodes[1]), before + 2, "taken for new; then late");
    holder.batch_execute("ROLLBACK").await.expect("let go");
    assert_eq!(asking.await.expect("answered"), made);
    assert_eq!(failures(&nodes[1]), before + 2, "it has waited once");
    close(&nodes, &url).await;
}

fn failures(node: &PostgresStore) -> u64 {
    let figures = node.figures();
    let found = figures
        .into_iter()
        .find(|(name, _)| *name == "store_failures_total");
    found.map_or(0, |(_, count)| count)
}
