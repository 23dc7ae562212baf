//! Questions about many rows.

use ledger::{Balance, Layer, LedgerAccount};
use payments::rows::{
    AccessKey, Account, Attempt, Certificate, DocumentId, Event, Instrument, Notification,
    Subscription, TallyKind, Token, Transaction, Work,
};
use payments::tables::PostingRow;
use payments::{AccountKey, NotificationKey, Timestamp, TransactionId, TransactionKey};

use crate::Outage;
use crate::activity::{Activity, ActivityPage};

/// A question. Each has one kind of [`Found`] as its answer.
#[derive(Clone, Debug)]
pub enum Query {
    /// The steps of a transaction, in order → [`Found::Events`].
    Events(TransactionKey),
    /// The postings of a transaction, in order → [`Found::Postings`].
    Postings(TransactionKey),
    /// The refunds of a transaction → [`Found::Transactions`].
    RefundsOf(TransactionKey),
    /// The tokens that an account has given, newest first → [`Found::Tokens`].
    TokensOf(AccountKey),
    /// The cards of an account → [`Found::Instruments`].
    InstrumentsOf(AccountKey),
    /// The subscriptions in which an account is paid or pays, newest first →
    /// [`Found::Subscriptions`].
    SubscriptionsOf {
        /// The account.
        account: AccountKey,
        /// How many at most.
        most: usize,
    },
    /// The access keys of an account → [`Found::AccessKeys`].
    AccessKeysOf(AccountKey),
    /// The certificates of an account → [`Found::Certificates`].
    CertificatesOf(AccountKey),
    /// Recent transactions in which an account takes part, newest first → [`Found::Transactions`].
    ActivityOf {
        /// The account.
        account: AccountKey,
        /// How many at most.
        most: usize,
    },
    /// One page of an account's activity, oldest first → [`Found::Activity`]. It has every row that
    /// was committed before, whether an index knows it or not.
    Activity(Activity),
    /// What was paid ahead to a recipient, or what it is owed, on all instruments together →
    /// [`Found::TallyTotals`].
    TallyTotals {
        /// The recipient.
        recipient: AccountKey,
        /// Prepaid or credit.
        kind: TallyKind,
    },
    /// All accounts with a name, oldest first → [`Found::Accounts`].
    Accounts {
        /// How many at most.
        most: usize,
    },
    /// The balance of an account over all lanes → [`Found::Balance`].
    BalanceOf(AccountKey),
    /// The sums of every ledger account → [`Found::Sums`].
    LedgerSums,
    /// Keys of transactions that are authorising or reserved, above a key and below another, in
    /// order → [`Found::Keys`]. `scanned_to` tells how far the walk came.
    OpenBetween {
        /// Above this key.
        after: i64,
        /// Up to this key.
        to: i64,
        /// Rows walked at most.
        most: usize,
    },
    /// Work that is parked or older than it should be → [`Found::Works`]. A row that cannot be read is
    /// in the list by what is wrong with it, and hides no other. What waits for its time (a
    /// deadline, the charge of a subscription, a debit that a bank settles) is older when that has
    /// passed, and not before.
    Stuck {
        /// In real time: written, or due, before this.
        before: Timestamp,
        /// How many at most.
        most: usize,
    },
    /// How much work waits, and since when → [`Found::Backlog`]. A row of no kind that is known is not
    /// counted; it is in the list of what is stuck.
    Backlog,
    /// The notifications of a transaction in the order of its events → [`Found::Notifications`].
    NotificationsOf(TransactionKey),
    /// The newest notifications of an account → [`Found::Notifications`].
    NotificationsTo {
        /// The account.
        account: AccountKey,
        /// How many at most.
        most: usize,
    },
    /// The tries of a notification → [`Found::Attempts`].
    Attempts(NotificationKey),
    /// All transactions above a key and up to another, in order → [`Found::Transactions`].
    TransactionsBetween {
        /// Above this key.
        after: i64,
        /// Up to this key.
        to: i64,
        /// How many at most.
        most: usize,
    },
    /// All postings above a place, up to a transaction's key, in order → [`Found::Booked`].
    PostingsBetween {
        /// Above this key and line.
        after: (i64, u16),
        /// Up to this key.
        to: i64,
        /// How many at most.
        most: usize,
    },
    /// The balances of all accounts above a key over all lanes, in order → [`Found::Balances`].
    BalancesAbove {
        /// Above this key.
        after: i64,
        /// How many at most.
        most: usize,
    },
    /// The ids of documents that ended before a moment, above an id, in order → [`Found::Ended`].
    EndedDocuments {
        /// Above this id; from the first when there is none.
        after: Option<DocumentId>,
        /// In real time.
        before: Timestamp,
        /// Rows walked at most.
        most: usize,
    },
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Found {
    /// Steps.
    Events(Vec<Event>),
    /// Postings.
    Postings(Vec<PostingRow>),
    /// Transactions.
    Transactions(Vec<Transaction>),
    /// Tokens.
    Tokens(Vec<Token>),
    /// Cards.
    Instruments(Vec<Instrument>),
    /// Subscriptions.
    Subscriptions(Vec<Subscription>),
    /// Access keys.
    AccessKeys(Vec<AccessKey>),
    /// Certificates.
    Certificates(Vec<Certificate>),
    /// Accounts.
    Accounts(Vec<Account>),
    /// A page of an activity.
    Activity(ActivityPage),
    /// Sums over tallies, in micro-units.
    TallyTotals {
        /// Can be spent, or is owed.
        balance: i64,
        /// Is being funded, or settled.
        pending: i64,
    },
    /// A balance.
    Balance(Balance),
    /// Debits and credits of each ledger account.
    Sums(Vec<LedgerSum>),
    /// Keys, and how far the walk came.
    Keys {
        /// What was found.
        keys: Vec<TransactionKey>,
        /// The last key that was looked at; `to` when the walk is complete.
        scanned_to: i64,
    },
    /// Work; or, for a row of work that cannot be read, what is wrong with it.
    Works(Vec<Result<Work, Outage>>),
    /// How much work waits.
    Backlog(Vec<Backlog>),
    /// Notifications.
    Notifications(Vec<Notification>),
    /// Tries.
    Attempts(Vec<Attempt>),
    /// Postings with what a reader of the books wants beside them.
    Booked(Vec<Booked>),
    /// Balances by account.
    Balances(Vec<(AccountKey, Balance)>),
    /// Documents that have ended, and how far the walk came; nothing there when it is complete.
    Ended {
        /// What was found.
        ids: Vec<DocumentId>,
        /// The last document that was looked at.
        scanned_to: Option<DocumentId>,
    },
}

/// A posting, when it was made, and the public id of its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// The posting.
    pub posting: PostingRow,
    /// When it was made, in product time.
    pub at: Timestamp,
    /// The transaction; none where money was put in by the operator.
    pub transaction: Option<TransactionId>,
}

/// The sums of one ledger account, in micro-units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerSum {
    /// Which layer.
    pub layer: Layer,
    /// Which account.
    pub account: LedgerAccount,
    /// Everything that left it.
    pub debits: i64,
    /// Everything that reached it.
    pub credits: i64,
}

/// How much work of one kind waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// The kind.
    pub kind: payments::rows::WorkKind,
    /// How many rows.
    pub count: u64,
    /// Since when the oldest waits, in real time: since it was written; since it was due, for what waits
    /// for its time.
    pub oldest: Timestamp,
}
