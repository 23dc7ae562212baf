//! What happened to a transaction, for ever.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::{Timestamp, TransactionKey};

/// One step in the life of a transaction. Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Whose life.
    pub transaction: TransactionKey,
    /// 1 is the first.
    pub number: u16,
    /// When, in product time.
    pub at: Timestamp,
    /// What it was doing then.
    pub operation: Operation,
    /// The status from then on.
    pub status: Status,
    /// Why.
    pub code: StatusCode,
    /// How much it was about.
    pub amount: Amount,
    /// The processor's own words, when it said any.
    pub message: Option<String>,
}

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Operation {
    /// Charge at once.
    Pay = 1,
    /// Reserve now, settle later.
    Reserve = 2,
    /// A reservation being charged, or charged.
    Settle = 3,
    /// Give back.
    Refund = 4,
    /// Pay ahead, onto a prepaid instrument.
    FundPrepaid = 5,
    /// Collect what is owed on a credit instrument.
    SettleDebt = 6,
    /// Give up what is owed on a credit instrument.
    WriteOffDebt = 7,
}

/// The status that everybody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Status {
    /// Authorising, capturing or refunding.
    Pending = 1,
    /// The amount is held on the card.
    Reserved = 2,
    /// Done.
    Success = 3,
    /// It failed; nothing was charged.
    Failure = 4,
    /// Ended by the caller or by time.
    Cancelled = 5,
}

/// Why a status is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum StatusCode {
    /// Waiting for the processor.
    PendingNetworkResponse = 1,
    /// The outcome is unknown and a person looks at it.
    PendingVerification = 2,
    /// As it should be.
    Success = 3,
    /// Cancelled by the caller.
    Canceled = 4,
    /// Not settled or not answered in time.
    Expired = 5,
    /// The processor said no.
    TransactionDenied = 6,
}

impl Operation {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<Operation> {
        [
            Operation::Pay,
            Operation::Reserve,
            Operation::Settle,
            Operation::Refund,
            Operation::FundPrepaid,
            Operation::SettleDebt,
            Operation::WriteOffDebt,
        ]
        .into_iter()
        .find(|operation| *operation as u8 == number)
    }
}

impl Operation {
    /// The protocol's word.
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Pay => "Pay",
            Operation::Reserve => "Reserve",
            Operation::Settle => "Settle",
            Operation::Refund => "Refund",
            Operation::FundPrepaid => "FundPrepaid",
            Operation::SettleDebt => "SettleDebt",
            Operation::WriteOffDebt => "WriteOffDebt",
        }
    }
}

impl Status {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<Status> {
        [
            Status::Pending,
            Status::Reserved,
            Status::Success,
            Status::Failure,
            Status::Cancelled,
        ]
        .into_iter()
        .find(|status| *status as u8 == number)
    }

    /// The protocol's word.
    pub fn name(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::Reserved => "Reserved",
            Status::Success => "Success",
            Status::Failure => "Failure",
            Status::Cancelled => "Cancelled",
        }
    }
}

impl StatusCode {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<StatusCode> {
        [
            StatusCode::PendingNetworkResponse,
            StatusCode::PendingVerification,
            StatusCode::Success,
            StatusCode::Canceled,
            StatusCode::Expired,
            StatusCode::TransactionDenied,
        ]
        .into_iter()
        .find(|code| *code as u8 == number)
    }
}
