//! Certificates of callers: registered and disabled.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::ids::Fingerprint;
use crate::rows::Certificate;
use crate::tables::written;
use crate::{AccountKey, ChangeSet, ReadSet, Refusal, WorkingSet};

/// Registers a certificate. One that was disabled acts again for the same account.
#[derive(Clone, Debug)]
pub struct AddCertificate {
    /// The digest of its bytes.
    pub fingerprint: Fingerprint,
    /// Whose messages it signs.
    pub account: AccountKey,
    /// Its bytes, in DER.
    pub der: Vec<u8>,
}

/// Ends a certificate.
#[derive(Clone, Debug)]
pub struct DisableCertificate {
    /// Which.
    pub fingerprint: Fingerprint,
    /// The owner who asks; none for the operator.
    pub owner: Option<AccountKey>,
}

impl Decide for AddCertificate {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
        want.certificates.insert(self.fingerprint);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if seen.accounts.get(&self.account).is_none() {
            return Verdict::refuse(Refusal::NotFound);
        }
        let earlier = seen.certificates.get(&self.fingerprint);
        // A message names its signer by the certificate alone, so it can have one owner only.
        if earlier.is_some_and(|earlier| earlier.account != self.account) {
            return Verdict::refuse(Refusal::CertificateTaken);
        }
        keep(Certificate {
            fingerprint: self.fingerprint,
            account: self.account,
            der: self.der.clone(),
            active: true,
            created_at: earlier.map_or(stamp.now, |earlier| earlier.created_at),
        })
    }
}

impl Decide for DisableCertificate {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.certificates.insert(self.fingerprint);
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let found = seen.certificates.get(&self.fingerprint);
        let owned = found.filter(|row| self.owner.is_none_or(|owner| owner == row.account));
        match owned {
            Some(row) => keep(Certificate {
                active: false,
                ..row.clone()
            }),
            None => Verdict::refuse(Refusal::NotFound),
        }
    }
}

fn keep(row: Certificate) -> Verdict {
    let mut changes = ChangeSet::default();
    changes.certificates.push((row.fingerprint, written(row)));
    Verdict {
        answer: Ok(Outcome::Done),
        changes,
    }
}
