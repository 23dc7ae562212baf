//! Double entry: ledger accounts, postings, entries and the balances they leave.
//!
//! **Promise:** money moves only from one ledger account to another. A [`Posting`] names both and
//! the amount once, so no row can be out of balance; an [`Entry`] is the postings of one event.
//! Holds live in a layer of their own: they promise money and move none.
//!
//! Deliberately absent: storage, time, and any reason why money moves. `payments` knows that.

mod account;
mod balance;
mod entry;

pub use account::{AccountKind, LedgerAccount, UnknownKind};
pub use balance::{Balance, Overdrawn};
pub use entry::{Entry, Layer, Posting};
