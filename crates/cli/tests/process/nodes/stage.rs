//! Where races are run: three servers, one of which dies in the middle, and a caller at all of them.
//!
//! A request is signed once, for the name that all servers have. When its server dies before the
//! answer is there, the same bytes go to the next one: so every request of every round has an answer,
//! and the rounds in which a server dies count like all others.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::cluster::{HOST, Nodes};
use crate::harness::{Answer, Caller, Receiver, get, wait};

/// Rounds of each race at least.
pub const ROUNDS: usize = 1_000;
/// Servers.
const NODES: usize = 3;
/// Rounds under way at the same time.
const LANES: usize = 24;
/// Every so manieth transaction is told to a receiver, so that notifications meet the races without
/// being most of the load.
const TOLD_EVERY: usize = 4;
/// By how many microseconds the second request follows the first, from round to round.
const DELAYS_US: [u64; 4] = [0, 0, 300, 2_000];
/// How long a request may wait for a server that answers it.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// How long a part of the rounds may take.
pub const PART_MAX: Duration = Duration::from_mins(2);

/// Two requests that can meet.
pub trait Race: Sync {
    /// Its name, as references begin with it.
    const NAME: &'static str;
    /// Everything that can come out of a round; each must be seen.
    const WINNERS: [&'static str; 2];
    /// What one or more rounds are about.
    type Item: Send;

    /// Makes what the rounds are about.
    fn prepare(&self, stage: &Stage) -> Vec<Self::Item>;

    /// Plays the rounds of one item.
    fn play(&self, stage: &Stage, number: usize, item: Self::Item) -> Vec<Round>;

    /// Names the winners, where the answers do not.
    fn judge(&self, _stage: &Stage, _rounds: &mut [Round]) {}
}

/// What came of a round.
pub struct Round {
    /// Who won.
    pub winner: &'static str,
    /// The only transaction of the round, as it must be in the end.
    pub end: End,
}

/// How a transaction must have ended.
#[derive(Debug)]
pub struct End {
    /// Its id.
    pub id: String,
    /// The caller's reference.
    pub reference: String,
    /// The histories that it may have, oldest status first.
    pub histories: &'static [&'static str],
    /// What was charged, in micro-units.
    pub settled: i64,
    /// Whether the receiver is told of it.
    pub is_told: bool,
}

/// The servers and their people.
pub struct Stage {
    /// The servers.
    pub nodes: Nodes,
    /// Who calls.
    pub caller: Caller,
    /// Who is told.
    pub receiver: Receiver,
    ends: Mutex<Vec<End>>,
    raced: AtomicUsize,
}

impl Stage {
    /// Starts everything.
    pub fn open(name: &str) -> Stage {
        let nodes = Nodes::start(name, NODES);
        let caller = nodes.with(0, |server| server.env(None));
        Stage {
            nodes,
            caller,
            receiver: Receiver::start(),
            ends: Mutex::default(),
            raced: AtomicUsize::new(0),
        }
    }

    /// A signed request.
    pub fn query(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        self.caller.query(HOST, action, parameters)
    }

    /// A request that is signed in a second whose number is even or odd.
    pub fn query_in_second(&self, odd: i64, action: &str, parameters: &[(&str, &str)]) -> String {
        let now = jiff::Timestamp::now().as_second();
        let second = jiff::Timestamp::from_second(now - 2 + (now + odd) % 2);
        let second = second.expect("a second of today");
        self.caller.query_at(second, HOST, action, parameters)
    }

    /// The parameters of a Reserve.
    pub fn reserve<'a>(
        &'a self,
        number: usize,
        reference: &'a str,
        amount: &'a str,
        told_at: &'a str,
    ) -> Vec<(&'a str, &'a str)> {
        let mut parameters = self.caller.payment(reference, amount);
        if is_told(number) {
            parameters.push(("OverrideIPNURL", told_at));
        }
        parameters
    }

    /// Sends a request to a server, and when that dies to the next.
    pub fn send(&self, node: usize, query: &str) -> Answer {
        let mut node = node;
        wait::until("a server that answers", ANSWER_MAX, || {
            let address = self.nodes.address(node % self.nodes.count());
            node += 1;
            let reply = get(&address, &format!("/?{query}"), &[]).ok()?;
            let (status, body) = (reply.status, reply.body);
            Some(Answer { status, body })
        })
    }

    /// Sends two requests at nearly the same moment to two servers; the number of the round says to
    /// which, which one leaves first, and by how much.
    pub fn race(&self, number: usize, one: &str, other: &str) -> (Answer, Answer) {
        let left = number % NODES;
        let right = (left + 1 + number / NODES % (NODES - 1)) % NODES;
        let late = Duration::from_micros(DELAYS_US[number / 2 % DELAYS_US.len()]);
        let (first, second) = if number.is_multiple_of(2) {
            (Duration::ZERO, late)
        } else {
            (late, Duration::ZERO)
        };
        let answers = std::thread::scope(|scope| {
            let other = scope.spawn(move || {
                pause(second);
                self.send(right, other)
            });
            pause(first);
            let one = self.send(left, one);
            (one, other.join().expect("it is answered"))
        });
        self.raced.fetch_add(1, Ordering::SeqCst);
        answers
    }

    /// Runs all rounds of a race. One server dies when a quarter of them is over, and comes back.
    pub fn run<R: Race>(&self, race: &R, dying: usize) {
        let items = race.prepare(self);
        let began = Instant::now();
        let before = self.raced.load(Ordering::SeqCst);
        let mut rounds: Vec<Round> = std::thread::scope(|scope| {
            scope.spawn(|| {
                wait::until("a quarter of the rounds", PART_MAX, || {
                    let raced = self.raced.load(Ordering::SeqCst) - before;
                    (ROUNDS / 4 <= raced).then_some(())
                });
                self.nodes.kill(dying);
                self.nodes.start_again(dying);
            });
            let items = items.into_iter().enumerate();
            let played = spread(items, |(number, item)| race.play(self, number, item));
            played.into_iter().flatten().collect()
        });
        race.judge(self, &mut rounds);
        let mut winners: BTreeMap<&str, usize> = BTreeMap::new();
        for round in &rounds {
            *winners.entry(round.winner).or_default() += 1;
        }
        let (name, took) = (R::NAME, began.elapsed());
        println!("{name}: {} rounds, {winners:?}, {took:?}", rounds.len());
        assert!(ROUNDS <= rounds.len(), "{name}: too few rounds");
        for winner in R::WINNERS {
            assert!(winners.contains_key(winner), "{name}: {winner} never won");
        }
        let known = R::WINNERS.iter().filter_map(|name| winners.get(name));
        assert_eq!(known.sum::<usize>(), rounds.len(), "{name}: {winners:?}");
        self.note(rounds.into_iter().map(|round| round.end));
    }

    /// How transactions must have ended.
    pub fn note(&self, ends: impl IntoIterator<Item = End>) {
        let mut known = self.ends.lock().expect("nobody panics with it");
        known.extend(ends);
    }

    /// Makes a reservation of 10 dollars for each round, and waits until all are reserved.
    pub fn reserved(&self, name: &str) -> Vec<String> {
        let told_at = self.receiver.url("/ipn");
        let ids = spread(0..ROUNDS, |number| {
            let reference = format!("{name}-{number}");
            let parameters = self.reserve(number, &reference, "10.00", &told_at);
            let query = self.query("Reserve", &parameters);
            self.send(number, &query).must("TransactionId")
        });
        wait::until("the reservations", PART_MAX, || {
            let open = "SELECT count(*) FROM transactions WHERE state = 1";
            (self.nodes.number(open) == 0).then_some(())
        });
        ids
    }

    /// Lets go of what is under way, and takes everything that is known about the races.
    pub fn close(self) -> (Nodes, Caller, Receiver, Vec<End>) {
        let ends = self.ends.into_inner().expect("nobody panics with it");
        (self.nodes, self.caller, self.receiver, ends)
    }
}

/// Whether the transaction of that number is told to the receiver.
pub fn is_told(number: usize) -> bool {
    number.is_multiple_of(TOLD_EVERY)
}

/// Plays every item in whichever lane is free; gives what came of them in their order.
pub fn spread<T: Send, R: Send>(
    items: impl IntoIterator<Item = T>,
    play: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let queue: VecDeque<(usize, T)> = items.into_iter().enumerate().collect();
    let (queue, played) = (Mutex::new(queue), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("nobody panics with it").pop_front();
                    let Some((number, item)) = next else { return };
                    let result = play(item);
                    let mut played = played.lock().expect("nobody panics with it");
                    played.insert(number, result);
                }
            });
        }
    });
    let played = played.into_inner().expect("nobody panics with it");
    played.into_values().collect()
}

/// Lets other threads work for a while.
fn pause(time: Duration) {
    let since = Instant::now();
    while since.elapsed() < time {
        std::thread::yield_now();
    }
}
