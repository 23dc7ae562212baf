//! Everything that was ever written, in maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use ledger::Balance;
use payments::rows::{
    AccessKey, Account, Attempt, Certificate, Document, DocumentId, Event, Instrument,
    Notification, Reference, Subscription, Tally, Token, Transaction, Work,
};
use payments::tables::{PostingRow, Relation, TokenReference};
use payments::{
    AccessKeyId, AccountKey, CallerReference, ChangeSet, Fingerprint, InstrumentKey,
    NotificationKey, ReadSet, SubscriptionKey, TallyKey, TokenKey, TransactionKey, WorkId,
    WorkingSet,
};

macro_rules! rows {
    ($($(#[$doc:meta])* $table:ident: $key:ty => $row:ty;)*) => {
        /// The rows of a world, each table in the order of its keys.
        #[derive(Clone, Debug, Default)]
        pub struct Rows {
            $($(#[$doc])* pub $table: BTreeMap<$key, $row>,)*
            /// Every event, in the order they were written.
            pub events: Vec<Event>,
            /// Every posting, in the order they were written.
            pub postings: Vec<PostingRow>,
            /// Every try to deliver.
            pub attempts: Vec<Attempt>,
            /// Every refund and what it refunds.
            pub relations: Vec<Relation>,
        }

        impl Rows {
            /// Puts what is wanted into a working set.
            pub fn load(&self, want: ReadSet, seen: &mut WorkingSet) {
                $(for key in want.$table {
                    let row = self.$table.get(&key).cloned();
                    seen.$table.loaded(key, row);
                })*
            }

            /// Writes what a command wants written.
            pub fn write(&mut self, changes: ChangeSet) {
                $(for (key, row) in changes.$table {
                    match row {
                        Some(row) => self.$table.insert(key, Arc::unwrap_or_clone(row)),
                        None => self.$table.remove(&key),
                    };
                })*
                self.events.extend(changes.added.events);
                self.postings.extend(changes.added.postings);
                self.attempts.extend(changes.added.attempts);
                self.relations.extend(changes.added.relations);
            }
        }
    };
}

rows! {
    /// Accounts.
    accounts: AccountKey => Account;
    /// Accounts by e-mail address.
    emails: String => AccountKey;
    /// Access keys.
    access_keys: AccessKeyId => AccessKey;
    /// Certificates that callers sign under.
    certificates: Fingerprint => Certificate;
    /// Cards.
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
    /// Subscriptions.
    subscriptions: SubscriptionKey => Subscription;
    /// Prepaid and credit instruments.
    tallies: TallyKey => Tally;
    /// Work to be done.
    works: WorkId => Work;
    /// Notifications.
    notifications: NotificationKey => Notification;
    /// Documents of the pages.
    documents: DocumentId => Document;
    /// Named values.
    settings: String => String;
}

impl Rows {
    /// An account's balance over all lanes.
    pub fn balance(&self, owner: AccountKey) -> Balance {
        let lanes = self.balances.iter().filter(|((of, _), _)| *of == owner);
        lanes.fold(Balance::default(), |sum, (_, lane)| {
            sum.plus(*lane).expect("a small world's balances fit")
        })
    }

    /// The history of a transaction.
    pub fn history(&self, of: TransactionKey) -> Vec<&Event> {
        let events = self.events.iter();
        events.filter(|event| event.transaction == of).collect()
    }

    /// The work that waits for a transaction or notification.
    pub fn works_of(&self, subject: i64) -> Vec<&Work> {
        let works = self.works.values();
        works.filter(|work| work.subject == subject).collect()
    }
}
