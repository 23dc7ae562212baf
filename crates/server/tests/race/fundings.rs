//! A cancel of a funding and the processor's answer to it.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use payments::rows::WorkKind;

use super::lanes::{LANES, Lane, Lanes, pause};
use super::pair::{End, Pair, Round, reference, run};
use super::recorder::Spot;
use super::tallies::{Ask, CHARGED, SIX, Scene};
use super::world::{World, key_of};

/// How many microseconds after the processor is let go a cancel comes, from round to round.
const AFTER_US: [u64; 9] = [0, 500, 1_000, 2_000, 3_000, 4_500, 6_000, 9_000, 14_000];

/// A cancel of a funding while the processor is asked to authorise it.
struct FundCancel;

impl Pair for FundCancel {
    const NAME: &'static str = "fund-cancel-answer";
    const WINNERS: &'static [&'static str] = &["cancel", "answer"];
    const AT_ONCE: usize = LANES;
    type Item = String;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<String> {
        world.running.processor().set_paused(true);
        let world = world.clone();
        let play = move |mut lane: Lane, number: usize| {
            let world = world.clone();
            async move {
                let name = reference::<FundCancel>(number, "made");
                let item = Scene::Empty.set(&world, &mut lane, &name).await;
                let fund = Ask::Fund.of(&world, &item, &name, SIX);
                let id = lane.one.send(&fund).await.transaction();
                (lane, id)
            }
        };
        lanes.spread(numbers, play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, id: String) -> Round {
        let cancel = world.cancel(&id, 0);
        // Whoever comes first lets all go.
        world.running.processor().set_paused(false);
        pause(Duration::from_micros(AFTER_US[number % AFTER_US.len()])).await;
        let reply = lane.one.send(&cancel).await;
        let answer = Spot::answer(WorkKind::Authorize, key_of(&id));
        world.recorder.wait(&answer).await;
        let (winner, end) = if reply.is_ok() {
            reply.answers(&["Cancelled"]);
            let end = End::of(&id, "Pending Cancelled", "Canceled", SIX);
            ("cancel", end)
        } else {
            reply.refused("InvalidTransactionState", &["Pending", "Success"]);
            ("answer", End::of(&id, CHARGED, "Success", SIX))
        };
        let cancel = Spot::of("Cancel", key_of(&id));
        let is_first = world.recorder.is_first(&cancel, &answer);
        assert_eq!(is_first, winner == "cancel", "{id}");
        Round {
            winner,
            spots: [cancel, answer],
            ends: vec![end],
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_and_the_answer_to_a_funding_have_an_order() {
    run(FundCancel).await;
}
