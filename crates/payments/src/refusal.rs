//! Every way to say no.
//!
//! A refusal is an answer, not a failure of the server. Each variant is one documented error code of
//! the protocol with the facts its message needs; the wire turns it into text.

use money::Amount;
use serde::{Deserialize, Serialize};

use crate::Difference;
use crate::rows::{Status, SubscriptionStatus};

/// Whose account or token is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Party {
    /// The caller.
    Caller,
    /// The sender.
    Sender,
    /// The recipient.
    Recipient,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// The access key was disabled, or its account may not call.
    AuthFailure,
    /// The reference names another request.
    DuplicateRequest(Difference),
    /// An account cannot take part.
    InvalidAccountState(Party),
    /// The caller's account has ended.
    AccountClosed,
    /// The account that a token would be installed on is suspended or closed.
    InstallerNotActive,
    /// The payment is not allowed.
    TransactionDenied,
    /// The provider does not know yet who an account's owner is.
    UnverifiedAccount(Party),
    /// The bank account is not known to be its owner's.
    UnverifiedBankAccount,
    /// The amount is more than an account may send or receive at once until its limits are lifted.
    AccountLimitsExceeded {
        /// Whose limit.
        party: Party,
        /// The most there may be.
        most: Amount,
    },
    /// An account's e-mail address is not verified.
    UnverifiedEmailAddress(Party),
    /// A token is unknown, of another role, or not this caller's.
    InvalidTokenId(Party),
    /// A token was cancelled, or its time is not now.
    TokenNotActive(Party),
    /// A single-use token was used before.
    SameTokenIdUsedMultipleTimes,
    /// The charge is outside what the token allows; says which limit.
    TokenUsageError {
        /// The limit, in words.
        limit: String,
    },
    /// The tokens do not fit each other or the request; says how.
    IncompatibleTokens {
        /// How, in words.
        reason: String,
    },
    /// The token's role does not fit the operation.
    InvalidSenderRole,
    /// Sender and recipient are one account.
    SameSenderAndRecipient,
    /// The caller is neither party and no marketplace.
    NotMarketplaceApp,
    /// Only a card can be reserved.
    PaymentInstrumentNotCC,
    /// The recipient cannot be paid by card.
    InvalidRecipientForCCTransaction,
    /// The card has expired or was removed.
    InactiveInstrument,
    /// The token names no way to pay.
    PaymentMethodNotDefined,
    /// The amount is outside what can be moved.
    AmountOutOfRange {
        /// The amount.
        amount: Amount,
        /// The most there may be.
        most: Amount,
    },
    /// A parameter does not fit; the message names it.
    InvalidParams {
        /// What is wrong.
        message: String,
    },
    /// Fees would reach the amount.
    FeesReachAmount,
    /// Somebody lacks the money.
    InsufficientBalance(Party),
    /// No such transaction of this caller.
    InvalidTransactionId,
    /// The transaction's status does not allow it.
    InvalidTransactionState(Status),
    /// The reservation ran out.
    ReservationExpired,
    /// More than was reserved.
    SettleAmountGreaterThanReserveAmount {
        /// What was reserved.
        reserved: Amount,
    },
    /// The transaction to refund is under way.
    OriginalTransactionIncomplete(Status),
    /// The transaction to refund failed.
    OriginalTransactionFailed,
    /// This kind of transaction cannot be refunded.
    TransactionTypeNotRefundable,
    /// More than is left to refund.
    RefundAmountExceeded {
        /// What is left.
        left: Amount,
    },
    /// Nothing is left to refund.
    TransactionFullyRefundedAlready,
    /// The caller is not the recipient of this prepaid or credit instrument.
    InstrumentAccessDenied,
    /// The time of this prepaid or credit instrument is not now.
    InstrumentExpired,
    /// More would be paid ahead than the instrument takes.
    PrepaidFundingLimitExceeded {
        /// What it takes, with what is being funded.
        limit: Amount,
    },
    /// More would be settled or written off than is owed.
    SettleAmountGreaterThanDebt {
        /// What is owed and not being settled.
        debt: Amount,
    },
    /// No token was made under the reference.
    InvalidCallerReference,
    /// No such token of this caller.
    InvalidToken,
    /// The caller may not cancel this token.
    TokenAccessDenied,
    /// The token was cancelled before.
    TokenAlreadyCancelled,
    /// The subscription is not one that can be cancelled.
    InvalidSubscriptionState(SubscriptionStatus),
    /// A payment instruction cannot be installed.
    Instruction(crate::instruction::Problem),
    /// The account has no instrument of the kind that is to pay.
    InvalidPaymentInstrument,
    /// The e-mail address belongs to another account.
    EmailTaken,
    /// The certificate belongs to another account.
    CertificateTaken,
    /// There is no such thing.
    NotFound,
    /// Only a sandbox does that.
    SandboxOnly,
}

impl Refusal {
    /// Whether the same request may succeed later: it then binds its reference without burning it.
    pub fn is_retriable(&self) -> bool {
        match self {
            Refusal::AuthFailure
            | Refusal::AccountClosed
            | Refusal::InvalidAccountState(_)
            | Refusal::InstallerNotActive
            | Refusal::AccountLimitsExceeded { .. }
            | Refusal::InsufficientBalance(_)
            | Refusal::NotMarketplaceApp
            | Refusal::PrepaidFundingLimitExceeded { .. }
            | Refusal::OriginalTransactionIncomplete(_) => true,
            Refusal::DuplicateRequest(_)
            | Refusal::UnverifiedEmailAddress(_)
            | Refusal::UnverifiedAccount(_)
            | Refusal::UnverifiedBankAccount
            | Refusal::TransactionDenied
            | Refusal::InvalidTokenId(_)
            | Refusal::TokenNotActive(_)
            | Refusal::SameTokenIdUsedMultipleTimes
            | Refusal::TokenUsageError { .. }
            | Refusal::IncompatibleTokens { .. }
            | Refusal::InvalidSenderRole
            | Refusal::SameSenderAndRecipient
            | Refusal::PaymentInstrumentNotCC
            | Refusal::InvalidRecipientForCCTransaction
            | Refusal::InactiveInstrument
            | Refusal::PaymentMethodNotDefined
            | Refusal::AmountOutOfRange { .. }
            | Refusal::InvalidParams { .. }
            | Refusal::FeesReachAmount
            | Refusal::InvalidTransactionId
            | Refusal::InvalidTransactionState(_)
            | Refusal::ReservationExpired
            | Refusal::SettleAmountGreaterThanReserveAmount { .. }
            | Refusal::OriginalTransactionFailed
            | Refusal::TransactionTypeNotRefundable
            | Refusal::RefundAmountExceeded { .. }
            | Refusal::TransactionFullyRefundedAlready
            | Refusal::InstrumentAccessDenied
            | Refusal::InstrumentExpired
            | Refusal::SettleAmountGreaterThanDebt { .. }
            | Refusal::InvalidCallerReference
            | Refusal::InvalidToken
            | Refusal::TokenAccessDenied
            | Refusal::TokenAlreadyCancelled
            | Refusal::InvalidSubscriptionState(_)
            | Refusal::Instruction(_)
            | Refusal::InvalidPaymentInstrument
            | Refusal::EmailTaken
            | Refusal::CertificateTaken
            | Refusal::NotFound
            | Refusal::SandboxOnly => false,
        }
    }
}
