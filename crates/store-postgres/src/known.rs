//! What a batch knows about each row it decides on: whether it is there, and what keeps it so.

use std::collections::{BTreeSet, HashMap};

use payments::tables::QuickHash;
use payments::{AccountKey, ChangeSet, ReadSet};
use store::rows::codec::Keyed;
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};

use crate::tables::each_table;

/// The first key of the batch that wrote a row last; 0 where tables keep no such mark.
pub(crate) type Mark = i64;

/// How a row was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is not there: nothing to lock.
    Absent,
    /// Nobody has looked: it is taken for absent, and that is proved when the batch is written.
    Presumed,
    /// It is there, and was only looked at.
    Seen,
    /// It is there, and is locked until the batch ends.
    Locked(Mark),
    /// This node remembers it; that it still is so is proved when the batch is written.
    Remembered(Mark),
}

/// Rows of one table, as they were found.
pub(crate) type Found<T> = HashMap<<T as Keyed>::Key, Standing, QuickHash>;

macro_rules! known {
    ($($table:ident: $kind:ident),*) => {
        /// Rows of every table, as they were found.
        #[derive(Default)]
        pub(crate) struct Known {
            $(pub(crate) $table: Found<$kind>,)*
        }

        impl Known {
            /// Whether a change touches a row that was only looked at.
            pub(crate) fn has_unlocked(&self, changes: &ChangeSet) -> bool {
                false $(|| changes.$table.iter().any(|(key, _)| {
                    self.$table.get(key) == Some(&Standing::Seen)
                }))*
            }

            /// Whether anything was decided on that nobody has read for this batch.
            pub(crate) fn has_remembered(&self) -> bool {
                false $(|| self.$table.values().any(|standing| {
                    matches!(standing, Standing::Remembered(_))
                }))*
            }
        }
    };
}

each_table!(known);

/// What a batch locks beyond the usual.
#[derive(Clone, Debug, Default)]
pub(crate) struct Locking {
    /// Every row it reads.
    pub(crate) everything: bool,
    /// Accounts whose money it may take.
    pub(crate) debits: BTreeSet<AccountKey>,
    /// Nothing is decided on memory: it was wrong, or may be.
    pub(crate) distrust: bool,
    /// What earlier tries came upon when they held locks already, and so could not wait for: it is
    /// read, and waited for, with all else.
    pub(crate) late: ReadSet,
}
