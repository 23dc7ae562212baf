//! The complex types and the enumerations, in the order of the schema.

use super::{Element, any, maybe, once, some};

/// A complex type: a sequence of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// Its children, in order.
    pub elements: &'static [Element],
}

/// A simple type: one of some words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// Its name.
    pub name: &'static str,
    /// Its words.
    pub words: &'static [&'static str],
}

const TEXT: &str = "xs:string";
const MOMENT: &str = "xs:dateTime";
const NUMBER: &str = "xs:int";

const fn of(name: &'static str, elements: &'static [Element]) -> Type {
    Type { name, elements }
}

const fn words(name: &'static str, words: &'static [&'static str]) -> Enumeration {
    Enumeration { name, words }
}

/// The enumerations.
pub const ENUMERATIONS: &[Enumeration] = &[
    words("CurrencyCode", &["USD"]),
    words(
        "TransactionStatus",
        &["Cancelled", "Failure", "Pending", "Reserved", "Success"],
    ),
    words("PaymentMethod", &["ABT", "ACH", "CC", "Debt", "Prepaid"]),
    words(
        "FPSOperation",
        &[
            "Pay",
            "Refund",
            "Settle",
            "SettleDebt",
            "WriteOffDebt",
            "FundPrepaid",
            "Reserve",
        ],
    ),
    words("TransactionalRole", &["Sender", "Caller", "Recipient"]),
    words("ChargeFeeTo", &["Caller", "Recipient"]),
    words("SoftDescriptorType", &["Static", "Dynamic"]),
    words("CSOwner", &["Caller", "Recipient"]),
    words("TokenStatus", &["Active", "Inactive"]),
    words(
        "TokenType",
        &["SingleUse", "MultiUse", "Recurring", "Unrestricted"],
    ),
    words("SortOrder", &["Ascending", "Descending"]),
    words(
        "RelationType",
        &["Refund", "Parent", "MarketplaceFee", "RefundReversal"],
    ),
    words(
        "MarketplaceRefundPolicy",
        &[
            "MasterTxnOnly",
            "MarketplaceTxnOnly",
            "MasterAndMarketplaceTxn",
        ],
    ),
    words("VerificationStatus", &["Success", "Failure"]),
    words(
        "RecipientVerificationStatus",
        &[
            "VerificationComplete",
            "VerificationPending",
            "VerificationCompleteNoLimits",
        ],
    ),
    words("SubscriptionStatus", &["Active", "Cancelled", "Completed"]),
    words("TimeUnit", &["day", "month", "week", "year"]),
];

/// The complex types. `FriendlyName` is left out where a token has none, as printed samples do.
pub const TYPES: &[Type] = &[
    of(
        "Amount",
        &[once("CurrencyCode", "CurrencyCode"), once("Value", TEXT)],
    ),
    of(
        "DescriptorPolicy",
        &[
            maybe("SoftDescriptorType", "SoftDescriptorType"),
            maybe("CSOwner", "CSOwner"),
        ],
    ),
    of(
        "AccountBalance",
        &[
            once("TotalBalance", "Amount"),
            once("PendingInBalance", "Amount"),
            once("PendingOutBalance", "Amount"),
            once("AvailableBalances", "AvailableBalances"),
        ],
    ),
    of(
        "AvailableBalances",
        &[
            once("DisburseBalance", "Amount"),
            once("RefundBalance", "Amount"),
        ],
    ),
    of(
        "DebtBalance",
        &[
            once("AvailableBalance", "Amount"),
            maybe("PendingOutBalance", "Amount"),
        ],
    ),
    of(
        "OutstandingDebtBalance",
        &[
            once("OutstandingBalance", "Amount"),
            maybe("PendingOutBalance", "Amount"),
        ],
    ),
    of(
        "PrepaidBalance",
        &[
            once("AvailableBalance", "Amount"),
            maybe("PendingInBalance", "Amount"),
        ],
    ),
    of(
        "OutstandingPrepaidLiability",
        &[
            once("OutstandingBalance", "Amount"),
            maybe("PendingInBalance", "Amount"),
        ],
    ),
    of("Token", TOKEN),
    of(
        "TokenUsageLimit",
        &[
            maybe("Count", NUMBER),
            maybe("Amount", "Amount"),
            maybe("LastResetCount", NUMBER),
            maybe("LastResetAmount", "Amount"),
            maybe("LastResetTimestamp", MOMENT),
        ],
    ),
    of(
        "RelatedTransaction",
        &[
            once("TransactionId", TEXT),
            maybe("RelationType", "RelationType"),
        ],
    ),
    of(
        "StatusHistory",
        &[
            once("Date", MOMENT),
            once("TransactionStatus", "TransactionStatus"),
            maybe("StatusCode", TEXT),
            once("Amount", "Amount"),
        ],
    ),
    of(
        "TransactionPart",
        &[
            maybe("InstrumentId", TEXT),
            once("Role", "TransactionalRole"),
            maybe("Name", TEXT),
            maybe("Reference", TEXT),
            maybe("Description", TEXT),
            maybe("FeesPaid", "Amount"),
        ],
    ),
    of("Transaction", TRANSACTION),
    of("TransactionDetail", TRANSACTION_DETAIL),
    of(
        "Duration",
        &[once("Value", NUMBER), once("TimeUnit", "TimeUnit")],
    ),
    of("SubscriptionDetails", SUBSCRIPTION_DETAILS),
    of(
        "SubscriptionTransaction",
        &[
            once("TransactionId", TEXT),
            once("TransactionDate", MOMENT),
            once("TransactionSerialNumber", NUMBER),
            once("TransactionAmount", "Amount"),
            once("Description", TEXT),
            once("TransactionStatus", "TransactionStatus"),
        ],
    ),
    of("ResponseMetadata", &[once("RequestId", TEXT)]),
];

const TOKEN: &[Element] = &[
    once("TokenId", TEXT),
    maybe("FriendlyName", TEXT),
    once("TokenStatus", "TokenStatus"),
    once("DateInstalled", MOMENT),
    once("CallerReference", TEXT),
    once("TokenType", "TokenType"),
    maybe("OldTokenId", TEXT),
    maybe("PaymentReason", TEXT),
];

const TRANSACTION: &[Element] = &[
    once("TransactionId", TEXT),
    once("CallerTransactionDate", MOMENT),
    once("DateReceived", MOMENT),
    maybe("DateCompleted", MOMENT),
    once("TransactionAmount", "Amount"),
    once("FPSOperation", "FPSOperation"),
    once("TransactionStatus", "TransactionStatus"),
    maybe("StatusMessage", TEXT),
    maybe("StatusCode", TEXT),
    maybe("OriginalTransactionId", TEXT),
    some("TransactionPart", "TransactionPart"),
    once("PaymentMethod", "PaymentMethod"),
    maybe("SenderName", TEXT),
    once("CallerName", TEXT),
    maybe("RecipientName", TEXT),
    once("FPSFees", "Amount"),
    once("Balance", "Amount"),
    maybe("SenderTokenId", TEXT),
    maybe("RecipientTokenId", TEXT),
];

const TRANSACTION_DETAIL: &[Element] = &[
    once("TransactionId", TEXT),
    once("CallerReference", TEXT),
    maybe("CallerDescription", TEXT),
    maybe("SenderDescription", TEXT),
    once("DateReceived", MOMENT),
    maybe("DateCompleted", MOMENT),
    once("TransactionAmount", "Amount"),
    once("FPSFees", "Amount"),
    maybe("MarketplaceFees", "Amount"),
    once("FPSFeesPaidBy", "TransactionalRole"),
    maybe("SenderTokenId", TEXT),
    maybe("RecipientTokenId", TEXT),
    maybe("PrepaidInstrumentId", TEXT),
    maybe("CreditInstrumentId", TEXT),
    once("FPSOperation", "FPSOperation"),
    once("PaymentMethod", "PaymentMethod"),
    once("TransactionStatus", "TransactionStatus"),
    maybe("StatusCode", TEXT),
    maybe("StatusMessage", TEXT),
    maybe("SenderName", TEXT),
    maybe("SenderEmail", TEXT),
    once("CallerName", TEXT),
    maybe("RecipientName", TEXT),
    maybe("RecipientEmail", TEXT),
    any("RelatedTransaction", "RelatedTransaction"),
    some("StatusHistory", "StatusHistory"),
];

const SUBSCRIPTION_DETAILS: &[Element] = &[
    once("SubscriptionId", TEXT),
    once("Description", TEXT),
    once("SubscriptionAmount", "Amount"),
    maybe("NextTransactionAmount", "Amount"),
    maybe("PromotionalAmount", "Amount"),
    once("NumberOfPromotionalTransactions", NUMBER),
    once("StartDate", MOMENT),
    maybe("EndDate", MOMENT),
    maybe("SubscriptionPeriod", "Duration"),
    once("SubscriptionFrequency", "Duration"),
    maybe("OverrideIPNUrl", TEXT),
    once("SubscriptionStatus", "SubscriptionStatus"),
    once("NumberOfTransactionsProcessed", NUMBER),
    once("RecipientEmail", TEXT),
    once("RecipientName", TEXT),
    once("SenderEmail", TEXT),
    once("SenderName", TEXT),
    maybe("NextTransactionDate", MOMENT),
];
