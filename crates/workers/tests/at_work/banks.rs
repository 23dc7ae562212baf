//! Bank accounts: debits that take days, and come to every end that a bank can give them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use payments::commands::Cancel;
use payments::rows::{Release, State, Status};
use payments::time::DAY_MS;
use processor::{
    Answer, Authorize, BANKS, CallError, Calling, Capture, Delivery, Does, Processor, ProcessorKey,
    Refund, SandboxProcessor, Seen, Void,
};
use store::ManualClock;
use workers::outbound::Limits;

use crate::wait::until;
use crate::work::figure;
use crate::world::World;

/// How often some work was put off.
fn deferred(workers: &workers::Workers) -> u64 {
    figure(workers, "workers_deferred_total")
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

/// The sandbox processor, and days that pass just after it was first asked what became of a call.
struct Overtaken {
    sandbox: Arc<SandboxProcessor>,
    clock: Arc<ManualClock>,
    skips_ms: AtomicI64,
}

impl Processor for Overtaken {
    fn key_lifetime(&self) -> Duration {
        self.sandbox.key_lifetime()
    }

    fn authorize(&self, call: Authorize) -> Calling<'_, Result<Answer, CallError>> {
        self.sandbox.authorize(call)
    }

    fn capture(&self, call: Capture) -> Calling<'_, Result<Answer, CallError>> {
        self.sandbox.capture(call)
    }

    fn void(&self, call: Void) -> Calling<'_, Result<Answer, CallError>> {
        self.sandbox.void(call)
    }

    fn refund(&self, call: Refund) -> Calling<'_, Result<Answer, CallError>> {
        self.sandbox.refund(call)
    }

    fn look_up(&self, key: ProcessorKey) -> Calling<'_, Result<Seen, CallError>> {
        Box::pin(async move {
            let seen = self.sandbox.look_up(key).await;
            self.clock.advance(self.skips_ms.swap(0, Ordering::Relaxed));
            seen
        })
    }
}

#[tokio::test]
async fn days_that_pass_while_a_bank_is_asked_are_looked_at_at_once() {
    let world = World::plain().await;
    let overtaken = Overtaken {
        sandbox: world.processor.clone(),
        clock: world.clock.clone(),
        skips_ms: AtomicI64::new(5 * DAY_MS),
    };
    let workers = world.work_with(world.desk.clone(), Arc::new(overtaken), Limits::default());
    let id = world
        .pay(&world.bank_token("000100000003").await, "one")
        .await;
    // The clock stands still from here on: what is put off from now would never be due again.
    world
        .until(&id, |row| row.status() == Status::Success)
        .await;
    workers.stop(Duration::from_secs(5)).await;
}
