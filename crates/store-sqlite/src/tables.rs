//! The tables: the statements of each. What their columns hold is said in [`store::rows`].

mod books;
mod notifications;
mod people;
mod references;
mod small;
mod tallies;
mod tokens;
mod transactions;

pub(crate) use books::{EVENTS, POSTINGS};
pub(crate) use notifications::ATTEMPTS;
pub(crate) use small::WORK_COLUMNS;
