//! A store in one SQLite file.
//!
//! **Promise:** one writer takes whatever is queued, decides it as one batch, and answers
//! after the flush (`journal_mode=WAL`, `synchronous=FULL`). There is no timer: under load the
//! group forms by itself. It works on a thread of its own, or on that of an asker who is alone. The queue is bounded; a full disk fails the batch, loses nothing, and the
//! next batch is tried afresh.
//!
//! | thread      | connection | what it does                                              |
//! |-------------|------------|-----------------------------------------------------------|
//! | writer      | one        | batches, claims, the follower's rows                      |
//! | an asker's  | the same   | his command, when nobody else is about (`seat`)         |
//! | readers     | one each   | `see`, `find`, candidates for `claim`; each at most 1 s   |
//! | maintenance | one        | checkpoints; finds what the follower has to write         |
//!
//! | # | statement of a batch                                                  | when                |
//! |---|-----------------------------------------------------------------------|---------------------|
//! | 1 | `BEGIN IMMEDIATE`                                                     | always              |
//! | 2 | one `SELECT` by primary key for each row not lately seen              | once a row          |
//! | 3 | one `INSERT`, `REPLACE`, `UPDATE` or `DELETE` for each changed row    | once a row          |
//! | 4 | one `INSERT` into `batches`                                           | unless all refused  |
//! | 5 | `COMMIT`: one write to the log, and the flush                         | unless all refused  |
//!
//! A Reserve costs 1 `SELECT` (its reference) and 5 writes (transaction, reference, event, work,
//! token); the processor's yes 1 `SELECT` (its work) and 4 writes (transaction, event, posting,
//! work). Each notification costs 2 more, a balance that changes 1 more.
//!
//! Deliberately absent: indexes on anything a payment writes, but for the caller's own reference.
//! The activity of an account is indexed behind the payments, by a follower.

mod activity;
mod backend;
mod errands;
mod files;
mod find;
mod lock;
mod maintenance;
mod migrate;
mod open;
mod queue;
mod readers;
mod relay;
mod row;
mod seat;
mod sums;
mod tables;
mod walk;
mod write;
mod writer;

pub use backend::SqliteBackend;
pub use lock::{DirectoryLock, lock_directory};
pub use open::{OpenError, Options, SqliteStore};

#[cfg(test)]
mod tests;
