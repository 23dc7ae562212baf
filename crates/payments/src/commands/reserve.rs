//! Reserve: hold an amount on the sender's card.

use std::sync::Arc;

use super::draft::{Draft, Tell};
use super::{once, payment, price};
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::rows::{Operation, WorkKind};
use crate::terms::TIMEOUT_MINS_DEFAULT;
use crate::{Asked, CallerReference, PaymentAsked, ReadSet, Refusal, WorkingSet};

/// Holds an amount on the sender's card; it can be settled for seven days.
#[derive(Clone, Debug)]
pub struct Reserve {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: PaymentAsked,
}

impl Decide for Reserve {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        once::want(&self.by, &self.reference, seen, want);
        payment::want_parties(&self.by, &self.asked, seen, lanes, want);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let asked = Asked::Reserve(self.asked.clone());
        once::decide(&self.by, &self.reference, asked, seen, |asked| {
            self.accept(asked, seen, stamp)
        })
    }
}

impl Reserve {
    fn accept(
        &self,
        asked: &Arc<Asked>,
        seen: &WorkingSet,
        stamp: &Stamp,
    ) -> Result<Verdict, Refusal> {
        let parties = payment::parties(&self.by, Operation::Reserve, &self.asked, seen, stamp)?;
        let fees = price::price(&self.asked, Operation::Reserve, &parties, stamp)?;
        let mut draft = Draft::new(seen, stamp);
        let (by, reference) = (&self.by, &self.reference);
        let mut transaction = payment::begin(&mut draft, by, reference, asked, &parties, &fees);
        payment::consume(&mut draft, &transaction, &parties);
        draft.event(&mut transaction, Tell::Listeners);
        draft.work(WorkKind::Authorize, transaction.key.0, stamp.now);
        // The standard seven days need no row: a cursor over keys finds them.
        if self
            .asked
            .timeout_mins
            .is_some_and(|minutes| minutes != TIMEOUT_MINS_DEFAULT)
        {
            draft.work(WorkKind::TimeOut, transaction.key.0, transaction.timeout_at);
        }
        Ok(draft.answer_with(transaction))
    }
}
