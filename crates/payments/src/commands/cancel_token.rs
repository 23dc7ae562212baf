//! CancelToken: a token ends, by the caller it was given to or by its owner.

use super::draft::Draft;
use super::payment;
use crate::command::{By, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Subject, Token, TokenFacts, TokenStatus};
use crate::tables::written;
use crate::{AccountKey, ReadSet, Refusal, TokenId, WorkingSet};

/// Ends a token.
#[derive(Clone, Debug)]
pub struct CancelToken {
    /// Who asks.
    pub by: Canceller,
    /// Which token.
    pub token: TokenId,
    /// Why.
    pub reason: Option<String>,
    /// Where the notification goes instead of the account's URL.
    pub ipn_url: Option<String>,
}

/// Who ends a token.
#[derive(Clone, Debug)]
pub enum Canceller {
    /// The caller, by a signed request.
    Caller(By),
    /// Its owner, on the pages.
    Owner(AccountKey),
}

impl Decide for CancelToken {
    fn reads(&self, seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        if let Canceller::Caller(by) = &self.by {
            payment::want_caller(by, want);
        }
        want.tokens.extend(self.token.key());
        if let Some(token) = self.token.key().and_then(|key| seen.tokens.peek(&key)) {
            want.accounts.extend([token.account, token.installer]);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.accept(seen, stamp).unwrap_or_else(Verdict::refuse)
    }
}

impl CancelToken {
    fn accept(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<Verdict, Refusal> {
        if let Canceller::Caller(by) = &self.by {
            payment::check_key(by, seen)?;
            payment::check_caller(by, seen)?;
        }
        let key = self.token.key().ok_or(Refusal::InvalidToken)?;
        let found = seen.tokens.get(&key);
        let found = found.filter(|token| self.token.names(token.key, &token.nonce));
        let token = found.ok_or(Refusal::InvalidToken)?;
        let allowed = match &self.by {
            Canceller::Caller(by) => [token.installer, token.account].contains(&by.caller),
            Canceller::Owner(owner) => token.account == *owner,
        };
        if !allowed {
            return Err(Refusal::TokenAccessDenied);
        }
        if token.status == TokenStatus::Cancelled {
            return Err(Refusal::TokenAlreadyCancelled);
        }
        let mut draft = Draft::new(seen, stamp);
        let cancelled = Token {
            status: TokenStatus::Cancelled,
            ..token.clone()
        };
        draft.changes.tokens.push((key, written(cancelled)));
        self.notify(&mut draft, token);
        Ok(draft.verdict(Ok(Outcome::Done)))
    }

    fn notify(&self, draft: &mut Draft, token: &Token) {
        let installer = draft.seen.accounts.get(&token.installer);
        let url = self.ipn_url.clone();
        let url = url.or_else(|| installer.and_then(|account| account.ipn_url.clone()));
        let (Some(url), Some(owner)) = (url, draft.seen.accounts.get(&token.account)) else {
            return;
        };
        let facts = TokenFacts {
            token: token.id(),
            kind: token.facts.kind,
            caller_reference: token.facts.caller_reference.clone(),
            reason: token.facts.payment_reason.clone(),
            installed_at: token.facts.installed_at,
            customer_name: owner.name.clone(),
            customer_email: owner.email.clone(),
        };
        draft.tell(token.installer, url, Subject::Token(Box::new(facts)));
    }
}
