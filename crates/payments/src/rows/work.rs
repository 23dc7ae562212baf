//! What must happen later: a row, written in the same commit as its cause.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, WorkId};

/// A thing to be done. Deleted when done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// When it is due, and its own key.
    pub id: WorkId,
    /// What is to be done.
    pub kind: WorkKind,
    /// The key of the transaction, notification or subscription it is about.
    pub subject: i64,
    /// Tries so far.
    pub tries: u32,
    /// When it was first written, in real time: how old a backlog is.
    pub since: Timestamp,
    /// Until when, in real time, a node has it to itself.
    pub leased_until: Timestamp,
}

/// Work parked for a person is due at this moment.
pub const PARKED: Timestamp = Timestamp::NEVER;

/// What is to be done. The numbers are stored: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum WorkKind {
    /// Ask the processor to hold the amount.
    Authorize = 1,
    /// Ask the processor to take the amount.
    Capture = 2,
    /// Ask the processor to let the amount go.
    Void = 3,
    /// Ask the processor to give the amount back.
    Refund = 4,
    /// End a transaction that has not been answered in the time its caller set.
    TimeOut = 5,
    /// End a reservation that became one late.
    Deadline = 6,
    /// Deliver a notification.
    Notify = 7,
    /// Make the charge of a subscription.
    Charge = 8,
}

impl WorkKind {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<WorkKind> {
        [
            WorkKind::Authorize,
            WorkKind::Capture,
            WorkKind::Void,
            WorkKind::Refund,
            WorkKind::TimeOut,
            WorkKind::Deadline,
            WorkKind::Notify,
            WorkKind::Charge,
        ]
        .into_iter()
        .find(|kind| *kind as u8 == number)
    }

    /// Whether the processor does it.
    pub fn is_processor(self) -> bool {
        matches!(
            self,
            WorkKind::Authorize | WorkKind::Capture | WorkKind::Void | WorkKind::Refund
        )
    }
}
