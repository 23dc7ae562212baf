//! Many rounds at once: each lane has two connections and takes the next round when it is free.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::connection::{Connection, Reply};
use super::world::World;

/// Rounds of each race at least.
pub const ROUNDS: usize = 1_000;
/// Lanes.
pub const LANES: usize = 16;

/// By how many microseconds the second request follows the first, from round to round.
const DELAYS_US: [u64; 8] = [0, 0, 0, 200, 500, 1_000, 3_000, 10_000];

/// Two connections.
pub struct Lane {
    /// One.
    pub one: Connection,
    /// The other.
    pub other: Connection,
}

/// All lanes.
pub struct Lanes(Vec<Lane>);

impl Lane {
    /// Sends two requests at nearly the same moment; the number of the round says which one leaves
    /// first, and by how much.
    pub async fn race(&mut self, number: usize, one: &str, other: &str) -> (Reply, Reply) {
        let (first, second) = (Duration::ZERO, delay(number));
        let (first, second) = if number.is_multiple_of(2) {
            (first, second)
        } else {
            (second, first)
        };
        let one = async {
            pause(first).await;
            self.one.send(one).await
        };
        let other = async {
            pause(second).await;
            self.other.send(other).await
        };
        tokio::join!(one, other)
    }
}

/// How long the second one of a round waits.
pub fn delay(number: usize) -> Duration {
    Duration::from_micros(DELAYS_US[number / 2 % DELAYS_US.len()])
}

/// Lets other tasks work for a while.
pub async fn pause(time: Duration) {
    let since = Instant::now();
    while since.elapsed() < time {
        tokio::task::yield_now().await;
    }
}

impl Lanes {
    /// Opens all connections.
    pub async fn open(world: &World) -> Lanes {
        let mut lanes = Vec::with_capacity(LANES);
        for _ in 0..LANES {
            lanes.push(Lane {
                one: Connection::open(&world.host).await,
                other: Connection::open(&world.host).await,
            });
        }
        Lanes(lanes)
    }

    /// Plays every item on whichever lane is free; gives what came of them in their order.
    pub async fn spread<T, R, F, P>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        play: P,
    ) -> Vec<R>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: Future<Output = (Lane, R)> + Send,
        P: Fn(Lane, T) -> F + Clone + Send + 'static,
    {
        let queue: VecDeque<(usize, T)> = items.into_iter().enumerate().collect();
        let queue = Arc::new(Mutex::new(queue));
        let mut tasks = tokio::task::JoinSet::new();
        for mut lane in self.0.drain(..) {
            let (queue, play) = (queue.clone(), play.clone());
            tasks.spawn(async move {
                let mut played = Vec::new();
                loop {
                    let next = queue.lock().expect("nobody panics with it").pop_front();
                    let Some((number, item)) = next else {
                        return (lane, played);
                    };
                    let (back, result) = play(lane, item).await;
                    lane = back;
                    played.push((number, result));
                }
            });
        }
        let mut all = Vec::new();
        for (lane, mut played) in tasks.join_all().await {
            self.0.push(lane);
            all.append(&mut played);
        }
        all.sort_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, result)| result).collect()
    }
}
