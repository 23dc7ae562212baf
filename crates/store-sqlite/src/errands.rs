//! The follower: an index of who took part in which transaction, written behind the payments.
//!
//! There is one lane, so keys become visible in the order of their numbers: the follower walks
//! transactions by key. What it finds goes through the writer, in small commits.

use rusqlite::Connection;
use store::Outage;
use store::rows::codec::Fields as _;
use tokio::sync::oneshot;

use crate::activity;
use crate::queue::Queue;
use crate::row::read_rows;
use crate::writer::Message;

/// The setting that holds the key up to which activity is indexed.
pub(crate) const FOLLOWED: &str = "activity-followed";

/// Transactions in one step.
const STEP_ROWS: usize = 512;

/// What the maintenance thread is asked.
pub(crate) enum Errand {
    /// Follow as far as a few steps go, and say when.
    Follow(oneshot::Sender<Result<(), Outage>>),
}

/// Steps on demand at most: an account's page is at most this far behind under load.
const STEPS_ON_DEMAND_MAX: usize = 64;

/// The follower of one store.
pub(crate) struct Follower {
    followed: i64,
}

impl Follower {
    /// Goes on where the last one stopped.
    pub(crate) fn open(connection: &Connection) -> Result<Follower, Outage> {
        let followed = activity::followed(connection)?;
        Ok(Follower { followed })
    }

    /// Goes on until it has caught up, or for as many steps as one question is worth.
    pub(crate) fn catch_up(
        &mut self,
        connection: &Connection,
        writer: &Queue<Message>,
    ) -> Result<(), Outage> {
        for _ in 0..STEPS_ON_DEMAND_MAX {
            if !self.step(connection, writer)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// One small commit; false when it has caught up.
    pub(crate) fn step(
        &mut self,
        connection: &Connection,
        writer: &Queue<Message>,
    ) -> Result<bool, Outage> {
        let sql = "SELECT key, caller, sender, recipient FROM transactions \
            WHERE ? < key ORDER BY key LIMIT ?";
        let most = i64::try_from(STEP_ROWS).unwrap_or(i64::MAX);
        let found = read_rows(
            connection,
            "transactions",
            sql,
            [self.followed, most],
            |from| {
                let key: i64 = from.get()?;
                Ok((key, [from.get()?, from.get()?, from.get()?]))
            },
        )?;
        let Some((to, _)) = found.last().copied() else {
            return Ok(false);
        };
        let pairs = found
            .iter()
            .flat_map(|(key, accounts)| accounts.map(|one| (one, *key)));
        let mut rows: Vec<(i64, i64)> = pairs.collect();
        rows.sort_unstable();
        rows.dedup();
        let (asker, answer) = oneshot::channel();
        writer.push(Message::Follow(rows, to, asker))?;
        answer.blocking_recv().map_err(|_| Outage::Closing)??;
        self.followed = to;
        Ok(found.len() == STEP_ROWS)
    }
}
