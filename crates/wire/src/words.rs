//! The protocol's words for what the core knows.

use payments::Party;
use payments::rows::{Payer, PaymentMethod, Status, StatusCode, TokenType, Verification};

/// `PaymentMethod`.
pub const fn payment_method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Card => "CC",
        PaymentMethod::Bank => "ACH",
        PaymentMethod::Balance => "ABT",
        PaymentMethod::Debt => "Debt",
        PaymentMethod::Prepaid => "Prepaid",
    }
}

/// `StatusCode`. The code of a cancellation has one `l`, its status two.
pub const fn status_code(code: StatusCode) -> &'static str {
    match code {
        StatusCode::PendingNetworkResponse => "PendingNetworkResponse",
        StatusCode::PendingVerification => "PendingVerification",
        StatusCode::Success => "Success",
        StatusCode::Canceled => "Canceled",
        StatusCode::Expired => "Expired",
        StatusCode::TransactionDenied => "TransactionDenied",
    }
}

/// `TransactionalRole`.
pub const fn role(role: Party) -> &'static str {
    match role {
        Party::Sender => "Sender",
        Party::Caller => "Caller",
        Party::Recipient => "Recipient",
    }
}

/// `RecipientVerificationStatus`.
pub const fn verification(verification: Verification) -> &'static str {
    match verification {
        Verification::Pending => "VerificationPending",
        Verification::Complete => "VerificationComplete",
        Verification::NoLimits => "VerificationCompleteNoLimits",
    }
}

/// `TokenType`.
pub const fn token_type(kind: TokenType) -> &'static str {
    match kind {
        TokenType::SingleUse => "SingleUse",
        TokenType::MultiUse => "MultiUse",
        TokenType::Recurring => "Recurring",
        TokenType::Unrestricted => "Unrestricted",
    }
}

/// `ChargeFeeTo` and `FPSFeesPaidBy`.
pub const fn payer(payer: Payer) -> &'static str {
    match payer {
        Payer::Caller => "Caller",
        Payer::Recipient => "Recipient",
    }
}

/// `StatusMessage`: the processor's own words where it said any, else the sentence for the code.
pub fn status_message(status: Status, code: StatusCode, said: Option<&str>) -> &str {
    said.filter(|said| !said.is_empty())
        .unwrap_or_else(|| status_sentence(status, code))
}

/// The sentence for a status and its code.
pub const fn status_sentence(status: Status, code: StatusCode) -> &'static str {
    match (code, status) {
        (StatusCode::PendingNetworkResponse, _) => {
            "The transaction is awaiting a response from the backend payment processor."
        }
        (StatusCode::PendingVerification, _) => {
            "The transaction has been flagged for manual investigation."
        }
        (StatusCode::Success, Status::Reserved) => {
            "The requested amount was reserved successfully against the given payment instrument."
        }
        (
            StatusCode::Success,
            Status::Success | Status::Pending | Status::Failure | Status::Cancelled,
        ) => "The transaction was successful and the payment instrument was charged.",
        (StatusCode::Canceled, _) => "The transaction was explicitly cancelled by the caller.",
        (StatusCode::Expired, Status::Cancelled) => {
            "The reserved amount was not settled within seven days, so the reservation was cancelled."
        }
        (
            StatusCode::Expired,
            Status::Failure | Status::Pending | Status::Reserved | Status::Success,
        ) => "The transaction could not be completed within the specified time.",
        (StatusCode::TransactionDenied, _) => {
            "The transaction was denied by the payment processor."
        }
    }
}
