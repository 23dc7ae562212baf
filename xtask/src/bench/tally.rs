//! What a load counted.

use std::collections::BTreeMap;
use std::thread::JoinHandle;

use super::client::element;
use super::histogram::Histogram;
use crate::run::Failure;

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

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Tally) {
        self.reserved += other.reserved;
        self.settled += other.settled;
        self.early += other.early;
        for (code, count) in &other.refused {
            *self.refused.entry(code.clone()).or_default() += count;
        }
        self.latency.merge(&other.latency);
    }

    /// Counts a refusal.
    pub fn refuse(&mut self, body: &[u8]) {
        let code = element(body, "Code").unwrap_or("a reply without a code");
        *self.refused.entry(code.to_owned()).or_default() += 1;
    }

    /// What the threads of a generator counted together.
    pub fn of_threads(threads: Vec<JoinHandle<std::io::Result<Tally>>>) -> Result<Tally, Failure> {
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
        tally.refuse(b"<Code>AccountClosed</Code>");
        sum.merge(&tally);
        assert_eq!(sum.refused["AccountClosed"], 1);
        assert!(sum.unrefused().is_err());
    }
}
