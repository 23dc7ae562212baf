//! An open loop: requests leave at fixed moments, however long the earlier ones take.
//!
//! **Invariant:** a time counts from the moment at which its request should have been sent. A server
//! that stalls is charged for every request that would have come meanwhile, not for one alone.
//!
//! Each connection has a thread of its own, because a thread sleeps to the next moment within some
//! fifty microseconds, and an asynchronous timer within a millisecond.

use std::net::SocketAddr;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::client::Talk;
use super::load::Load;
use super::signer::Signer;
use super::tally::Tally;
use crate::run::Failure;

/// Stack of a thread of the generator: it does little.
const STACK_BYTES: usize = 256 * 1_024;

/// Drives Reserve requests at so many each second over all connections of a load.
pub fn drive(load: &Load, per_second: u64) -> Result<Tally, Failure> {
    let connections = u32::try_from(load.connections).unwrap_or(u32::MAX);
    let begin = Instant::now() + Duration::from_millis(50);
    let threads: std::io::Result<Vec<JoinHandle<_>>> = (0..connections)
        .map(|own| {
            let schedule = Schedule {
                begin,
                end: begin + load.seconds,
                per_second,
                connections,
                own,
            };
            let load = load.clone();
            std::thread::Builder::new()
                .stack_size(STACK_BYTES)
                .spawn(move || connection(&load, schedule))
        })
        .collect();
    let threads = threads.map_err(|error| Failure::because(format!("the generator: {error}")))?;
    Tally::of_threads(threads)
}

/// When one of several connections sends: every so many requests it is its turn.
#[derive(Clone, Copy)]
struct Schedule {
    begin: Instant,
    end: Instant,
    per_second: u64,
    connections: u32,
    own: u32,
}

impl Schedule {
    /// The number of the connection's turn among all requests.
    fn number(&self, turn: u64) -> u64 {
        turn * u64::from(self.connections) + u64::from(self.own)
    }

    /// When the turn is due; `None` when the load is over.
    fn due(&self, turn: u64) -> Option<Instant> {
        let ns = u128::from(self.number(turn)) * 1_000_000_000 / u128::from(self.per_second.max(1));
        let due = self.begin + Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX));
        (due < self.end).then_some(due)
    }
}

fn connection(load: &Load, schedule: Schedule) -> std::io::Result<Tally> {
    let mut talk = Talk::open(load.address)?;
    let mut signer = Signer::new(&load.address.to_string());
    let mut tally = Tally::new();
    for turn in 0.. {
        let Some(due) = schedule.due(turn) else { break };
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if reserve(
            &mut talk,
            &mut signer,
            load,
            schedule.number(turn),
            &mut tally,
        )? {
            tally.latency.record(due.elapsed());
        }
    }
    Ok(tally)
}

/// Sends one Reserve; whether it was accepted.
fn reserve(
    talk: &mut Talk,
    signer: &mut Signer,
    load: &Load,
    number: u64,
    tally: &mut Tally,
) -> std::io::Result<bool> {
    let order = load.order(load.first + number);
    let request = signer.reserve(order.caller, order.token, &order.reference);
    let answer = talk.exchange(request)?;
    let accepted = answer.status == 200;
    if accepted {
        tally.reserved += 1;
    } else {
        tally.refuse(answer.body);
    }
    Ok(accepted)
}

/// Sends one Reserve on a connection of its own, which must be accepted.
pub fn ask_once(load: &Load, address: SocketAddr) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::because(format!("the first request: {error}"));
    let mut talk = Talk::open(address).map_err(failed)?;
    let mut signer = Signer::new(&address.to_string());
    let mut tally = Tally::new();
    match reserve(&mut talk, &mut signer, load, 0, &mut tally) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::because(format!(
            "the first request was refused: {:?}",
            tally.refused
        ))),
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_has_one_moment_and_one_connection() {
        let begin = Instant::now();
        let schedule = |own| Schedule {
            begin,
            end: begin + Duration::from_secs(1),
            per_second: 10,
            connections: 4,
            own,
        };
        let mut all = Vec::new();
        for own in 0..4 {
            let turns = (0..).map_while(|turn| {
                let due = schedule(own).due(turn)?;
                Some((due - begin, schedule(own).number(turn)))
            });
            all.extend(turns);
        }
        all.sort();
        let expected = (0..10).map(|number| (Duration::from_millis(number * 100), number));
        assert_eq!(all, expected.collect::<Vec<_>>());
    }
}
