//! The auditor finds what is wrong with subscriptions here as it does in the embedded store.

use std::time::Duration;

use audit::{CHUNK, Code, FINDINGS_MAX, PostgresBooks, check};
use payments::SubscriptionKey;
use payments::command::Outcome;
use payments::commands::{ChargeSubscription, InstallTokens, StartSubscription};
use payments::period::Period;
use payments::rows::{TokenType, WorkKind};
use store::Store;
use store::conformance::world::{World, cents, sender_token, submit};
use test_kit::postgres::rows;

use super::{address, load};

/// What breaks a subscription, how that is found, and what mends it.
const BROKEN: &[(&str, Code, &str)] = &[
    (
        "UPDATE subscriptions SET charges = charges + 1",
        Code::SubscriptionCharges,
        "UPDATE subscriptions SET charges = charges - 1",
    ),
    (
        "UPDATE subscriptions SET charges = charges - 1",
        Code::SubscriptionCharges,
        "UPDATE subscriptions SET charges = charges + 1",
    ),
    (
        "UPDATE subscriptions SET last = -last",
        Code::SubscriptionLast,
        "UPDATE subscriptions SET last = -last",
    ),
    (
        "UPDATE subscriptions SET sender = -sender",
        Code::SubscriptionLast,
        "UPDATE subscriptions SET sender = -sender",
    ),
    (
        "UPDATE works SET kind = 5 WHERE kind = 8",
        Code::SubscriptionWork,
        "UPDATE works SET kind = 8 WHERE kind = 5",
    ),
    (
        "UPDATE subscriptions SET next_at = next_at + 1",
        Code::SubscriptionWork,
        "UPDATE subscriptions SET next_at = next_at - 1",
    ),
    (
        "UPDATE subscriptions SET status = 2",
        Code::SubscriptionWork,
        "UPDATE subscriptions SET status = 1",
    ),
];

/// What is found, each code once.
async fn found(url: &str) -> Vec<Code> {
    let client = address(url).connect().await.expect("a connection");
    tokio::task::block_in_place(|| {
        let mut books = PostgresBooks::over(client, tokio::runtime::Handle::current());
        let options = audit::Options {
            progress: None,
            chunk: CHUNK,
            findings_max: FINDINGS_MAX,
            on_progress: &mut |_| {},
            elapsed: &|| Duration::ZERO,
        };
        let report = check(&mut books, options).expect("the books can be read");
        assert_eq!(report.counts.subscriptions, 1);
        report.findings.counts.into_keys().collect()
    })
}

/// A plan that was charged once and goes on.
async fn charged(store: &dyn Store) {
    let world = World::make(store).await;
    let agreed = InstallTokens {
        kind: TokenType::Recurring,
        ..sender_token(world.caller, world.sender, world.card, "recurring")
    };
    let Outcome::Tokens { token, .. } = submit(store, agreed.into()).await else {
        panic!("a token was installed");
    };
    let start = StartSubscription {
        caller: world.caller,
        token,
        description: "a paper".to_owned(),
        amount: cents(500),
        promotion: None,
        frequency: Period::parse("1 week").expect("a period"),
        period: None,
        starts_at: None,
        notify_url: None,
    };
    submit(store, start.into()).await;
    let due = store.claim(vec![WorkKind::Charge], 9).await;
    let item = due
        .expect("claimed")
        .pop()
        .expect("the first charge is due");
    let charge = ChargeSubscription {
        subscription: SubscriptionKey(item.work.subject),
        work: item.work.id,
    };
    assert_eq!(submit(store, charge.into()).await, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_auditor_finds_what_is_wrong_with_a_subscription() {
    let url = test_kit::postgres::database();
    let store = load::node(&url).await;
    charged(&*store).await;
    assert_eq!(found(&url).await, []);
    for (breaks, code, mends) in BROKEN {
        rows(&url, breaks);
        assert_eq!(found(&url).await, [*code], "{breaks}");
        rows(&url, mends);
    }
    assert_eq!(found(&url).await, [], "mended");
    store.close().await;
}
