//! Whether a request may be made at all: its key or certificate, and its caller's account.

use crate::command::{By, Credential};
use crate::refusal::Party;
use crate::rows::{Account, AccountStatus};
use crate::{ReadSet, Refusal, WorkingSet};

/// Adds what proves that a request may be made at all.
pub(super) fn want_caller(by: &By, want: &mut ReadSet) {
    match &by.credential {
        Credential::AccessKey(id) => want.access_keys.insert(id.clone()),
        Credential::Certificate(name) => want.certificates.insert(*name),
        Credential::None => {}
    }
    want.accounts.insert(by.caller);
}

/// The status of the key or certificate as it is now, not as it was when the signature was checked.
pub(super) fn check_key(by: &By, seen: &WorkingSet) -> Result<(), Refusal> {
    let owner = match &by.credential {
        Credential::AccessKey(id) => {
            let key = seen.access_keys.get(id).filter(|key| key.active);
            key.map(|key| key.account)
        }
        Credential::Certificate(name) => {
            let row = seen.certificates.get(name).filter(|row| row.active);
            row.map(|row| row.account)
        }
        Credential::None => Some(by.caller),
    };
    let valid = owner == Some(by.caller);
    if valid {
        Ok(())
    } else {
        Err(Refusal::AuthFailure)
    }
}

/// The caller's account, if it may call.
pub(super) fn check_caller<'a>(by: &By, seen: &'a WorkingSet) -> Result<&'a Account, Refusal> {
    let caller = seen.accounts.get(&by.caller).ok_or(Refusal::AuthFailure)?;
    match caller.status {
        AccountStatus::Active => {}
        AccountStatus::Suspended => return Err(Refusal::InvalidAccountState(Party::Caller)),
        AccountStatus::Closed => return Err(Refusal::AccountClosed),
    }
    if !caller.email_verified {
        return Err(Refusal::UnverifiedEmailAddress(Party::Caller));
    }
    Ok(caller)
}
