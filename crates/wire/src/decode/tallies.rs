//! What is done with prepaid and credit instruments: FundPrepaid, SettleDebt, WriteOffDebt.

use payments::commands::{FundPrepaid, SettleDebt, WriteOffDebt};
use payments::{By, CallerReference, TallyAsked, WriteOffAsked};

use super::Request;
use super::fields::Fields;
use super::payment::descriptor;
use crate::WireError;

pub(super) fn fund(fields: &Fields, by: By) -> Result<Request, WireError> {
    let (reference, asked) = asked(fields, "PrepaidInstrumentId", "FundingAmount")?;
    let command = FundPrepaid {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn settle(fields: &Fields, by: By) -> Result<Request, WireError> {
    let (reference, asked) = asked(fields, "CreditInstrumentId", "SettlementAmount")?;
    let command = SettleDebt {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}

/// The two have the same parameters, but for the names of the instrument and of the amount.
fn asked(
    fields: &Fields,
    tally: &str,
    amount: &str,
) -> Result<(CallerReference, TallyAsked), WireError> {
    let sender_token = fields.required_token("SenderTokenId")?;
    let tally = fields.required_tally(tally)?;
    let amount = fields.required_amount(amount)?;
    let reference = fields.required_reference("CallerReference")?;
    let sender_description = fields.description("SenderDescription")?;
    let asked = TallyAsked {
        sender_token,
        tally,
        amount,
        sender_description,
        caller_description: fields.description("CallerDescription")?,
        descriptor: descriptor(fields)?,
        timeout_mins: fields.minutes("TransactionTimeoutInMins")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok((reference, asked))
}

pub(super) fn write_off(fields: &Fields, by: By) -> Result<Request, WireError> {
    let tally = fields.required_tally("CreditInstrumentId")?;
    let amount = fields.required_amount("AdjustmentAmount")?;
    let reference = fields.required_reference("CallerReference")?;
    let asked = WriteOffAsked {
        tally,
        amount,
        caller_description: fields.description("CallerDescription")?,
        ipn_url: None,
    };
    let command = WriteOffDebt {
        by,
        reference,
        asked,
    };
    Ok(Request::Command(command.into()))
}
