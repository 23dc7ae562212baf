//! CancelSubscriptionAndRefund: a plan ends, and of its last payment something is given back.
//!
//! With an amount the request has a caller reference, and is remembered as itself: a Refund under the
//! same reference is another request. A refund that is refused cancels nothing: the caller decides
//! again.

use std::sync::Arc;

use money::Amount;

use super::refund::Refund;
use super::{once, payment};
use crate::command::{By, Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Reference, Subscription, SubscriptionStatus};
use crate::tables::written;
use crate::{
    Asked, CallerReference, CancellationAsked, ChangeSet, ReadSet, RefundAsked, Refusal,
    SubscriptionId, WorkingSet,
};

/// Cancels a subscription, and gives back of its last payment.
#[derive(Clone, Debug)]
pub struct CancelSubscription {
    /// Who asks.
    pub by: By,
    /// Which.
    pub subscription: SubscriptionId,
    /// The caller's reference and how much to give back; without it nothing is.
    pub refund: Option<(CallerReference, Amount)>,
    /// Why, in the caller's words.
    pub reason: Option<String>,
}

impl Decide for CancelSubscription {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        payment::want_caller(&self.by, want);
        want.subscriptions.extend(self.subscription.key());
        if let Some((reference, _)) = &self.refund {
            once::want(&self.by, reference, seen, want);
        }
        let Some(found) = self.found(seen) else {
            return;
        };
        want.transactions.extend(found.last);
        if let Some(refund) = self.refund(found, seen) {
            refund.reads(seen, lanes, want);
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let Some((reference, amount)) = &self.refund else {
            return self.end(seen).unwrap_or_else(Verdict::refuse);
        };
        let asked = Asked::CancelSubscription(CancellationAsked {
            subscription: self.subscription.clone(),
            amount: *amount,
            reason: self.reason.clone(),
        });
        once::decide(&self.by, reference, asked, seen, |asked| {
            self.give_back(asked, seen, stamp)
        })
    }
}

impl CancelSubscription {
    fn found<'a>(&self, seen: &'a WorkingSet) -> Option<&'a Subscription> {
        let found = seen.subscriptions.peek(&self.subscription.key()?)?;
        let own = self.subscription.names(found.key, &found.nonce);
        (own && found.caller == self.by.caller).then_some(found)
    }

    fn own<'a>(&self, seen: &'a WorkingSet) -> Result<&'a Subscription, Refusal> {
        payment::check_caller(&self.by, seen)?;
        self.found(seen).ok_or_else(|| Refusal::InvalidParams {
            message: format!(
                "\"subscriptionId\" has to be a valid subscription ID. Specified value: {}",
                self.subscription
            ),
        })
    }

    /// Ends the plan and gives nothing back.
    fn end(&self, seen: &WorkingSet) -> Result<Verdict, Refusal> {
        payment::check_key(&self.by, seen)?;
        let found = self.own(seen)?;
        if found.status != SubscriptionStatus::Active {
            return Err(Refusal::InvalidSubscriptionState(found.status));
        }
        let mut verdict = Verdict::same(Outcome::Done);
        cancel(&mut verdict.changes, found);
        Ok(verdict)
    }

    /// Gives back, whatever has become of the plan, and ends it if it goes on.
    fn give_back(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Verdict, Refusal> {
        let found = self.own(seen)?;
        let asks_back = self.refund.as_ref().filter(|(_, amount)| !amount.is_zero());
        let mut verdict = match (self.refund(found, seen), asks_back) {
            (Some(refund), _) => refund.accept(asked, seen, stamp)?,
            (None, Some(_)) => {
                return Err(Refusal::InvalidParams {
                    message: "Nothing of this subscription was paid.".to_owned(),
                });
            }
            (None, None) => self.bound(asked),
        };
        if found.status == SubscriptionStatus::Active {
            cancel(&mut verdict.changes, found);
        }
        Ok(verdict)
    }

    /// Nothing is given back, so the same request may be decided again; another may not take its place.
    fn bound(&self, asked: &Arc<Asked>) -> Verdict {
        let mut verdict = Verdict::same(Outcome::Done);
        if let Some((reference, _)) = &self.refund {
            let asked = asked.clone();
            verdict.changes.references.push((
                (self.by.caller, reference.clone()),
                written(Reference::Bound { asked }),
            ));
        }
        verdict
    }

    /// The refund that is asked for; none for zero, or where nothing was paid.
    fn refund(&self, found: &Subscription, seen: &WorkingSet) -> Option<Refund> {
        let (reference, amount) = self.refund.as_ref()?;
        let last = seen.transactions.peek(&found.last?)?;
        (!amount.is_zero()).then(|| Refund {
            by: self.by.clone(),
            reference: reference.clone(),
            asked: RefundAsked {
                transaction: last.id(),
                amount: Some(*amount),
                caller_description: self.reason.clone(),
                policy: None,
                ipn_url: None,
            },
        })
    }
}

/// Ends the plan; with it goes the work of its next charge.
fn cancel(changes: &mut ChangeSet, found: &Subscription) {
    let cancelled = Subscription {
        status: SubscriptionStatus::Cancelled,
        next_at: None,
        ..found.clone()
    };
    changes
        .subscriptions
        .push((cancelled.key, written(cancelled)));
    changes.works.extend(found.work().map(|id| (id, None)));
}
