//! What each connection of a load does, request after request.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::client::{Connection, element};
use super::load::Load;
use super::signer::Signer;
use super::tally::Tally;

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
        let played = self.act(end).await;
        if let Err(error) = played
            && !self.load.until_killed
        {
            return Err(error);
        }
        Ok(self.tally)
    }

    async fn act(&mut self, end: Instant) -> std::io::Result<()> {
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
        Ok(())
    }

    async fn reserve(&mut self) -> std::io::Result<()> {
        let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
        let order = self.load.order(sequence);
        let begun = Instant::now();
        let request = self
            .signer
            .reserve(order.caller, order.token, &order.reference);
        let number = order.number;
        let answer = self.connection.exchange(request).await?;
        if answer.status != 200 {
            self.tally.refuse(answer.body);
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
            self.tally.refuse(answer.body);
        }
        Ok(false)
    }
}
