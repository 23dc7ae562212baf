//! One command that the store cannot take: everything beside it and behind it goes on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use payments::commands::Reserve;
use payments::rows::{State, Status};
use payments::time::DAY_MS;
use payments::{
    Answer, CallerReference, Command, Outcome, PaymentAsked, ReadSet, TransactionId, WorkingSet,
};
use store::{Boxed, Found, MemoryStore, Moment, Outage, Query, Store, WorkItem};

use crate::subscriptions;
use crate::wait::until;
use crate::work::figure;
use crate::world::{World, asked};

/// More than are under way at once.
const MANY: usize = 20;

/// A store that cannot read the rows of some commands, until it is mended.
struct Damaged<F> {
    store: Arc<MemoryStore>,
    fails: F,
    mended: AtomicBool,
}

impl<F: Fn(&Command) -> bool + Send + Sync> Damaged<F> {
    fn new(world: &World, fails: F) -> Arc<Damaged<F>> {
        Arc::new(Damaged {
            store: world.store.clone(),
            fails,
            mended: AtomicBool::new(false),
        })
    }

    fn mend(&self) {
        self.mended.store(true, Ordering::Relaxed);
    }
}

impl<F: Fn(&Command) -> bool + Send + Sync> Store for Damaged<F> {
    fn submit(&self, command: Command) -> Boxed<'_, Result<Answer, Outage>> {
        if self.mended.load(Ordering::Relaxed) || !(self.fails)(&command) {
            return self.store.submit(command);
        }
        Box::pin(std::future::ready(Err(Outage::Corrupt {
            table: "tokens",
            key: "1".to_owned(),
            reason: "told to".to_owned(),
        })))
    }

    fn see(&self, want: ReadSet) -> Boxed<'_, Result<WorkingSet, Outage>> {
        self.store.see(want)
    }

    fn find(&self, query: Query) -> Boxed<'_, Result<Found, Outage>> {
        self.store.find(query)
    }

    fn claim(
        &self,
        kinds: Vec<payments::rows::WorkKind>,
        most: usize,
    ) -> Boxed<'_, Result<Vec<WorkItem>, Outage>> {
        self.store.claim(kinds, most)
    }

    fn now(&self) -> Boxed<'_, Result<Moment, Outage>> {
        self.store.now()
    }

    fn backup(&self, to: PathBuf) -> Boxed<'_, Result<(), Outage>> {
        self.store.backup(to)
    }

    fn ready(&self) -> Boxed<'_, Result<(), Outage>> {
        self.store.ready()
    }

    fn figures(&self) -> Vec<(&'static str, u64)> {
        self.store.figures()
    }

    fn close(&self) -> Boxed<'_, ()> {
        self.store.close()
    }
}

#[tokio::test]
async fn one_plan_that_cannot_be_charged_keeps_no_other_from_its_charge() {
    let world = World::plain().await;
    let token = world.recurring_token("4242424242424242").await;
    let mut plans = Vec::new();
    for _ in 0..MANY {
        plans.push(subscriptions::start_by(&world, token.clone(), "1 year").await);
    }
    let first = plans[0];
    let fails = move |command: &Command| matches!(command, Command::ChargeSubscription(charge) if charge.subscription == first);
    let store = Damaged::new(&world, fails);
    let workers = world.work_over(store.clone());
    // The clock stands still: no lease lapses, so each was tried when it was claimed.
    for plan in &plans[1..] {
        subscriptions::until_charged(&world, *plan, 1).await;
    }
    subscriptions::until_charged(&world, first, 0).await;
    until(|| 0 < figure(&workers, "workers_outages_total")).await;
    store.mend();
    world.clock.advance(31_000);
    subscriptions::until_charged(&world, first, 1).await;
    workers.stop(Duration::from_secs(5)).await;
}

fn expiry_of(first: &TransactionId) -> impl Fn(&Command) -> bool + Send + Sync + use<> {
    let first = first.key().unwrap();
    move |command| matches!(command, Command::Expire(expire) if expire.transaction == first)
}

#[tokio::test]
async fn one_time_out_that_cannot_be_decided_keeps_no_other_waiting() {
    let world = World::plain().await;
    world.processor.set_paused(true);
    let token = world.token("4242424242424242").await;
    let mut made = Vec::new();
    for number in 0..MANY {
        let asked = PaymentAsked {
            timeout_mins: Some(1),
            ..asked(&token)
        };
        let reserve = Reserve {
            by: world.by(),
            reference: CallerReference::parse(&format!("soon {number}")).unwrap(),
            asked,
        };
        let Outcome::Transaction { id, .. } = world.submit(reserve).await else {
            panic!("a transaction was made");
        };
        made.push(id);
    }
    world.clock.advance(61_000);
    let store = Damaged::new(&world, expiry_of(&made[0]));
    let workers = world.work_over(store.clone());
    for id in &made[1..] {
        world.until(id, |row| row.status() == Status::Failure).await;
    }
    let first = world.transaction(made[0].key().unwrap()).await;
    assert_eq!(first.state, State::Authorising);
    store.mend();
    world.clock.advance(31_000);
    let failed = |row: &payments::rows::Transaction| row.status() == Status::Failure;
    world.until(&made[0], failed).await;
    world.processor.set_paused(false);
    workers.stop(Duration::from_secs(5)).await;
}

/// Where the walk would begin after a crash.
async fn cursor(world: &World) -> i64 {
    let name = "expiry-cursor".to_owned();
    let mut want = ReadSet::default();
    want.settings.insert(name.clone());
    let seen = world.store.see(want).await.unwrap();
    let found = seen.settings.get(&name).map(|text| text.parse().unwrap());
    found.unwrap_or(0)
}

#[tokio::test]
async fn the_walk_goes_past_what_it_cannot_decide_and_its_cursor_does_not() {
    let world = World::plain().await;
    let token = world.token("4242424242424242").await;
    let workers = world.work();
    let mut made = Vec::new();
    for number in 0..MANY {
        made.push(world.reserve(&token, &format!("old {number}")).await);
    }
    for id in &made {
        world
            .until(id, |row| row.status() == Status::Reserved)
            .await;
    }
    workers.stop(Duration::from_secs(5)).await;
    world.advance(7 * DAY_MS + 7_000).await;
    let store = Damaged::new(&world, expiry_of(&made[0]));
    let workers = world.work_over(store.clone());
    for id in &made[1..] {
        world.until(id, |row| row.state == State::Cancelled).await;
    }
    workers.stop(Duration::from_secs(5)).await;
    let first = made[0].key().unwrap();
    assert!(cursor(&world).await < first.0, "it is not left behind");
    let reserved = world.transaction(first).await.status();
    assert_eq!(reserved, Status::Reserved);

    // Whoever goes on from the cursor ends it.
    let workers = world.work();
    world
        .until(&made[0], |row| row.state == State::Cancelled)
        .await;
    workers.stop(Duration::from_secs(5)).await;
    assert!(first.0 <= cursor(&world).await);
}
