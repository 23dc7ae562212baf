//! Every refusal has a documented code and a sentence that names the facts.

use money::{Amount, Currency};

use super::*;
use crate::codes;

fn duplicate_request() -> Refusal {
    Refusal::DuplicateRequest(Difference {
        field: "transactionAmount".to_owned(),
        earlier: "USD 1.000000".to_owned(),
        now: "USD 2.000000".to_owned(),
    })
}

fn every_refusal() -> Vec<Refusal> {
    let amount = Amount::from_cents(150, Currency::USD).unwrap();
    let text = || "words".to_owned();
    let mut all = vec![
        Refusal::AuthFailure,
        Refusal::AccountClosed,
        Refusal::InstallerNotActive,
        Refusal::TransactionDenied,
        Refusal::UnverifiedBankAccount,
        Refusal::AccountLimitsExceeded {
            party: Party::Sender,
            most: amount,
        },
        duplicate_request(),
        Refusal::SameTokenIdUsedMultipleTimes,
        Refusal::TokenUsageError { limit: text() },
        Refusal::IncompatibleTokens { reason: text() },
        Refusal::InvalidSenderRole,
        Refusal::SameSenderAndRecipient,
        Refusal::NotMarketplaceApp,
        Refusal::PaymentInstrumentNotCC,
        Refusal::InvalidRecipientForCCTransaction,
        Refusal::InactiveInstrument,
        Refusal::PaymentMethodNotDefined,
        Refusal::AmountOutOfRange {
            amount,
            most: amount,
        },
        Refusal::InvalidParams { message: text() },
        Refusal::FeesReachAmount,
        Refusal::InvalidTransactionId,
        Refusal::InvalidTransactionState(Status::Cancelled),
        Refusal::ReservationExpired,
        Refusal::SettleAmountGreaterThanReserveAmount { reserved: amount },
        Refusal::OriginalTransactionIncomplete(Status::Pending),
        Refusal::OriginalTransactionFailed,
        Refusal::TransactionTypeNotRefundable,
        Refusal::RefundAmountExceeded { left: amount },
        Refusal::TransactionFullyRefundedAlready,
        Refusal::InstrumentAccessDenied,
        Refusal::InstrumentExpired,
        Refusal::PrepaidFundingLimitExceeded { limit: amount },
        Refusal::SettleAmountGreaterThanDebt { debt: amount },
        Refusal::InvalidCallerReference,
        Refusal::InvalidToken,
        Refusal::TokenAccessDenied,
        Refusal::TokenAlreadyCancelled,
        Refusal::InvalidSubscriptionState(SubscriptionStatus::Cancelled),
        Refusal::Instruction(Problem::BadRule(text())),
        Refusal::Instruction(Problem::LimitsOfSingleUse),
        Refusal::Instruction(Problem::NoLimits),
        Refusal::Instruction(Problem::LimitPeriod(1)),
        Refusal::Instruction(Problem::LimitValue(2)),
        Refusal::Instruction(Problem::LimitType(3)),
        Refusal::Instruction(Problem::StartTime { start: text() }),
        Refusal::Instruction(Problem::PaymentMethod(text())),
        Refusal::InvalidPaymentInstrument,
        Refusal::EmailTaken,
        Refusal::CertificateTaken,
        Refusal::NotFound,
        Refusal::SandboxOnly,
    ];
    for party in [Party::Caller, Party::Sender, Party::Recipient] {
        all.push(Refusal::InvalidAccountState(party));
        all.push(Refusal::UnverifiedEmailAddress(party));
        all.push(Refusal::UnverifiedAccount(party));
        all.push(Refusal::InvalidTokenId(party));
        all.push(Refusal::TokenNotActive(party));
        all.push(Refusal::InsufficientBalance(party));
    }
    all
}

#[test]
fn every_refusal_has_a_documented_code_and_a_sentence() {
    for refusal in every_refusal() {
        let error = WireError::from(&refusal);
        let known = codes::find(error.code);
        assert!(known.is_some(), "{refusal:?}");
        assert_eq!(known.map(|code| code.http), Some(error.http), "{refusal:?}");
        assert!(!error.message.is_empty(), "{refusal:?}");
    }
}

#[test]
fn what_the_core_may_decide_again_is_documented_so() {
    for refusal in every_refusal()
        .iter()
        .filter(|refusal| refusal.is_retriable())
    {
        let code = codes::find(code_of(refusal)).unwrap();
        assert!(code.retriable, "{refusal:?}");
    }
}

#[test]
fn sentences_name_the_facts() {
    let sentences = [
        (
            Refusal::InvalidTokenId(Party::Sender),
            "Sender token is not valid.",
        ),
        (
            Refusal::InvalidTransactionState(Status::Cancelled),
            "The status of the transaction, Cancelled, does not allow this action.",
        ),
        (
            Refusal::ReservationExpired,
            "The reservation has expired: it was not settled within 7 days.",
        ),
        (
            Refusal::FeesReachAmount,
            "Transaction amount must be greater than Recipient Fee liability.",
        ),
        (
            Refusal::SettleAmountGreaterThanReserveAmount {
                reserved: Amount::from_cents(150, Currency::USD).unwrap(),
            },
            "The amount to settle is greater than the reserved amount, 1.50.",
        ),
        (
            duplicate_request(),
            "The caller reference was used before with a different request: transactionAmount \
             was \"USD 1.000000\" and is \"USD 2.000000\" now.",
        ),
    ];
    for (refusal, sentence) in sentences {
        assert_eq!(WireError::from(refusal).message, sentence);
    }
}
