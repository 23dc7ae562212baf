//! Accounts: made, and changed by their owners.

use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Account, AccountStatus, AccountType, Document, DocumentId, Verification};
use crate::tables::written;
use crate::{AccountKey, ChangeSet, ReadSet, Refusal, Timestamp, WorkingSet};

/// Makes an account.
#[derive(Clone, Debug)]
pub struct CreateAccount {
    /// Personal, business or developer.
    pub kind: AccountType,
    /// Contact or business name.
    pub name: String,
    /// E-mail in lower case; empty for an account that cannot sign in.
    pub email: String,
    /// Whether the address is known to be theirs.
    pub email_verified: bool,
    /// Whether it may call for other recipients.
    pub marketplace: bool,
    /// Where its notifications go.
    pub ipn_url: Option<String>,
    /// Argon2id of the password.
    pub password_hash: Option<String>,
    /// The sealed secret of its webhook signatures.
    pub webhook_secret: Option<Vec<u8>>,
}

/// Changes what is set of an account; `None` leaves a setting as it is.
#[derive(Clone, Debug)]
pub struct ChangeAccount {
    /// Which account.
    pub account: AccountKey,
    /// Where its notifications go; an inner `None` stops them.
    pub ipn_url: Option<Option<String>>,
    /// Whether it may take part.
    pub status: Option<AccountStatus>,
    /// Whether its address is verified.
    pub email_verified: Option<bool>,
    /// Whether the provider knows who they are.
    pub verification: Option<Verification>,
    /// Whether it is a marketplace.
    pub marketplace: Option<bool>,
    /// Origins that unsigned Co-Branded requests may return to.
    pub return_origins: Option<Vec<String>>,
    /// The text on card statements.
    pub descriptor: Option<Option<String>>,
    /// A new password's hash.
    pub password_hash: Option<String>,
}

/// Gives an account another secret of its webhook signatures, and keeps the one before until its end:
/// both in one commit, so that at every moment what signs is known.
#[derive(Clone, Debug)]
pub struct RotateWebhookSecret {
    /// Which account.
    pub account: AccountKey,
    /// The new secret, sealed.
    pub sealed: Vec<u8>,
    /// Until when the one before signs beside it, in real time.
    pub earlier_until: Timestamp,
}

impl ChangeAccount {
    /// A change that changes nothing yet.
    pub fn of(account: AccountKey) -> ChangeAccount {
        ChangeAccount {
            account,
            ipn_url: None,
            status: None,
            email_verified: None,
            verification: None,
            marketplace: None,
            return_origins: None,
            descriptor: None,
            password_hash: None,
        }
    }
}

impl Decide for CreateAccount {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        if !self.email.is_empty() {
            want.emails.insert(self.email.clone());
        }
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        if !self.email.is_empty() && seen.emails.get(&self.email).is_some() {
            return Verdict::refuse(Refusal::EmailTaken);
        }
        let key = AccountKey(stamp.key(0));
        let account = Account {
            key,
            kind: self.kind,
            name: self.name.clone(),
            email: self.email.clone(),
            email_verified: self.email_verified,
            status: AccountStatus::Active,
            verification: Verification::Complete,
            marketplace: self.marketplace,
            ipn_url: self.ipn_url.clone(),
            return_origins: Vec::new(),
            descriptor: None,
            password_hash: self.password_hash.clone(),
            webhook_secret: self.webhook_secret.clone(),
            created_at: stamp.now,
        };
        let mut changes = ChangeSet::default();
        changes.accounts.push((key, written(account)));
        if !self.email.is_empty() {
            changes.emails.push((self.email.clone(), written(key)));
        }
        Verdict {
            answer: Ok(Outcome::Account(key)),
            changes,
        }
    }
}

impl Decide for ChangeAccount {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let Some(found) = seen.accounts.get(&self.account) else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let mut account = found.clone();
        let change = self.clone();
        account.ipn_url = change.ipn_url.unwrap_or(account.ipn_url);
        account.status = change.status.unwrap_or(account.status);
        account.email_verified = change.email_verified.unwrap_or(account.email_verified);
        account.verification = change.verification.unwrap_or(account.verification);
        account.marketplace = change.marketplace.unwrap_or(account.marketplace);
        account.return_origins = change.return_origins.unwrap_or(account.return_origins);
        account.descriptor = change.descriptor.unwrap_or(account.descriptor);
        account.password_hash = change.password_hash.or(account.password_hash);
        let mut changes = ChangeSet::default();
        changes.accounts.push((self.account, written(account)));
        Verdict {
            answer: Ok(Outcome::Done),
            changes,
        }
    }
}

impl Decide for RotateWebhookSecret {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.accounts.insert(self.account);
    }

    fn decide(&self, seen: &WorkingSet, _stamp: &Stamp) -> Verdict {
        let Some(found) = seen.accounts.get(&self.account) else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let mut changes = ChangeSet::default();
        if let Some(earlier) = &found.webhook_secret {
            let id = DocumentId::earlier_webhook_secret(self.account);
            let document = Document::of_earlier_secret(earlier, self.earlier_until);
            changes.documents.push((id, written(document)));
        }
        let account = Account {
            webhook_secret: Some(self.sealed.clone()),
            ..found.clone()
        };
        changes.accounts.push((self.account, written(account)));
        Verdict {
            answer: Ok(Outcome::WebhookSecret {
                had_earlier: found.webhook_secret.is_some(),
            }),
            changes,
        }
    }
}
