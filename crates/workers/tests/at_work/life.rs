//! Transactions from request to end, with the real sandbox processor.

use crate::wait;
use crate::wait::until;
use crate::work::figure;
use std::sync::Arc;
use std::time::Duration;

use crate::world::{World, dollars};
use payments::Timestamp;
use payments::commands::{Cancel, Refund};
use payments::rows::{Release, State, Status, StatusCode};
use payments::time::DAY_MS;
use payments::{CallerReference, Outcome, RefundAsked};
use processor::SandboxOptions;
use store::{Found, Query, Store};
use workers::Desk;
use workers::outbound::Limits;

const APPROVED: &str = "4242424242424242";

fn reserved(row: &payments::rows::Transaction) -> bool {
    row.status() == Status::Reserved
}

#[tokio::test]
async fn a_reservation_is_settled_and_refunded_with_one_call_each() {
    let world = World::plain().await;
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    world.until(&id, reserved).await;
    world.settle(&id, dollars(15)).await;
    let settled = world
        .until(&id, |row| row.status() == Status::Success)
        .await;
    assert_eq!(settled.settled, dollars(15));
    let asked = RefundAsked {
        transaction: id.clone(),
        amount: Some(dollars(4)),
        caller_description: None,
        policy: None,
        ipn_url: None,
    };
    let reference = CallerReference::parse("back").unwrap();
    let refund = world
        .submit(Refund {
            by: world.by(),
            reference,
            asked,
        })
        .await;
    let Outcome::Transaction { id: refund, .. } = refund else {
        panic!("no refund: {refund:?}");
    };
    world
        .until(&refund, |row| row.status() == Status::Success)
        .await;
    let statement = world.statement();
    let line = |row: &processor::StatementRow| (row.key.to_string(), row.amount_micros);
    let mut expected = vec![
        (format!("{id}/authorize"), 20_000_000),
        (format!("{id}/capture"), 15_000_000),
        (format!("{refund}/refund"), 4_000_000),
    ];
    expected.sort();
    assert_eq!(statement.iter().map(line).collect::<Vec<_>>(), expected);
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn each_card_comes_to_its_end() {
    let world = World::plain().await;
    let workers = world.work();
    for (number, status) in [
        (APPROVED, Status::Reserved),
        ("4000000000000002", Status::Failure),
        ("4000000000003030", Status::Reserved),
        ("4000000000003048", Status::Failure),
    ] {
        let id = world.reserve(&world.token(number).await, number).await;
        world.until(&id, |row| row.status() == status).await;
    }
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_cancelled_reservation_is_released() {
    let world = World::plain().await;
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    world.until(&id, reserved).await;
    let (by, transaction) = (world.by(), id.clone());
    world
        .submit(Cancel {
            by,
            transaction,
            description: None,
            ipn_url: None,
        })
        .await;
    world.until(&id, |row| row.release == Release::Done).await;
    assert_eq!(
        world.calls(),
        [("authorize".into(), true), ("void".into(), true)]
    );
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_ended_before_it_was_sent_is_never_sent() {
    let world = World::plain().await;
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    let (by, transaction) = (world.by(), id.clone());
    world
        .submit(Cancel {
            by,
            transaction,
            description: None,
            ipn_url: None,
        })
        .await;
    // Nobody works yet; the work waits on the desk for longer than a moment.
    tokio::time::pause();
    tokio::time::advance(Duration::from_millis(600)).await;
    tokio::time::resume();
    let workers = world.work();
    world.until(&id, |row| row.release == Release::Done).await;
    assert_eq!(world.calls(), []);
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_another_node_left_is_looked_up_before_it_is_sent() {
    let world = World::plain().await;
    let token = world.token(APPROVED).await;
    let id = world.reserve(&token, "one").await;
    // This node's desk knows nothing of it, as after a crash.
    let desk = Desk::new();
    let workers = world.work_with(desk, world.processor.clone(), Limits::default());
    world.clock.advance(31_000);
    world.until(&id, reserved).await;
    let figures = workers.figures();
    let figure = |name| figures.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(figure("workers_claimed_total"), 1);
    assert_eq!(figure("processor_look_ups_total"), 1);
    assert_eq!(figure("processor_calls_total"), 1);
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn calls_that_found_no_place_come_back_when_there_is_room() {
    const PLACES: usize = 3;
    const MANY: usize = 20;
    let desk = Desk::with_limits(PLACES, PLACES);
    let world = World::at(desk, None, SandboxOptions::default()).await;
    let token = world.token(APPROVED).await;
    let mut ids = Vec::new();
    for number in 0..MANY {
        ids.push(world.reserve(&token, &number.to_string()).await);
    }
    // No lease lapses in this test: real time stands still.
    let workers = world.work();
    let figure = |name| {
        let figures = workers.figures();
        figures.iter().find(|(known, _)| *known == name).unwrap().1
    };
    let most = u64::try_from(MANY - PLACES).unwrap();
    assert_eq!(figure("workers_overflow_total"), most);
    for id in &ids {
        world.until(id, reserved).await;
        workers.nudge();
    }
    assert_eq!(figure("workers_claimed_total"), 0);
    // What was put off is looked up before it is sent, whoever put it off.
    assert!(most <= figure("processor_look_ups_total"));
    assert_eq!(world.calls().len(), MANY);
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_card_under_verification_is_asked_about_until_it_is_known() {
    let world = World::plain().await;
    let workers = world.work();
    let id = world
        .reserve(&world.token("4000000000003097").await, "one")
        .await;
    world
        .until(&id, |row| row.state == State::Authorising)
        .await;
    let deferred = || {
        let figures = workers.figures();
        figures
            .iter()
            .any(|(name, value)| *name == "workers_deferred_total" && 0 < *value)
    };
    until(deferred).await;
    world.clock.advance(61_000);
    world.until(&id, reserved).await;
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_is_never_known_waits_for_a_person() {
    let key_lifetime = Duration::from_mins(10);
    let world = World::new(
        None,
        SandboxOptions {
            key_lifetime,
            ..Default::default()
        },
    )
    .await;
    let workers = world.work();
    let id = world
        .reserve(&world.token("4000000000003089").await, "one")
        .await;
    // Time passes in steps, so that it is put off and tried again until the key is too old.
    let waiting = |row: &payments::rows::Transaction| row.code == StatusCode::PendingVerification;
    for _ in 0..400 {
        world.clock.advance(5_000);
        workers.nudge();
        for _ in 0..10 {
            wait::a_little().await;
        }
        if waiting(&world.transaction(id.key().unwrap()).await) {
            break;
        }
    }
    let row = world.until(&id, waiting).await;
    assert_eq!(row.state, State::Authorising);
    let stuck = Query::Stuck {
        before: Timestamp(0),
        most: 10,
    };
    let Found::Works(stuck) = world.store.find(stuck).await.unwrap() else {
        panic!("no works");
    };
    assert_eq!(stuck.len(), 1);
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn the_cursor_expires_what_is_seven_days_old_and_nothing_younger() {
    let world = World::plain().await;
    let workers = world.work();
    let token = world.token(APPROVED).await;
    let mut old = Vec::new();
    for number in 0..30 {
        old.push(world.reserve(&token, &format!("old {number}")).await);
    }
    for id in &old {
        world.until(id, reserved).await;
    }
    world.advance(6 * DAY_MS).await;
    let young = world.reserve(&token, "young").await;
    world.until(&young, reserved).await;
    world.advance(DAY_MS + 7_000).await;
    workers.nudge();
    for id in &old {
        let ended = world.until(id, |row| row.release == Release::Done).await;
        assert_eq!(
            (ended.state, ended.code),
            (State::Cancelled, StatusCode::Expired)
        );
    }
    assert!(reserved(&world.transaction(young.key().unwrap()).await));
    workers.stop(Duration::from_secs(5)).await;

    // The cursor was written: a new node begins where the old one stopped.
    let mut want = payments::ReadSet::default();
    want.settings.insert("expiry-cursor".to_owned());
    let seen = world.store.see(want).await.unwrap();
    let cursor: i64 = seen
        .settings
        .get(&"expiry-cursor".to_owned())
        .unwrap()
        .parse()
        .unwrap();
    assert!(old.iter().all(|id| id.key().unwrap().0 <= cursor));
    assert!(cursor < young.key().unwrap().0);
}

#[tokio::test]
async fn a_late_reservation_expires_by_its_own_row() {
    let world = World::plain().await;
    let id = world.reserve(&world.token(APPROVED).await, "late").await;
    // The processor is asked a minute after the request.
    world.clock.advance(20_000);
    let workers = world.work();
    world.until(&id, reserved).await;
    let deadline = world
        .transaction(id.key().unwrap())
        .await
        .deadline()
        .unwrap();
    let now = world.store.now().await.unwrap().product;
    world.advance(deadline.ms_since(now) - 1).await;
    workers.nudge();
    until(|| walked_to_the_end(&workers)).await;
    assert!(reserved(&world.transaction(id.key().unwrap()).await));
    world.advance(1).await;
    workers.nudge();
    let ended = world
        .until(&id, |row| row.status() == Status::Cancelled)
        .await;
    assert_eq!(ended.completed_at, Some(deadline));
    workers.stop(Duration::from_secs(5)).await;
}

/// The walk has come by and found that it was too early.
fn walked_to_the_end(workers: &workers::Workers) -> bool {
    workers
        .figures()
        .iter()
        .any(|(name, value)| *name == "expiries_total" && 0 < *value)
}

#[tokio::test]
async fn stopping_leaves_the_rest_to_its_leases() {
    let world = World::plain().await;
    world.processor.set_paused(true);
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    until(|| is_calling(&workers)).await;
    workers.stop(Duration::from_millis(50)).await;
    world.processor.set_paused(false);
    assert_eq!(
        world.transaction(id.key().unwrap()).await.state,
        State::Authorising
    );
    world.clock.advance(31_000);
    let desk: Arc<Desk> = Desk::new();
    let workers = world.work_with(desk, world.processor.clone(), Limits::default());
    world.until(&id, reserved).await;
    workers.stop(Duration::from_secs(5)).await;
}

fn is_calling(workers: &workers::Workers) -> bool {
    0 < figure(workers, "processor_calls_total")
}
