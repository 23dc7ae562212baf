//! What strict clients accept, and no more: the elements and the words that two public clients know,
//! copied from their sources. Every recorded reply is held against them, and so is every reply that any
//! test here gets: the client of the kit calls [`hold`].

use wire::Action;
use wire::schema::ENUMERATIONS;

use crate::golden;
use crate::kit::repository;

/// Elements that amazon_flex_pay has an attribute for; it refuses any other.
const MADE: &[&str] = &["TransactionId", "TransactionStatus"];
const STATUS: &[&str] = &[
    "TransactionId",
    "TransactionStatus",
    "CallerReference",
    "StatusCode",
    "StatusMessage",
];
const DETAIL: &[&str] = &[
    "CallerName",
    "CallerDescription",
    "CallerReference",
    "CreditInstrumentId",
    "DateReceived",
    "DateCompleted",
    "FPSFees",
    "FPSFeesPaidBy",
    "FPSOperation",
    "MarketplaceFees",
    "PaymentMethod",
    "PrepaidInstrumentId",
    "RecipientEmail",
    "RecipientName",
    "RecipientTokenId",
    "RelatedTransaction",
    "RelationType",
    "TransactionId",
    "SenderDescription",
    "SenderEmail",
    "SenderName",
    "SenderTokenId",
    "StatusCode",
    "StatusHistory",
    "Amount",
    "Date",
    "StatusMessage",
    "TransactionAmount",
    "TransactionStatus",
    "Transaction",
];
const ACTIVITY: &[&str] = &[
    "Balance",
    "CallerName",
    "CallerTransactionDate",
    "DateCompleted",
    "DateReceived",
    "FPSFees",
    "FPSOperation",
    "OriginalTransactionId",
    "PaymentMethod",
    "RecipientName",
    "RecipientTokenId",
    "SenderName",
    "SenderTokenId",
    "StatusCode",
    "StatusMessage",
    "TransactionAmount",
    "TransactionId",
    "TransactionPart",
    "Description",
    "FeesPaid",
    "InstrumentId",
    "Name",
    "Reference",
    "Role",
    "TransactionStatus",
    "Transaction",
    "BatchSize",
    "StartTimeForNextTransaction",
];
const TOKEN: &[&str] = &[
    "Token",
    "CallerReference",
    "DateInstalled",
    "FriendlyName",
    "OldTokenId",
    "PaymentReason",
    "TokenId",
    "TokenStatus",
    "TokenType",
];
/// What every document may have. boto takes nothing else within an amount.
const COMMON: &[&str] = &["ResponseMetadata", "RequestId", "CurrencyCode", "Value"];

/// The words that the strictest client knows; those of roles and methods are the schema's own.
const WORDS: &[(&str, &[&str])] = &[
    (
        "TransactionStatus",
        &["Reserved", "Success", "Failure", "Pending", "Cancelled"],
    ),
    (
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
    ("PaymentMethod", &["ABT", "ACH", "CC", "Debt", "Prepaid"]),
    (
        "RelationType",
        &["Refund", "Parent", "MarketplaceFee", "RefundReversal"],
    ),
    ("TokenStatus", &["Active", "Inactive"]),
    (
        "TokenType",
        &["SingleUse", "MultiUse", "Recurring", "Unrestricted"],
    ),
    ("VerificationStatus", &["Success", "Failure"]),
    (
        "RecipientVerificationStatus",
        &[
            "VerificationComplete",
            "VerificationPending",
            "VerificationCompleteNoLimits",
        ],
    ),
    ("Role", &["Sender", "Caller", "Recipient"]),
    ("FPSFeesPaidBy", &["Caller", "Recipient"]),
    ("CurrencyCode", &["USD"]),
];

/// The elements that the client knows; none for a reply that it never reads by name.
fn known(action: Action) -> Option<&'static [&'static str]> {
    match action {
        Action::Cancel
        | Action::FundPrepaid
        | Action::Pay
        | Action::Refund
        | Action::Reserve
        | Action::Settle
        | Action::SettleDebt
        | Action::WriteOffDebt => Some(MADE),
        Action::GetTransactionStatus => Some(STATUS),
        Action::GetTransaction => Some(DETAIL),
        Action::GetAccountActivity => Some(ACTIVITY),
        Action::GetTokenByCaller | Action::GetTokens => Some(TOKEN),
        Action::CancelToken => Some(&[]),
        Action::CancelSubscriptionAndRefund
        | Action::GetAccountBalance
        | Action::GetDebtBalance
        | Action::GetOutstandingDebtBalance
        | Action::GetPaymentInstruction
        | Action::GetPrepaidBalance
        | Action::GetRecipientVerificationStatus
        | Action::GetSubscriptionDetails
        | Action::GetTokenUsage
        | Action::GetTotalPrepaidLiability
        | Action::GetTransactionsForSubscription
        | Action::InstallPaymentInstruction
        | Action::VerifySignature => None,
    }
}

/// The elements of a document, each with the text that follows its opening.
fn elements(document: &str) -> impl Iterator<Item = (&str, &str)> {
    document.split('<').filter_map(|piece| {
        let (tag, text) = piece.split_once('>')?;
        let name = tag.split_ascii_whitespace().next()?;
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            .then_some((name, text))
    })
}

/// Holds a reply, also in an envelope, against what strict clients accept; a document of another kind
/// is let through.
#[track_caller]
pub fn hold(document: &str) {
    let reply = |action: Action| {
        let begin = document.find(&format!("<{}Response ", action.as_str()))?;
        let close = format!("</{}Response>", action.as_str());
        let end = document.rfind(&close)?;
        Some((action, &document[begin..end + close.len()]))
    };
    let Some((action, document)) = Action::ALL.into_iter().find_map(reply) else {
        return;
    };
    let name = action.as_str();
    let frame = [format!("{name}Response"), format!("{name}Result")];
    for (element, text) in elements(document) {
        if let Some(known) = known(action) {
            let is_frame = frame.iter().any(|one| one == element);
            let is_known = known.contains(&element) || COMMON.contains(&element);
            assert!(is_frame || is_known, "{name}: {element}");
        }
        if let Some((_, words)) = WORDS.iter().find(|(kind, _)| *kind == element) {
            assert!(words.contains(&text.trim()), "{name}: {element} is {text}");
        }
        // A client dies of an empty element within a result; a result of nothing it takes for none.
        let empty = format!("<{element}></{element}>");
        let is_result = *element == frame[1];
        assert!(is_result || !document.contains(&empty), "{name}: {empty}");
    }
    hold_amounts(document);
}

/// A client takes a currency and a value, in this order and six decimals, and nothing beside them.
#[track_caller]
fn hold_amounts(document: &str) {
    for rest in document.split("<CurrencyCode>").skip(1) {
        let inner: String = rest.split_inclusive('>').take(4).map(str::trim).collect();
        let value = inner.strip_prefix("USD</CurrencyCode><Value>");
        let value = value.and_then(|value| value.split_once("</Value></"));
        let (value, end) = value.unwrap_or_else(|| panic!("an amount: {inner}"));
        let (whole, decimals) = value.split_once('.').expect("a decimal point");
        let whole = whole.strip_prefix('-').unwrap_or(whole);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        assert!(digits(whole) && digits(decimals), "{inner}");
        assert_eq!(decimals.len(), 6, "{inner}");
        assert!(end.ends_with('>'), "{inner}");
    }
}

#[test]
fn every_recorded_reply_is_of_the_closed_world() {
    for action in Action::ALL {
        let [_, path] = golden::paths(action);
        let document = std::fs::read_to_string(repository(&path)).expect("a recorded reply");
        assert!(document.contains("Response "), "{path}");
        hold(&document);
    }
}

#[test]
fn whatever_is_not_of_it_is_caught() {
    for wrong in [
        "<PayResponse xmlns=\"x\"><PayResult><Extra>1</Extra></PayResult></PayResponse>",
        "<PayResponse xmlns=\"x\"><TransactionStatus>Done</TransactionStatus></PayResponse>",
        "<GetTransactionResponse xmlns=\"x\"><FPSFees></FPSFees></GetTransactionResponse>",
        "<GetTransactionResponse xmlns=\"x\"><FPSFees><CurrencyCode>USD</CurrencyCode>\
         <Value>1.00</Value></FPSFees></GetTransactionResponse>",
        "<GetTransactionResponse xmlns=\"x\"><FPSFees><Value>1.000000</Value>\
         <CurrencyCode>USD</CurrencyCode></FPSFees></GetTransactionResponse>",
    ] {
        let caught = std::panic::catch_unwind(|| hold(wrong));
        assert!(caught.is_err(), "{wrong}");
    }
}

#[test]
fn the_schema_has_no_other_words() {
    for (kind, words) in WORDS {
        let Some(ours) = ENUMERATIONS.iter().find(|one| one.name == *kind) else {
            continue;
        };
        for word in ours.words {
            assert!(words.contains(word), "{kind}: {word}");
        }
    }
}
