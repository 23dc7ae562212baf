//! Subscriptions: charged when they are due, and caught up after a stop.

use std::time::Duration;

use payments::commands::{EditToken, StartSubscription};
use payments::period::Period;
use payments::rows::{PaymentMethod, Reference, Status, Subscription, SubscriptionStatus};
use payments::time::DAY_MS;
use payments::{CallerReference, Outcome, ReadSet, SubscriptionKey, TokenId, TransactionKey};

use crate::wait::a_little;
use crate::world::{World, dollars};
use store::Store as _;

const APPROVED: &str = "4242424242424242";

async fn start(world: &World, lasts: &str) -> SubscriptionKey {
    let token = world.recurring_token(APPROVED).await;
    start_by(world, token, lasts).await
}

pub async fn start_by(world: &World, token: TokenId, lasts: &str) -> SubscriptionKey {
    let started = StartSubscription {
        caller: world.caller,
        token,
        description: "A paper".to_owned(),
        amount: dollars(3),
        promotion: Some((dollars(1), 1)),
        frequency: Period::parse("1 day").unwrap(),
        period: Period::parse(lasts),
        starts_at: None,
        notify_url: None,
    };
    let Outcome::Subscription(id) = world.submit(started).await else {
        panic!("it is started");
    };
    id.key().unwrap()
}

pub async fn until_charged(world: &World, key: SubscriptionKey, charges: u32) -> Subscription {
    for _ in 0..4_000 {
        let mut want = ReadSet::default();
        want.subscriptions.insert(key);
        let seen = world.store.see(want).await.unwrap();
        let row = seen.subscriptions.get(&key).unwrap();
        if row.charges == charges {
            return row.clone();
        }
        a_little().await;
    }
    panic!("it never came to {charges} charges");
}

async fn payments(world: &World, row: &Subscription) -> Vec<TransactionKey> {
    let names = (1..=row.charges).map(|serial| (row.caller, row.reference(serial)));
    let names: Vec<_> = names.collect();
    let mut want = ReadSet::default();
    want.references.extend(names.clone());
    let seen = world.store.see(want).await.unwrap();
    let found = names.iter().map(|name| match seen.references.get(name) {
        Some(Reference::Transaction(key)) => *key,
        other => panic!("no payment: {other:?}"),
    });
    found.collect()
}

#[tokio::test]
async fn it_is_charged_day_by_day_and_completed() {
    let world = World::plain().await;
    let workers = world.work();
    let key = start(&world, "3 days").await;
    for charges in 1..=3 {
        until_charged(&world, key, charges).await;
        world.clock.advance(DAY_MS);
    }
    let row = until_charged(&world, key, 3).await;
    assert_eq!(row.status, SubscriptionStatus::Completed);
    for (transaction, cost) in payments(&world, &row).await.into_iter().zip([1, 3, 3]) {
        let id = world.transaction(transaction).await.id();
        let paid = world
            .until(&id, |row| row.status() == Status::Success)
            .await;
        assert_eq!(paid.amount, dollars(cost));
    }
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_was_missed_is_made_up_once_at_start() {
    let world = World::plain().await;
    let key = start(&world, "1 year").await;
    // Nobody works for three days.
    world.clock.advance(3 * DAY_MS);
    let workers = world.work();
    let row = until_charged(&world, key, 4).await;
    assert_eq!(row.status, SubscriptionStatus::Active);
    assert_eq!(row.next_at, row.due_at(5));
    let made = payments(&world, &row).await;
    for transaction in &made {
        let id = world.transaction(*transaction).await.id();
        world
            .until(&id, |row| row.status() == Status::Success)
            .await;
    }
    let mut once = made.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), made.len());
    workers.stop(Duration::from_secs(5)).await;
}

/// Six successors are more than are followed in one go: each step leaves the plan's row free.
#[tokio::test]
async fn a_plan_whose_token_changed_often_is_charged_at_once_by_the_newest() {
    let world = World::plain().await;
    let first = world.recurring_token(APPROVED).await;
    let mut want = ReadSet::default();
    want.tokens.extend(first.key());
    let seen = world.store.see(want).await.unwrap();
    let card = seen.tokens.get(&first.key().unwrap()).unwrap();
    let card = card.facts.instrument;
    let key = start_by(&world, first.clone(), "1 year").await;
    let mut newest = first;
    for step in 0..6 {
        let (method, instrument) = match step % 2 {
            0 => (PaymentMethod::Balance, None),
            _ => (PaymentMethod::Card, card),
        };
        let edited = EditToken {
            installer: world.caller,
            account: world.sender,
            token: newest,
            caller_reference: CallerReference::parse(&format!("edit {step}")).unwrap(),
            method,
            instrument,
        };
        let Outcome::Tokens { token, .. } = world.submit(edited).await else {
            panic!("another token takes over");
        };
        newest = token;
    }
    // The clock stands still: nobody waits for a lease to lapse.
    let workers = world.work();
    let row = until_charged(&world, key, 1).await;
    assert_eq!(Some(row.token), newest.key());
    let paid = payments(&world, &row).await[0];
    let id = world.transaction(paid).await.id();
    world
        .until(&id, |row| row.status() == Status::Success)
        .await;
    workers.stop(Duration::from_secs(5)).await;
}
