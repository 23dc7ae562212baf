//! Subscriptions: started by their caller, and charged by the server when a charge is due.
//!
//! A charge is an ordinary Pay under a reference that names the subscription and a serial number, so
//! it is made once whatever happens. It and the step of the plan are one decision. What is refused
//! counts as a charge too: the plan goes on, and the reference keeps the refusal. A token that has
//! ended ends the plan, because its owner has taken the consent back. A token that another has taken
//! over from does not: the plan goes on by that one.
//!
//! A charge that was missed is made late, one after the other; for the limits of the token it counts
//! in the window in which it was due.

use money::Amount;

use super::pay::Pay;
use super::usage;
use crate::command::{Answer, By, Credential, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::period::{Period, PeriodUnit};
use crate::refusal::Party;
use crate::rows::{
    Subscription, SubscriptionStatus, Token, TokenRole, TokenStatus, TokenType, Work, WorkKind,
};
use crate::tables::written;
use crate::{
    AccountKey, ChangeSet, PaymentAsked, ReadSet, Refusal, SubscriptionKey, Timestamp, TokenId,
    WorkId, WorkingSet,
};

/// Starts a subscription by a recurring token.
#[derive(Clone, Debug)]
pub struct StartSubscription {
    /// The caller, who is paid.
    pub caller: AccountKey,
    /// The sender's token.
    pub token: TokenId,
    /// What it is for.
    pub description: String,
    /// What each period costs.
    pub amount: Amount,
    /// What each of the first charges costs instead, and how many they are.
    pub promotion: Option<(Amount, u32)>,
    /// How long lies between two charges.
    pub frequency: Period,
    /// How long it lasts; none means until it is cancelled.
    pub period: Option<Period>,
    /// When the first charge is due; none means at once.
    pub starts_at: Option<Timestamp>,
    /// Where its notifications go instead of the account's URL.
    pub notify_url: Option<String>,
}

/// Makes the charge of a subscription that is due.
#[derive(Clone, Debug)]
pub struct ChargeSubscription {
    /// Which.
    pub subscription: SubscriptionKey,
    /// The row of work that asked for it.
    pub work: WorkId,
}

impl Decide for StartSubscription {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.caller);
        want.tokens.extend(self.token.key());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let token = match self.check(seen, stamp) {
            Ok(token) => token,
            Err(refusal) => return Verdict::refuse(refusal),
        };
        let key = SubscriptionKey(stamp.key(0));
        let starts_at = self.starts_at.unwrap_or(stamp.now).max(stamp.now);
        let (promotional_amount, promotional_charges) = self.promotion.unzip();
        let subscription = Subscription {
            key,
            nonce: stamp.transaction_nonce(),
            caller: self.caller,
            sender: token.account,
            token: token.key,
            description: self.description.clone(),
            amount: self.amount,
            promotional_amount,
            promotional_charges: promotional_charges.unwrap_or(0),
            frequency: self.frequency,
            period: self.period,
            starts_at,
            notify_url: self.notify_url.clone(),
            status: SubscriptionStatus::Active,
            charges: 0,
            last: None,
            next_at: Some(starts_at),
        };
        let mut changes = ChangeSet::default();
        plan(&mut changes, &subscription, stamp);
        let id = subscription.id();
        changes.subscriptions.push((key, written(subscription)));
        Verdict {
            answer: Ok(Outcome::Subscription(id)),
            changes,
        }
    }
}

impl StartSubscription {
    fn check<'a>(&self, seen: &'a WorkingSet, stamp: &Stamp) -> Result<&'a Token, Refusal> {
        let wrong = |message: &str| {
            Err(Refusal::InvalidParams {
                message: message.to_owned(),
            })
        };
        if seen.accounts.get(&self.caller).is_none() {
            return Err(Refusal::NotFound);
        }
        let unknown = Refusal::InvalidTokenId(Party::Sender);
        let key = self.token.key().ok_or(unknown.clone())?;
        let found = seen.tokens.get(&key);
        let found = found.filter(|token| self.token.names(token.key, &token.nonce));
        let found = found.filter(|token| token.installer == self.caller);
        let token = found.ok_or(unknown)?;
        if token.status != TokenStatus::Active || token.facts.expires_at <= stamp.now {
            return Err(Refusal::TokenNotActive(Party::Sender));
        }
        if token.facts.role != TokenRole::Sender || token.facts.kind != TokenType::Recurring {
            return wrong("A subscription needs a recurring token of a sender.");
        }
        let (amount, most) = (self.amount, stamp.terms.amount_max);
        let promoted = self.promotion.map(|(amount, _)| amount);
        for amount in [Some(amount), promoted].into_iter().flatten() {
            if amount.currency() != stamp.terms.currency {
                return wrong("The currency is not the provider's.");
            }
            if amount.is_zero() || most < amount {
                return Err(Refusal::AmountOutOfRange { amount, most });
            }
        }
        let too_often = self.frequency.unit == PeriodUnit::Hour;
        if too_often
            || self
                .period
                .is_some_and(|period| period.unit == PeriodUnit::Hour)
        {
            return wrong("A subscription counts in days, weeks, months or years.");
        }
        Ok(token)
    }
}

impl ChargeSubscription {
    /// The payment of the next charge.
    fn pay(subscription: &Subscription, token: &Token, stamp: Option<&Stamp>) -> Pay {
        let serial = subscription.charges.saturating_add(1);
        Pay {
            by: By {
                caller: subscription.caller,
                credential: Credential::None,
                date: stamp.map_or(Timestamp::default(), |stamp| stamp.now),
                mark: [0; 16],
            },
            reference: subscription.reference(serial),
            asked: PaymentAsked {
                sender_token: token.id(),
                recipient_token: None,
                amount: subscription.amount_of(serial),
                charge_fee_to: None,
                caller_description: Some(subscription.description.clone()),
                sender_description: None,
                descriptor: None,
                timeout_mins: None,
                marketplace_fixed: None,
                marketplace_rate: None,
                ipn_url: subscription.notify_url.clone(),
            },
        }
    }
}

impl Decide for ChargeSubscription {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        want.works.insert(self.work);
        want.subscriptions.insert(self.subscription);
        let Some(found) = seen.subscriptions.peek(&self.subscription) else {
            return;
        };
        usage::want_newest(Some(found.token), seen, want);
        let is_read = seen.tokens.knows(&found.token);
        let token = is_read.then(|| usage::newest(found.token, seen));
        if let Some(token) = token.flatten() {
            ChargeSubscription::pay(found, token, None).reads(seen, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let Some(found) = seen.subscriptions.get(&self.subscription) else {
            return Verdict::refuse(Refusal::NotFound);
        };
        // Work that was done before, or comes early, is no reason to charge.
        let is_asked = seen.works.get(&self.work).is_some();
        let due = found.next_at.filter(|due| *due <= stamp.now && is_asked);
        let Some(due) = due else {
            return self.nothing_due(found, is_asked);
        };
        let token = usage::newest(found.token, seen).expect("a token is kept for ever");
        // It changed hands more often than is looked at in one go: from here on, once more.
        if token.status == TokenStatus::Replaced {
            return self.follow(found, token, stamp);
        }
        let pay = ChargeSubscription::pay(found, token, Some(stamp));
        let Verdict {
            answer,
            mut changes,
        } = pay.decide_at(seen, stamp, due);
        let after = advanced(found, token, &answer);
        changes.works.push((self.work, None));
        plan(&mut changes, &after, stamp);
        changes.subscriptions.push((after.key, written(after)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl ChargeSubscription {
    /// Work of a plan that has ended, or went on without it, is taken off the list.
    fn nothing_due(&self, found: &Subscription, is_asked: bool) -> Verdict {
        let mut verdict = Verdict::same(Outcome::Done);
        if is_asked && found.next_at != Some(self.work.due) {
            verdict.changes.works.push((self.work, None));
        }
        verdict
    }

    /// The plan goes by a newer token. Its work is written anew, free for the next claim: whoever asked
    /// has done what it could, and would only let its lease lapse.
    fn follow(&self, found: &Subscription, token: &Token, stamp: &Stamp) -> Verdict {
        let mut verdict = Verdict::same(Outcome::Done);
        let after = Subscription {
            token: token.key,
            ..found.clone()
        };
        let changes = &mut verdict.changes;
        changes.works.push((self.work, None));
        plan(changes, &after, stamp);
        changes.subscriptions.push((after.key, written(after)));
        verdict
    }
}

/// The subscription after one more charge by this token, whatever became of it.
fn advanced(found: &Subscription, token: &Token, answer: &Answer) -> Subscription {
    let charges = found.charges.saturating_add(1);
    let last = match answer {
        Ok(Outcome::Transaction { id, .. }) => id.key().or(found.last),
        Ok(_) | Err(_) => found.last,
    };
    let revoked = matches!(answer, Err(Refusal::TokenNotActive(Party::Sender)));
    let next_at = found.due_at(charges.saturating_add(1));
    let status = match next_at {
        _ if revoked => SubscriptionStatus::Cancelled,
        Some(_) => SubscriptionStatus::Active,
        None => SubscriptionStatus::Completed,
    };
    Subscription {
        token: token.key,
        charges,
        last,
        status,
        next_at: next_at.filter(|_| !revoked),
        ..found.clone()
    }
}

/// Writes the work of the next charge, if there is one. It is never leased: the clock finds it.
fn plan(changes: &mut ChangeSet, subscription: &Subscription, stamp: &Stamp) {
    let Some(id) = subscription.work() else {
        return;
    };
    let work = Work {
        id,
        kind: WorkKind::Charge,
        subject: subscription.key.0,
        tries: 0,
        since: stamp.real,
        leased_until: Timestamp::default(),
    };
    changes.works.push((id, written(work)));
}
