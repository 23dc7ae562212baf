//! The `Token` of GetTokenByCaller.

use payments::Timestamp;
use payments::rows::{Token, TokenStatus};
use xml::Writer;

use crate::{instant, words};

/// Everything that is shown of a token.
#[derive(Clone, Copy, Debug)]
pub struct TokenView<'a> {
    /// The token.
    pub token: &'a Token,
    /// The time, as the product has it: a token whose time has passed is inactive.
    pub now: Timestamp,
}

pub(super) fn write(writer: &mut Writer, view: &TokenView) {
    let token = view.token;
    let (id, facts) = (token.id(), &token.facts);
    let is_alive = match token.status {
        TokenStatus::Active => view.now < facts.expires_at,
        TokenStatus::Used | TokenStatus::Cancelled | TokenStatus::Replaced => false,
    };
    writer
        .open("Token")
        .element("TokenId", id.as_str())
        .optional("FriendlyName", facts.friendly_name.as_deref())
        .element("TokenStatus", if is_alive { "Active" } else { "Inactive" })
        .element("DateInstalled", &instant::write(facts.installed_at))
        .element("CallerReference", facts.caller_reference.as_str())
        .element("TokenType", words::token_type(facts.kind))
        // A token that was never replaced names itself.
        .element("OldTokenId", id.as_str())
        .optional("PaymentReason", facts.payment_reason.as_deref())
        .close("Token");
}
