//! The `Token` of GetTokenByCaller, GetTokens and GetPaymentInstruction.

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

impl TokenView<'_> {
    /// Whether it can still be used, now or later.
    pub fn is_active(&self) -> bool {
        match self.token.status {
            TokenStatus::Active => self.now < self.token.facts.expires_at,
            TokenStatus::Used | TokenStatus::Cancelled | TokenStatus::Replaced => false,
        }
    }
}

pub(super) fn write(writer: &mut Writer, view: &TokenView) {
    let token = view.token;
    let (id, facts) = (token.id(), &token.facts);
    // A token that was never replaced names itself.
    let old_id = facts.replaces.as_ref().unwrap_or(&id);
    let status = if view.is_active() {
        "Active"
    } else {
        "Inactive"
    };
    writer
        .open("Token")
        .element("TokenId", id.as_str())
        .optional("FriendlyName", facts.friendly_name.as_deref())
        .element("TokenStatus", status)
        .element("DateInstalled", &instant::write(facts.installed_at))
        .element("CallerReference", facts.caller_reference.as_str())
        .element("TokenType", words::token_type(facts.kind))
        .element("OldTokenId", old_id.as_str())
        .optional("PaymentReason", facts.payment_reason.as_deref())
        .close("Token");
}
