//! The actions and their parameters: one table, in the order of the schema. Decoding refuses what
//! is not in it; documents, the schema and the WSDL are made from it.

mod kind;
mod parameters;

use crate::Version;
pub use kind::Kind;
pub(crate) use kind::list_place;
use parameters as list;

/// Something that can be asked of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// End a transaction that is not charged.
    Cancel,
    /// End a subscription, and give back its last payment if that is asked.
    CancelSubscriptionAndRefund,
    /// End a token.
    CancelToken,
    /// Pay ahead to a recipient.
    FundPrepaid,
    /// The transactions in which the caller takes part, in order.
    GetAccountActivity,
    /// The caller's own balance.
    GetAccountBalance,
    /// What is owed on a credit instrument.
    GetDebtBalance,
    /// What is owed to the caller, on all credit instruments.
    GetOutstandingDebtBalance,
    /// What was agreed with a token, as text.
    GetPaymentInstruction,
    /// What is left of what was paid ahead on a prepaid instrument.
    GetPrepaidBalance,
    /// Whether a recipient can be paid.
    GetRecipientVerificationStatus,
    /// What a subscription is, and where it stands.
    GetSubscriptionDetails,
    /// A token by its id or by the reference it was made under.
    GetTokenByCaller,
    /// What has been used of a token's limits.
    GetTokenUsage,
    /// The tokens on the caller's own account.
    GetTokens,
    /// What was paid ahead to the caller, on all prepaid instruments.
    GetTotalPrepaidLiability,
    /// Everything about a transaction.
    GetTransaction,
    /// Where a transaction stands.
    GetTransactionStatus,
    /// The payments of a subscription.
    GetTransactionsForSubscription,
    /// Make a token on the caller's own account from a text.
    InstallPaymentInstruction,
    /// Charge at once.
    Pay,
    /// Give back.
    Refund,
    /// Hold now, settle later.
    Reserve,
    /// Charge what is held.
    Settle,
    /// Collect what is owed on a credit instrument.
    SettleDebt,
    /// Whether a message came from this server.
    VerifySignature,
    /// Forgive what is owed on a credit instrument.
    WriteOffDebt,
}

/// A parameter of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; case counts.
    pub name: &'static str,
    /// Another name that old documents and clients have for it.
    pub alias: Option<&'static str>,
    /// What it holds.
    pub kind: Kind,
    /// Whether the action refuses to do without.
    pub required: bool,
    /// The first version whose schema has it. Older ones accept it all the same: the late documents
    /// print `OverrideIPNURL` beside `Version=2008-09-17`.
    pub since: Version,
}

/// The parameters that every action has.
pub const COMMON: [&str; 7] = [
    "Action",
    "AWSAccessKeyId",
    "Signature",
    "SignatureMethod",
    "SignatureVersion",
    "Timestamp",
    "Version",
];

/// The other name of an amount's `.Value`: a sample of the documents prints it.
pub const VALUE_ALIAS: &str = "Amount";

impl Parameter {
    /// Whether this is what a request calls by that name.
    pub fn answers_to(&self, sent: &str) -> bool {
        let names = [Some(self.name), self.alias];
        let mut names = names.into_iter().flatten();
        names.any(|name| {
            sent.strip_prefix(name)
                .is_some_and(|rest| self.kind.has_form(rest))
        })
    }
}

impl Action {
    /// All of them, in the order of the alphabet.
    pub const ALL: [Action; 27] = [
        Action::Cancel,
        Action::CancelSubscriptionAndRefund,
        Action::CancelToken,
        Action::FundPrepaid,
        Action::GetAccountActivity,
        Action::GetAccountBalance,
        Action::GetDebtBalance,
        Action::GetOutstandingDebtBalance,
        Action::GetPaymentInstruction,
        Action::GetPrepaidBalance,
        Action::GetRecipientVerificationStatus,
        Action::GetSubscriptionDetails,
        Action::GetTokenByCaller,
        Action::GetTokenUsage,
        Action::GetTokens,
        Action::GetTotalPrepaidLiability,
        Action::GetTransaction,
        Action::GetTransactionStatus,
        Action::GetTransactionsForSubscription,
        Action::InstallPaymentInstruction,
        Action::Pay,
        Action::Refund,
        Action::Reserve,
        Action::Settle,
        Action::SettleDebt,
        Action::VerifySignature,
        Action::WriteOffDebt,
    ];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Cancel => "Cancel",
            Action::CancelSubscriptionAndRefund => "CancelSubscriptionAndRefund",
            Action::CancelToken => "CancelToken",
            Action::FundPrepaid => "FundPrepaid",
            Action::GetAccountActivity => "GetAccountActivity",
            Action::GetAccountBalance => "GetAccountBalance",
            Action::GetDebtBalance => "GetDebtBalance",
            Action::GetOutstandingDebtBalance => "GetOutstandingDebtBalance",
            Action::GetPaymentInstruction => "GetPaymentInstruction",
            Action::GetPrepaidBalance => "GetPrepaidBalance",
            Action::GetRecipientVerificationStatus => "GetRecipientVerificationStatus",
            Action::GetSubscriptionDetails => "GetSubscriptionDetails",
            Action::GetTokenByCaller => "GetTokenByCaller",
            Action::GetTokenUsage => "GetTokenUsage",
            Action::GetTokens => "GetTokens",
            Action::GetTotalPrepaidLiability => "GetTotalPrepaidLiability",
            Action::GetTransaction => "GetTransaction",
            Action::GetTransactionStatus => "GetTransactionStatus",
            Action::GetTransactionsForSubscription => "GetTransactionsForSubscription",
            Action::InstallPaymentInstruction => "InstallPaymentInstruction",
            Action::Pay => "Pay",
            Action::Refund => "Refund",
            Action::Reserve => "Reserve",
            Action::Settle => "Settle",
            Action::SettleDebt => "SettleDebt",
            Action::VerifySignature => "VerifySignature",
            Action::WriteOffDebt => "WriteOffDebt",
        }
    }

    /// Reads the `Action` parameter.
    pub fn parse(name: &str) -> Option<Action> {
        Action::ALL
            .into_iter()
            .find(|action| action.as_str() == name)
    }

    /// Its own parameters, in the order of the schema.
    pub const fn parameters(self) -> &'static [Parameter] {
        match self {
            Action::Cancel => list::CANCEL,
            Action::CancelSubscriptionAndRefund => list::CANCEL_SUBSCRIPTION,
            Action::CancelToken => list::CANCEL_TOKEN,
            Action::FundPrepaid => list::FUND_PREPAID,
            Action::GetAccountActivity => list::ACTIVITY,
            Action::GetAccountBalance
            | Action::GetOutstandingDebtBalance
            | Action::GetTotalPrepaidLiability => &[],
            Action::GetDebtBalance => list::DEBT_BALANCE,
            Action::GetPaymentInstruction | Action::GetTokenUsage => list::TOKEN,
            Action::GetPrepaidBalance => list::PREPAID_BALANCE,
            Action::GetRecipientVerificationStatus => list::RECIPIENT,
            Action::GetSubscriptionDetails | Action::GetTransactionsForSubscription => {
                list::SUBSCRIPTION
            }
            Action::GetTokenByCaller => list::TOKEN_BY_CALLER,
            Action::GetTokens => list::TOKENS,
            Action::GetTransaction | Action::GetTransactionStatus => list::TRANSACTION,
            Action::InstallPaymentInstruction => list::INSTALL,
            Action::Pay | Action::Reserve => list::PAYMENT,
            Action::Refund => list::REFUND,
            Action::Settle => list::SETTLE,
            Action::SettleDebt => list::SETTLE_DEBT,
            Action::VerifySignature => list::VERIFY_SIGNATURE,
            Action::WriteOffDebt => list::WRITE_OFF_DEBT,
        }
    }

    /// The first version whose schema has it. Older ones are answered all the same: samples of late
    /// actions print `Version=2008-09-17`.
    pub const fn since(self) -> Version {
        match self {
            Action::GetRecipientVerificationStatus
            | Action::GetSubscriptionDetails
            | Action::GetTransactionsForSubscription => Version::V2010,
            Action::Cancel
            | Action::CancelSubscriptionAndRefund
            | Action::CancelToken
            | Action::FundPrepaid
            | Action::GetAccountActivity
            | Action::GetAccountBalance
            | Action::GetDebtBalance
            | Action::GetOutstandingDebtBalance
            | Action::GetPaymentInstruction
            | Action::GetPrepaidBalance
            | Action::GetTokenByCaller
            | Action::GetTokenUsage
            | Action::GetTokens
            | Action::GetTotalPrepaidLiability
            | Action::GetTransaction
            | Action::GetTransactionStatus
            | Action::InstallPaymentInstruction
            | Action::Pay
            | Action::Refund
            | Action::Reserve
            | Action::Settle
            | Action::SettleDebt
            | Action::VerifySignature
            | Action::WriteOffDebt => Version::V2008,
        }
    }

    /// Whether a request for it may have a parameter of that name.
    pub fn knows(self, sent: &str) -> bool {
        COMMON.contains(&sent) || self.parameters().iter().any(|own| own.answers_to(sent))
    }

    /// Whether it may come without credentials.
    pub const fn may_be_unsigned(self) -> bool {
        matches!(self, Action::VerifySignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact() {
        for (sent, known) in [
            ("TransactionAmount.Value", true),
            ("TransactionAmount.Amount", true),
            ("TransactionAmount.CurrencyCode", true),
            ("TransactionAmount", false),
            ("TransactionAmount.", false),
            ("TransactionAmountValue", false),
            ("TransactionAmount.value", false),
            ("DescriptorPolicy.CSOwner", true),
            ("DescriptorPolicy.Amount", false),
            ("CallerReference", true),
            ("CallerReference.1", false),
            ("callerReference", false),
            ("recipient_token_id", false),
            ("OverrideIPNURL", true),
            ("Signature", true),
            ("signature", false),
            ("TransactionId", false),
            ("", false),
        ] {
            assert_eq!(Action::Reserve.knows(sent), known, "{sent}");
        }
        for (sent, known) in [
            ("Role", true),
            ("Role.1", true),
            ("Role.30", true),
            ("Role.0", false),
            ("Role.01", false),
            ("Role.", false),
            ("Role.x", false),
            ("Roles.1", false),
            ("Status", true),
            ("Operation", true),
            ("ResponseGroup", true),
        ] {
            assert_eq!(Action::GetAccountActivity.knows(sent), known, "{sent}");
        }
    }

    #[test]
    fn actions_are_read_back() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        assert!(Action::ALL.is_sorted_by_key(|action| action.as_str()));
        assert_eq!(Action::parse("reserve"), None);
    }
}
