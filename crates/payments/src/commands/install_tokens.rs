//! Tokens are installed: somebody agreed on the pages.

use super::new_token::{NewToken, Nth};
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{
    AmountRule, Instrument, PaymentMethod, RecipientTerms, Token, TokenConsent, TokenRole,
    TokenType, UsageLimit,
};
use crate::tables::{TokenReference, written};
use crate::terms::{MULTI_USE_LIFE_MS, SINGLE_USE_LIFE_MS};
use crate::{
    AccountKey, CallerReference, ChangeSet, Difference, InstrumentKey, ReadSet, Refusal, Timestamp,
    TokenKey, WorkingSet,
};
use money::Amount;

/// Installs what was agreed: a sender's token, or a recipient's with its refund token.
#[derive(Clone, Debug)]
pub struct InstallTokens {
    /// The caller it is given to.
    pub installer: AccountKey,
    /// Whose consent or acceptance it is.
    pub account: AccountKey,
    /// The caller's reference.
    pub caller_reference: CallerReference,
    /// How often it can be used.
    pub kind: TokenType,
    /// Sender or recipient.
    pub role: TokenRole,
    /// What it is for.
    pub payment_reason: Option<String>,
    /// How it pays.
    pub method: Option<PaymentMethod>,
    /// The card it pays with.
    pub instrument: Option<InstrumentKey>,
    /// From when; absent means from now.
    pub valid_from: Option<Timestamp>,
    /// Until when; absent means the usual life of its type.
    pub expires_at: Option<Timestamp>,
    /// The bounds of each single charge.
    pub each: Option<AmountRule>,
    /// The most it can move in all.
    pub total_max: Option<Amount>,
    /// Limits by count or amount.
    pub limits: Vec<UsageLimit>,
    /// The recipients' tokens it may pay.
    pub recipients: Vec<TokenKey>,
    /// Whether it may pay the installer itself beside the listed recipients.
    pub also_caller: bool,
    /// Whether the caller will reserve and settle.
    pub reserve: bool,
    /// What a recipient accepted.
    pub terms: Option<RecipientTerms>,
}

/// The reference has made another token.
pub(super) fn name_taken() -> Refusal {
    Refusal::DuplicateRequest(Difference {
        field: "callerReference".to_owned(),
        earlier: "a token".to_owned(),
        now: "another token".to_owned(),
    })
}

impl InstallTokens {
    fn name(&self) -> TokenReference {
        TokenReference {
            installer: self.installer,
            role: self.role.into(),
            reference: self.caller_reference.clone(),
        }
    }

    fn token(&self, role: TokenRole, nth: Nth, stamp: &Stamp) -> Token {
        let valid_from = self.valid_from.unwrap_or(stamp.now);
        let life = match (self.kind, role) {
            (_, TokenRole::Recipient | TokenRole::Refund | TokenRole::Caller) => None,
            (
                TokenType::SingleUse,
                TokenRole::Sender | TokenRole::Funding | TokenRole::Settlement,
            ) => Some(SINGLE_USE_LIFE_MS),
            (
                TokenType::MultiUse | TokenType::Recurring | TokenType::Unrestricted,
                TokenRole::Sender | TokenRole::Funding | TokenRole::Settlement,
            ) => Some(MULTI_USE_LIFE_MS),
        };
        let usual = life.map_or(Timestamp::NEVER, |life| valid_from.plus_ms(life));
        // A caller cannot lengthen the life of a single-use token.
        let expires_at = match self.kind {
            TokenType::SingleUse => usual,
            TokenType::MultiUse | TokenType::Recurring | TokenType::Unrestricted => {
                self.expires_at.unwrap_or(usual)
            }
        };
        let facts = TokenConsent {
            kind: self.kind,
            role,
            caller_reference: self.caller_reference.clone(),
            friendly_name: None,
            payment_reason: self.payment_reason.clone(),
            method: self.method,
            instrument: self.instrument,
            installed_at: stamp.now,
            valid_from,
            expires_at,
            each: self.each,
            total_max: self.total_max,
            limits: self.limits.clone(),
            recipients: self.recipients.clone(),
            also_caller: self.also_caller,
            reserve: self.reserve,
            terms: self.terms.clone(),
            tally: None,
            replaces: None,
            instruction: None,
        };
        NewToken {
            nth,
            account: self.account,
            installer: self.installer,
            facts,
        }
        .made(stamp)
    }
}

impl Decide for InstallTokens {
    fn reads(&self, seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        let _ = seen;
        want.accounts.extend([self.installer, self.account]);
        want.token_references.insert(self.name());
        want.instruments.extend(self.instrument);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let known = |key| seen.accounts.get(key).is_some();
        if !known(&self.installer) || !known(&self.account) {
            return Verdict::refuse(Refusal::NotFound);
        }
        let name = self.name();
        if seen.token_references.get(&name).is_some() {
            return Verdict::refuse(name_taken());
        }
        if let Some(instrument) = &self.instrument {
            let card = seen.instruments.get(instrument);
            let is_own = |card: &&Instrument| {
                card.account == self.account && !card.removed && card.fits(self.method)
            };
            if !card.as_ref().is_some_and(is_own) {
                return Verdict::refuse(Refusal::InactiveInstrument);
            }
        }
        let token = self.token(self.role, Nth::First, stamp);
        let mut changes = ChangeSet::default();
        changes.token_references.push((name, written(token.key)));
        let refund = (self.role == TokenRole::Recipient)
            .then(|| self.token(TokenRole::Refund, Nth::Second, stamp));
        let answer = Ok(Outcome::Tokens {
            token: token.id(),
            refund: refund.as_ref().map(Token::id),
        });
        let tokens = [Some(token), refund].into_iter().flatten();
        changes
            .tokens
            .extend(tokens.map(|token| (token.key, written(token))));
        Verdict { answer, changes }
    }
}
