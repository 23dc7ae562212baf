//! The encodings of rows that every database of ours shares: which values, in which order.
//!
//! A database's own crate has the SQL; what a column holds is said here, once. Tables named here
//! have their columns in the order in which [`codec::Keyed::put`] gives them.

pub mod codec;

mod books;
mod details;
mod notifications;
mod numbers;
mod people;
mod references;
mod small;
mod tallies;
mod tokens;
mod transactions;

pub use books::{Balances, event, kind_of, layer_of, posting};
pub use notifications::{Notifications, attempt};
pub use people::{AccessKeys, Accounts, Certificates, Emails, Instruments};
pub use references::{References, TokenReferences};
pub use small::{Documents, Settings, Works, work};
pub use tallies::{Subscriptions, Tallies};
pub use tokens::Tokens;
pub use transactions::Transactions;
