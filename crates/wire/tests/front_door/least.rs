//! The least that each action needs.

use wire::Action;

use crate::common::{self, RECIPIENT_TOKEN, SENDER_TOKEN, TRANSACTION, payment};

/// The least that each action needs.
pub fn least(action: Action) -> common::Pairs<'static> {
    match action {
        Action::Cancel | Action::GetTransaction | Action::GetTransactionStatus => {
            vec![("TransactionId", TRANSACTION)]
        }
        Action::CancelToken
        | Action::GetPaymentInstruction
        | Action::GetTokenByCaller
        | Action::GetTokenUsage => vec![("TokenId", SENDER_TOKEN)],
        Action::GetAccountBalance
        | Action::GetOutstandingDebtBalance
        | Action::GetTokens
        | Action::GetTotalPrepaidLiability => Vec::new(),
        Action::GetAccountActivity => vec![("StartDate", "2009-10-01T00:00:00Z")],
        Action::GetRecipientVerificationStatus => vec![("RecipientTokenId", RECIPIENT_TOKEN)],
        Action::GetDebtBalance => vec![("CreditInstrumentId", SENDER_TOKEN)],
        Action::GetPrepaidBalance => vec![("PrepaidInstrumentId", SENDER_TOKEN)],
        Action::GetSubscriptionDetails | Action::GetTransactionsForSubscription => {
            vec![("SubscriptionId", TRANSACTION)]
        }
        Action::CancelSubscriptionAndRefund => vec![("SubscriptionId", TRANSACTION)],
        Action::FundPrepaid => vec![
            ("SenderTokenId", SENDER_TOKEN),
            ("PrepaidInstrumentId", SENDER_TOKEN),
            ("FundingAmount.CurrencyCode", "USD"),
            ("FundingAmount.Value", "10.00"),
            ("CallerReference", "f-1"),
        ],
        Action::SettleDebt => vec![
            ("SenderTokenId", SENDER_TOKEN),
            ("CreditInstrumentId", SENDER_TOKEN),
            ("SettlementAmount.CurrencyCode", "USD"),
            ("SettlementAmount.Value", "10.00"),
            ("CallerReference", "s-1"),
        ],
        Action::WriteOffDebt => vec![
            ("CreditInstrumentId", SENDER_TOKEN),
            ("AdjustmentAmount.CurrencyCode", "USD"),
            ("AdjustmentAmount.Value", "10.00"),
            ("CallerReference", "w-1"),
        ],
        Action::InstallPaymentInstruction => vec![
            ("PaymentInstruction", "MyRole == 'Caller';"),
            ("CallerReference", "i-1"),
            ("TokenType", "Unrestricted"),
        ],
        Action::Pay | Action::Reserve => payment(),
        Action::Refund => vec![("TransactionId", TRANSACTION), ("CallerReference", "r-1")],
        Action::Settle => vec![("ReserveTransactionId", TRANSACTION)],
        Action::VerifySignature => vec![
            ("UrlEndPoint", "http://shop.example/ipn"),
            ("HttpParameters", "a=1"),
        ],
    }
}
