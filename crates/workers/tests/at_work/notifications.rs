//! Notifications, delivered to real receivers on loopback.

use crate::wait;
use std::collections::HashMap;
use std::time::Duration;

use crate::receiver::Receiver;
use crate::work::figure;
use crate::world::{CERTIFICATE_URL, World};
use payments::rows::{Delivery, Document, DocumentId, Status};
use payments::time::DAY_MS;
use payments::{Command, TransactionId, commands};
use processor::SandboxOptions;
use signing::{UrlParts, webhook::WebhookSecret};
use store::{Clock, Found, Query, Store};
use workers::outbound::Limits;

const APPROVED: &str = "4242424242424242";

async fn world(url: String) -> World {
    World::new(Some(url), SandboxOptions::default()).await
}

/// Waits until the first notifications of a transaction stand so.
async fn until_delivery(world: &World, id: &TransactionId, want: &[Delivery]) {
    for _ in 0..4_000 {
        let rows = world.notifications(id).await;
        let states: Vec<_> = rows.iter().map(|row| row.delivery).collect();
        if states == want {
            return;
        }
        wait::a_little().await;
    }
    panic!("it never came to that: {:?}", world.notifications(id).await);
}

#[tokio::test]
async fn both_signatures_hold_and_the_order_is_kept() {
    let receiver = Receiver::always(200).await;
    let url = receiver.url("/ipn hook?shop=7");
    let world = world(url.clone()).await;
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    let received = receiver.wait(2).await;
    until_delivery(&world, &id, &[Delivery::Delivered; 2]).await;
    assert_eq!(received[0].field("transactionStatus"), "PENDING");
    assert_eq!(received[1].field("transactionStatus"), "RESERVED");

    let target = UrlParts::parse(&url).unwrap();
    for one in &received {
        assert_eq!(one.target, "/ipn%20hook?shop=7");
        assert_eq!(one.field("certificateUrl"), CERTIFICATE_URL);
        let pairs = signing::form::parse(&one.body, &signing::form::Limits::DEFAULT).unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .filter(|(name, _)| name != "signature")
            .collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
        let again = world
            .ring
            .key
            .sign_message(signing::Verb::Post, &target, &pairs);
        assert_eq!(one.field("signature"), again);
        let secret = WebhookSecret::from_bytes(&[9; 32]).unwrap();
        let seconds = one.header("webhook-timestamp").parse().unwrap();
        let signature = one.header("webhook-signature");
        assert!(secret.verify(one.header("webhook-id"), seconds, &one.body, signature));
    }
    assert_eq!(receiver.connections(), 1, "the connection is kept");
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn an_earlier_secret_signs_beside_the_present_one_until_its_end() {
    for (left_ms, count) in [(DAY_MS, 2), (0, 1)] {
        let receiver = Receiver::always(200).await;
        let world = world(receiver.url("/ipn")).await;
        let document = Document {
            content: signing::webhook::secret_text(&[8; 32]),
            expires_at: world.clock.real().plus_ms(left_ms),
        };
        let id = DocumentId::earlier_webhook_secret(world.caller);
        world.submit(commands::Keep { id, document }).await;
        let workers = world.work();
        world.reserve(&world.token(APPROVED).await, "one").await;
        for one in &receiver.wait(2).await {
            let header = one.header("webhook-signature");
            assert_eq!(header.split(' ').count(), count, "{header}");
            let seconds = one.header("webhook-timestamp").parse().unwrap();
            for (byte, signs) in [(9, true), (8, 0 < left_ms)] {
                let secret = WebhookSecret::from_bytes(&[byte; 32]).unwrap();
                let id = one.header("webhook-id");
                let holds = secret.verify(id, seconds, &one.body, header);
                assert_eq!(holds, signs, "{byte}: {header}");
            }
        }
        workers.stop(Duration::from_secs(5)).await;
    }
}

#[tokio::test]
async fn every_try_sends_the_same_bytes_until_a_2xx() {
    let mut statuses = vec![204, 302, 500].into_iter();
    let mut last = statuses.next_back();
    let answers = move |_: &crate::receiver::Received| {
        let now = last.take();
        last = statuses.next_back();
        now.or(Some(200))
    };
    let receiver = Receiver::start(Box::new(answers)).await;
    let world = world(receiver.url("/ipn")).await;
    // The processor is never asked: there is one notification only.
    world.processor.set_paused(true);
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    for tries in 1..=2 {
        receiver.wait(tries).await;
        until_tries(&world, &id, tries).await;
        world.clock.advance(120_000);
        workers.nudge();
    }
    let received = receiver.wait(3).await;
    until_delivery(&world, &id, &[Delivery::Delivered]).await;
    assert!(received.iter().all(|one| one.body == received[0].body));
    let ids: Vec<_> = received
        .iter()
        .map(|one| one.header("webhook-id"))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0] && !id.is_empty()));
    let times: Vec<_> = received
        .iter()
        .map(|one| one.header("webhook-timestamp"))
        .collect();
    assert!(times[0] < times[1] && times[1] < times[2]);

    let notification = world.notifications(&id).await[0].key;
    let found = world
        .store
        .find(Query::Attempts(notification))
        .await
        .unwrap();
    let Found::Attempts(tries) = found else {
        panic!("no attempts: {found:?}");
    };
    let log: Vec<_> = tries
        .iter()
        .map(|one| (one.number, one.http_status))
        .collect();
    assert_eq!(log, [(1, Some(500)), (2, Some(302)), (3, Some(204))]);
    assert_eq!(tries[1].problem.as_deref(), Some("answered 302"));

    world.submit(commands::Resend { notification }).await;
    let again = receiver.wait(4).await;
    assert_eq!(again[3].body, again[0].body);
    // The call to the paused processor is left to its lease.
    workers.stop(Duration::from_millis(50)).await;
}

async fn until_tries(world: &World, id: &TransactionId, tries: usize) {
    for _ in 0..4_000 {
        if usize::try_from(world.notifications(id).await[0].tries).unwrap() == tries {
            return;
        }
        wait::a_little().await;
    }
    panic!("it was not tried {tries} times");
}

#[tokio::test]
async fn a_later_one_waits_for_an_earlier_one_but_not_for_ever() {
    let pending_fails = |received: &crate::receiver::Received| {
        let pending = received.field("transactionStatus") == "PENDING";
        Some(if pending { 503 } else { 200 })
    };
    let receiver = Receiver::start(Box::new(pending_fails)).await;
    let world = world(receiver.url("/ipn")).await;
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    world
        .until(&id, |row| row.status() == Status::Reserved)
        .await;
    receiver.wait(1).await;
    let until_waited = async |times: u64| {
        for _ in 0..4_000 {
            let figures = workers.figures();
            let waited = ("notifications_waited_total", times);
            if figures.contains(&waited) {
                return;
            }
            wait::a_little().await;
        }
        panic!("it did not wait {times} times");
    };
    until_waited(1).await;
    // It asks again after a second: another node may have delivered the earlier one.
    world.clock.advance(1_000);
    workers.nudge();
    until_waited(2).await;
    let statuses = |all: &[crate::receiver::Received]| -> Vec<String> {
        all.iter()
            .map(|one| one.field("transactionStatus"))
            .collect()
    };
    assert!(
        statuses(&receiver.received())
            .iter()
            .all(|status| status == "PENDING")
    );
    // After a minute of real time the later one goes first.
    world.clock.advance(61_000);
    workers.nudge();
    until_delivery(&world, &id, &[Delivery::Due, Delivery::Delivered]).await;
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_receiver_that_never_answers_delays_nobody_else() {
    let silent = Receiver::start(Box::new(|_| None)).await;
    let quick = Receiver::always(200).await;
    let world = world(silent.url("/ipn")).await;
    let answer_max = Duration::from_millis(600);
    let limits = Limits {
        answer_max,
        ..Limits::default()
    };
    let workers = world.work_with(world.desk.clone(), world.processor.clone(), limits);
    let token = world.token(APPROVED).await;
    let mut slow = Vec::new();
    for number in 0..30 {
        slow.push(world.reserve(&token, &format!("slow {number}")).await);
    }
    let mut change = commands::ChangeAccount::of(world.caller);
    change.ipn_url = Some(Some(quick.url("/ipn")));
    let change: Command = change.into();
    world.submit(change).await;
    let id = world.reserve(&token, "quick").await;
    let received = quick.wait(2).await;
    let of_quick = received
        .iter()
        .filter(|one| one.field("transactionId") == id.to_string());
    let all = quick.received();
    assert!(of_quick.count() <= 2, "{all:?}");
    assert!(silent.under_way_max() <= 8, "a receiver has few places");
    let first = &world.notifications(&slow[0]).await[0];
    until_tries(&world, &slow[0], 1).await;
    let found = world.store.find(Query::Attempts(first.key)).await.unwrap();
    let Found::Attempts(tries) = found else {
        panic!("no attempts: {found:?}");
    };
    assert_eq!(tries[0].problem.as_deref(), Some("no answer within 600 ms"));
    assert_eq!(
        world.clock.real(),
        crate::world::START,
        "no clock had to move"
    );
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_was_sent_again_is_not_sent_once_more_by_its_retry() {
    let mut refused = false;
    let once = move |_: &crate::receiver::Received| {
        let status = if refused { 200 } else { 500 };
        refused = true;
        Some(status)
    };
    let receiver = Receiver::start(Box::new(once)).await;
    let world = world(receiver.url("/ipn")).await;
    world.processor.set_paused(true);
    let workers = world.work();
    let id = world.reserve(&world.token(APPROVED).await, "one").await;
    until_tries(&world, &id, 1).await;
    let notification = world.notifications(&id).await[0].key;
    world.submit(commands::Resend { notification }).await;
    until_delivery(&world, &id, &[Delivery::Delivered]).await;
    let left = || async {
        let found = world.store.find(Query::Stuck {
            before: crate::world::START.plus_ms(600_000),
            most: 10,
        });
        let Found::Works(works) = found.await.unwrap() else {
            panic!("no works");
        };
        let notify = |work: &&payments::rows::Work| work.kind == payments::rows::WorkKind::Notify;
        works.iter().flatten().filter(notify).count()
    };
    assert_eq!(left().await, 1, "the retry still waits for its time");
    world.clock.advance(120_000);
    workers.nudge();
    for _ in 0..4_000 {
        if left().await == 0 {
            break;
        }
        wait::a_little().await;
    }
    assert_eq!(left().await, 0, "it ended");
    assert_eq!(receiver.received().len(), 2, "and sent nothing");
    workers.stop(Duration::from_secs(5)).await;
}

/// More for one receiver than wait with their rows.
#[tokio::test]
async fn a_burst_is_delivered_in_order_and_at_once() {
    const MANY: usize = 1_100;
    let receiver = Receiver::always(200).await;
    let world = world(receiver.url("/ipn")).await;
    let token = world.token(APPROVED).await;
    let mut ids = Vec::new();
    for number in 0..MANY {
        ids.push(world.reserve(&token, &number.to_string()).await);
    }
    // No lease lapses in this test: real time stands still.
    let workers = world.work();
    for id in &ids {
        until_delivery(&world, id, &[Delivery::Delivered; 2]).await;
    }
    assert_eq!(figure(&workers, "workers_claimed_total"), 0);
    let mut told: HashMap<String, Vec<String>> = HashMap::new();
    for one in receiver.received() {
        let of = told.entry(one.field("transactionId")).or_default();
        of.push(one.field("transactionStatus"));
    }
    assert_eq!(told.len(), MANY);
    assert!(
        told.values()
            .all(|states| *states == ["PENDING", "RESERVED"])
    );
    workers.stop(Duration::from_secs(5)).await;
}
