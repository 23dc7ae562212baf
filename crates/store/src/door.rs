//! What everybody above a store calls.

use std::sync::Arc;

use std::future::Future;
use std::pin::Pin;

use payments::rows::{Account, Instrument, Notification, Transaction, Work, WorkKind};
use payments::{Answer, Command, ReadSet, Timestamp, WorkingSet};

use crate::query::{Found, Query};

/// A future in a box: stores are used behind `dyn`.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A store of Holdfast.
///
/// **Invariant:** an `Ok` answer of [`Store::submit`], refusals included, is durable before it is
/// given.
pub trait Store: Send + Sync {
    /// Decides a command and answers when what it changed is durable.
    ///
    /// # Errors
    /// [`Outage::Busy`] when the queue is full, and nothing was done; [`Outage::Failed`] when the
    /// store could not write, or cannot say whether it has: the same command again gives what came
    /// of it; [`Outage::Contended`] when others wrote the same rows at each try, and nothing was done.
    fn submit(&self, command: Command) -> Boxed<'_, Result<Answer, Outage>>;

    /// Decides commands of one asker, at most [`crate::BATCH_COMMANDS_MAX`], each for itself: one result a
    /// command, as [`Store::submit`] gives it. A store that can makes them durable together; unless it
    /// says otherwise it takes one after another.
    fn submit_all(&self, commands: Vec<Command>) -> Boxed<'_, Vec<Result<Answer, Outage>>> {
        Box::pin(async move {
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                answers.push(self.submit(command).await);
            }
            answers
        })
    }

    /// Reads rows by key, outside of any command: never through the writer, never locking.
    fn see(&self, want: ReadSet) -> Boxed<'_, Result<WorkingSet, Outage>>;

    /// Answers a question about many rows.
    fn find(&self, query: Query) -> Boxed<'_, Result<Found, Outage>>;

    /// Leases work that is due and that nobody has: left over from a crash, or put off until now.
    fn claim(&self, kinds: Vec<WorkKind>, most: usize) -> Boxed<'_, Result<Vec<WorkItem>, Outage>>;

    /// Product time and real time, as the store has them.
    fn now(&self) -> Boxed<'_, Result<Moment, Outage>>;

    /// Writes a copy of the whole store to a new file, while it is used.
    fn backup(&self, to: std::path::PathBuf) -> Boxed<'_, Result<(), Outage>>;

    /// Whether it can write: for `/readyz`.
    fn ready(&self) -> Boxed<'_, Result<(), Outage>>;

    /// Figures about itself: name and value, for `/metrics`.
    fn figures(&self) -> Vec<(&'static str, u64)>;

    /// Stops taking commands, finishes those taken, and closes.
    fn close(&self) -> Boxed<'_, ()>;
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Product time: the sandbox can move it forward.
    pub product: Timestamp,
    /// Real time.
    pub real: Timestamp,
}

/// Work with what is needed to do it, as it was at the commit that made or claimed it.
#[derive(Clone, Debug)]
pub struct WorkItem {
    /// The row.
    pub work: Work,
    /// The transaction it is about.
    pub transaction: Option<Arc<Transaction>>,
    /// The card to be charged, for work of the processor.
    pub instrument: Option<Arc<Instrument>>,
    /// For a refund, the transaction that is refunded.
    pub parent: Option<Arc<Transaction>>,
    /// The recipient, whose words stand on the card statement.
    pub recipient: Option<Arc<Account>>,
    /// The notification to be delivered.
    pub notification: Option<Arc<Notification>>,
    /// Whether it was made by this node just now: then nobody can have begun it.
    pub fresh: bool,
}

/// Where a store hands work that is due at once, after the commit that made it.
pub trait Handover: Send + Sync {
    /// Takes what one commit made, in its order. Never blocks: work that finds no place stays in the
    /// store and is claimed later.
    fn take(&self, items: Vec<WorkItem>);
}

/// The environment failed; the caller may try again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Outage {
    /// The queue of commands is full.
    #[error("the queue of commands is full ({limit})")]
    Busy {
        /// Commands that may wait.
        limit: usize,
    },
    /// The store is closing.
    #[error("the store is closing")]
    Closing,
    /// Something could not be read or written.
    #[error("{doing}: {reason}")]
    Failed {
        /// What was being done.
        doing: &'static str,
        /// What went wrong, in words without secrets.
        reason: String,
    },
    /// Others wrote the same rows at the same time, at each of many tries; nothing was done.
    #[error("others were there first, again and again: {reason}")]
    Contended {
        /// What went wrong the last time, in words without secrets.
        reason: String,
    },
    /// A row contradicts itself.
    #[error("corrupt row in {table} at {key}: {reason}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}
