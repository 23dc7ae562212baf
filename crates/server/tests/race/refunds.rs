//! Races on what is left to refund of one payment by card.

use std::ops::Range;
use std::sync::Arc;

use super::connection::Reply;
use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, Subject, make, one_of, reference, run};
use super::recorder::Spot;
use super::world::World;

/// What becomes of a payment, and of a refund, by card.
const PAID: &str = "Pending Success";

/// Two refunds of 60 % each.
struct TooMuch;

impl Pair for TooMuch {
    const NAME: &'static str = "refunds-of-60-percent";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Pay").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let (replies, spots) = two_refunds::<Self>(world, lane, (number, &item), "6.00").await;
        let [one, other] = &replies;
        let (winner, won, lost) = one_of(("one", one), ("other", other));
        won.answers(&["Pending"]);
        lost.refused("RefundAmountExceeded", &["left to refund, 4.00"]);
        Round {
            winner,
            spots,
            ends: vec![
                End::of(&item.id, PAID, "Success", "10.00"),
                End::of(&won.transaction(), PAID, "Success", "6.00"),
            ],
        }
    }
}

/// Two refunds of 40 % each: both succeed, in either order.
struct Both;

impl Pair for Both {
    const NAME: &'static str = "refunds-of-40-percent";
    const WINNERS: &'static [&'static str] = &["both, one first", "both, other first"];
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        make::<Self>(world, lanes, numbers, "Pay").await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let (replies, spots) = two_refunds::<Self>(world, lane, (number, &item), "4.00").await;
        let mut ends = vec![End::of(&item.id, PAID, "Success", "10.00")];
        for reply in &replies {
            reply.answers(&["Pending"]);
            ends.push(End::of(&reply.transaction(), PAID, "Success", "4.00"));
        }
        assert_ne!(ends[1].id, ends[2].id, "two refunds are two transactions");
        let winner = if world.recorder.is_first(&spots[0], &spots[1]) {
            "both, one first"
        } else {
            "both, other first"
        };
        Round {
            winner,
            spots,
            ends,
        }
    }
}

async fn two_refunds<P: Pair>(
    world: &World,
    lane: &mut Lane,
    (number, item): (usize, &Subject),
    amount: &str,
) -> ([Reply; 2], [Spot; 2]) {
    let names = [reference::<P>(number, "a"), reference::<P>(number, "b")];
    let refund = |name: &String| world.refund(&item.id, name, amount);
    let [one, other] = names.each_ref().map(refund);
    let (one, other) = lane.race(number, &one, &other).await;
    let spots = names.map(|name| Spot::named("Refund", &name));
    ([one, other], spots)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_refunds_of_too_much_one_wins() {
    run(TooMuch).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_refunds_of_less_than_half_both_succeed() {
    run(Both).await;
}
