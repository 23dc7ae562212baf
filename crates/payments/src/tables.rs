//! The sets of rows that travel between the core and a store.
//!
//! A [`ReadSet`] names what must be seen, a [`WorkingSet`] is what was seen with every change laid
//! over it at once, a [`ChangeSet`] is what a command wants written: whole rows, so that it can be
//! serialised, replayed and applied by any store. Rows that are only ever added (events, postings,
//! attempts, relations) are in no working set.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hash};
use std::sync::Arc;

use ledger::{Balance, Posting};
use serde::{Deserialize, Serialize};

use crate::rows::{
    AccessKey, Account, Attempt, Certificate, Document, DocumentId, Event, Instrument,
    Notification, Reference, Subscription, Tally, Token, TokenRole, Transaction, Work,
};
use crate::{
    AccessKeyId, AccountKey, CallerReference, Fingerprint, InstrumentKey, NotificationKey,
    SubscriptionKey, TallyKey, TokenKey, TransactionKey, WorkId,
};

/// The hash of row keys. They are numbers that we made, or texts of which a batch has few; a table
/// lives for one batch, so nobody can fill it against us.
pub type QuickHash = BuildHasherDefault<quick_hash::QuickHasher>;

mod quick_hash;

/// Names a token by the reference it was made under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenReference {
    /// The caller.
    pub installer: AccountKey,
    /// The token's role: a reference is unique per caller and role.
    pub role: RoleNumber,
    /// The caller's reference.
    pub reference: CallerReference,
}

/// A token role as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoleNumber(pub u8);

impl From<TokenRole> for RoleNumber {
    fn from(role: TokenRole) -> RoleNumber {
        RoleNumber(match role {
            TokenRole::Sender => 1,
            TokenRole::Recipient => 2,
            TokenRole::Refund => 3,
            TokenRole::Funding => 4,
            TokenRole::Settlement => 5,
        })
    }
}

/// One table of a working set: rows by key, `None` for a key that is known to be absent.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    rows: HashMap<K, Slot<V>, QuickHash>,
}

#[derive(Clone, Debug)]
struct Slot<V> {
    row: Option<Arc<V>>,
    changed: bool,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Table<K, V> {
        Table {
            rows: HashMap::default(),
        }
    }
}

impl<K: Eq + Hash + Ord + Clone + std::fmt::Debug, V> Table<K, V> {
    /// The row, or `None` when there is none.
    ///
    /// Asking for a key that was never read is a bug: absence would be a guess.
    pub fn get(&self, key: &K) -> Option<&V> {
        let slot = self.rows.get(key);
        assert!(
            slot.is_some(),
            "a row was decided on without being read: {key:?}"
        );
        slot.and_then(|slot| slot.row.as_deref())
    }

    /// The row if it was read and is there: for `reads`, which runs in rounds.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.rows.get(key).and_then(|slot| slot.row.as_deref())
    }

    /// The same, to be kept beyond this working set.
    pub fn shared(&self, key: &K) -> Option<Arc<V>> {
        self.rows.get(key).and_then(|slot| slot.row.clone())
    }

    /// Whether the key was read.
    pub fn knows(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Puts in what a store has read.
    pub fn loaded(&mut self, key: K, row: Option<V>) {
        self.remembered(key, row.map(Arc::new));
    }

    /// Puts in what is known from before.
    pub fn remembered(&mut self, key: K, row: Option<Arc<V>>) {
        let changed = false;
        self.rows.insert(key, Slot { row, changed });
    }

    /// Lays a change over the table.
    pub fn lay(&mut self, key: K, row: Option<V>) {
        let row = row.map(Arc::new);
        self.rows.insert(key, Slot { row, changed: true });
    }
}

impl<K: Ord, V: Clone> Table<K, V> {
    /// The changed rows in the order of their keys: what has to be written.
    pub fn into_changed(self) -> Vec<(K, Option<V>)> {
        let changed = self.rows.into_iter().filter(|(_, slot)| slot.changed);
        let mut changed: Vec<_> = changed.map(|(key, slot)| (key, slot.row)).collect();
        changed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let owned = |row: Option<Arc<V>>| row.map(Arc::unwrap_or_clone);
        changed
            .into_iter()
            .map(|(key, row)| (key, owned(row)))
            .collect()
    }
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $key:ty => $row:ty;)*) => {
        /// What must be seen, and locked in the order of keys, before deciding.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct ReadSet {
            $($(#[$doc])* pub $table: BTreeSet<$key>,)*
        }

        impl ReadSet {
            /// Whether nothing has to be read.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$table.is_empty())*
            }

            /// Leaves only what the working set does not know yet.
            pub fn retain_unknown(&mut self, seen: &WorkingSet) {
                $(self.$table.retain(|key| !seen.$table.knows(key));)*
            }
        }

        /// What was seen, with every change since laid over it.
        #[derive(Clone, Debug, Default)]
        pub struct WorkingSet {
            $($(#[$doc])* pub $table: Table<$key, $row>,)*
        }

        impl WorkingSet {
            /// Lays the keyed rows of a change set over what was seen and keeps its additions.
            pub fn lay(&mut self, changes: ChangeSet, added: &mut Added) {
                $(for (key, row) in changes.$table {
                    self.$table.lay(key, row);
                })*
                added.append(changes.added);
            }

            /// Everything that changed, each row once.
            pub fn into_changes(self, added: Added) -> ChangeSet {
                ChangeSet { $($table: self.$table.into_changed(),)* added }
            }
        }

        /// What a command wants written: whole rows by key (`None` deletes), and rows to add.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ChangeSet {
            $($(#[$doc])* pub $table: Vec<($key, Option<$row>)>,)*
            /// Rows that are only ever added.
            pub added: Added,
        }

        impl ChangeSet {
            /// Whether nothing is to be written.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$table.is_empty())* && self.added.is_empty()
            }
        }
    };
}

tables! {
    /// Accounts.
    accounts: AccountKey => Account;
    /// Accounts by e-mail address.
    emails: String => AccountKey;
    /// Access keys.
    access_keys: AccessKeyId => AccessKey;
    /// Certificates that callers sign under.
    certificates: Fingerprint => Certificate;
    /// Cards and bank accounts.
    instruments: InstrumentKey => Instrument;
    /// Tokens.
    tokens: TokenKey => Token;
    /// Tokens by the reference they were made under.
    token_references: TokenReference => TokenKey;
    /// Transactions.
    transactions: TransactionKey => Transaction;
    /// What each caller reference was used for.
    references: (AccountKey, CallerReference) => Reference;
    /// Balances by account and lane.
    balances: (AccountKey, u16) => Balance;
    /// Prepaid and credit instruments.
    tallies: TallyKey => Tally;
    /// Subscriptions.
    subscriptions: SubscriptionKey => Subscription;
    /// Work to be done.
    works: WorkId => Work;
    /// Notifications.
    notifications: NotificationKey => Notification;
    /// Sessions and visits of the pages.
    documents: DocumentId => Document;
    /// Named values: the mode, the clock's offset, cursors.
    settings: String => String;
}

/// Rows that are only ever added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// Steps in the lives of transactions.
    pub events: Vec<Event>,
    /// Movements of money and of holds.
    pub postings: Vec<PostingRow>,
    /// Tries to deliver notifications.
    pub attempts: Vec<Attempt>,
    /// Which transaction refunds which.
    pub relations: Vec<Relation>,
}

impl Added {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.postings.is_empty()
            && self.attempts.is_empty()
            && self.relations.is_empty()
    }

    fn append(&mut self, mut more: Added) {
        self.events.append(&mut more.events);
        self.postings.append(&mut more.postings);
        self.attempts.append(&mut more.attempts);
        self.relations.append(&mut more.relations);
    }
}

/// A posting in its place: the transaction, the line, the event that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingRow {
    /// The transaction it belongs to.
    pub transaction: TransactionKey,
    /// Its line; 1 is the first of a transaction.
    pub line: u16,
    /// The number of the event that it belongs to.
    pub event: u16,
    /// Why, and what it moves.
    pub reason: Reason,
    /// What it moves.
    pub posting: Posting,
}

/// Why a posting was made. The numbers are stored: append, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Reason {
    /// A hold was placed.
    Held = 1,
    /// A hold was released because it was settled.
    Settled = 2,
    /// A hold was released because it was cancelled.
    Cancelled = 3,
    /// A hold was released because it expired.
    Expired = 4,
    /// A hold or a pending amount was released because the processor said no.
    Failed = 5,
    /// Money was put on its way.
    Pending = 6,
    /// Money on its way has arrived.
    Arrived = 7,
    /// The amount was charged.
    Charged = 8,
    /// The provider's fee.
    FpsFee = 9,
    /// The caller's fee.
    MarketplaceFee = 10,
    /// Money was given back.
    Refunded = 11,
    /// Money was put in or paid out by the operator.
    Funded = 12,
    /// A debt was given up.
    WrittenOff = 13,
}

impl Reason {
    /// From its stored number.
    pub fn from_number(number: u8) -> Option<Reason> {
        [
            Reason::Held,
            Reason::Settled,
            Reason::Cancelled,
            Reason::Expired,
            Reason::Failed,
            Reason::Pending,
            Reason::Arrived,
            Reason::Charged,
            Reason::FpsFee,
            Reason::MarketplaceFee,
            Reason::Refunded,
            Reason::Funded,
            Reason::WrittenOff,
        ]
        .into_iter()
        .find(|reason| *reason as u8 == number)
    }
}

/// A refund and what it refunds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// The transaction refunded.
    pub parent: TransactionKey,
    /// The refund.
    pub child: TransactionKey,
}
