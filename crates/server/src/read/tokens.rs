//! What is asked of tokens.

use payments::commands::windows_at;
use payments::instruction::Instruction;
use payments::rows::{AccountStatus, Token, TokenRole, TokenStatus, TokenType, Verification};
use payments::tables::{RoleNumber, TokenReference};
use payments::{AccountKey, CallerReference, Party, ReadSet, Refusal, TokenId, TokenKey};
use store::{Found, Query};
use wire::reply::TokenView;
use wire::{TokenAsked, TokenFilter, WireError};

use super::{Asking, account};

/// The roles in which a token can be found by its reference, in this order.
const ROLES: [TokenRole; 6] = [
    TokenRole::Sender,
    TokenRole::Recipient,
    TokenRole::Funding,
    TokenRole::Settlement,
    TokenRole::Refund,
    TokenRole::Caller,
];

/// Tokens in one reply at most: there are no pages.
const TOKENS_SHOWN_MAX: usize = 1_000;

/// GetTokenByCaller.
pub(super) async fn one(ask: Asking<'_>, asked: TokenAsked) -> Result<Vec<u8>, WireError> {
    let token = match &asked {
        TokenAsked::Id(id) => own(ask, id).await?,
        TokenAsked::Reference(reference) => by_reference(ask, reference).await?,
    };
    let now = ask.now().await?;
    Ok(ask.reply.token(&TokenView { token: &token, now }))
}

/// GetTokens: those on the caller's own account, newest first.
pub(super) async fn list(ask: Asking<'_>, filter: &TokenFilter) -> Result<Vec<u8>, WireError> {
    let Found::Tokens(tokens) = ask.find(Query::TokensOf(ask.viewer)).await? else {
        return Err(WireError::internal());
    };
    let now = ask.now().await?;
    let views = tokens.iter().map(|token| TokenView { token, now });
    let shown = views.filter(|view| fits(filter, view));
    let shown: Vec<_> = shown.take(TOKENS_SHOWN_MAX).collect();
    Ok(ask.reply.tokens(&shown))
}

fn fits(filter: &TokenFilter, view: &TokenView) -> bool {
    let facts = &view.token.facts;
    let reference = filter.reference.as_ref();
    let name = filter.friendly_name.as_ref();
    filter
        .active
        .is_none_or(|active| active == view.is_active())
        && filter.kind.is_none_or(|kind| kind == facts.kind)
        && reference.is_none_or(|one| *one == facts.caller_reference)
        && name.is_none_or(|name| Some(name) == facts.friendly_name.as_ref())
}

/// GetTokenUsage.
pub(super) async fn usage(ask: Asking<'_>, id: &TokenId) -> Result<Vec<u8>, WireError> {
    let token = own(ask, id).await?;
    if token.facts.kind == TokenType::SingleUse {
        return Err(WireError::no_usage());
    }
    let now = ask.now().await?;
    let windows = windows_at(&token, token.used, now);
    Ok(ask.reply.token_usage(&token, &windows))
}

/// GetPaymentInstruction: the text that was installed, or else one for what was agreed on the pages.
pub(super) async fn instruction(ask: Asking<'_>, id: &TokenId) -> Result<Vec<u8>, WireError> {
    let token = own(ask, id).await?;
    let text = match &token.facts.instruction {
        Some(text) => text.clone(),
        None => text_of(ask, &token).await?,
    };
    let view = TokenView {
        token: &token,
        now: ask.now().await?,
    };
    Ok(ask.reply.payment_instruction(&view, &text))
}

async fn text_of(ask: Asking<'_>, token: &Token) -> Result<String, WireError> {
    let mut want = ReadSet::default();
    want.tokens.extend(token.facts.recipients.iter().copied());
    let seen = ask.see(want).await?;
    let rows = token.facts.recipients.iter();
    let ids: Vec<_> = rows
        .filter_map(|key| seen.tokens.get(key))
        .map(Token::id)
        .collect();
    Ok(Instruction::of(&token.facts, &ids).to_string())
}

/// GetRecipientVerificationStatus.
pub(super) async fn recipient(ask: Asking<'_>, id: &TokenId) -> Result<Vec<u8>, WireError> {
    let unknown = || WireError::from(&Refusal::InvalidTokenId(Party::Recipient));
    let token = named(ask, id).await?.ok_or_else(unknown)?;
    if token.installer != ask.viewer || token.facts.role != TokenRole::Recipient {
        return Err(unknown());
    }
    let active = match token.status {
        TokenStatus::Active => token.is_valid_at(ask.now().await?),
        TokenStatus::Used | TokenStatus::Cancelled | TokenStatus::Replaced => false,
    };
    if !active {
        let refusal = Refusal::TokenNotActive(Party::Recipient);
        return Err(WireError::from(&refusal));
    }
    let mut want = ReadSet::default();
    want.accounts.extend([ask.viewer, token.account]);
    let seen = ask.see(want).await?;
    let (caller, recipient) = (account(&seen, ask.viewer)?, account(&seen, token.account)?);
    if caller.key != recipient.key && !caller.marketplace {
        return Err(WireError::from(&Refusal::NotMarketplaceApp));
    }
    let can_be_paid = recipient.status == AccountStatus::Active && recipient.email_verified;
    let verification = if can_be_paid {
        recipient.verification
    } else {
        Verification::Pending
    };
    Ok(ask.reply.recipient_verification(verification))
}

/// A token that was given to the viewer, or by it.
async fn own(ask: Asking<'_>, id: &TokenId) -> Result<Token, WireError> {
    let found = named(ask, id).await?;
    shown_to(ask.viewer, found).ok_or_else(|| WireError::from(&Refusal::InvalidToken))
}

fn shown_to(viewer: AccountKey, token: Option<Token>) -> Option<Token> {
    token.filter(|token| [token.installer, token.account].contains(&viewer))
}

async fn named(ask: Asking<'_>, id: &TokenId) -> Result<Option<Token>, WireError> {
    let Some(key) = id.key() else {
        return Ok(None);
    };
    let found = row(ask, key).await?;
    Ok(found.filter(|token| id.names(token.key, &token.nonce)))
}

async fn row(ask: Asking<'_>, key: TokenKey) -> Result<Option<Token>, WireError> {
    let mut want = ReadSet::default();
    want.tokens.insert(key);
    let seen = ask.see(want).await?;
    Ok(seen.tokens.get(&key).cloned())
}

async fn by_reference(ask: Asking<'_>, reference: &CallerReference) -> Result<Token, WireError> {
    let names = ROLES.map(|role| TokenReference {
        installer: ask.viewer,
        role: RoleNumber::from(role),
        reference: reference.clone(),
    });
    let mut want = ReadSet::default();
    want.token_references.extend(names.iter().cloned());
    let seen = ask.see(want).await?;
    let key = names
        .iter()
        .find_map(|name| seen.token_references.get(name).copied());
    let unknown = || WireError::from(&Refusal::InvalidCallerReference);
    let found = row(ask, key.ok_or_else(unknown)?).await?;
    shown_to(ask.viewer, found).ok_or_else(unknown)
}
