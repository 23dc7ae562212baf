//! Bank accounts: debits that take days, and come to every end that a bank can give them.

use std::time::Duration;

use payments::commands::Cancel;
use payments::rows::{Release, State, Status};
use payments::time::DAY_MS;
use processor::{BANKS, Delivery, Does};

use crate::wait::until;
use crate::world::World;

/// How often some work was put off.
fn deferred(workers: &workers::Workers) -> u64 {
    let figures = workers.figures();
    let found = figures
        .iter()
        .find(|(name, _)| *name == "workers_deferred_total");
    found.map_or(0, |(_, value)| *value)
}

#[tokio::test]
async fn each_bank_account_comes_to_its_end() {
    let world = World::plain().await;
    let workers = world.work();
    for bank in BANKS {
        let (days, status) = match bank.does {
            Does::At {
                delivery: Delivery::NeverRecorded,
                ..
            } => continue,
            Does::At {
                decline, delivery, ..
            } => {
                let days = match delivery {
                    Delivery::Settling { days } => i64::from(days),
                    Delivery::Prompt
                    | Delivery::Slow
                    | Delivery::Verifying
                    | Delivery::Lost
                    | Delivery::NeverRecorded => 0,
                };
                let status = decline.map_or(Status::Success, |_| Status::Failure);
                (days, status)
            }
            Does::Approve => (0, Status::Success),
        };
        let before = deferred(&workers);
        let id = world
            .pay(&world.bank_token(bank.number).await, bank.name)
            .await;
        if 0 < days {
            until(|| before < deferred(&workers)).await;
            let row = world.until(&id, |_| true).await;
            assert_eq!(row.state, State::Authorising, "{}", bank.name);
            world.clock.advance(days * DAY_MS);
        }
        world.until(&id, |row| row.status() == status).await;
    }
    workers.stop(Duration::from_secs(5)).await;
}

#[tokio::test]
async fn a_debit_cancelled_on_its_way_is_given_back_when_it_settles() {
    let world = World::plain().await;
    let workers = world.work();
    let id = world
        .pay(&world.bank_token("000100000003").await, "one")
        .await;
    until(|| 0 < deferred(&workers)).await;
    let (by, transaction) = (world.by(), id.clone());
    world
        .submit(Cancel {
            by,
            transaction,
            description: None,
            ipn_url: None,
        })
        .await;
    let row = world.until(&id, |_| true).await;
    assert_eq!((row.state, row.release), (State::Cancelled, Release::Owed));
    world.clock.advance(3 * DAY_MS);
    world.until(&id, |row| row.release == Release::Done).await;
    assert_eq!(
        world.calls(),
        [("authorize".into(), true), ("void".into(), true)]
    );
    workers.stop(Duration::from_secs(5)).await;
}
