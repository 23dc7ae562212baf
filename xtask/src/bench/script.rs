//! What each connection of a load does, request after request.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::client::{Connection, element};
use super::load::{Load, Tally};
use super::options::References;
use super::signer::Signer;

/// Reservations of one connection that the processor may still be asked about before it settles the
/// oldest: a client that is told of the answer settles about so much later.
const LIVES_OPEN: usize = 4;
/// How long to wait before a Settle that came too early is sent again, once no Reserve comes between.
const EARLY_WAIT: Duration = Duration::from_millis(2);
/// How long the last lives may take to be settled.
const LAST_LIVES_MAX: Duration = Duration::from_mins(1);
/// What a Settle is refused with before the processor has answered, or after an earlier Settle.
const EARLY: &str = "InvalidTransactionState";

/// What each connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Reserve after Reserve.
    Reserve,
    /// Reserve and Settle in turns, until all that was reserved is settled.
    Life,
}

/// One connection, playing its script.
pub struct Actor {
    load: Load,
    connection: Connection,
    sequence: Arc<AtomicU64>,
    signer: Signer,
    tally: Tally,
    /// The caller and the transaction of what is reserved and not settled, oldest first.
    open: VecDeque<(usize, String)>,
}

impl Actor {
    /// Takes a connection; `sequence` is shared by all of a load.
    pub fn new(load: Load, connection: Connection, sequence: Arc<AtomicU64>) -> Actor {
        let signer = Signer::new(&load.address.to_string());
        Actor {
            load,
            connection,
            sequence,
            signer,
            tally: Tally::new(),
            open: VecDeque::new(),
        }
    }

    /// Begins nothing new after `end`; what was begun is finished.
    pub async fn play(mut self, end: Instant) -> std::io::Result<Tally> {
        while Instant::now() < end {
            self.reserve().await?;
            if LIVES_OPEN < self.open.len() {
                self.settle().await?;
            }
        }
        while !self.open.is_empty() && end.elapsed() < LAST_LIVES_MAX {
            if !self.settle().await? {
                tokio::time::sleep(EARLY_WAIT).await;
            }
        }
        if !self.open.is_empty() {
            return Err(std::io::Error::other(
                "some reservations could not be settled in time",
            ));
        }
        Ok(self.tally)
    }

    async fn reserve(&mut self) -> std::io::Result<()> {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let at = usize::try_from(sequence).unwrap_or(0);
        let number = at % self.load.callers.len();
        let caller = &self.load.callers[number];
        let token = &caller.tokens[at / self.load.callers.len() % caller.tokens.len()];
        let reference = reference(self.load.references, sequence);
        let begun = Instant::now();
        let request = self.signer.reserve(caller, token, &reference);
        let answer = self.connection.exchange(request).await?;
        if answer.status != 200 {
            refuse(&mut self.tally, answer.body);
            return Ok(());
        }
        self.tally.latency.record(begun.elapsed());
        self.tally.reserved += 1;
        if self.load.script == Script::Life {
            let id = element(answer.body, "TransactionId")
                .ok_or_else(|| std::io::Error::other("a Reserve without a transaction id"))?;
            self.open.push_back((number, id.to_owned()));
        }
        Ok(())
    }

    /// Settles the oldest reservation; whether it could be.
    async fn settle(&mut self) -> std::io::Result<bool> {
        let Some((number, id)) = self.open.pop_front() else {
            return Ok(true);
        };
        let request = self.signer.settle(&self.load.callers[number], &id);
        let answer = self.connection.exchange(request).await?;
        if answer.status == 200 {
            self.tally.settled += 1;
            return Ok(true);
        }
        if element(answer.body, "Code") == Some(EARLY) {
            self.tally.early += 1;
            self.open.push_back((number, id));
        } else {
            refuse(&mut self.tally, answer.body);
        }
        Ok(false)
    }
}

fn refuse(tally: &mut Tally, body: &[u8]) {
    let code = element(body, "Code").unwrap_or("a reply without a code");
    *tally.refused.entry(code.to_owned()).or_default() += 1;
}

/// The reference of the request with this number: unlike every other.
fn reference(references: References, sequence: u64) -> String {
    match references {
        References::Growing => format!("order-{sequence:0>12}"),
        References::Random => format!("order-{:0>16x}", scattered(sequence)),
    }
}

/// Scatters numbers over all 64 bits, no two to the same place (the finish of SplitMix64).
fn scattered(number: u64) -> u64 {
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
            (0..1_000)
                .map(|number| reference(references, number))
                .collect()
        };
        let (growing, random) = (all(References::Growing), all(References::Random));
        assert!(growing.is_sorted());
        assert!(!random.is_sorted());
        assert_eq!(random.into_iter().collect::<BTreeSet<_>>().len(), 1_000);
    }
}
