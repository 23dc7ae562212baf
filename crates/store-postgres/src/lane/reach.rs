//! The way to the database: connecting, keeping the lane, finding out what became of a commit.

use std::sync::atomic::Ordering;
use std::time::Duration;

use store::Outage;
use store::chain::Chain;
use store::keys::KeyAllotter;
use tokio::time::Instant;
use tokio_postgres::Client;

use super::{Batched, Lane, Unanswered};
use crate::connect::SILENCE_MAX;
use crate::lease::{self, LANE_LEASE_MS, Lease};
use crate::session::Session;

/// How long a batch waits for the database to come back, when it went away under it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two tries to connect.
const CONNECT_PAUSE: Duration = Duration::from_millis(50);
/// How long a lane's statement waits for a lock: shorter than [`SILENCE_MAX`], so that the server has
/// given up when the lane does.
const LOCK_WAIT: &str = "SET lock_timeout = '10s'";

impl Lane {
    /// Keeps the lane, and the connection, while nothing is asked.
    pub(crate) async fn keep(&mut self) {
        let closed = self.session.as_ref().is_none_or(Session::is_closed);
        let kept = if closed {
            self.connect().await
        } else {
            self.renew().await
        };
        self.node.healthy.store(kept.is_ok(), Ordering::Relaxed);
        if let Err(outage) = kept {
            tracing::warn!(%outage, "the lane waits for the database");
            self.session = None;
        }
    }

    /// Gives the lane back.
    pub(crate) async fn close(mut self) {
        if let (Some(session), Some(lease)) = (self.session.take(), self.lease.take()) {
            let now = payments::Timestamp(0);
            let given_back = lease::renew(session.client(), &self.node.name, lease, now);
            if let Err(outage) = within(given_back).await {
                tracing::debug!(%outage, "the lane is free when its lease has run out");
            }
        }
    }

    /// Connects, if there is no connection: tries until that moment, or once.
    pub(super) async fn reach(&mut self, until: Option<Instant>) -> Result<(), Unanswered> {
        while self.session.is_none() {
            let Err(outage) = self.connect().await else {
                self.node.healthy.store(true, Ordering::Relaxed);
                return Ok(());
            };
            self.node.healthy.store(false, Ordering::Relaxed);
            if until.is_none_or(|until| until <= Instant::now()) {
                return Err(Unanswered::All(outage));
            }
            tokio::time::sleep(CONNECT_PAUSE).await;
        }
        Ok(())
    }

    /// After a connection was lost in the middle of a commit: whether the batch is kept.
    pub(super) async fn find_out(
        &mut self,
        batched: &Batched,
        until: Instant,
    ) -> Result<bool, Unanswered> {
        let row = batched
            .row
            .as_ref()
            .expect("only a batch with a row is committed");
        tracing::warn!(
            lane = row.lane,
            number = row.number,
            "a commit has an unknown outcome"
        );
        loop {
            // Connecting waits on the lane's row until the server has ended the old connection.
            self.reach(Some(until)).await?;
            let session = self.session.as_ref().expect("it has just been reached");
            match within(lease::is_kept(session.client(), row)).await {
                Ok(kept) => {
                    tracing::warn!(number = row.number, kept, "the outcome is known");
                    return Ok(kept);
                }
                Err(outage) => {
                    self.session = None;
                    if until <= Instant::now() {
                        return Err(Unanswered::All(outage));
                    }
                }
            }
        }
    }

    /// A new connection, on the lane as it stands in the database.
    pub(super) async fn connect(&mut self) -> Result<(), Outage> {
        let connected = self.node.address.connect_durably().await?;
        let session = Session::over(connected)
            .limited(SILENCE_MAX)
            .counted(self.node.trips.clone());
        within(self.take_up(session.client())).await?;
        self.session = Some(session);
        Ok(())
    }

    /// Goes on with the lane it had, or takes another. What it reads is durable: it has written behind
    /// it.
    async fn take_up(&mut self, client: &Client) -> Result<(), Outage> {
        if let Err(problem) = client.batch_execute(LOCK_WAIT).await {
            tracing::debug!(%problem, "the database does not know how long a lock may be waited for");
        }
        let (name, now) = (&self.node.name, self.node.clocks.now().real);
        let until = now.plus_ms(LANE_LEASE_MS);
        let kept = match self.lease {
            Some(lease) if lease::renew(client, name, lease, until).await? => {
                Some(Lease { until, ..lease })
            }
            Some(_) | None => None,
        };
        self.lease = kept;
        let lease = match kept {
            Some(lease) => lease,
            None => lease::take(client, name, now).await?,
        };
        self.node.learn_lanes(lease::lanes(client).await?);
        let last = lease::last_batch(client, lease.lane).await?;
        self.keys = KeyAllotter::after(lease.lane, last.as_ref().map(|row| row.last_key));
        self.chain = Chain::after(lease.lane, last.as_ref());
        self.lease = Some(lease);
        Ok(())
    }

    async fn renew(&mut self) -> Result<(), Outage> {
        let (Some(session), Some(lease)) = (&self.session, self.lease) else {
            return Ok(());
        };
        let until = self.node.clocks.now().real.plus_ms(LANE_LEASE_MS);
        let renewed = lease::renew(session.client(), &self.node.name, lease, until);
        if within(renewed).await? {
            self.lease = Some(Lease { until, ..lease });
        } else {
            (self.lease, self.session) = (None, None);
        }
        Ok(())
    }
}

/// Until when a database that has gone away is waited for.
pub(super) fn patience(waiting: &mut Option<Instant>) -> Instant {
    *waiting.get_or_insert_with(|| Instant::now() + PATIENCE)
}

/// What the database says of a lane, if it says it in time.
async fn within<T>(said: impl Future<Output = Result<T, Outage>>) -> Result<T, Outage> {
    let said = tokio::time::timeout(SILENCE_MAX, said).await;
    said.unwrap_or_else(|_| {
        Err(Outage::Failed {
            doing: "looking after a lane",
            reason: format!("the server said nothing for {SILENCE_MAX:?}"),
        })
    })
}
