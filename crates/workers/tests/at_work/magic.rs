//! Magic amounts: the core and the sandbox processor, which share no code, mean the same ones.

use std::time::Duration;

use money::{Amount, Currency};
use payments::commands::{Deposit, Pay};
use payments::rows::{PaymentMethod, Status, TokenType};
use payments::{CallerReference, Outcome, PaymentAsked, Refusal, TokenId};
use store::Store as _;

use crate::world::{World, asked, dollars};

/// Cents, and whether a sandbox declines them.
const AMOUNTS: [(i64, bool); 10] = [
    (59, false),
    (60, true),
    (65, true),
    (69, true),
    (70, false),
    (600, false),
    (1_606, false),
    (1_660, true),
    (6_656, false),
    (6_666, true),
];

fn pay(world: &World, token: &TokenId, cents: i64, name: &str) -> Pay {
    let amount = Amount::from_cents(cents, Currency::USD).unwrap();
    Pay {
        by: world.by(),
        reference: CallerReference::parse(&format!("{name} {cents}")).unwrap(),
        asked: PaymentAsked {
            amount,
            ..asked(token)
        },
    }
}

#[tokio::test]
async fn the_same_amounts_are_declined_whoever_is_asked() {
    let world = World::plain().await;
    let (account, amount) = (world.sender, dollars(500));
    world.submit(Deposit { account, amount }).await;
    let card = world.token("4242424242424242").await;
    let method = PaymentMethod::Balance;
    let balance = world.install(None, method, TokenType::MultiUse, "balance");
    let balance = balance.await;
    let workers = world.work();
    for (cents, is_magic) in AMOUNTS {
        let by_balance = pay(&world, &balance, cents, "balance").into();
        let answer = world.store.submit(by_balance).await.unwrap();
        let refused = matches!(answer, Err(Refusal::TransactionDenied));
        assert_eq!(refused, is_magic, "{cents}: {answer:?}");
        assert_eq!(answer.is_ok(), !is_magic, "{cents}: {answer:?}");
        let by_card = pay(&world, &card, cents, "card");
        let Outcome::Transaction { id, .. } = world.submit(by_card).await else {
            panic!("a transaction was made");
        };
        let expected = if is_magic {
            Status::Failure
        } else {
            Status::Success
        };
        world.until(&id, |row| row.status() == expected).await;
    }
    workers.stop(Duration::from_secs(5)).await;
}
