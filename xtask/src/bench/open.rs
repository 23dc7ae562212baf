//! An open loop: requests leave at fixed moments, however long the earlier ones take.
//!
//! **Invariant:** a time counts from the moment at which its request should have been sent. A server
//! that stalls is charged for every request that would have come meanwhile, not for one alone.
//!
//! As in a closed loop the connections are split over a few threads. A thread for each would sleep and
//! wake so often that the generator took as much of the shared cores as half of the load.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::alarm::Alarm;
use super::client::{Answer, Connection, Talk};
use super::load::{Load, Order, play_all};
use super::signer::Signer;
use super::tally::Tally;
use crate::run::Failure;

/// Drives Reserve requests at so many each second over all connections of a load.
pub fn drive(load: &Load, per_second: u64) -> Result<Tally, Failure> {
    let begin = Instant::now() + Duration::from_millis(50);
    let schedule = Schedule {
        begin,
        end: begin + load.seconds,
        per_second,
        connections: load.connections,
        own: 0,
    };
    let threads: Vec<_> = (0..load.threads)
        .map(|own| {
            let load = load.clone();
            std::thread::spawn(move || thread(&load, Schedule { own, ..schedule }))
        })
        .collect();
    Tally::of_threads(threads)
}

/// When one of several connections sends: every so many requests it is its turn.
#[derive(Clone, Copy)]
struct Schedule {
    begin: Instant,
    end: Instant,
    per_second: u64,
    connections: usize,
    own: usize,
}

impl Schedule {
    /// The number of the connection's turn among all requests.
    fn number(&self, turn: u64) -> u64 {
        let number = |count| u64::try_from(count).unwrap_or(u64::MAX);
        turn * number(self.connections) + number(self.own)
    }

    /// When the turn is due; `None` when the load is over.
    fn due(&self, turn: u64) -> Option<Instant> {
        let ns = u128::from(self.number(turn)) * 1_000_000_000 / u128::from(self.per_second.max(1));
        let due = self.begin + Duration::from_nanos(u64::try_from(ns).unwrap_or(u64::MAX));
        (due < self.end).then_some(due)
    }
}

/// Plays the connections of one thread: every so many, beginning with its own number.
fn thread(load: &Load, first: Schedule) -> std::io::Result<Tally> {
    let mine = (first.own..load.connections).step_by(load.threads);
    play_all(load.address, mine, |own, connection| {
        play(load.clone(), connection, Schedule { own, ..first })
    })
}

async fn play(
    load: Load,
    mut connection: Connection,
    schedule: Schedule,
) -> std::io::Result<Tally> {
    let alarm = Alarm::new()?;
    let mut signer = Signer::new(&load.address.to_string());
    let mut tally = Tally::new();
    for turn in 0.. {
        let Some(due) = schedule.due(turn) else { break };
        alarm.wait_until(due).await?;
        let order = load.order(load.first + schedule.number(turn));
        let answer = connection.exchange(request(&mut signer, &order)).await?;
        if accepted(&answer, &mut tally) {
            tally.latency.record(due.elapsed());
        }
    }
    Ok(tally)
}

fn request<'s>(signer: &'s mut Signer, order: &Order) -> &'s [u8] {
    signer.reserve(order.caller, order.token, &order.reference)
}

/// Counts one answer; whether it accepts.
fn accepted(answer: &Answer, tally: &mut Tally) -> bool {
    let accepted = answer.status == 200;
    if accepted {
        tally.reserved += 1;
    } else {
        tally.refuse(answer.body);
    }
    accepted
}

/// Sends one Reserve on a connection of its own, which must be accepted.
pub fn ask_once(load: &Load, address: SocketAddr) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::because(format!("the first request: {error}"));
    let mut talk = Talk::open(address).map_err(failed)?;
    let mut signer = Signer::new(&address.to_string());
    let mut tally = Tally::new();
    let order = load.order(load.first);
    let answer = talk
        .exchange(request(&mut signer, &order))
        .map_err(failed)?;
    if accepted(&answer, &mut tally) {
        return Ok(());
    }
    Err(Failure::because(format!(
        "the first request was refused: {:?}",
        tally.refused
    )))
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
