//! A store on PostgreSQL, shared by any number of nodes.
//!
//! **Promise:** the same answers as every other store. Commands are batched per lane, a lane is one
//! writing connection, and an answer is given only after `COMMIT` has said that the batch is kept.
//! When a connection is lost in the middle of a `COMMIT`, the lane finds out by its batch number
//! whether the batch is there, and never guesses.
//!
//! | # | round trip of a batch                                                                |
//! |---|--------------------------------------------------------------------------------------|
//! | 1 | `BEGIN`, the lane's row and both clocks, every row to be read, locked in order       |
//! | 2 | proofs, one statement a table and kind of change, the batch's own row, `COMMIT`      |
//!
//! A further round of reading happens only where the rows to be seen could not be foretold.
//!
//! **What is remembered.** Each token and transaction names the batch that wrote it last. A node
//! decides on those that it remembers; a batch that writes one asks for that mark in the same
//! statement, and one that only looked at it proves the mark beside. References are taken for new: the
//! unique key proves it. Where a proof fails, the whole batch fails on the server, before its commit,
//! and is decided again on rows that are read and locked.
//!
//! **What is locked.** Rows that commands change are locked when they are read (tables in one order,
//! keys in one order), or when they are written. Rows that payments only look at (accounts, access
//! keys, cards, recipients' tokens) are read without a lock; if a decision does change one, the batch
//! is rolled back and decided again with everything locked. A row that is not there cannot be locked:
//! the unique key decides, and who loses decides again on the winner's row.
//!
//! **Balances.** A lane alone writes its own part of a balance, so credits wait for nobody. A debit
//! must see all parts: it locks the account's row first and reads the parts in a later statement.
//!
//! **Invariant:** nothing here needs more than plain SQL: no advisory lock, no `LISTEN`, no trigger,
//! no sequence. `docs/postgresql.md` says what other engines of the same protocol do with it.

mod activity;
mod claim;
mod clock;
mod columns;
mod connect;
mod error;
mod find;
mod follow;
mod foretell;
mod hosts;
mod known;
mod lane;
mod lease;
mod load;
mod migrate;
mod node;
mod open;
mod readers;
mod releases;
mod route;
mod serve;
mod session;
mod start;
mod table;
mod tables;
mod tls;
mod walk;
mod write;

pub use clock::DatabaseClock;
pub use connect::{Address, Alone};
pub use migrate::migrate;
pub use open::{OpenError, Options, PostgresStore};
pub use route::route;

#[cfg(test)]
mod tests;
