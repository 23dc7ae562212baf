//! The door to the card network.
//!
//! [`Processor`] is what a worker needs from whoever reaches the network: place a hold, take it,
//! release it, give money back, and say later what became of a call whose answer was lost. Every
//! call carries a key of ours, so that calling again never has a second effect.
//!
//! [`SandboxProcessor`] is the one implementation so far. It is chosen by card number from one
//! table ([`CARDS`]) and keeps a durable statement in a file of its own, which [`reconcile`]
//! compares with the books one to one.
//!
//! Deliberately absent: retries, time-outs and leases. They belong to the workers, which own the
//! record of what is still to be done.

mod call;
mod card;
mod key;
mod reconcile;
mod sandbox;
mod statement;

pub use call::{
    Answer, Authorize, CallError, Calling, Capture, Processor, Refund, Seen, UnknownReason, Void,
};
pub use card::{BadCardNumber, Brand, CardDetails, CardNumber, luhn_valid};
pub use key::{BadKey, Kind, ProcessorKey};
pub use reconcile::{Booked, Difference, reconcile};
pub use sandbox::{
    AUTHORIZATION_LIFETIME, CARDS, Clock, Delivery, Does, OpenError, SandboxOptions,
    SandboxProcessor, TestCard, code, test_card,
};
pub use statement::{Statement, StatementError, StatementRow, statement_rows};
