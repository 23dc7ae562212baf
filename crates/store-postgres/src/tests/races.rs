//! Requests for the same thing from different nodes: one of them wins, and all say so.

use std::sync::Arc;

use payments::command::Outcome;
use payments::commands::{Cancel, InstallTokens};
use payments::rows::{Status, UsageLimit, UsageLimitKind};
use payments::{Command, Refusal, TransactionId};
use store::Store;
use store::conformance::Handed;
use store::conformance::world::{World, approved, sender_token, submit, transact};
use tokio::task::JoinSet;

use super::load::{node, node_with, prove, status_of, worlds};
use crate::PostgresStore;

/// Rounds of each race.
const ROUNDS: usize = 1_000;
/// Rounds under way at the same time: their batches meet.
const AT_ONCE: usize = 50;

type Answers = Vec<(Result<Outcome, Refusal>, Result<Outcome, Refusal>)>;

/// Sends each pair at the same time, the first to one node and the second to another.
async fn race(nodes: &[Arc<PostgresStore>; 2], pairs: Vec<(Command, Command)>) -> Answers {
    let mut answers = Vec::new();
    for few in pairs.chunks(AT_ONCE) {
        let mut tasks = JoinSet::new();
        for (one, other) in few.iter().cloned() {
            let [left, right] = nodes.clone();
            tasks.spawn(async move {
                let (one, other) = tokio::join!(left.submit(one), right.submit(other));
                (one.expect("answered"), other.expect("answered"))
            });
        }
        answers.extend(tasks.join_all().await);
    }
    answers
}

/// Two nodes, and reservations that the processor has approved.
async fn reserved(url: &str) -> ([Arc<PostgresStore>; 2], World, Vec<TransactionId>) {
    let handed = Arc::new(Handed::default());
    let nodes = [node_with(url, handed.clone()).await, node(url).await];
    let world = World::make(&*nodes[0]).await;
    let mut tasks = JoinSet::new();
    for number in 0..ROUNDS {
        let store = nodes[0].clone();
        let command = world.reserve(&format!("reserved-{number}"), 100);
        tasks.spawn(async move { transact(&*store, command).await.0 });
    }
    let ids = tasks.join_all().await;
    let mut tasks = JoinSet::new();
    for item in handed.take_all() {
        let store = nodes[1].clone();
        tasks.spawn(async move { transact(&*store, approved(&item)).await.1 });
    }
    let answered = tasks.join_all().await;
    assert_eq!(answered.len(), ROUNDS);
    assert!(answered.iter().all(|status| *status == Status::Reserved));
    (nodes, world, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_settles_wins() {
    let url = test_kit::postgres::database();
    let (nodes, world, ids) = reserved(&url).await;
    // Two requests, not one sent twice: their marks differ.
    let other = |id| {
        let mut command = world.settle(id);
        if let Command::Settle(settle) = &mut command {
            settle.by.mark = [9; 16];
        }
        command
    };
    let pair = |id| (world.settle(id), other(id));
    for (one, other) in race(&nodes, ids.iter().map(pair).collect()).await {
        let won = [&one, &other].map(|answer| status_of(answer).is_some());
        assert!(won[0] != won[1], "one settles: {one:?}, {other:?}");
    }
    close(&nodes).await;
    prove(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settle_or_a_cancel_wins() {
    let url = test_kit::postgres::database();
    let (nodes, world, ids) = reserved(&url).await;
    let cancel = |id: &TransactionId| {
        Command::from(Cancel {
            by: world.by(),
            transaction: id.clone(),
            description: None,
            ipn_url: None,
        })
    };
    let pair = |id| (world.settle(id), cancel(id));
    for (settle, cancel) in race(&nodes, ids.iter().map(pair).collect()).await {
        match (status_of(&settle), status_of(&cancel)) {
            (Some(Status::Pending), None) | (None, Some(Status::Cancelled)) => {}
            _ => panic!("one of them wins: {settle:?}, {cancel:?}"),
        }
    }
    close(&nodes).await;
    prove(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reference_is_one_transaction_on_every_node() {
    let url = test_kit::postgres::database();
    let nodes = [node(&url).await, node(&url).await];
    let worlds = worlds(&*nodes[0], 2).await;
    let pair = |number: usize| {
        let name = format!("the-same-{number}");
        // Different tokens go to different lanes; the same request must still be one.
        let command = worlds[number % 2].reserve(&name, 100);
        (command.clone(), command)
    };
    for (one, other) in race(&nodes, (0..ROUNDS).map(pair).collect()).await {
        assert!(status_of(&one).is_some(), "{one:?}");
        assert_eq!(one, other, "both say the same");
    }
    // The same reference for different things: one is made, the other is told so.
    let pair = |number: usize| {
        let name = format!("contested-{number}");
        (worlds[0].reserve(&name, 100), worlds[1].reserve(&name, 200))
    };
    for (one, other) in race(&nodes, (0..ROUNDS).map(pair).collect()).await {
        let won = [&one, &other].map(|answer| status_of(answer).is_some());
        assert!(won[0] != won[1], "one is made: {one:?}, {other:?}");
    }
    close(&nodes).await;
    let made = u64::try_from(2 * ROUNDS).expect("a count");
    assert_eq!(prove(&url).await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_used_no_more_often_than_agreed() {
    let url = test_kit::postgres::database();
    let nodes = [node(&url).await, node(&url).await];
    let world = World::make(&*nodes[0]).await;
    let few = InstallTokens {
        limits: vec![UsageLimit {
            kind: UsageLimitKind::Count(u32::try_from(ROUNDS).expect("a count")),
            period: None,
        }],
        ..sender_token(world.caller, world.sender, world.card, "limited")
    };
    let Outcome::Tokens { token, .. } = submit(&*nodes[0], few.into()).await else {
        panic!("a token");
    };
    let world = World { token, ..world };
    let pair = |number: usize| {
        let reserve = |side: &str| world.reserve(&format!("{side}-{number}"), 100);
        (reserve("left"), reserve("right"))
    };
    let answers = race(&nodes, (0..ROUNDS).map(pair).collect()).await;
    let all = answers.iter().flat_map(|(one, other)| [one, other]);
    let used = all.filter(|answer| status_of(answer).is_some()).count();
    assert_eq!(used, ROUNDS, "two nodes, one limit");
    close(&nodes).await;
    prove(&url).await;
}

async fn close(nodes: &[Arc<PostgresStore>]) {
    for node in nodes {
        node.close().await;
    }
}
