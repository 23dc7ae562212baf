//! The door to the networks of cards and banks.
//!
//! [`Processor`] is what a worker needs from whoever reaches the network: place a hold, take it,
//! release it, give money back, and say later what became of a call whose answer was lost. Every
//! call carries a key of ours, so that calling again never has a second effect.
//!
//! [`SandboxProcessor`] is the one implementation so far. It is chosen by card or bank account number
//! from two tables ([`CARDS`], [`BANKS`]) and keeps a durable statement in a file of its own, which [`reconcile`]
//! compares with the books one to one.
//!
//! Deliberately absent: retries, time-outs and leases. They belong to the workers, which own the
//! record of what is still to be done.

mod bank;
mod call;
mod card;
mod key;
mod reconcile;
mod sandbox;
mod statement;

pub use bank::{BadBankNumber, BadRoutingNumber, BankDetails, BankNumber, RoutingNumber};
pub use call::{
    Answer, Authorize, CallError, Calling, Capture, Means, Processor, Refund, Seen, UnknownReason,
    Void,
};
pub use card::{BadCardNumber, Brand, CardDetails, CardNumber, luhn_valid};
pub use key::{BadKey, Kind, ProcessorKey};
pub use reconcile::{Booked, Difference, reconcile};
pub use sandbox::{
    AUTHORIZATION_LIFETIME, BANKS, CARDS, Clock, Delivery, Does, OpenError, SandboxOptions,
    SandboxProcessor, TestBank, TestCard, code, test_bank, test_card,
};
pub use statement::{Network, Statement, StatementError, StatementRow, statement_rows};
