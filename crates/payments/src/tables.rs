//! The sets of rows that travel between the core and a store.
//!
//! A [`ReadSet`] names what must be seen, a [`WorkingSet`] is what was seen with every change laid
//! over it at once, a [`ChangeSet`] is what a command wants written: whole rows, so that it can be
//! serialised, replayed and applied by any store. Rows that are only ever added (events, postings,
//! attempts, relations) are in no working set.

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use ledger::{Balance, Posting};
use serde::{Deserialize, Serialize};

use crate::refusal::Party;
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

mod key_set;
mod quick_hash;
mod table;

pub use key_set::KeySet;
pub use table::Table;

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
            TokenRole::Caller => 6,
        })
    }
}

impl TokenReference {
    /// Names a token that stands for unknown ones: by a role that no request has.
    pub fn of_stand_in(
        installer: AccountKey,
        party: Party,
        reference: CallerReference,
    ) -> TokenReference {
        let role = RoleNumber(match party {
            Party::Sender => 101,
            Party::Recipient => 102,
            Party::Caller => 103,
        });
        TokenReference {
            installer,
            role,
            reference,
        }
    }
}

/// A row that a command wants written.
pub fn written<V>(row: V) -> Option<Arc<V>> {
    Some(Arc::new(row))
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $key:ty => $row:ty;)*) => {
        /// What must be seen, and locked in the order of keys, before deciding.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct ReadSet {
            $($(#[$doc])* pub $table: KeySet<$key>,)*
        }

        impl ReadSet {
            /// Whether nothing has to be read.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$table.is_empty())*
            }

            /// Forgets everything and keeps the room for the next.
            pub fn clear(&mut self) {
                $(self.$table.clear();)*
            }

            /// Adds everything of another set.
            pub fn merge(&mut self, more: &ReadSet) {
                $(self.$table.extend(more.$table.iter().cloned());)*
            }

            /// How many rows are named.
            pub fn len(&self) -> usize {
                0 $(+ self.$table.len())*
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
            pub fn into_changes(self, mut added: Added) -> ChangeSet {
                added.sort();
                ChangeSet { $($table: self.$table.into_changed(),)* added }
            }
        }

        /// What a command wants written: whole rows by key (`None` deletes), and rows to add. A row
        /// is shared, not copied, by everybody who looks at it until it is on disk.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct ChangeSet {
            $($(#[$doc])* pub $table: Vec<($key, Option<Arc<$row>>)>,)*
            /// Rows that are only ever added.
            pub added: Added,
        }

        impl ChangeSet {
            /// Whether nothing is to be written.
            pub fn is_empty(&self) -> bool {
                true $(&& self.$table.is_empty())* && self.added.is_empty()
            }

            /// How many rows are written, deleted or added.
            pub fn len(&self) -> usize {
                0 $(+ self.$table.len())* + self.added.len()
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

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.events.len() + self.postings.len() + self.attempts.len() + self.relations.len()
    }

    fn append(&mut self, mut more: Added) {
        self.events.append(&mut more.events);
        self.postings.append(&mut more.postings);
        self.attempts.append(&mut more.attempts);
        self.relations.append(&mut more.relations);
    }

    /// Brings the rows of each transaction together, in their order: databases keep them so, and find
    /// the place of a row at once behind the one before it.
    fn sort(&mut self) {
        let Added {
            events,
            postings,
            attempts: _,
            relations: _,
        } = self;
        events.sort_unstable_by_key(|event| (event.transaction, event.number));
        postings.sort_unstable_by_key(|posting| (posting.transaction, posting.line));
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
