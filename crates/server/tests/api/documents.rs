//! Pages that are made from the code's own tables, and checked for freshness.

use std::fmt::Write as _;

use processor::{BANKS, CARDS, Does};
use wire::action::{Kind, Parameter};
use wire::codes::CODES;
use wire::{Action, Version};

use crate::kit::{check_block, repository};

/// The page of the actions.
pub const API_PAGE: &str = "docs/api.md";
const ERRORS_PAGE: &str = "docs/errors.md";
const CARDS_PAGE: &str = "docs/test-cards.md";

/// Codes that are documented and never produced here, and why not.
pub const NOT_PRODUCED: &[(&str, &str)] = &[
    (
        "AccessFailure",
        "the codes `InvalidAccountState_*` say whose account",
    ),
    (
        "ConcurrentModification",
        "what meets is decided one after the other, so nobody has to try again",
    ),
    (
        "InstrumentAccessDenied",
        "prepaid and postpaid instruments come later",
    ),
    (
        "InstrumentExpired",
        "prepaid and postpaid instruments come later",
    ),
    (
        "InvalidAccountState",
        "the codes that name the party are used",
    ),
    (
        "InvalidDateRange",
        "belongs to GetAccountActivity, which comes later",
    ),
    (
        "InvalidPaymentInstrument",
        "a token names one payment method and its instrument; `InactiveInstrument` and `PaymentMethodNotDefined` say what is wrong with it",
    ),
    (
        "InvalidPaymentMethod",
        "the pages offer only what can be used",
    ),
    ("InvalidSignature", "`SignatureDoesNotMatch` is used"),
    (
        "InvalidSubscriptionState",
        "belongs to CancelSubscriptionAndRefund, which comes later",
    ),
    (
        "InvalidTokenType",
        "belongs to GetTokenUsage, which comes later",
    ),
    (
        "PrepaidFundingLimitExceeded",
        "belongs to FundPrepaid, which comes later",
    ),
    (
        "SenderNotOriginalRecipient",
        "the sender of a refund is always the original recipient: it cannot be named",
    ),
    (
        "SettleAmountGreaterThanDebt",
        "belongs to SettleDebt and WriteOffDebt, which come later",
    ),
    (
        "TransactionDenied",
        "a declined transaction is recorded: status `Failure`, `StatusCode` `TransactionDenied`",
    ),
];

/// A page of the repository.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_parameters_of_every_action() {
    for action in Action::ALL {
        let name = format!("parameters of {}", action.as_str());
        check_block(API_PAGE, &name, &parameters(action));
    }
}

fn parameters(action: Action) -> String {
    if action.parameters().is_empty() {
        return "No parameters of its own.\n".to_owned();
    }
    let mut text = "| parameter | required | value |\n|---|---|---|\n".to_owned();
    for parameter in action.parameters() {
        let Parameter {
            name,
            kind,
            required,
            since,
        } = *parameter;
        let members = kind.members();
        let names: Vec<String> = if members.is_empty() {
            vec![format!("`{name}`")]
        } else {
            members
                .iter()
                .map(|member| format!("`{name}.{member}`"))
                .collect()
        };
        let since = match since {
            Version::V2008 => String::new(),
            Version::V2010 | Version::V2011 => format!("; in the schema since {}", since.as_str()),
        };
        let required = if required { "yes" } else { "no" };
        writeln!(
            text,
            "| {} | {required} | {}{since} |",
            names.join(", "),
            words(kind)
        )
        .expect("text");
    }
    text
}

const fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::TransactionId => "a transaction id: 35 capital letters and digits",
        Kind::TokenId => "a token id: 64 capital letters and digits",
        Kind::CallerReference => "1 to 128 characters, none of them a control character",
        Kind::Description => "up to 160 characters; empty counts as absent",
        Kind::Amount => "`USD`, and a decimal number without a sign",
        Kind::Percentage => "percent from 0 to 100, with at most four decimals",
        Kind::Minutes => "whole minutes, 1 to 10080; 10080 when absent",
        Kind::ChargeFeeTo => "`Caller` or `Recipient`",
        Kind::MarketplaceRefundPolicy => {
            "`MasterTxnOnly` (when absent), `MarketplaceTxnOnly` or `MasterAndMarketplaceTxn`"
        }
        Kind::DescriptorPolicy => "`Static` or `Dynamic`; `Caller` or `Recipient`",
        Kind::Url => "an `http://` or `https://` address",
        Kind::Text => "text as it was received",
    }
}

#[test]
fn the_codes() {
    let mut text =
        "| code | HTTP | try again | when | not produced because |\n|---|---|---|---|---|\n"
            .to_owned();
    for code in &CODES {
        let reason = NOT_PRODUCED.iter().find(|(name, _)| *name == code.name);
        let reason = reason.map_or("", |(_, reason)| *reason);
        let again = if code.retriable { "yes" } else { "no" };
        let (name, http, when) = (code.name, code.http, code.when);
        writeln!(text, "| `{name}` | {http} | {again} | {when} | {reason} |").expect("text");
    }
    check_block(ERRORS_PAGE, "codes", &text);
}

#[test]
fn the_cards() {
    let mut text = "| number | brand | name | what it does |\n|---|---|---|---|\n".to_owned();
    for card in CARDS {
        let digits: Vec<char> = card.number.chars().collect();
        let groups: Vec<String> = digits
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        let code = code_of(card.does);
        let (brand, name, says) = (card.brand(), card.name, card.says);
        writeln!(
            text,
            "| `{}` | {brand} | {name} | {says}{code} |",
            groups.join(" ")
        )
        .expect("text");
    }
    check_block(CARDS_PAGE, "cards", &text);
}

#[test]
fn the_bank_accounts() {
    let mut text = "| account number | name | what it does |\n|---|---|---|\n".to_owned();
    for bank in BANKS {
        let (number, name, says, code) = (bank.number, bank.name, bank.says, code_of(bank.does));
        writeln!(text, "| `{number}` | {name} | {says}{code} |").expect("text");
    }
    check_block(CARDS_PAGE, "banks", &text);
}

/// The code that a number is declined with, if it is.
fn code_of(does: Does) -> String {
    match does {
        Does::Approve | Does::At { decline: None, .. } => String::new(),
        Does::At {
            decline: Some(code),
            ..
        } => format!(" (`{code}`)"),
    }
}
