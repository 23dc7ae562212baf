//! The calls, their answers, and what to do when there is none.
//!
//! An answer is definite: it will be the same for ever. [`CallError::Unknown`] is not an answer.
//! The call may have had its effect or may still have it; the caller looks it up, or calls again
//! under the same key within [`Processor::key_lifetime`]. It never guesses.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::bank::BankDetails;
use crate::card::CardDetails;
use crate::key::ProcessorKey;

/// A boxed future, so that a processor can be a trait object.
pub type Calling<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What money is taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// A card.
    Card(CardDetails),
    /// A bank account.
    Bank(BankDetails),
}

/// Asks for a hold on a card, or for a debit of a bank account, which is answered when the bank has
/// settled or returned it: days later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorize {
    /// Our name for this call.
    pub key: ProcessorKey,
    /// What to take the money from.
    pub means: Means,
    /// How much to hold, in micro-units.
    pub amount_micros: i64,
    /// The currency's three letters.
    pub currency: String,
    /// What the card's statement says.
    pub descriptor: String,
}

/// Takes some or all of a hold, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Our name for this call.
    pub key: ProcessorKey,
    /// The key of the authorisation that placed the hold.
    pub authorization_key: ProcessorKey,
    /// How much to take, in micro-units, at most what is held.
    pub amount_micros: i64,
    /// The currency's three letters, the same as the hold's.
    pub currency: String,
}

/// Releases a hold of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Void {
    /// Our name for this call.
    pub key: ProcessorKey,
    /// The key of the authorisation that placed the hold.
    pub authorization_key: ProcessorKey,
}

/// Gives back some or all of what a capture took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our name for this call.
    pub key: ProcessorKey,
    /// The key of the capture that took the money.
    pub capture_key: ProcessorKey,
    /// How much to give back, in micro-units, at most what is left of the capture.
    pub amount_micros: i64,
    /// The currency's three letters, the same as the capture's.
    pub currency: String,
}

/// The network's definite answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Approved {
        /// The processor's own name for what it did.
        processor_reference: String,
    },
    /// Not done, and never will be under this key.
    Declined {
        /// The reason for programs.
        code: String,
        /// The reason for people.
        message: String,
    },
}

impl Answer {
    /// Whether the call had its effect.
    pub fn approved(&self) -> bool {
        matches!(self, Answer::Approved { .. })
    }
}

/// Why the outcome of a call is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownReason {
    /// The connection broke before the answer arrived.
    #[error("the connection was lost")]
    ConnectionLost,
    /// No answer arrived in time.
    #[error("no answer in time")]
    TimedOut,
    /// The processor has the call and has not decided it.
    #[error("still in progress")]
    StillInProgress,
    /// The processor could not take the call, or could not say whether it took it.
    #[error("the processor is not available")]
    Unavailable,
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The outcome is not known: look it up.
    #[error("the outcome is not known: {0}")]
    Unknown(UnknownReason),
    /// The key already names a call with other content. This call had no effect.
    #[error("the processor key already names a call with another {field}")]
    KeyReused {
        /// The first field that differs.
        field: &'static str,
    },
}

/// What a look-up finds under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// The call was decided.
    Known(Answer),
    /// The call arrived and is not decided yet.
    InProgress,
    /// Nothing is known under this key. That does not prove that nothing will be.
    NotFound,
}

/// Whoever reaches the networks of cards and banks for us.
///
/// Within [`Processor::key_lifetime`], a call repeated under its key with the same content gives
/// the same answer and has no second effect; with other content it is refused as
/// [`CallError::KeyReused`]. Dropping a call's future does not take the call back.
pub trait Processor: Send + Sync {
    /// How long after its first use a key still names the same call.
    fn key_lifetime(&self) -> Duration;

    /// Places a hold on a card, or debits a bank account.
    fn authorize(&self, call: Authorize) -> Calling<'_, Result<Answer, CallError>>;

    /// Takes some or all of a hold.
    fn capture(&self, call: Capture) -> Calling<'_, Result<Answer, CallError>>;

    /// Releases a hold.
    fn void(&self, call: Void) -> Calling<'_, Result<Answer, CallError>>;

    /// Gives back some or all of a capture.
    fn refund(&self, call: Refund) -> Calling<'_, Result<Answer, CallError>>;

    /// Says what became of an earlier call. It has no effect and may be repeated at will.
    fn look_up(&self, key: ProcessorKey) -> Calling<'_, Result<Seen, CallError>>;
}
