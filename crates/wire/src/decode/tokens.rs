//! What is asked of a token: CancelToken and GetTokenByCaller.

use payments::By;
use payments::commands::{CancelToken, Canceller};

use super::fields::Fields;
use super::{Read, Request, TokenAsked};
use crate::WireError;

pub(super) fn cancel_token(fields: &Fields, by: By) -> Result<Request, WireError> {
    let command = CancelToken {
        by: Canceller::Caller(by),
        token: fields.required_token("TokenId")?,
        reason: fields.description("ReasonText")?,
        ipn_url: fields.url("OverrideIPNURL")?,
    };
    Ok(Request::Command(command.into()))
}

pub(super) fn get_token_by_caller(fields: &Fields) -> Result<Request, WireError> {
    let token = fields.token("TokenId")?;
    let reference = fields.reference("CallerReference")?;
    let asked = match (token, reference) {
        (Some(token), None) => TokenAsked::Id(token),
        (None, Some(reference)) => TokenAsked::Reference(reference),
        (Some(_), Some(_)) | (None, None) => {
            return Err(WireError::invalid_params(
                "Exactly one of tokenId and callerReference has to be specified.",
            ));
        }
    };
    Ok(Request::Read(Read::Token(asked)))
}
