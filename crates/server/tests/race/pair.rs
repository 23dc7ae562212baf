//! What a race is, how its rounds are run, and what is asserted about all of them together.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use payments::rows::WorkKind;

use super::closing;
use super::connection::{Reply, texts};
use super::lanes::{Lane, Lanes, ROUNDS};
use super::recorder::{Meeting, Spot};
use super::requests::Payment;
use super::world::{World, key_of};

/// Two commands that can meet.
pub trait Pair: Send + Sync + 'static {
    /// Its name, as references begin with it: `settle-cancel`.
    const NAME: &'static str;
    /// Everything that can come out of a round; each must be seen.
    const WINNERS: &'static [&'static str];
    /// Rounds that are prepared together.
    const AT_ONCE: usize = ROUNDS;
    /// What a round is about.
    type Item: Send + 'static;

    /// Makes what these rounds are about.
    fn prepare(
        &self,
        world: &Arc<World>,
        lanes: &mut Lanes,
        numbers: Range<usize>,
    ) -> impl Future<Output = Vec<Self::Item>> + Send;

    /// Plays a round.
    fn race(
        &self,
        world: &World,
        lane: &mut Lane,
        number: usize,
        item: Self::Item,
    ) -> impl Future<Output = Round> + Send;
}

/// What came of a round.
pub struct Round {
    /// Who won.
    pub winner: &'static str,
    /// The two commands.
    pub spots: [Spot; 2],
    /// The transactions, as they must be in the end.
    pub ends: Vec<End>,
}

/// How a transaction must have ended.
pub struct End {
    /// Its id.
    pub id: String,
    /// Its statuses, oldest first: `Pending Reserved Cancelled`.
    pub history: &'static str,
    /// Its status code.
    pub code: &'static str,
    /// Its amount, in dollars.
    pub amount: &'static str,
}

/// A transaction that a race is about.
pub struct Subject {
    /// Its id.
    pub id: String,
}

/// Runs all rounds of a pair, then proves the books.
pub async fn run<P: Pair>(pair: P) {
    let world = Arc::new(World::start().await);
    let pair = Arc::new(pair);
    let mut lanes = Lanes::open(&world).await;
    let mut tally = Tally::default();
    let mut done = 0;
    while done < ROUNDS {
        let numbers = done..ROUNDS.min(done + P::AT_ONCE);
        done = numbers.end;
        let items = pair.prepare(&world, &mut lanes, numbers.clone()).await;
        assert_eq!(items.len(), numbers.len(), "an item for every round");
        let (shared, racing) = (world.clone(), pair.clone());
        let play = move |mut lane: Lane, (number, item)| {
            let (world, pair) = (shared.clone(), racing.clone());
            async move {
                let round = pair.race(&world, &mut lane, number, item).await;
                (lane, round)
            }
        };
        let rounds = lanes.spread(numbers.zip(items), play).await;
        for round in &rounds {
            tally.count(&world, round);
        }
        world.quiet().await;
        let ends = rounds.into_iter().flat_map(|round| round.ends);
        check_ends(&world, &mut lanes, ends).await;
    }
    drop(lanes);
    tally.check::<P>(done);
    let world = Arc::into_inner(world).expect("all rounds are over");
    closing::prove(world).await;
}

async fn check_ends(world: &Arc<World>, lanes: &mut Lanes, ends: impl Iterator<Item = End>) {
    let ends: Vec<End> = ends.collect();
    let world = world.clone();
    let play = move |mut lane: Lane, end: End| {
        let world = world.clone();
        async move {
            let query = world.query("GetTransaction", &[("TransactionId", &end.id)]);
            let reply = lane.one.send(&query).await;
            end.check(&reply);
            (lane, ())
        }
    };
    lanes.spread(ends, play).await;
}

impl End {
    /// A transaction with this history. Its code and amount follow from its outcome.
    pub fn of(id: &str, history: &'static str, code: &'static str, amount: &'static str) -> End {
        End {
            id: id.to_owned(),
            history,
            code,
            amount,
        }
    }

    /// Compares it with a reply of GetTransaction: the present, and the history that led there.
    fn check(&self, reply: &Reply) {
        let body = &reply.body;
        assert!(reply.is_ok(), "{body}");
        let (now, past) = body.split_once("<StatusHistory>").expect("a history");
        let steps: Vec<&str> = texts(past, "TransactionStatus").collect();
        assert_eq!(steps.join(" "), self.history, "{body}");
        let last = texts(now, "TransactionStatus").next();
        assert_eq!(last, steps.last().copied(), "{body}");
        assert_eq!(texts(now, "StatusCode").next(), Some(self.code), "{body}");
        let (_, amount) = now.split_once("<TransactionAmount>").expect("an amount");
        let amount = texts(amount, "Value").next().expect("an amount");
        assert_eq!(amount.trim_end_matches("0000"), self.amount, "{body}");
    }
}

/// How the rounds came out.
#[derive(Default)]
struct Tally {
    winners: BTreeMap<&'static str, usize>,
    inside: usize,
    across: usize,
    apart: usize,
}

impl Tally {
    fn count(&mut self, world: &World, round: &Round) {
        *self.winners.entry(round.winner).or_default() += 1;
        let [one, other] = &round.spots;
        match world.recorder.meeting(one, other) {
            Some(Meeting::Inside) => self.inside += 1,
            Some(Meeting::Across) => self.across += 1,
            None => self.apart += 1,
        }
    }

    fn check<P: Pair>(&self, rounds: usize) {
        let Tally {
            winners,
            inside,
            across,
            apart,
        } = self;
        let name = P::NAME;
        println!(
            "{name}: {rounds} rounds, {winners:?}; met {inside} times inside a batch, {across} across"
        );
        assert!(ROUNDS <= rounds, "{name}: too few rounds");
        assert_eq!(*apart, 0, "{name}: a command never reached the store");
        for winner in P::WINNERS {
            assert!(winners.contains_key(winner), "{name}: {winner} never won");
        }
        let known = |winner: &&str| P::WINNERS.contains(winner);
        assert!(winners.keys().all(known), "{name}: {winners:?}");
        assert!(0 < *inside, "{name}: never met inside a batch");
        assert!(0 < *across, "{name}: never met across batches");
    }
}

/// Names a request: `race-<pair>-<round>-<which>`.
pub fn reference<P: Pair>(number: usize, which: &str) -> String {
    format!("race-{}-{number}-{which}", P::NAME)
}

/// Makes payments by the usual token, and waits for the processor's last word on each.
pub async fn make<P: Pair>(
    world: &Arc<World>,
    lanes: &mut Lanes,
    numbers: Range<usize>,
    action: &'static str,
) -> Vec<Subject> {
    let last = match action {
        "Pay" => WorkKind::Capture,
        _ => WorkKind::Authorize,
    };
    let made = ask_for::<P>(world, lanes, numbers, action, &[]).await;
    for subject in &made {
        let answered = Spot::answer(last, key_of(&subject.id));
        world.recorder.wait(&answered).await;
    }
    made
}

/// Makes payments of 10 dollars by the usual token.
pub async fn ask_for<P: Pair>(
    world: &Arc<World>,
    lanes: &mut Lanes,
    numbers: Range<usize>,
    action: &'static str,
    more: &'static [(&'static str, &'static str)],
) -> Vec<Subject> {
    let world = world.clone();
    let play = move |mut lane: Lane, number: usize| {
        let world = world.clone();
        async move {
            let query = world.payment(
                action,
                &Payment {
                    token: &world.token,
                    reference: &reference::<P>(number, "made"),
                    amount: "10.00",
                    more,
                    age_s: 0,
                },
            );
            let id = lane.one.send(&query).await.transaction();
            (lane, Subject { id })
        }
    };
    lanes.spread(numbers, play).await
}

/// The one that was accepted, and the one that was refused; the first is the first one's name.
#[track_caller]
pub fn one_of<'a>(
    (name, one): (&'static str, &'a Reply),
    (other_name, other): (&'static str, &'a Reply),
) -> (&'static str, &'a Reply, &'a Reply) {
    match (one.is_ok(), other.is_ok()) {
        (true, false) => (name, one, other),
        (false, true) => (other_name, other, one),
        (true, true) => panic!("both won: {} {}", one.body, other.body),
        (false, false) => panic!("nobody won: {} {}", one.body, other.body),
    }
}
