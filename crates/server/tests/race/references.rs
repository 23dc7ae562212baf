//! Races on one caller reference.

use std::ops::Range;
use std::sync::Arc;

use super::lanes::{Lane, Lanes};
use super::pair::{End, Pair, Round, one_of, reference, run};
use super::recorder::Spot;
use super::requests::Payment;
use super::world::{World, key_of};

/// Two reserves with one reference, which say the same.
struct Twins;

impl Pair for Twins {
    const NAME: &'static str = "twin-reserves";
    const WINNERS: &'static [&'static str] = &["newer", "older"];
    type Item = ();

    async fn prepare(&self, _: &Arc<World>, _: &mut Lanes, numbers: Range<usize>) -> Vec<()> {
        vec![(); numbers.len()]
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, (): ()) -> Round {
        let reference = reference::<Self>(number, "both");
        let twin = |age_s| {
            let payment = payment(world, &reference, "10.00", age_s);
            world.payment("Reserve", &payment)
        };
        let (one, other) = (twin(0), twin(2));
        let (one, other) = lane.race(number, &one, &other).await;
        // The later one may see how far the transaction has come.
        for reply in [&one, &other] {
            reply.answers(&["Pending", "Reserved"]);
        }
        let id = one.transaction();
        assert_eq!(id, other.transaction(), "twins are one transaction");
        let spot = Spot::named("Reserve", &reference);
        let places = world.recorder.places(&spot);
        let [first, second] = &places[..] else {
            panic!("{reference} was decided at {places:?}");
        };
        let made_by = world.transaction(key_of(&id)).await.caller_date;
        assert_eq!(made_by, first.date, "whoever comes first makes it");
        let winner = if second.date < first.date {
            "newer"
        } else {
            "older"
        };
        Round {
            winner,
            spots: [spot.clone(), spot],
            ends: vec![End::of(&id, "Pending Reserved", "Success", "10.00")],
        }
    }
}

/// Two reserves with one reference, for different amounts.
struct Conflicting;

impl Pair for Conflicting {
    const NAME: &'static str = "conflicting-twins";
    const WINNERS: &'static [&'static str] = &["one", "other"];
    type Item = ();

    async fn prepare(&self, _: &Arc<World>, _: &mut Lanes, numbers: Range<usize>) -> Vec<()> {
        vec![(); numbers.len()]
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, (): ()) -> Round {
        let reference = reference::<Self>(number, "both");
        let twin = |amount| {
            let payment = payment(world, &reference, amount, 0);
            world.payment("Reserve", &payment)
        };
        let (one, other) = (twin("4.00"), twin("7.00"));
        let (one, other) = lane.race(number, &one, &other).await;
        let (winner, won, lost) = one_of(("one", &one), ("other", &other));
        won.answers(&["Pending"]);
        lost.refused("DuplicateRequest", &["transactionAmount"]);
        let amount = if winner == "one" { "4.00" } else { "7.00" };
        let spot = Spot::named("Reserve", &reference);
        let end = End::of(&won.transaction(), "Pending Reserved", "Success", amount);
        Round {
            winner,
            spots: [spot.clone(), spot],
            ends: vec![end],
        }
    }
}

fn payment<'a>(world: &'a World, reference: &'a str, amount: &'a str, age_s: i64) -> Payment<'a> {
    Payment {
        token: &world.token,
        reference,
        amount,
        more: &[],
        age_s,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twin_reserves_are_one_transaction() {
    run(Twins).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conflicting_twins_one_is_a_duplicate() {
    run(Conflicting).await;
}
