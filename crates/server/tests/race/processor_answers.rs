//! Races against the processor's answer: a group of payments waits at the paused processor, which is
//! let go at the moment of the race.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use payments::TransactionKey;
use payments::commands::{Advance, Expire};
use payments::rows::WorkKind;
use payments::{Outcome, Timestamp};

use super::lanes::{LANES, Lane, Lanes, pause};
use super::pair::{End, Pair, Round, Subject, ask_for, make, reference, run};
use super::recorder::Spot;
use super::settlement::{CANCELLED, SETTLED};
use super::world::{World, key_of};

/// How many microseconds after the processor is let go the other side comes, from round to round.
const AFTER_US: [u64; 9] = [0, 500, 1_000, 2_000, 3_000, 4_500, 6_000, 9_000, 14_000];
/// How long before the time-out the clock is set.
const LEAD_MS: i64 = 45;
/// How long before the first time-out the processor is let go, from group to group.
const EARLY_MS: [i64; 8] = [0, 1, 2, 4, 7, 12, 20, 35];

/// A cancel while the processor is asked to authorise.
struct CancelAnswer;

impl Pair for CancelAnswer {
    const NAME: &'static str = "cancel-answer";
    const WINNERS: &'static [&'static str] = &["cancel", "answer"];
    const AT_ONCE: usize = LANES;
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        world.running.processor().set_paused(true);
        ask_for::<Self>(world, lanes, numbers, "Reserve", &[]).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let key = key_of(&item.id);
        let cancel = world.cancel(&item.id, 0);
        // Whoever comes first lets all go.
        world.running.processor().set_paused(false);
        pause(Duration::from_micros(AFTER_US[number % AFTER_US.len()])).await;
        // Authorising or reserved: either way it can be cancelled.
        lane.one.send(&cancel).await.answers(&["Cancelled"]);
        let answer = Spot::answer(WorkKind::Authorize, key);
        world.recorder.wait(&answer).await;
        let (winner, history) = match world.history(key).await.as_str() {
            CANCELLED => ("answer", CANCELLED),
            "Pending Cancelled" => ("cancel", "Pending Cancelled"),
            other => panic!("{}: {other}", item.id),
        };
        let cancel = Spot::of("Cancel", key);
        let is_first = world.recorder.is_first(&cancel, &answer);
        assert_eq!(is_first, winner == "cancel", "{}", item.id);
        Round {
            winner,
            spots: [cancel, answer],
            ends: vec![End::of(&item.id, history, "Canceled", "10.00")],
        }
    }
}

/// A payment whose time runs out while the processor is asked.
pub struct Timed {
    id: String,
    key: TransactionKey,
    timeout_at: Timestamp,
    let_go_at: Timestamp,
}

/// A time-out while the processor is asked to authorise.
struct TimeOutAnswer;

impl Pair for TimeOutAnswer {
    const NAME: &'static str = "time-out-answer";
    const WINNERS: &'static [&'static str] = &["time-out", "answer"];
    const AT_ONCE: usize = LANES;
    type Item = Timed;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Timed> {
        let early = EARLY_MS[numbers.start / LANES % EARLY_MS.len()];
        world.running.processor().set_paused(true);
        let minute = &[("TransactionTimeoutInMins", "1")];
        let made = ask_for::<Self>(world, lanes, numbers, "Reserve", minute).await;
        let mut group = Vec::new();
        for Subject { id } in made {
            let key = key_of(&id);
            let timeout_at = world.transaction(key).await.timeout_at;
            group.push(Timed {
                id,
                key,
                timeout_at,
                let_go_at: timeout_at,
            });
        }
        let first = group.iter().map(|timed| timed.timeout_at).min();
        let first = first.expect("a group has members");
        for timed in &mut group {
            timed.let_go_at = first.plus_ms(-early);
        }
        let ms = first.ms_since(world.now().await) - LEAD_MS;
        world.submit(Advance { ms }).await;
        group
    }

    async fn race(&self, world: &World, _: &mut Lane, _: usize, item: Timed) -> Round {
        let (key, answer) = (item.key, Spot::answer(WorkKind::Authorize, item.key));
        world.until(item.let_go_at).await;
        world.running.processor().set_paused(false);
        world.until(item.timeout_at).await;
        let work = None;
        let transaction = key;
        let expired = world.submit(Expire { transaction, work }).await;
        world.recorder.wait(&answer).await;
        let (winner, end) = match world.history(key).await.as_str() {
            "Pending Reserved" => {
                assert_eq!(expired, Outcome::Done, "nothing was left to time out");
                let end = End::of(&item.id, "Pending Reserved", "Success", "10.00");
                ("answer", end)
            }
            "Pending Failure" => {
                let end = End::of(&item.id, "Pending Failure", "Expired", "10.00");
                ("time-out", end)
            }
            other => panic!("{}: {other}", item.id),
        };
        let expire = Spot::of("Expire", key);
        let is_first = world.recorder.is_first(&expire, &answer);
        assert_eq!(is_first, winner == "time-out", "{}", item.id);
        Round {
            winner,
            spots: [expire, answer],
            ends: vec![end],
        }
    }
}

/// A refund while the processor is asked to take the amount.
struct RefundAnswer;

impl Pair for RefundAnswer {
    const NAME: &'static str = "refund-answer";
    const WINNERS: &'static [&'static str] = &["refund", "answer"];
    const AT_ONCE: usize = LANES;
    type Item = Subject;

    async fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> Vec<Subject> {
        let made = make::<Self>(world, lanes, numbers, "Reserve").await;
        world.running.processor().set_paused(true);
        let world = world.clone();
        let play = move |mut lane: Lane, subject: Subject| {
            let world = world.clone();
            async move {
                let settle = world.settle(&subject.id, "10.00", 0);
                lane.one.send(&settle).await.answers(&["Pending"]);
                (lane, subject)
            }
        };
        lanes.spread(made, play).await
    }

    async fn race(&self, world: &World, lane: &mut Lane, number: usize, item: Subject) -> Round {
        let name = reference::<Self>(number, "a");
        let query = world.refund(&item.id, &name, "6.00");
        world.running.processor().set_paused(false);
        pause(Duration::from_micros(AFTER_US[number % AFTER_US.len()])).await;
        let reply = lane.one.send(&query).await;
        let answer = Spot::answer(WorkKind::Capture, key_of(&item.id));
        world.recorder.wait(&answer).await;
        let mut ends = vec![End::of(&item.id, SETTLED, "Success", "10.00")];
        let winner = if reply.is_ok() {
            reply.answers(&["Pending"]);
            let id = reply.transaction();
            ends.push(End::of(&id, "Pending Success", "Success", "6.00"));
            "answer"
        } else {
            reply.refused("OriginalTransactionIncomplete", &["Pending"]);
            "refund"
        };
        let refund = Spot::named("Refund", &name);
        let is_first = world.recorder.is_first(&refund, &answer);
        assert_eq!(is_first, winner == "refund", "{name}");
        Round {
            winner,
            spots: [refund, answer],
            ends,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refund_waits_for_the_processors_answer() {
    run(RefundAnswer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_wins_before_and_after_the_processors_answer() {
    run(CancelAnswer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_out_and_the_processors_answer_have_an_order() {
    run(TimeOutAnswer).await;
}
