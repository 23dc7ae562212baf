//! The tables: how each row is written and read.

mod books;
mod notifications;
mod people;
mod references;
mod small;
mod tallies;
mod tokens;
mod transactions;

pub(crate) use books::Balances;
pub(crate) use notifications::{ATTEMPTS, Notifications, attempt};
pub(crate) use people::{AccessKeys, Accounts, Certificates, Emails, Instruments};
pub(crate) use references::{References, TokenReferences};
pub(crate) use small::{Documents, Settings, WORK_COLUMNS, Works, work};
pub(crate) use tallies::{Subscriptions, Tallies};
pub(crate) use tokens::Tokens;
pub(crate) use transactions::Transactions;

pub(crate) use books::{EVENTS, POSTINGS, event, posting};
