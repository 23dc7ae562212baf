//! What the core refuses, as callers are told: the one match from [`Refusal`] to codes and sentences.

use std::borrow::Cow;

use payments::instruction::Problem;
use payments::rows::{Status, SubscriptionStatus};
use payments::{Difference, Party, Refusal};

use crate::WireError;

impl From<Refusal> for WireError {
    fn from(refusal: Refusal) -> WireError {
        WireError::from(&refusal)
    }
}

impl From<&Refusal> for WireError {
    fn from(refusal: &Refusal) -> WireError {
        WireError::new(code_of(refusal), sentence_of(refusal))
    }
}

/// The documented code of a refusal. The last three never come by the API.
pub const fn code_of(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::AuthFailure => "AuthFailure",
        Refusal::DuplicateRequest(_) => "DuplicateRequest",
        Refusal::InvalidAccountState(Party::Caller) => "InvalidAccountState_Caller",
        Refusal::InvalidAccountState(Party::Sender) => "InvalidAccountState_Sender",
        Refusal::InvalidAccountState(Party::Recipient) => "InvalidAccountState_Recipient",
        Refusal::AccountClosed => "AccountClosed",
        Refusal::InstallerNotActive => "InvalidAccountState",
        Refusal::TransactionDenied => "TransactionDenied",
        Refusal::AccountLimitsExceeded { .. } => "AccountLimitsExceeded",
        // A caller that takes no part needs no verified account; as a party it is named as one.
        Refusal::UnverifiedAccount(Party::Sender) => "UnverifiedAccount_Sender",
        Refusal::UnverifiedAccount(Party::Recipient | Party::Caller) => {
            "UnverifiedAccount_Recipient"
        }
        Refusal::UnverifiedBankAccount => "UnverifiedBankAccount",
        Refusal::UnverifiedEmailAddress(Party::Caller) => "UnverifiedEmailAddress_Caller",
        Refusal::UnverifiedEmailAddress(Party::Sender) => "UnverifiedEmailAddress_Sender",
        Refusal::UnverifiedEmailAddress(Party::Recipient) => "UnverifiedEmailAddress_Recipient",
        Refusal::InvalidTokenId(Party::Sender) => "InvalidTokenId_Sender",
        Refusal::InvalidTokenId(Party::Recipient) => "InvalidTokenId_Recipient",
        Refusal::InvalidTokenId(Party::Caller) | Refusal::InvalidToken => "InvalidTokenId",
        Refusal::TokenNotActive(Party::Sender) => "TokenNotActive_Sender",
        Refusal::TokenNotActive(Party::Recipient) => "TokenNotActive_Recipient",
        Refusal::TokenNotActive(Party::Caller) | Refusal::TokenAlreadyCancelled => "TokenNotActive",
        Refusal::SameTokenIdUsedMultipleTimes => "SameTokenIdUsedMultipleTimes",
        Refusal::TokenUsageError { .. } => "TokenUsageError",
        Refusal::IncompatibleTokens { .. } => "IncompatibleTokens",
        Refusal::InvalidSenderRole => "InvalidSenderRoleForAccountType",
        Refusal::SameSenderAndRecipient => "SameSenderAndRecipient",
        Refusal::NotMarketplaceApp => "NotMarketplaceApp",
        Refusal::PaymentInstrumentNotCC => "PaymentInstrumentNotCC",
        Refusal::InvalidRecipientForCCTransaction => "InvalidRecipientForCCTransaction",
        Refusal::InactiveInstrument => "InactiveInstrument",
        Refusal::PaymentMethodNotDefined => "PaymentMethodNotDefined",
        Refusal::AmountOutOfRange { .. } => "AmountOutOfRange",
        Refusal::InsufficientBalance(_) => "InsufficientBalance",
        Refusal::InvalidTransactionId => "InvalidTransactionId",
        Refusal::InvalidTransactionState(_) | Refusal::ReservationExpired => {
            "InvalidTransactionState"
        }
        Refusal::SettleAmountGreaterThanReserveAmount { .. } => {
            "SettleAmountGreaterThanReserveAmount"
        }
        Refusal::OriginalTransactionIncomplete(_) => "OriginalTransactionIncomplete",
        Refusal::OriginalTransactionFailed => "OriginalTransactionFailed",
        Refusal::TransactionTypeNotRefundable => "TransactionTypeNotRefundable",
        Refusal::RefundAmountExceeded { .. } => "RefundAmountExceeded",
        Refusal::TransactionFullyRefundedAlready => "TransactionFullyRefundedAlready",
        Refusal::InstrumentAccessDenied => "InstrumentAccessDenied",
        Refusal::InstrumentExpired => "InstrumentExpired",
        Refusal::PrepaidFundingLimitExceeded { .. } => "PrepaidFundingLimitExceeded",
        Refusal::SettleAmountGreaterThanDebt { .. } => "SettleAmountGreaterThanDebt",
        Refusal::InvalidCallerReference => "InvalidCallerReference",
        Refusal::TokenAccessDenied => "TokenAccessDenied",
        Refusal::InvalidSubscriptionState(_) => "InvalidSubscriptionState",
        Refusal::Instruction(problem) => code_of_problem(problem),
        Refusal::InvalidPaymentInstrument => "InvalidPaymentInstrument",
        Refusal::InvalidParams { .. }
        | Refusal::FeesReachAmount
        | Refusal::EmailTaken
        | Refusal::CertificateTaken
        | Refusal::NotFound
        | Refusal::SandboxOnly => "InvalidParams",
    }
}

const fn code_of_problem(problem: &Problem) -> &'static str {
    match problem {
        Problem::BadRule(_) => "BadRule",
        Problem::LimitsOfSingleUse => "CannotSpecifyUsageForSingleUseToken",
        Problem::NoLimits => "UsageNotDefined",
        Problem::LimitPeriod(_) => "InvalidUsageDuration",
        Problem::LimitValue(_) => "InvalidUsageLimitCount",
        Problem::LimitType(_) => "InvalidUsageType",
        Problem::StartTime { .. } => "InvalidUsageStartTime",
        Problem::PaymentMethod(_) => "InvalidPaymentMethod",
    }
}

#[expect(clippy::too_many_lines, reason = "one arm a refusal, each a sentence")]
fn sentence_of(refusal: &Refusal) -> Cow<'_, str> {
    match refusal {
        Refusal::AuthFailure => {
            "AWS was not able to validate the provided access credentials.".into()
        }
        Refusal::DuplicateRequest(difference) => duplicate(difference).into(),
        Refusal::InvalidAccountState(party) => {
            format!("The account of the {} is not active.", word(*party)).into()
        }
        Refusal::AccountClosed => "The account of the caller is closed.".into(),
        Refusal::InstallerNotActive => {
            "The account that the token would be installed on is not active.".into()
        }
        Refusal::TransactionDenied => {
            "The transaction was denied: the sandbox declines an amount like this one.".into()
        }
        Refusal::UnverifiedAccount(party) => {
            format!("The account of the {} is not verified.", word(*party)).into()
        }
        Refusal::UnverifiedBankAccount => {
            "The bank account of the sender token is not verified.".into()
        }
        Refusal::AccountLimitsExceeded { party, most } => format!(
            "The {} may send or receive at most {} in one transaction.",
            word(*party),
            most.to_cents()
        )
        .into(),
        Refusal::UnverifiedEmailAddress(party) => format!(
            "The e-mail address of the {} is not verified.",
            word(*party)
        )
        .into(),
        Refusal::InvalidTokenId(party) => token(*party, "valid").into(),
        Refusal::TokenNotActive(party) => token(*party, "active").into(),
        Refusal::SameTokenIdUsedMultipleTimes => {
            "The sender token is for a single use and has been used.".into()
        }
        Refusal::TokenUsageError { limit } => limit.into(),
        Refusal::IncompatibleTokens { reason } => reason.into(),
        Refusal::InvalidSenderRole => "The token is not one that a sender pays with.".into(),
        Refusal::SameSenderAndRecipient => "Sender and recipient are the same account.".into(),
        Refusal::NotMarketplaceApp => "The caller is neither the sender nor the recipient, and is \
                                       not registered as a marketplace."
            .into(),
        Refusal::PaymentInstrumentNotCC => {
            "Only a credit card can be reserved, and the sender token pays by other means.".into()
        }
        Refusal::InvalidRecipientForCCTransaction => {
            "The recipient cannot receive payments by credit card.".into()
        }
        Refusal::InactiveInstrument => {
            "The payment instrument of the sender token has expired or was removed.".into()
        }
        Refusal::PaymentMethodNotDefined => "The sender token names no payment method.".into(),
        Refusal::AmountOutOfRange { amount, most } => format!(
            "The amount has to be greater than 0 and at most {}. Specified value: {}",
            most.to_cents(),
            amount.to_cents()
        )
        .into(),
        Refusal::InvalidParams { message } => message.into(),
        Refusal::FeesReachAmount => {
            "Transaction amount must be greater than Recipient Fee liability.".into()
        }
        Refusal::InsufficientBalance(party) => {
            format!("The {} does not have sufficient balance.", word(*party)).into()
        }
        Refusal::InvalidTransactionId => {
            "There is no such transaction of the caller for this action.".into()
        }
        Refusal::InvalidTransactionState(status) => format!(
            "The status of the transaction, {}, does not allow this action.",
            status.name()
        )
        .into(),
        Refusal::ReservationExpired => {
            "The reservation has expired: it was not settled within 7 days.".into()
        }
        Refusal::SettleAmountGreaterThanReserveAmount { reserved } => format!(
            "The amount to settle is greater than the reserved amount, {}.",
            reserved.to_cents()
        )
        .into(),
        Refusal::OriginalTransactionIncomplete(status) => incomplete(*status).into(),
        Refusal::OriginalTransactionFailed => "The transaction to refund failed.".into(),
        Refusal::TransactionTypeNotRefundable => {
            "A transaction of this kind cannot be refunded.".into()
        }
        Refusal::RefundAmountExceeded { left } => format!(
            "The amount to refund is greater than what is left to refund, {}.",
            left.to_cents()
        )
        .into(),
        Refusal::TransactionFullyRefundedAlready => {
            "The transaction has been refunded in full already.".into()
        }
        Refusal::InstrumentAccessDenied => {
            "The caller is not the recipient of a prepaid or credit instrument of this id.".into()
        }
        Refusal::InstrumentExpired => "The time of the instrument is not now.".into(),
        Refusal::PrepaidFundingLimitExceeded { limit } => format!(
            "The funding would exceed the limit of the prepaid instrument, {}.",
            limit.to_cents()
        )
        .into(),
        Refusal::SettleAmountGreaterThanDebt { debt } => format!(
            "The amount is greater than the debt that is not being settled, {}.",
            debt.to_cents()
        )
        .into(),
        Refusal::InvalidCallerReference => "No token was made under the caller reference.".into(),
        Refusal::InvalidToken => "There is no such token of the caller.".into(),
        Refusal::TokenAccessDenied => "The caller may not cancel this token.".into(),
        Refusal::TokenAlreadyCancelled => "The token has been cancelled already.".into(),
        Refusal::InvalidSubscriptionState(status) => ended(*status).into(),
        Refusal::Instruction(problem) => problem.to_string().into(),
        Refusal::InvalidPaymentInstrument => {
            "The account has no active instrument of the payment method.".into()
        }
        Refusal::EmailTaken => "The e-mail address belongs to another account.".into(),
        Refusal::CertificateTaken => "The certificate belongs to another account.".into(),
        Refusal::NotFound => "There is no such thing.".into(),
        Refusal::SandboxOnly => "Only a sandbox does that.".into(),
    }
}

fn duplicate(difference: &Difference) -> String {
    let Difference {
        field,
        earlier,
        now,
    } = difference;
    format!(
        "The caller reference was used before with a different request: {field} was \"{earlier}\" and \
         is \"{now}\" now."
    )
}

fn ended(status: SubscriptionStatus) -> String {
    let word = match status {
        SubscriptionStatus::Active => "active",
        SubscriptionStatus::Cancelled => "cancelled",
        SubscriptionStatus::Completed => "completed",
    };
    format!("The subscription is {word}.")
}

fn incomplete(status: Status) -> String {
    format!(
        "The transaction to refund is still in progress; its status is {}.",
        status.name()
    )
}

/// The documents print `Sender token is not valid.`
fn token(party: Party, missing: &str) -> String {
    let whose = match party {
        Party::Caller => "Caller",
        Party::Sender => "Sender",
        Party::Recipient => "Recipient",
    };
    format!("{whose} token is not {missing}.")
}

const fn word(party: Party) -> &'static str {
    match party {
        Party::Caller => "caller",
        Party::Sender => "sender",
        Party::Recipient => "recipient",
    }
}

#[cfg(test)]
mod tests;
