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
    ("InvalidSignature", "`SignatureDoesNotMatch` is used"),
    (
        "SenderNotOriginalRecipient",
        "a Refund names a transaction and no sender (only that of 2007 named one): the sender is always the original recipient; who did not make the transaction gets `InvalidTransactionId`",
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
            alias,
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
        let alias = alias.map_or(String::new(), |alias| {
            format!("; `{alias}` is understood too")
        });
        let required = if required { "yes" } else { "no" };
        writeln!(
            text,
            "| {} | {required} | {}{since}{alias} |",
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
        Kind::PrepaidInstrumentId => {
            "the id of a prepaid instrument: 64 capital letters and digits"
        }
        Kind::CreditInstrumentId => "the id of a credit instrument: 64 capital letters and digits",
        Kind::SubscriptionId => "the id of a subscription: 35 capital letters and digits",
        Kind::FriendlyName => "up to 128 characters",
        Kind::PaymentReason => "up to 64 characters",
        Kind::BatchSize => "a whole number from 20 to 200; 20 when absent",
        Kind::Moment => "ISO 8601 with seconds and zone; ten digits of a fraction name a row",
        Kind::SortOrder => "`Ascending` or `Descending` (when absent)",
        Kind::FpsOperation => {
            "`Pay`, `Refund`, `Settle`, `SettleDebt`, `WriteOffDebt`, `FundPrepaid` or `Reserve`"
        }
        Kind::PaymentMethod => "`ABT`, `ACH`, `CC`, `Debt` or `Prepaid`",
        Kind::Roles => {
            "`Sender`, `Caller` or `Recipient`: as a list `.1`, `.2`, or plain, with commas between"
        }
        Kind::TransactionStatus => "`Cancelled`, `Failure`, `Pending`, `Reserved` or `Success`",
        Kind::TokenStatus => "`Active` or `Inactive`",
        Kind::TokenType => "`SingleUse`, `MultiUse`, `Recurring` or `Unrestricted`",
        Kind::Instruction => "a [payment instruction](instructions.md)",
        Kind::Ignored => "a word of 2007 that changes nothing",
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
