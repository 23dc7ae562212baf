//! `check`: proves the books, by its own reading.
//!
//! **Promise:** this crate shares no code with what writes the books. It knows the tables as the
//! migration documents them, reads them through an interface of its own ([`Books`]), derives every
//! balance again from the postings, and judges every transaction by rules written down a second
//! time. A mistake in the core is therefore not repeated here.
//!
//! **How it reads.** One walk in key order, a chunk of transactions at a time: their events,
//! postings, refunds, references and notifications are read in one short snapshot, merged, judged
//! and forgotten. So a live server is read consistently, and its log can be reused in between. Then
//! the references, the notifications and the batches are walked the same way.
//!
//! **How balances are compared on a live server.** Postings of a transaction that has ended never
//! change. The walk counts those of transactions that ended before a *horizon* fixed at its start;
//! the batches say which transactions were touched later, so rounds move the horizon forward,
//! each shorter than the one before; a last snapshot adds what is still on its way (its rows of
//! work name it) and compares every balance. On a database at rest this takes one round.
//!
//! **Memory:** three sums for each account with money and each prepaid or credit instrument, 8 bytes for each transaction that was
//! touched while the walk ran; nothing else grows with the books.
//!
//! Deliberately absent: writing of any kind, and every crate that decides or stores payments.

mod books;
mod check;
mod closing;
mod finding;
mod later;
mod numbers;
mod outage;
mod packed;
mod postgres;
mod progress;
mod report;
mod rows;
mod rules;
mod sqlite;
mod sums;
mod tables;
mod tallies;
mod walk;

pub use books::Books;
pub use check::{CHUNK, FINDINGS_MAX, Options, check};
pub use finding::{Code, Finding, Findings};
pub use outage::Outage;
pub use postgres::PostgresBooks;
pub use progress::{Counts, Progress};
pub use report::{KindSum, Report};
pub use rows::{
    BalanceRow, BatchRow, EventRow, NotificationRow, PostingRow, ReferenceRow, RefundRow, Standing,
    TallyFacts, TallyRow, TransactionRow, WorkRow,
};
pub use sqlite::SqliteBooks;
