//! The load generator: a closed loop over kept-alive connections, each with one request under way.
//!
//! It shares its cores with what it measures, so it does little: its connections are split over a
//! few threads, each with a runtime of its own and nothing shared but one counter.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use super::client::Connection;
use super::histogram::Histogram;
use super::options::References;
use super::script::{Actor, Script};
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
}

/// What a load counted.
#[derive(Clone)]
pub struct Tally {
    /// Reservations accepted.
    pub reserved: u64,
    /// Reservations settled.
    pub settled: u64,
    /// Settles that came before the processor's answer, and were sent again.
    pub early: u64,
    /// Whatever else was answered, by its code.
    pub refused: BTreeMap<String, u64>,
    /// How long each accepted Reserve took.
    pub latency: Histogram,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Tally {
        Tally {
            reserved: 0,
            settled: 0,
            early: 0,
            refused: BTreeMap::new(),
            latency: Histogram::new(),
        }
    }

    fn merge(&mut self, other: &Tally) {
        self.reserved += other.reserved;
        self.settled += other.settled;
        self.early += other.early;
        for (code, count) in &other.refused {
            *self.refused.entry(code.clone()).or_default() += count;
        }
        self.latency.merge(&other.latency);
    }

    /// Fails when anything was refused: then the load was another one than meant.
    fn unrefused(self) -> Result<Tally, Failure> {
        if self.refused.is_empty() {
            return Ok(self);
        }
        let codes: Vec<String> = self
            .refused
            .iter()
            .map(|(code, count)| format!("{count} × {code}"))
            .collect();
        Err(Failure::because(format!(
            "the server refused requests: {}",
            codes.join(", ")
        )))
    }
}

impl Load {
    /// Drives it to its end.
    pub fn drive(&self) -> Result<Tally, Failure> {
        let sequence = Arc::new(AtomicU64::new(0));
        let end = Instant::now() + self.seconds;
        let threads: Vec<_> = (0..self.threads)
            .map(|thread| {
                let (load, sequence) = (self.clone(), sequence.clone());
                std::thread::spawn(move || load.thread(thread, end, &sequence))
            })
            .collect();
        let mut tally = Tally::new();
        for thread in threads {
            let counted = thread
                .join()
                .map_err(|_| Failure::because("the generator broke"))?;
            let counted =
                counted.map_err(|error| Failure::because(format!("a connection: {error}")))?;
            tally.merge(&counted);
        }
        tally.unrefused()
    }

    fn thread(
        &self,
        thread: usize,
        end: Instant,
        sequence: &Arc<AtomicU64>,
    ) -> std::io::Result<Tally> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mine = (0..self.connections)
            .filter(|number| number % self.threads == thread)
            .count();
        runtime.block_on(async {
            let mut under_way = tokio::task::JoinSet::new();
            for _ in 0..mine {
                let connection = Connection::open(self.address).await?;
                let actor = Actor::new(self.clone(), connection, sequence.clone());
                under_way.spawn(actor.play(end));
            }
            let mut tally = Tally::new();
            while let Some(joined) = under_way.join_next().await {
                tally.merge(&joined.map_err(std::io::Error::other)??);
            }
            Ok(tally)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_with_refusals_counts_for_nothing() {
        let mut tally = Tally::new();
        tally.reserved = 1;
        let mut sum = Tally::new();
        sum.merge(&tally);
        sum.merge(&tally);
        assert_eq!(sum.clone().unrefused().expect("none refused").reserved, 2);
        tally.refused.insert("AccountClosed".to_owned(), 3);
        sum.merge(&tally);
        assert!(sum.unrefused().is_err());
    }
}
