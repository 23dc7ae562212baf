//! The load generator: a closed loop over kept-alive connections, each with one request under way.
//!
//! It shares its cores with what it measures, so it does little: its connections are split over a
//! few threads, each with a runtime of its own and nothing shared but one counter. What is sent
//! at fixed moments instead is in `open`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use super::client::Connection;
use super::measure::References;
use super::script::{Actor, Script};
use super::tally::Tally;
use super::world::Caller;
use crate::run::Failure;

/// A load: who asks whom, for what, for how long.
#[derive(Clone)]
pub struct Load {
    /// The server.
    pub address: SocketAddr,
    /// Who asks.
    pub callers: Arc<Vec<Caller>>,
    /// What each connection does.
    pub script: Script,
    /// Connections.
    pub connections: usize,
    /// Threads they are split over.
    pub threads: usize,
    /// How long new requests begin.
    pub seconds: Duration,
    /// How references follow each other.
    pub references: References,
    /// The number of the first request: no two loads on one store have a number in common.
    pub first: u64,
    /// Whether the server will be killed: then a broken connection ends what it carried, no more.
    pub until_killed: bool,
}

/// What one request is about.
pub struct Order<'a> {
    /// Who sends it, as a place among the callers.
    pub number: usize,
    /// Who sends it.
    pub caller: &'a Caller,
    /// The token that is charged.
    pub token: &'a str,
    /// The caller's reference.
    pub reference: String,
}

impl Load {
    /// What the request of this number is about: callers and tokens take turns.
    pub fn order(&self, number: u64) -> Order<'_> {
        let at = usize::try_from(number).unwrap_or(0);
        let place = at % self.callers.len();
        let caller = &self.callers[place];
        Order {
            number: place,
            caller,
            token: &caller.tokens[at / self.callers.len() % caller.tokens.len()],
            reference: reference(self.references, number),
        }
    }

    /// Drives it to its end.
    pub fn drive(&self) -> Result<Tally, Failure> {
        let sequence = Arc::new(AtomicU64::new(self.first));
        let end = Instant::now() + self.seconds;
        let threads: Vec<_> = (0..self.threads)
            .map(|thread| {
                let (load, sequence) = (self.clone(), sequence.clone());
                std::thread::spawn(move || load.thread(thread, end, &sequence))
            })
            .collect();
        Tally::of_threads(threads)
    }

    fn thread(
        &self,
        thread: usize,
        end: Instant,
        sequence: &Arc<AtomicU64>,
    ) -> std::io::Result<Tally> {
        let mine = (thread..self.connections).step_by(self.threads);
        play_all(self.address, mine, |_, connection| {
            Actor::new(self.clone(), connection, sequence.clone()).play(end)
        })
    }
}

/// Plays the connections of one thread, by their numbers, on a runtime of its own.
pub fn play_all<P>(
    address: SocketAddr,
    numbers: impl Iterator<Item = usize>,
    play: impl Fn(usize, Connection) -> P,
) -> std::io::Result<Tally>
where
    P: Future<Output = std::io::Result<Tally>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut under_way = tokio::task::JoinSet::new();
        for number in numbers {
            let connection = Connection::open(address).await?;
            under_way.spawn(play(number, connection));
        }
        let mut tally = Tally::new();
        while let Some(joined) = under_way.join_next().await {
            tally.merge(&joined.map_err(std::io::Error::other)??);
        }
        Ok(tally)
    })
}

/// The reference of the request with this number: unlike every other.
pub fn reference(references: References, number: u64) -> String {
    match references {
        References::Growing => format!("order-{number:0>14}"),
        References::Random => format!("order-{:0>16x}", scattered(number)),
    }
}

/// Scatters numbers over all 64 bits, no two to the same place (the finish of SplitMix64).
pub fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn references_differ_and_grow_or_scatter() {
        let all = |references| -> Vec<String> {
            let numbers = (0..1_000).chain(1 << 40..(1 << 40) + 1_000);
            numbers
                .map(|number| reference(references, number))
                .collect()
        };
        let (growing, random) = (all(References::Growing), all(References::Random));
        assert!(growing.is_sorted());
        assert!(!random.is_sorted());
        let unlike: BTreeSet<_> = growing.into_iter().chain(random).collect();
        assert_eq!(unlike.len(), 4_000);
    }
}
