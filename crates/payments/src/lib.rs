//! The core: tokens, transactions, holds and fees, decided without IO.
//!
//! **Promise:** `decide(command, what was seen, stamp)` gives the same verdict every time. There is
//! no clock, no randomness and no database in here; a [`Stamp`] brings the time, the keys and the
//! random bytes, a [`WorkingSet`] what was seen. A [`Verdict`] is an answer and the whole rows to
//! write. The same core runs under every store.
//!
//! Shape: [`rows`] is what is kept, [`tables`] the sets of rows that travel, [`commands`] one file
//! per thing that can be asked, [`Refusal`] every way to say no.
//!
//! **Invariant:** nothing here knows which wire a request came by.

pub mod asked;
pub mod command;
pub mod commands;
pub mod ids;
pub mod instruction;
pub mod period;
pub mod refusal;
pub mod rows;
pub mod tables;
pub mod terms;
pub mod time;

pub use asked::{
    Asked, CancellationAsked, Difference, PaymentAsked, RefundAsked, TallyAsked, WriteOffAsked,
};
pub use command::{Answer, By, Command, Credential, Decide, Lanes, Outcome, Stamp, Verdict};
pub use ids::{
    AccessKeyId, AccountKey, CallerReference, Fingerprint, InstrumentKey, NotificationKey,
    SubscriptionId, SubscriptionKey, TallyId, TallyKey, TokenId, TokenKey, TransactionId,
    TransactionKey, WorkId,
};
pub use refusal::{Party, Refusal};
pub use tables::{ChangeSet, ReadSet, WorkingSet};
pub use terms::{FeeSchedule, Mode, Terms};
pub use time::Timestamp;
