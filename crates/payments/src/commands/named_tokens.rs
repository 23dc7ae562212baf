//! The tokens that a request names: found, of the right role, and usable now.

use super::stand_ins;
use crate::command::Stamp;
use crate::refusal::Party;
use crate::rows::{Operation, Tally, Token, TokenRole, TokenStatus};
use crate::{AccountKey, Refusal, TokenId, WorkingSet};

/// The token of an id, in the hands of this caller; what stands for it, if it names nothing and that
/// is accepted.
pub(super) fn token<'a>(
    id: &TokenId,
    party: Party,
    caller: AccountKey,
    seen: &'a WorkingSet,
    accepts_unknown: bool,
) -> Result<&'a Token, Refusal> {
    let unknown = Refusal::InvalidTokenId(party);
    let named = id.key().and_then(|key| seen.tokens.get(&key));
    let named = named.filter(|token| id.names(token.key, &token.nonce));
    let token = match named {
        None if accepts_unknown => stand_ins::find(party, caller, seen),
        Some(_) | None => named,
    };
    let token = token
        .filter(|token| token.installer == caller)
        .ok_or(unknown.clone())?;
    match (party, token.facts.role) {
        (Party::Sender, _) | (Party::Recipient, TokenRole::Recipient) => Ok(token),
        (Party::Recipient | Party::Caller, _) => Err(unknown),
    }
}

/// A token pays, funds or settles: each by its own action only.
pub(super) fn check_role(token: &Token, operation: Operation) -> Result<(), Refusal> {
    let needed = match operation {
        Operation::Pay
        | Operation::Reserve
        | Operation::Settle
        | Operation::Refund
        | Operation::WriteOffDebt => TokenRole::Sender,
        Operation::FundPrepaid => TokenRole::Funding,
        Operation::SettleDebt => TokenRole::Settlement,
    };
    if token.facts.role == needed {
        Ok(())
    } else {
        Err(Refusal::InvalidSenderRole)
    }
}

pub(super) fn tally_of<'a>(token: &Token, seen: &'a WorkingSet) -> Option<&'a Tally> {
    let key = token.facts.tally?;
    Some(seen.tallies.get(&key).expect("a tally is kept for ever"))
}

pub(super) fn check_usable(token: &Token, party: Party, stamp: &Stamp) -> Result<(), Refusal> {
    match token.status {
        TokenStatus::Cancelled | TokenStatus::Replaced => Err(Refusal::TokenNotActive(party)),
        TokenStatus::Used => Err(Refusal::SameTokenIdUsedMultipleTimes),
        TokenStatus::Active if !token.is_valid_at(stamp.now) => Err(Refusal::TokenNotActive(party)),
        TokenStatus::Active => Ok(()),
    }
}

pub(super) fn check_allowed_recipient(
    sender: &Token,
    recipient: Option<&Token>,
    caller: AccountKey,
) -> Result<(), Refusal> {
    // What was installed from a text pays whomever the text allows.
    if sender.facts.instruction.is_some() {
        return Ok(());
    }
    let named = recipient.map(|token| token.key);
    let to_caller = recipient.is_none_or(|token| token.account == caller);
    let allowed = match sender.facts.recipients.as_slice() {
        [] => to_caller,
        _ if sender.facts.also_caller && to_caller => true,
        list => named.is_some_and(|key| list.contains(&key)),
    };
    if allowed {
        return Ok(());
    }
    let reason = "The sender token does not allow this recipient.".to_owned();
    Err(Refusal::IncompatibleTokens { reason })
}
