//! The sandbox's clock, and other named values.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::tables::written;
use crate::{ChangeSet, Mode, ReadSet, Refusal, WorkingSet};

/// The name of the clock's offset, in milliseconds added to real time.
pub const CLOCK_OFFSET: &str = "clock-offset-ms";

/// The name of the value that says which certificate signs notifications made from then on: its public
/// address. Whoever writes a lane takes it over when it is set; at a start the terms say it.
pub const CERTIFICATE: &str = "signing-certificate";

/// Moves product time forward.
#[derive(Clone, Debug)]
pub struct Advance {
    /// By how much.
    pub ms: i64,
}

/// Sets a named value: a cursor, say.
#[derive(Clone, Debug)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Decide for Advance {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.settings.insert(CLOCK_OFFSET.to_owned());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if stamp.terms.mode == Mode::Production {
            return Verdict::refuse(Refusal::SandboxOnly);
        }
        let before = seen.settings.get(&CLOCK_OFFSET.to_owned());
        let before: i64 = before.and_then(|text| text.parse().ok()).unwrap_or(0);
        let after = before.checked_add(self.ms).filter(|_| 0 < self.ms);
        let Some(after) = after else {
            let message = "the clock moves forward only".to_owned();
            return Verdict::refuse(Refusal::InvalidParams { message });
        };
        let mut changes = ChangeSet::default();
        changes
            .settings
            .push((CLOCK_OFFSET.to_owned(), written(after.to_string())));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for Set {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, _want: &mut ReadSet) {}

    fn decide(&self, _seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let mut changes = ChangeSet::default();
        changes
            .settings
            .push((self.name.clone(), written(self.value.clone())));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
