//! What each action answers, in the order of the schema.

use super::{Element, Occurs, any, maybe, once};
use crate::Action;

const TEXT: &str = "xs:string";

const MADE: &[Element] = &[
    maybe("TransactionId", TEXT),
    maybe("TransactionStatus", "TransactionStatus"),
];

const ACTIVITY: &[Element] = &[
    maybe("BatchSize", "xs:int"),
    any("Transaction", "Transaction"),
    maybe("StartTimeForNextTransaction", "xs:dateTime"),
];

const STATUS: &[Element] = &[
    once("TransactionId", TEXT),
    once("TransactionStatus", "TransactionStatus"),
    once("CallerReference", TEXT),
    maybe("StatusCode", TEXT),
    maybe("StatusMessage", TEXT),
];

const INSTRUCTION: &[Element] = &[
    once("Token", "Token"),
    once("PaymentInstruction", TEXT),
    once("CallerReference", TEXT),
    maybe("TokenFriendlyName", TEXT),
];

/// Usage limits of a token at most.
const LIMITS_MAX: u8 = 3;

const USAGE: &[Element] = &[Element {
    name: "TokenUsageLimits",
    kind: "TokenUsageLimit",
    occurs: Occurs::UpTo(LIMITS_MAX),
}];

impl Action {
    /// The children of its result; none where the reply has no result at all.
    pub const fn result(self) -> Option<&'static [Element]> {
        Some(match self {
            Action::CancelToken => return None,
            Action::Cancel
            | Action::FundPrepaid
            | Action::Pay
            | Action::Refund
            | Action::Reserve
            | Action::Settle
            | Action::SettleDebt
            | Action::WriteOffDebt => MADE,
            Action::CancelSubscriptionAndRefund => const { &[maybe("RefundTransactionId", TEXT)] },
            Action::GetAccountActivity => ACTIVITY,
            Action::GetAccountBalance => const { &[maybe("AccountBalance", "AccountBalance")] },
            Action::GetDebtBalance => const { &[maybe("DebtBalance", "DebtBalance")] },
            Action::GetOutstandingDebtBalance => {
                const { &[maybe("OutstandingDebt", "OutstandingDebtBalance")] }
            }
            Action::GetPaymentInstruction => INSTRUCTION,
            Action::GetPrepaidBalance => const { &[maybe("PrepaidBalance", "PrepaidBalance")] },
            Action::GetRecipientVerificationStatus => {
                const {
                    &[once(
                        "RecipientVerificationStatus",
                        "RecipientVerificationStatus",
                    )]
                }
            }
            Action::GetSubscriptionDetails => {
                const { &[maybe("SubscriptionDetails", "SubscriptionDetails")] }
            }
            Action::GetTokenByCaller => const { &[maybe("Token", "Token")] },
            Action::GetTokenUsage => USAGE,
            Action::GetTokens => const { &[any("Token", "Token")] },
            Action::GetTotalPrepaidLiability => {
                const {
                    &[maybe(
                        "OutstandingPrepaidLiability",
                        "OutstandingPrepaidLiability",
                    )]
                }
            }
            Action::GetTransaction => const { &[once("Transaction", "TransactionDetail")] },
            Action::GetTransactionStatus => STATUS,
            Action::GetTransactionsForSubscription => {
                const { &[any("SubscriptionTransaction", "SubscriptionTransaction")] }
            }
            Action::InstallPaymentInstruction => const { &[once("TokenId", TEXT)] },
            Action::VerifySignature => {
                const { &[once("VerificationStatus", "VerificationStatus")] }
            }
        })
    }
}
