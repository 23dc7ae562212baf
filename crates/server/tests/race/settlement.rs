//! Races on one reservation: Settle, Cancel, and the end of the key that signs.

use std::ops::Range;
use std::sync::Arc;

use server::admin::{self, Ask};

use super::lanes::{Lane, Lanes, delay, pause};
use super::pair::{End, Pair, Round, Subject, make, one_of, run};
use super::recorder::Spot;
use super::world::{Key, World, key_of};

/// What becomes of a settled reservation.
pub const SETTLED: &str = "Pending Reserved Pending Success";
/// What becomes of a cancelled one.
pub const CANCELLED: &str = "Pending Reserved Cancelled";

/// Two settles of one reservation, each signed by itself, for different amounts.
struct SettleSettle;

impl Pair for SettleSettle {
    const NAME: &'static str = "settle-settle";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Reserve").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let one = world.settle(&item.id, "4.00", 0);
        let other = world.settle(&item.id, "7.00", 1);
        let (one, other) = lane.race(number, &one, &other).await;
        let (winner, won, lost) = one_of(("one", &one), ("other", &other));
        won.answers(&["Pending"]);
        lost.refused("InvalidTransactionState", &["Pending", "Success"]);
        let amount = if winner == "one" { "4.00" } else { "7.00" };
        let spot = Spot::of("Settle", key_of(&item.id));
        Round {
            winner,
            spots: [spot.clone(), spot],
            ends: vec![End::of(&item.id, SETTLED, "Success", amount)],
        }
    }
}

/// One signed settle, sent twice: its reply was lost, say.
struct SettleResent;

impl Pair for SettleResent {
    const NAME: &'static str = "settle-resent";
    const WINNERS: &'static [&'static str] = &["both the same"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Reserve").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let query = world.settle(&item.id, "4.00", 0);
        let (one, other) = lane.race(number, &query, &query).await;
        for reply in [&one, &other] {
            reply.answers(&["Pending"]);
            assert_eq!(reply.transaction(), item.id);
        }
        let spot = Spot::of("Settle", key_of(&item.id));
        Round {
            winner: "both the same",
            spots: [spot.clone(), spot],
            ends: vec![End::of(&item.id, SETTLED, "Success", "4.00")],
        }
    }
}

/// A settle and a cancel.
struct SettleCancel;

impl Pair for SettleCancel {
    const NAME: &'static str = "settle-cancel";
    const WINNERS: &'static [&'static str] = &["settle", "cancel"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Reserve").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let settle = world.settle(&item.id, "4.00", 0);
        let cancel = world.cancel(&item.id, 0);
        let (settle, cancel) = lane.race(number, &settle, &cancel).await;
        let (winner, won, lost) = one_of(("settle", &settle), ("cancel", &cancel));
        let end = if winner == "settle" {
            won.answers(&["Pending"]);
            lost.refused("InvalidTransactionState", &["Pending", "Success"]);
            End::of(&item.id, SETTLED, "Success", "4.00")
        } else {
            won.answers(&["Cancelled"]);
            lost.refused("InvalidTransactionState", &["Cancelled"]);
            End::of(&item.id, CANCELLED, "Canceled", "10.00")
        };
        let key = key_of(&item.id);
        Round {
            winner,
            spots: [Spot::of("Settle", key), Spot::of("Cancel", key)],
            ends: vec![end],
        }
    }
}

/// Two cancels, each signed by itself.
struct CancelCancel;

impl Pair for CancelCancel {
    const NAME: &'static str = "cancel-cancel";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Reserve").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let (one, other) = (world.cancel(&item.id, 0), world.cancel(&item.id, 1));
        let (one, other) = lane.race(number, &one, &other).await;
        let (winner, won, lost) = one_of(("one", &one), ("other", &other));
        won.answers(&["Cancelled"]);
        lost.refused("InvalidTransactionState", &["Cancelled"]);
        let spot = Spot::of("Cancel", key_of(&item.id));
        Round {
            winner,
            spots: [spot.clone(), spot],
            ends: vec![End::of(&item.id, CANCELLED, "Canceled", "10.00")],
        }
    }
}

/// A settle, and the operator who disables the key that signed it.
struct SettleDisable;

impl Pair for SettleDisable {
    const NAME: &'static str = "settle-disable";
    const WINNERS: &'static [&'static str] = &["settle", "disable"];
    type Item = (Subject, Key);

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<(Subject, Key)> {
        let made = make::<Self>(world, lanes, numbers, "Reserve").await;
        let world = world.clone();
        let play = move |lane: Lane, subject: Subject| {
            let world = world.clone();
            async move { (lane, (subject, world.new_key().await)) }
        };
        lanes.spread(made, play).await
    }

    async fn race(
        &self,
        world: &World,
        lane: &mut Lane,
        number: usize,
        (item, key): (Subject, Key),
    ) -> Round {
        // The server has just seen the key, so that what refuses the loser is its batch.
        let asked = [("TransactionId", item.id.as_str())];
        let look = world.query_by(&key, "GetTransactionStatus", &asked, 0);
        lane.one.send(&look).await.answers(&["Reserved"]);

        let settle = world.settle_by(&key, &item.id, "4.00", 0);
        let path = world.app().settings.admin_path();
        let id = key.id.clone();
        let wait = delay(number);
        let leads = number.is_multiple_of(2);
        let disable = async {
            pause(if leads {
                wait
            } else {
                std::time::Duration::ZERO
            })
            .await;
            admin::ask(&path, &Ask::KeyDisable { id }).await
        };
        let settle = async {
            pause(if leads {
                std::time::Duration::ZERO
            } else {
                wait
            })
            .await;
            lane.one.send(&settle).await
        };
        let (settle, disable) = tokio::join!(settle, disable);
        disable
            .expect("the socket answers")
            .expect("the key is disabled");
        let (winner, end) = if settle.is_ok() {
            settle.answers(&["Pending"]);
            let end = End::of(&item.id, SETTLED, "Success", "4.00");
            ("settle", end)
        } else {
            settle.refused("AuthFailure", &["credentials"]);
            let end = End::of(&item.id, "Pending Reserved", "Success", "10.00");
            ("disable", end)
        };
        let spots = [
            Spot::of("Settle", key_of(&item.id)),
            Spot::named("DisableKey", &key.id),
        ];
        Round {
            winner,
            spots,
            ends: vec![end],
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_settles_one_wins() {
    run(SettleSettle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_resent_settle_gets_the_winners_answer() {
    run(SettleResent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settle_and_a_cancel_never_both_win() {
    run(SettleCancel).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_cancels_one_wins() {
    run(CancelCancel).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settle_and_the_end_of_its_key_have_an_order() {
    run(SettleDisable).await;
}
