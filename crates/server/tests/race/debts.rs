//! A cancel of a settlement of debt, and the end of its time.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use payments::commands::{Advance, Expire};
use payments::{Outcome, Timestamp, TransactionKey};

use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, reference, run};
use super::recorder::Spot;
use super::tallies::{Ask, SIX, Scene};
use super::world::{World, key_of};

/// Settlements that share one move of the clock; all lanes have some.
const GROUP: usize = 48;
/// How long before the first time-out the clock is set.
const LEAD_MS: i64 = 60;
/// How long before the time-out a cancel leaves, from round to round.
const EARLY_MS: [i64; 10] = [0, 1, 2, 4, 6, 9, 14, 22, 35, 50];
/// How long after it the worker comes.
const LATE_MS: [i64; 3] = [0, 0, 2];

/// A settlement that the processor is asked for, and that nobody has answered.
struct Unanswered {
    id: String,
    key: TransactionKey,
    timeout_at: Timestamp,
}

/// The processor is held back until the last round of a group is over.
#[derive(Default)]
struct CancelTimeOut {
    open: AtomicUsize,
}

impl Pair for CancelTimeOut {
    const NAME: &'static str = "settle-debt-cancel-time-out";
    const WINNERS: &'static [&'static str] = &["cancel", "time-out"];
    const AT_ONCE: usize = GROUP;
    type Item = Unanswered;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Unanswered> {
        self.open.store(numbers.len(), Ordering::Relaxed);
        world.running.processor().set_paused(true);
        let shared = world.clone();
        let play = move |mut lane: Lane, number: usize| {
            let world = shared.clone();
            async move {
                let name = reference::<CancelTimeOut>(number, "made");
                let item = Scene::Owed.set(&world, &mut lane, &name).await;
                let settle = Ask::SettleDebt.of(&world, &item, &name, SIX);
                let reply = lane.one.send(&settle).await;
                reply.answers(&["Pending"]);
                let id = reply.transaction();
                let key = key_of(&id);
                let timeout_at = world.transaction(key).await.timeout_at;
                let made = Unanswered {
                    id,
                    key,
                    timeout_at,
                };
                (lane, made)
            }
        };
        let mut group = lanes.spread(numbers, play).await;
        group.sort_by_key(|item| item.timeout_at);
        let ms = group[0].timeout_at.ms_since(world.now().await) - LEAD_MS;
        world.submit(Advance { ms }).await;
        group
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Unanswered) -> Round {
        let early = EARLY_MS[number % EARLY_MS.len()];
        let late = LATE_MS[number % LATE_MS.len()];
        let query = world.cancel(&item.id, 0);
        let cancel = async {
            world.until(item.timeout_at.plus_ms(-early)).await;
            lane.one.send(&query).await
        };
        let expire = async {
            world.until(item.timeout_at.plus_ms(late)).await;
            let (transaction, work) = (item.key, None);
            world.submit(Expire { transaction, work }).await
        };
        let (reply, expired) = tokio::join!(cancel, expire);
        if self.open.fetch_sub(1, Ordering::Relaxed) == 1 {
            world.running.processor().set_paused(false);
        }
        let (winner, history, code) = if reply.is_ok() {
            reply.answers(&["Cancelled"]);
            assert_eq!(expired, Outcome::Done, "nothing was left to time out");
            ("cancel", "Pending Cancelled", "Canceled")
        } else {
            reply.refused("InvalidTransactionState", &["Failure"]);
            ("time-out", "Pending Failure", "Expired")
        };
        let spots = [Spot::of("Cancel", item.key), Spot::of("Expire", item.key)];
        let is_first = world.recorder.is_first(&spots[0], &spots[1]);
        assert_eq!(is_first, winner == "cancel", "{}", item.id);
        Round {
            winner,
            spots,
            ends: vec![End::of(&item.id, history, code, SIX)],
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_and_the_time_out_of_a_settlement_have_an_order() {
    run(CancelTimeOut::default()).await;
}
