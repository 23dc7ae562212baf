//! Access keys: made and disabled.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::AccessKey;
use crate::tables::written;
use crate::{AccessKeyId, AccountKey, ChangeSet, ReadSet, Refusal, WorkingSet};

/// Makes an access key.
#[derive(Clone, Debug)]
pub struct CreateKey {
    /// Its public half, fresh.
    pub id: AccessKeyId,
    /// Whose it is.
    pub account: AccountKey,
    /// Its secret, sealed.
    pub sealed_secret: Vec<u8>,
}

/// Ends an access key.
#[derive(Clone, Debug)]
pub struct DisableKey {
    /// Which.
    pub id: AccessKeyId,
    /// The owner who asks; none for the operator.
    pub owner: Option<AccountKey>,
}

impl Decide for CreateKey {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
        want.access_keys.insert(self.id.clone());
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if seen.accounts.get(&self.account).is_none() {
            return Verdict::refuse(Refusal::NotFound);
        }
        assert!(
            seen.access_keys.get(&self.id).is_none(),
            "a fresh access key id is fresh"
        );
        let key = AccessKey {
            id: self.id.clone(),
            account: self.account,
            sealed_secret: self.sealed_secret.clone(),
            active: true,
            created_at: stamp.now,
        };
        let mut changes = ChangeSet::default();
        changes.access_keys.push((self.id.clone(), written(key)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for DisableKey {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.access_keys.insert(self.id.clone());
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let found = seen.access_keys.get(&self.id);
        let owned = found.filter(|key| self.owner.is_none_or(|owner| owner == key.account));
        let Some(key) = owned else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let mut changes = ChangeSet::default();
        let disabled = AccessKey {
            active: false,
            ..key.clone()
        };
        changes
            .access_keys
            .push((self.id.clone(), written(disabled)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}
