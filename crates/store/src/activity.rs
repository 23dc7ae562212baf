//! The activity of an account, in pages.
//!
//! **Invariant:** rows stand in the order of their keys, which is the order in which they were
//! received. A page begins at a key and says the key at which the next one begins, so that nothing
//! is skipped or repeated, however many rows share a millisecond and whatever is added meanwhile.

use payments::rows::{Operation, PaymentMethod, Status, Transaction};
use payments::{AccountKey, Party, TransactionKey};

/// Rows that one question looks at, at most. A page may so be short, or empty, and still not the last.
pub const WALKED_ROWS_MAX: usize = 4_096;

/// What is asked of an account's activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The account.
    pub account: AccountKey,
    /// From this key on.
    pub from: i64,
    /// Up to this key.
    pub to: i64,
    /// Rows of a page at most.
    pub most: usize,
    /// Which rows.
    pub filter: ActivityFilter,
}

/// Which rows of an activity are shown. Every part must fit; what is not said fits all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilter {
    /// What the transaction does, as everybody sees it.
    pub operation: Option<Operation>,
    /// How it pays.
    pub method: Option<PaymentMethod>,
    /// The account plays one of these roles; none means any.
    pub roles: Vec<Party>,
    /// Where it stands now.
    pub status: Option<Status>,
}

/// A part of an activity, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityPage {
    /// The rows.
    pub rows: Vec<Transaction>,
    /// Where the next page begins, when there is one.
    pub next: Option<NextPage>,
}

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextPage {
    /// At this key.
    pub key: i64,
    /// Nothing that is shown lies above this key and below the other.
    pub before: i64,
}

/// The roles that an account plays in a transaction.
pub fn roles_of(row: &Transaction, account: AccountKey) -> Vec<Party> {
    let parties = [
        (Party::Sender, row.sender),
        (Party::Recipient, row.recipient),
        (Party::Caller, row.caller),
    ];
    let own = parties.into_iter().filter(|(_, key)| *key == account);
    own.map(|(role, _)| role).collect()
}

impl ActivityFilter {
    /// Whether a transaction is shown to an account.
    pub fn keeps(&self, row: &Transaction, account: AccountKey) -> bool {
        let roles = roles_of(row, account);
        let in_role = |role: &Party| self.roles.is_empty() || self.roles.contains(role);
        roles.iter().any(in_role)
            && self
                .operation
                .is_none_or(|one| one == row.operation_shown())
            && self.method.is_none_or(|one| one == row.method)
            && self.status.is_none_or(|one| one == row.status())
    }
}

/// Gathers a page from rows that come in the order of their keys.
#[derive(Debug)]
pub struct Pager<'a> {
    asked: &'a Activity,
    page: ActivityPage,
    walked: usize,
    last: i64,
}

impl<'a> Pager<'a> {
    /// Begins a page.
    pub fn new(asked: &'a Activity) -> Pager<'a> {
        Pager {
            asked,
            page: ActivityPage::default(),
            walked: 0,
            last: asked.from.saturating_sub(1),
        }
    }

    /// Looks at the next row; false when the page is complete.
    pub fn look_at(&mut self, row: Transaction) -> bool {
        let TransactionKey(key) = row.key;
        debug_assert!(self.last < key, "rows come in the order of their keys");
        if WALKED_ROWS_MAX <= self.walked {
            let before = self.last;
            self.page.next = Some(NextPage { key, before });
            return false;
        }
        self.walked += 1;
        self.last = key;
        if !self.asked.filter.keeps(&row, self.asked.account) {
            return true;
        }
        if self.page.rows.len() < self.asked.most {
            self.page.rows.push(row);
            return true;
        }
        let before = self.page.rows.last().map_or(i64::MIN, |row| row.key.0);
        self.page.next = Some(NextPage { key, before });
        false
    }

    /// The page.
    pub fn finish(self) -> ActivityPage {
        self.page
    }
}
