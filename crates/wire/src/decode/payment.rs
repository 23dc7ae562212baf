//! Reserve and Pay, which have the same parameters.

use payments::commands::{Pay, Reserve};
use payments::rows::{CSOwner, Descriptor, Payer, SoftDescriptorType};
use payments::{By, CallerReference, PaymentAsked};

use super::Request;
use super::fields::Fields;
use crate::WireError;

const PAYERS: &[(&str, Payer)] = &[("Caller", Payer::Caller), ("Recipient", Payer::Recipient)];

const DESCRIPTOR_TYPES: &[(&str, SoftDescriptorType)] = &[
    ("Static", SoftDescriptorType::Static),
    ("Dynamic", SoftDescriptorType::Dynamic),
];

const DESCRIPTOR_OWNERS: &[(&str, CSOwner)] = &[
    ("Caller", CSOwner::Caller),
    ("Recipient", CSOwner::Recipient),
];

pub(super) fn reserve(fields: &Fields, by: By) -> Result<Request, WireError> {
    let (reference, asked) = asked(fields)?;
    let command = Reserve {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn pay(fields: &Fields, by: By) -> Result<Request, WireError> {
    let (reference, asked) = asked(fields)?;
    let command = Pay {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}

fn asked(fields: &Fields) -> Result<(CallerReference, PaymentAsked), WireError> {
    let sender_token = fields.required_token("SenderTokenId")?;
    let recipient_token = fields.token("RecipientTokenId")?;
    let amount = fields.required_amount("TransactionAmount")?;
    let charge_fee_to = fields.word("ChargeFeeTo", PAYERS)?;
    let reference = fields.required_reference("CallerReference")?;
    let asked = PaymentAsked {
        sender_token,
        recipient_token,
        amount,
        charge_fee_to,
        caller_description: fields.description("CallerDescription")?,
        sender_description: fields.description("SenderDescription")?,
        descriptor: descriptor(fields)?,
        timeout_mins: fields.minutes("TransactionTimeoutInMins")?,
        marketplace_fixed: fields.amount("MarketplaceFixedFee")?,
        marketplace_rate: fields.percentage("MarketplaceVariableFee")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok((reference, asked))
}

pub(super) fn descriptor(fields: &Fields) -> Result<Option<Descriptor>, WireError> {
    let kind = fields.word("DescriptorPolicy.SoftDescriptorType", DESCRIPTOR_TYPES)?;
    let owner = fields.word("DescriptorPolicy.CSOwner", DESCRIPTOR_OWNERS)?;
    let given = kind.is_some() || owner.is_some();
    Ok(given.then_some(Descriptor { kind, owner }))
}
