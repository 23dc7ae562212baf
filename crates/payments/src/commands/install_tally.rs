//! InstallTally: somebody agreed on the pages to pay ahead, or to owe.

use money::Amount;

use super::install_tokens::name_taken;
use super::new_token::{NewToken, Nth};
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{
    PaymentMethod, Tally, TallyKind, Token, TokenConsent, TokenRole, TokenType, UsageLimit,
};
use crate::tables::{TokenReference, written};
use crate::{
    AccountKey, CallerReference, ChangeSet, InstrumentKey, ReadSet, Refusal, TallyKey, Timestamp,
    TokenKey, WorkingSet,
};

/// Makes a prepaid or credit instrument and its two tokens, all or nothing.
#[derive(Clone, Debug)]
pub struct InstallTally {
    /// The caller, who is its recipient.
    pub installer: AccountKey,
    /// Who pays ahead, or owes.
    pub account: AccountKey,
    /// Paid ahead, or owed.
    pub kind: TallyKind,
    /// The most that there may be.
    pub limit: Amount,
    /// The reference of the token that spends.
    pub spending_reference: CallerReference,
    /// The reference of the token that funds or settles.
    pub moving_reference: CallerReference,
    /// What it is for.
    pub payment_reason: Option<String>,
    /// How the moving token pays.
    pub method: PaymentMethod,
    /// The card or bank account it pays with.
    pub instrument: Option<InstrumentKey>,
    /// From when; absent means from now.
    pub valid_from: Option<Timestamp>,
    /// Until when; absent means for ever.
    pub expires_at: Option<Timestamp>,
    /// The most that the moving token can move in all.
    pub total_max: Option<Amount>,
    /// Limits of the moving token by count or amount.
    pub limits: Vec<UsageLimit>,
}

impl InstallTally {
    fn moving_role(&self) -> TokenRole {
        match self.kind {
            TallyKind::Prepaid => TokenRole::Funding,
            TallyKind::Credit => TokenRole::Settlement,
        }
    }

    fn names(&self) -> [TokenReference; 2] {
        let name = |role: TokenRole, reference: &CallerReference| TokenReference {
            installer: self.installer,
            role: role.into(),
            reference: reference.clone(),
        };
        [
            name(TokenRole::Sender, &self.spending_reference),
            name(self.moving_role(), &self.moving_reference),
        ]
    }

    fn check(&self, seen: &WorkingSet, stamp: &Stamp) -> Result<(), Refusal> {
        let known = |key| seen.accounts.get(key).is_some();
        if !known(&self.installer) || !known(&self.account) {
            return Err(Refusal::NotFound);
        }
        if self.installer == self.account {
            return Err(Refusal::SameSenderAndRecipient);
        }
        for name in self.names() {
            if seen.token_references.get(&name).is_some() {
                return Err(name_taken());
            }
        }
        let (amount, most) = (self.limit, Amount::MICROS_MAX);
        if amount.currency() != stamp.terms.currency || amount.is_zero() {
            let most = Amount::from_micros(most, stamp.terms.currency);
            let most = most.expect("the largest amount is one");
            return Err(Refusal::AmountOutOfRange { amount, most });
        }
        self.check_method(seen)
    }

    fn check_method(&self, seen: &WorkingSet) -> Result<(), Refusal> {
        match self.method {
            PaymentMethod::Card | PaymentMethod::Bank | PaymentMethod::Balance => {}
            PaymentMethod::Debt | PaymentMethod::Prepaid => {
                return Err(Refusal::PaymentMethodNotDefined);
            }
        }
        let Some(instrument) = &self.instrument else {
            return match self.method {
                PaymentMethod::Balance => Ok(()),
                PaymentMethod::Card
                | PaymentMethod::Bank
                | PaymentMethod::Debt
                | PaymentMethod::Prepaid => Err(Refusal::PaymentMethodNotDefined),
            };
        };
        let found = seen.instruments.get(instrument);
        let usable = found.is_some_and(|found| found.account == self.account && !found.removed);
        if usable {
            Ok(())
        } else {
            Err(Refusal::InactiveInstrument)
        }
    }

    fn tally(&self, stamp: &Stamp, keys: [TokenKey; 2]) -> Tally {
        let zero = Amount::zero(self.limit.currency());
        Tally {
            key: TallyKey(stamp.key(2)),
            nonce: stamp.tally_nonce(),
            kind: self.kind,
            sender: self.account,
            recipient: self.installer,
            limit: self.limit,
            spending_token: keys[0],
            moving_token: keys[1],
            installed_at: stamp.now,
            valid_from: self.valid_from.unwrap_or(stamp.now),
            expires_at: self.expires_at.unwrap_or(Timestamp::NEVER),
            balance: zero,
            pending: zero,
        }
    }

    fn facts(&self, tally: &Tally, role: TokenRole) -> TokenConsent {
        let spends = role == TokenRole::Sender;
        let (method, reference) = match (spends, self.kind) {
            (true, TallyKind::Prepaid) => (PaymentMethod::Prepaid, &self.spending_reference),
            (true, TallyKind::Credit) => (PaymentMethod::Debt, &self.spending_reference),
            (false, _) => (self.method, &self.moving_reference),
        };
        // What is owed can be settled after the end of the instrument.
        let expires_at = match role {
            TokenRole::Settlement => Timestamp::NEVER,
            TokenRole::Sender
            | TokenRole::Funding
            | TokenRole::Recipient
            | TokenRole::Refund
            | TokenRole::Caller => tally.expires_at,
        };
        TokenConsent {
            kind: TokenType::MultiUse,
            role,
            caller_reference: reference.clone(),
            friendly_name: None,
            payment_reason: self.payment_reason.clone(),
            method: Some(method),
            instrument: self.instrument.filter(|_| !spends),
            installed_at: tally.installed_at,
            valid_from: tally.valid_from,
            expires_at,
            each: None,
            total_max: self.total_max.filter(|_| !spends),
            limits: if spends {
                Vec::new()
            } else {
                self.limits.clone()
            },
            recipients: Vec::new(),
            also_caller: false,
            reserve: false,
            terms: None,
            tally: Some(tally.key),
            replaces: None,
            instruction: None,
        }
    }

    fn token(&self, nth: Nth, facts: TokenConsent, stamp: &Stamp) -> Token {
        NewToken {
            nth,
            account: self.account,
            installer: self.installer,
            facts,
        }
        .made(stamp)
    }
}

impl Decide for InstallTally {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.extend([self.installer, self.account]);
        want.token_references.extend(self.names());
        want.instruments.extend(self.instrument);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if let Err(refusal) = self.check(seen, stamp) {
            return Verdict::refuse(refusal);
        }
        let keys = [Nth::First, Nth::Second].map(|nth| nth.key(stamp));
        let tally = self.tally(stamp, keys);
        let tokens = [
            (Nth::First, TokenRole::Sender),
            (Nth::Second, self.moving_role()),
        ]
        .map(|(nth, role)| self.token(nth, self.facts(&tally, role), stamp));
        let answer = Ok(Outcome::Tally {
            tally: tally.id(),
            spending: tokens[0].id(),
            moving: tokens[1].id(),
        });
        let mut changes = ChangeSet::default();
        for (name, key) in self.names().into_iter().zip(keys) {
            changes.token_references.push((name, written(key)));
        }
        changes
            .tokens
            .extend(tokens.map(|token| (token.key, written(token))));
        changes.tallies.push((tally.key, written(tally)));
        Verdict { answer, changes }
    }
}
