//! The parameters of each action, in the order of the schema.

use super::{Kind, Parameter};
use crate::Version;

const fn required(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        required: true,
        ..optional(name, kind)
    }
}

const fn optional(name: &'static str, kind: Kind) -> Parameter {
    Parameter {
        name,
        alias: None,
        kind,
        required: false,
        since: Version::V2008,
    }
}

/// With the name that documents or clients of another version have for it.
const fn also(alias: &'static str, parameter: Parameter) -> Parameter {
    Parameter {
        alias: Some(alias),
        ..parameter
    }
}

const OVERRIDE_IPN_URL: Parameter = Parameter {
    since: Version::V2010,
    ..optional("OverrideIPNURL", Kind::Url)
};

pub(super) const CANCEL: &[Parameter] = &[
    required("TransactionId", Kind::TransactionId),
    optional("Description", Kind::Description),
    OVERRIDE_IPN_URL,
];

pub(super) const CANCEL_SUBSCRIPTION: &[Parameter] = &[
    required("SubscriptionId", Kind::SubscriptionId),
    optional("RefundAmount", Kind::Amount),
    optional("CallerReference", Kind::CallerReference),
    optional("CancelReason", Kind::Description),
];

pub(super) const CANCEL_TOKEN: &[Parameter] = &[
    required("TokenId", Kind::TokenId),
    optional("ReasonText", Kind::Description),
    OVERRIDE_IPN_URL,
];

pub(super) const FUND_PREPAID: &[Parameter] = &[
    required("SenderTokenId", Kind::TokenId),
    required("PrepaidInstrumentId", Kind::PrepaidInstrumentId),
    required("FundingAmount", Kind::Amount),
    required("CallerReference", Kind::CallerReference),
    optional("SenderDescription", Kind::Description),
    optional("CallerDescription", Kind::Description),
    optional("DescriptorPolicy", Kind::DescriptorPolicy),
    optional("TransactionTimeoutInMins", Kind::Minutes),
    OVERRIDE_IPN_URL,
];

/// `Operation`, `Status` and `ResponseGroup` are names of 2007 that a client still sends.
pub(super) const ACTIVITY: &[Parameter] = &[
    optional("MaxBatchSize", Kind::BatchSize),
    required("StartDate", Kind::Moment),
    optional("EndDate", Kind::Moment),
    optional("SortOrderByDate", Kind::SortOrder),
    also("Operation", optional("FPSOperation", Kind::FpsOperation)),
    optional("PaymentMethod", Kind::PaymentMethod),
    optional("Role", Kind::Roles),
    also(
        "Status",
        optional("TransactionStatus", Kind::TransactionStatus),
    ),
    optional("ResponseGroup", Kind::Ignored),
];

pub(super) const DEBT_BALANCE: &[Parameter] =
    &[required("CreditInstrumentId", Kind::CreditInstrumentId)];

pub(super) const TOKEN: &[Parameter] = &[required("TokenId", Kind::TokenId)];

pub(super) const PREPAID_BALANCE: &[Parameter] =
    &[required("PrepaidInstrumentId", Kind::PrepaidInstrumentId)];

/// A table of the documents prints the name with a capital D.
pub(super) const RECIPIENT: &[Parameter] = &[also(
    "RecipientTokenID",
    required("RecipientTokenId", Kind::TokenId),
)];

pub(super) const SUBSCRIPTION: &[Parameter] = &[required("SubscriptionId", Kind::SubscriptionId)];

/// Exactly one of the two.
pub(super) const TOKEN_BY_CALLER: &[Parameter] = &[
    optional("TokenId", Kind::TokenId),
    optional("CallerReference", Kind::CallerReference),
];

pub(super) const TOKENS: &[Parameter] = &[
    optional("TokenStatus", Kind::TokenStatus),
    optional("TokenType", Kind::TokenType),
    optional("CallerReference", Kind::CallerReference),
    optional("TokenFriendlyName", Kind::FriendlyName),
];

pub(super) const TRANSACTION: &[Parameter] = &[required("TransactionId", Kind::TransactionId)];

pub(super) const INSTALL: &[Parameter] = &[
    required("PaymentInstruction", Kind::Instruction),
    optional("TokenFriendlyName", Kind::FriendlyName),
    required("CallerReference", Kind::CallerReference),
    required("TokenType", Kind::TokenType),
    optional("PaymentReason", Kind::PaymentReason),
];

pub(super) const PAYMENT: &[Parameter] = &[
    required("SenderTokenId", Kind::TokenId),
    optional("RecipientTokenId", Kind::TokenId),
    required("TransactionAmount", Kind::Amount),
    optional("ChargeFeeTo", Kind::ChargeFeeTo),
    required("CallerReference", Kind::CallerReference),
    optional("CallerDescription", Kind::Description),
    optional("SenderDescription", Kind::Description),
    optional("DescriptorPolicy", Kind::DescriptorPolicy),
    optional("TransactionTimeoutInMins", Kind::Minutes),
    optional("MarketplaceFixedFee", Kind::Amount),
    optional("MarketplaceVariableFee", Kind::Percentage),
    OVERRIDE_IPN_URL,
];

pub(super) const REFUND: &[Parameter] = &[
    required("TransactionId", Kind::TransactionId),
    optional("RefundAmount", Kind::Amount),
    required("CallerReference", Kind::CallerReference),
    optional("CallerDescription", Kind::Description),
    optional("MarketplaceRefundPolicy", Kind::MarketplaceRefundPolicy),
    OVERRIDE_IPN_URL,
];

pub(super) const SETTLE: &[Parameter] = &[
    required("ReserveTransactionId", Kind::TransactionId),
    optional("TransactionAmount", Kind::Amount),
    OVERRIDE_IPN_URL,
];

pub(super) const SETTLE_DEBT: &[Parameter] = &[
    required("SenderTokenId", Kind::TokenId),
    required("CreditInstrumentId", Kind::CreditInstrumentId),
    required("SettlementAmount", Kind::Amount),
    required("CallerReference", Kind::CallerReference),
    optional("SenderDescription", Kind::Description),
    optional("CallerDescription", Kind::Description),
    optional("DescriptorPolicy", Kind::DescriptorPolicy),
    optional("TransactionTimeoutInMins", Kind::Minutes),
    OVERRIDE_IPN_URL,
];

pub(super) const VERIFY_SIGNATURE: &[Parameter] = &[
    required("UrlEndPoint", Kind::Text),
    required("HttpParameters", Kind::Text),
];

pub(super) const WRITE_OFF_DEBT: &[Parameter] = &[
    required("CreditInstrumentId", Kind::CreditInstrumentId),
    required("AdjustmentAmount", Kind::Amount),
    required("CallerReference", Kind::CallerReference),
    optional("CallerDescription", Kind::Description),
];
