//! EditToken: a sender pays by other means from now on.
//!
//! A new token takes over from the old one, with its limits and its use so far; the old one is no
//! longer active and names its successor. What a transaction of the old one regains goes to the
//! newest.

use super::install_tokens::name_taken;
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::refusal::Party;
use crate::rows::{PaymentMethod, Tally, Token, TokenConsent, TokenRole, TokenStatus};
use crate::tables::{TokenReference, written};
use crate::{
    AccountKey, CallerReference, ChangeSet, InstrumentKey, ReadSet, Refusal, TokenId, TokenKey,
    WorkingSet,
};

/// Replaces the way a token pays. The same way again changes nothing, and answers with the token.
#[derive(Clone, Debug)]
pub struct EditToken {
    /// The caller that the token was given to.
    pub installer: AccountKey,
    /// Whose token it is.
    pub account: AccountKey,
    /// The token.
    pub token: TokenId,
    /// The reference of the one that takes over.
    pub caller_reference: CallerReference,
    /// How it pays.
    pub method: PaymentMethod,
    /// The card or bank account it pays with.
    pub instrument: Option<InstrumentKey>,
}

impl EditToken {
    fn name(&self, token: &Token) -> TokenReference {
        TokenReference {
            installer: self.installer,
            role: token.facts.role.into(),
            reference: self.caller_reference.clone(),
        }
    }

    fn old<'a>(&self, seen: &'a WorkingSet, stamp: &Stamp) -> Result<&'a Token, Refusal> {
        let key = self.token.key().ok_or(Refusal::InvalidToken)?;
        let found = seen.tokens.get(&key);
        let found = found.filter(|token| self.token.names(token.key, &token.nonce));
        let own = found.filter(|token| token.installer == self.installer);
        let token = own.ok_or(Refusal::InvalidToken)?;
        if token.account != self.account {
            return Err(Refusal::TokenAccessDenied);
        }
        let is_active = token.status == TokenStatus::Active && stamp.now < token.facts.expires_at;
        if !is_active {
            return Err(Refusal::TokenNotActive(Party::Sender));
        }
        let pays = match token.facts.role {
            TokenRole::Sender | TokenRole::Funding | TokenRole::Settlement => token.facts.method,
            TokenRole::Recipient | TokenRole::Refund | TokenRole::Caller => None,
        };
        match pays {
            Some(PaymentMethod::Card | PaymentMethod::Bank | PaymentMethod::Balance) => Ok(token),
            // What is spent there is the instrument itself.
            Some(PaymentMethod::Debt | PaymentMethod::Prepaid) | None => {
                Err(Refusal::InvalidSenderRole)
            }
        }
    }

    fn check_method(&self, seen: &WorkingSet) -> Result<(), Refusal> {
        match (self.method, self.instrument) {
            (PaymentMethod::Balance, None) => Ok(()),
            (PaymentMethod::Card | PaymentMethod::Bank, Some(key)) => {
                let found = seen.instruments.get(&key);
                let usable =
                    found.is_some_and(|found| found.account == self.account && !found.removed);
                if usable {
                    Ok(())
                } else {
                    Err(Refusal::InactiveInstrument)
                }
            }
            (PaymentMethod::Balance, Some(_))
            | (PaymentMethod::Card | PaymentMethod::Bank, None)
            | (PaymentMethod::Debt | PaymentMethod::Prepaid, _) => {
                Err(Refusal::PaymentMethodNotDefined)
            }
        }
    }

    fn accept(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<Verdict, Refusal> {
        let old = self.old(seen, stamp)?;
        self.check_method(seen)?;
        let facts = &old.facts;
        if facts.method == Some(self.method) && facts.instrument == self.instrument {
            return Ok(Verdict::same(Outcome::Tokens {
                token: old.id(),
                refund: None,
            }));
        }
        let name = self.name(old);
        if seen.token_references.get(&name).is_some() {
            return Err(name_taken());
        }
        let key = TokenKey(stamp.key(0));
        let new = Token {
            key,
            nonce: stamp.token_nonce(false),
            facts: TokenConsent {
                caller_reference: self.caller_reference.clone(),
                method: Some(self.method),
                instrument: self.instrument,
                installed_at: stamp.now,
                replaces: Some(old.id()),
                ..(**facts).clone()
            }
            .into(),
            ..old.clone()
        };
        let answer = Ok(Outcome::Tokens {
            token: new.id(),
            refund: None,
        });
        let mut changes = ChangeSet::default();
        if let Some(key) = facts.tally {
            let tally = seen.tallies.get(&key).expect("a tally is kept for ever");
            let tally = Tally {
                moving_token: new.key,
                ..tally.clone()
            };
            changes.tallies.push((key, written(tally)));
        }
        let replaced = Token {
            status: TokenStatus::Replaced,
            successor: Some(key),
            ..old.clone()
        };
        changes.token_references.push((name, written(key)));
        changes.tokens.push((replaced.key, written(replaced)));
        changes.tokens.push((key, written(new)));
        Ok(Verdict { answer, changes })
    }
}

impl Decide for EditToken {
    fn reads(&self, seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        let key = self.token.key();
        want.tokens.extend(key);
        want.instruments.extend(self.instrument);
        if let Some(token) = key.and_then(|key| seen.tokens.peek(&key)) {
            want.token_references.insert(self.name(token));
            want.tallies.extend(token.facts.tally);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.accept(seen, stamp).unwrap_or_else(Verdict::refuse)
    }
}
