//! What is asked of a transaction that exists: Settle, Cancel, Refund, and the readings.

use payments::asked::RefundPolicy;
use payments::commands::{Cancel, Refund, Settle};
use payments::{By, RefundAsked};

use super::Request;
use super::fields::Fields;
use crate::WireError;

const POLICIES: &[(&str, RefundPolicy)] = &[
    ("MasterTxnOnly", RefundPolicy::MasterTxnOnly),
    ("MarketplaceTxnOnly", RefundPolicy::MarketplaceTxnOnly),
    (
        "MasterAndMarketplaceTxn",
        RefundPolicy::MasterAndMarketplaceTxn,
    ),
];

pub(super) fn settle(fields: &Fields, by: By) -> Result<Request, WireError> {
    let command = Settle {
        by,
        transaction: fields.required_transaction("ReserveTransactionId")?,
        amount: fields.amount("TransactionAmount")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn cancel(fields: &Fields, by: By) -> Result<Request, WireError> {
    let command = Cancel {
        by,
        transaction: fields.required_transaction("TransactionId")?,
        description: fields.description("Description")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn refund(fields: &Fields, by: By) -> Result<Request, WireError> {
    let transaction = fields.required_transaction("TransactionId")?;
    let amount = fields.amount("RefundAmount")?;
    let reference = fields.required_reference("CallerReference")?;
    let asked = RefundAsked {
        transaction,
        amount,
        caller_description: fields.description("CallerDescription")?,
        policy: fields.word("MarketplaceRefundPolicy", POLICIES)?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    let command = Refund {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}
