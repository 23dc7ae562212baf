//! SettleDebt: what the sender owes is collected.

use super::moving::Moving;
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::rows::TallyKind;
use crate::{CallerReference, ReadSet, TallyAsked, WorkingSet};

/// Charges the sender, and lowers by the whole amount what is owed on the credit instrument.
#[derive(Clone, Debug)]
pub struct SettleDebt {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: TallyAsked,
}

impl SettleDebt {
    fn moving(&self) -> Moving<'_> {
        Moving {
            by: &self.by,
            reference: &self.reference,
            asked: &self.asked,
            kind: TallyKind::Credit,
        }
    }
}

impl Decide for SettleDebt {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        self.moving().reads(seen, lanes, want);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.moving().decide(seen, stamp)
    }
}
