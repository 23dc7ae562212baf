//! Cards and bank accounts: added and removed by their owners.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{BankAccount, Instrument, Means};
use crate::tables::written;
use crate::{AccountKey, ChangeSet, InstrumentKey, ReadSet, Refusal, WorkingSet};

/// Adds a card or a bank account.
#[derive(Clone, Debug)]
pub struct AddInstrument {
    /// Whose it is.
    pub account: AccountKey,
    /// What may be shown of it.
    pub means: Means,
    /// The number, sealed.
    pub sealed_number: Vec<u8>,
}

/// Removes a card or a bank account. What was reserved with it goes on.
#[derive(Clone, Debug)]
pub struct RemoveInstrument {
    /// Whose it is.
    pub account: AccountKey,
    /// Which.
    pub instrument: InstrumentKey,
}

/// Says whether a bank account is known to be its owner's: the operator has looked.
#[derive(Clone, Debug)]
pub struct VerifyInstrument {
    /// Which.
    pub instrument: InstrumentKey,
    /// Whether it is.
    pub verified: bool,
}

impl Decide for AddInstrument {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if seen.accounts.get(&self.account).is_none() {
            return Verdict::refuse(Refusal::NotFound);
        }
        let key = InstrumentKey(stamp.key(0));
        let instrument = Instrument {
            key,
            account: self.account,
            means: self.means.clone(),
            sealed_number: self.sealed_number.clone(),
            removed: false,
            created_at: stamp.now,
        };
        let mut changes = ChangeSet::default();
        changes.instruments.push((key, written(instrument)));
        Verdict {
            answer: Ok(Outcome::Instrument(key)),
            changes,
        }
    }
}

impl Decide for RemoveInstrument {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.instruments.insert(self.instrument);
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let found = seen.instruments.get(&self.instrument);
        let Some(instrument) = found.filter(|card| card.account == self.account) else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let mut changes = ChangeSet::default();
        let removed = Instrument {
            removed: true,
            ..instrument.clone()
        };
        changes
            .instruments
            .push((self.instrument, written(removed)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for VerifyInstrument {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.instruments.insert(self.instrument);
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let found = seen.instruments.get(&self.instrument);
        let bank = found.and_then(|found| match &found.means {
            Means::Bank(bank) if !found.removed => Some((found, bank)),
            Means::Bank(_) | Means::Card(_) => None,
        });
        // A card proves itself with every payment.
        let Some((found, bank)) = bank else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let verified = Instrument {
            means: Means::Bank(BankAccount {
                verified: self.verified,
                ..bank.clone()
            }),
            ..found.clone()
        };
        let mut changes = ChangeSet::default();
        changes
            .instruments
            .push((self.instrument, written(verified)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
