//! Plans: found by whoever takes part, charged by claimed work, and there again.

use payments::command::Outcome;
use payments::commands::{ChargeSubscription, InstallTokens, StartSubscription};
use payments::period::Period;
use payments::rows::{Subscription, TokenType, WorkKind};
use payments::time::DAY_MS;
use payments::{AccountKey, TokenId};

use super::late::waiting;
use super::world::{World, cents, sender_token, submit};
use super::{Bench, Parts};
use crate::{Found, Query, Store};

async fn plans_of(store: &dyn Store, account: AccountKey, most: usize) -> Vec<Subscription> {
    let found = store.find(Query::SubscriptionsOf { account, most });
    let Found::Subscriptions(found) = found.await.expect("found") else {
        panic!("subscriptions are found")
    };
    found
}

async fn agreed(store: &dyn Store) -> (World, TokenId) {
    let world = World::make(store).await;
    let agreed = sender_token(world.caller, world.sender, world.card, "recurring");
    let agreed = InstallTokens {
        kind: TokenType::Recurring,
        ..agreed
    };
    let Outcome::Tokens { token, .. } = submit(store, agreed.into()).await else {
        panic!("a token was installed");
    };
    (world, token)
}

fn plan(world: &World, token: &TokenId, days: u32) -> StartSubscription {
    StartSubscription {
        caller: world.caller,
        token: token.clone(),
        description: "a paper".to_owned(),
        amount: cents(500),
        promotion: Some((cents(100), 1)),
        frequency: Period::parse(&format!("{days} days")).expect("a period"),
        period: Period::parse("1 year"),
        starts_at: None,
        notify_url: Some("https://example.com/two".to_owned()),
    }
}

pub(super) async fn a_plan_is_late_only_when_its_charge_is(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("late-subscriptions", parts.setup(19));
    let (world, token) = agreed(&*store).await;
    let at = store.now().await.expect("both clocks");
    let start = StartSubscription {
        starts_at: Some(at.product.plus_ms(3 * DAY_MS)),
        ..plan(&world, &token, 1)
    };
    let Outcome::Subscription(id) = submit(&*store, start.into()).await else {
        panic!("a subscription was started");
    };
    parts.clock.advance(2 * DAY_MS);
    assert_eq!(
        waiting(&*store, WorkKind::Charge).await,
        (Vec::new(), None),
        "it is not due"
    );
    parts.clock.advance(DAY_MS);
    let due = at.real.plus_ms(3 * DAY_MS);
    let just_due = (Vec::new(), Some(due));
    assert_eq!(
        waiting(&*store, WorkKind::Charge).await,
        just_due,
        "however old its row is"
    );
    parts.clock.advance(DAY_MS);
    let key = id.key().expect("an id of ours").0;
    let late = (vec![key], Some(due));
    assert_eq!(
        waiting(&*store, WorkKind::Charge).await,
        late,
        "nobody has charged it"
    );
    store.close().await;
}

pub(super) async fn plans_are_found_and_charged(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("subscriptions", parts.setup(17));
    let (world, token) = agreed(&*store).await;
    let mut started = Vec::new();
    for days in [1, 2] {
        let start = plan(&world, &token, days);
        let Outcome::Subscription(id) = submit(&*store, start.into()).await else {
            panic!("a subscription was started");
        };
        started.push(id.key().expect("an id of ours"));
    }
    parts.clock.advance(DAY_MS);
    for _ in 0..2 {
        let charges = store
            .claim(vec![WorkKind::Charge], 9)
            .await
            .expect("claimed");
        for item in &charges {
            assert!(item.transaction.is_none(), "it is about no transaction");
            let subscription = payments::SubscriptionKey(item.work.subject);
            let work = item.work.id;
            let charge = ChargeSubscription { subscription, work };
            assert_eq!(submit(&*store, charge.into()).await, Outcome::Done);
        }
    }
    let handed = parts.handed.take_all();
    assert!(
        handed.iter().all(|item| item.work.kind != WorkKind::Charge),
        "the clock finds them"
    );
    for account in [world.caller, world.sender] {
        let found = plans_of(&*store, account, 9).await;
        let keys: Vec<_> = found.iter().rev().map(|row| row.key).collect();
        assert_eq!(keys, started, "newest first");
        // One is due twice in a day, the other once.
        let charges: Vec<_> = found.iter().rev().map(|row| row.charges).collect();
        assert_eq!(charges, [2, 1]);
        assert_eq!(plans_of(&*store, account, 1).await, found[..1]);
    }
    assert!(plans_of(&*store, AccountKey(1), 9).await.is_empty());
    let before = plans_of(&*store, world.caller, 9).await;
    store.close().await;
    if bench.keeps() {
        let store = bench.open("subscriptions", parts.setup(18));
        assert_eq!(plans_of(&*store, world.caller, 9).await, before);
        store.close().await;
    }
}
