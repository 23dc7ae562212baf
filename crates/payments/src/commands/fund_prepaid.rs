//! FundPrepaid: the sender pays ahead.

use super::moving::Moving;
use crate::command::{By, Decide, Lanes, Stamp, Verdict};
use crate::rows::TallyKind;
use crate::{CallerReference, ReadSet, TallyAsked, WorkingSet};

/// Charges the sender, and raises by the whole amount what can be spent of the prepaid instrument.
#[derive(Clone, Debug)]
pub struct FundPrepaid {
    /// Who asks.
    pub by: By,
    /// The caller's reference.
    pub reference: CallerReference,
    /// What is asked.
    pub asked: TallyAsked,
}

impl FundPrepaid {
    fn moving(&self) -> Moving<'_> {
        Moving {
            by: &self.by,
            reference: &self.reference,
            asked: &self.asked,
            kind: TallyKind::Prepaid,
        }
    }
}

impl Decide for FundPrepaid {
    fn reads(&self, seen: &WorkingSet, lanes: Lanes, want: &mut ReadSet) {
        self.moving().reads(seen, lanes, want);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        self.moving().decide(seen, stamp)
    }
}
