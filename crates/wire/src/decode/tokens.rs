//! What is done with tokens: CancelToken and InstallPaymentInstruction.

use payments::By;
use payments::commands::{CancelToken, Canceller, InstallInstruction};

use super::Request;
use super::fields::Fields;
use super::read::TOKEN_TYPES;
use crate::WireError;

/// Characters of a token's name at most.
pub(super) const FRIENDLY_NAME_CHARS_MAX: usize = 128;
/// Characters of a payment reason at most.
const PAYMENT_REASON_CHARS_MAX: usize = 64;

pub(super) fn cancel_token(fields: &Fields, by: By) -> Result<Request, WireError> {
    let command = CancelToken {
        by: Canceller::Caller(by),
        token: fields.required_token("TokenId")?,
        reason: fields.description("ReasonText")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn install(fields: &Fields, by: By) -> Result<Request, WireError> {
    let text = fields.required_text("PaymentInstruction")?;
    let friendly_name = fields.words("TokenFriendlyName", FRIENDLY_NAME_CHARS_MAX)?;
    let reference = fields.required_reference("CallerReference")?;
    let kind = fields.word("TokenType", TOKEN_TYPES)?;
    let install = InstallInstruction {
        by,
        reference,
        text,
        kind: kind.ok_or_else(|| WireError::missing("TokenType"))?,
        friendly_name,
        payment_reason: fields.words("PaymentReason", PAYMENT_REASON_CHARS_MAX)?,
        instruments: Vec::new(),
    };
    Ok(Request::Install(Box::new(install)))
}
