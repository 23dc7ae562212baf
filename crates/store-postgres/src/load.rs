//! Reading rows by key, many tables in one round trip.

use std::collections::BTreeSet;

use payments::rows::TokenRole;
use payments::tables::{KeySet, Table as Rows};
use payments::{AccountKey, ReadSet, TokenKey, WorkingSet};
use store::Outage;
use store::rows::codec::{Fields, Keyed};
use store::rows::{
    AccessKeys, Accounts, Balances, Certificates, Documents, Emails, Instruments, Notifications,
    References, Settings, Subscriptions, Tallies, TokenReferences, Tokens, Transactions, Works,
};
use tokio_postgres::Row;

use crate::clock::{TIME, Time};
use crate::columns::Columns;
use crate::error::Failure;
use crate::known::{Found, Known, Locking, Mark, Standing};
use crate::session::{Reply, Session, Step};
use crate::table::{Lock, Read, Table, select};

/// Locks accounts whose money may be taken, before their balances are read.
const LOCK_ACCOUNTS: &str =
    "SELECT key FROM accounts WHERE key = ANY($1::int8[]) ORDER BY key FOR UPDATE";
const LOCK_ACCOUNTS_LATE: &str =
    "SELECT key FROM accounts WHERE key = ANY($1::int8[]) ORDER BY key FOR UPDATE NOWAIT";

/// All parts of the balances of accounts.
const BALANCES: &str = "SELECT account, lane, available, pending_in, pending_out FROM balances \
    WHERE account = ANY($1::int8[])";

/// Where rows that were read go.
pub(crate) struct Target<'a> {
    pub(crate) seen: &'a mut WorkingSet,
    pub(crate) known: &'a mut Known,
}

/// What came beside the rows.
pub(crate) struct Loaded {
    /// The replies to the steps before.
    pub(crate) before: Vec<Reply>,
    /// The highest lane that has a part of one of the balances.
    pub(crate) last_lane: Option<u16>,
    /// When a batch had read all of it: after every lock, so after whatever it waited for.
    pub(crate) time: Option<Time>,
}

/// How rows are read.
#[derive(Clone, Copy)]
pub(crate) enum Reading<'a> {
    /// Without locks.
    Looking,
    /// For a batch: `hints` tell which tokens are recipients', which payments only look at.
    Deciding {
        locking: &'a Locking,
        hints: &'a WorkingSet,
        /// Whether the batch holds locks already. All that one round locks is locked in one order,
        /// the same on every lane; what comes later is out of that order, so it is not waited for.
        late: bool,
    },
}

impl Reading<'_> {
    /// How rows are locked that batches usually change.
    fn usual(self) -> Lock {
        match self {
            Reading::Looking => Lock::None,
            Reading::Deciding { late: false, .. } => Lock::Waiting,
            Reading::Deciding { late: true, .. } => Lock::AtOnce,
        }
    }

    /// How rows are locked that batches usually only look at.
    fn all(self) -> Lock {
        match self {
            Reading::Deciding { locking, .. } if locking.everything => self.usual(),
            Reading::Looking | Reading::Deciding { .. } => Lock::None,
        }
    }

    /// A token whose use a payment changes, as far as is known; others are only looked at.
    pub(crate) fn locks_token(self, key: TokenKey) -> bool {
        let Reading::Deciding { locking, hints, .. } = self else {
            return false;
        };
        let role = hints.tokens.peek(&key).map(|token| token.facts.role);
        locking.everything || !matches!(role, Some(TokenRole::Recipient | TokenRole::Refund))
    }
}

/// Reads everything that is wanted, behind other steps of the same round trip.
#[expect(
    clippy::too_many_lines,
    reason = "one line a table, to ask and to take"
)]
pub(crate) async fn load(
    session: &mut Session,
    mut steps: Vec<Step>,
    want: &ReadSet,
    reading: Reading<'_>,
    into: Target<'_>,
) -> Result<Loaded, Failure> {
    let before = steps.len();
    if let Reading::Deciding { locking, late, .. } = reading
        && !locking.debits.is_empty()
        && !want.balances.is_empty()
    {
        let mut accounts = locking.debits.clone();
        if locking.everything {
            // All accounts in one order.
            accounts.extend(want.accounts.iter().copied());
        }
        let keys = Columns::of_ints(accounts.into_iter().map(|key| key.0));
        let sql = if late {
            LOCK_ACCOUNTS_LATE
        } else {
            LOCK_ACCOUNTS
        };
        steps.push(session.step("locking accounts", sql, keys).await?);
    }
    let (all, usual, none) = (reading.all(), reading.usual(), Lock::None);
    let (mut held, mut free) = (want.tokens.clone(), want.tokens.clone());
    held.retain(|key| reading.locks_token(*key));
    free.retain(|key| !reading.locks_token(*key));
    macro_rules! ask {
        ($($name:ident: $table:ident of $keys:expr, $lock:expr;)*) => {
            $(let $name = ask::<$table>(session, &mut steps, $keys, $lock).await?;)*
        };
    }
    ask! {
        accounts: Accounts of &want.accounts, all;
        emails: Emails of &want.emails, usual;
        access_keys: AccessKeys of &want.access_keys, all;
        certificates: Certificates of &want.certificates, all;
        instruments: Instruments of &want.instruments, all;
        tokens: Tokens of &held, usual;
        looked_at: Tokens of &free, none;
        token_references: TokenReferences of &want.token_references, usual;
        transactions: Transactions of &want.transactions, usual;
        references: References of &want.references, usual;
    }
    let balances = ask_balances(session, &mut steps, want).await?;
    ask! {
        tallies: Tallies of &want.tallies, usual;
        subscriptions: Subscriptions of &want.subscriptions, usual;
        works: Works of &want.works, usual;
        notifications: Notifications of &want.notifications, usual;
        documents: Documents of &want.documents, usual;
        settings: Settings of &want.settings, usual;
    }
    let decides = matches!(reading, Reading::Deciding { .. });
    if decides {
        let nothing = Columns::default();
        steps.push(session.step("asking for the time", TIME, nothing).await?);
    }
    let mut replies = session.pipeline(&steps).await?;
    let last = replies.last().and_then(|reply| reply.rows.first());
    let time = last.filter(|_| decides).map(Time::read).transpose()?;
    let Target { seen, known } = into;
    macro_rules! take {
        ($($at:ident: $table:ident of $keys:expr => $name:ident, $lock:expr;)*) => {
            $(if let Some(at) = $at {
                let rows = &replies[at].rows;
                take::<$table>(rows, $keys, $lock, &mut seen.$name, &mut known.$name)?;
            })*
        };
    }
    take! {
        accounts: Accounts of &want.accounts => accounts, all;
        emails: Emails of &want.emails => emails, usual;
        access_keys: AccessKeys of &want.access_keys => access_keys, all;
        certificates: Certificates of &want.certificates => certificates, all;
        instruments: Instruments of &want.instruments => instruments, all;
        tokens: Tokens of &held => tokens, usual;
        looked_at: Tokens of &free => tokens, none;
        token_references: TokenReferences of &want.token_references => token_references, usual;
        transactions: Transactions of &want.transactions => transactions, usual;
        references: References of &want.references => references, usual;
        tallies: Tallies of &want.tallies => tallies, usual;
        subscriptions: Subscriptions of &want.subscriptions => subscriptions, usual;
        works: Works of &want.works => works, usual;
        notifications: Notifications of &want.notifications => notifications, usual;
        documents: Documents of &want.documents => documents, usual;
        settings: Settings of &want.settings => settings, usual;
    }
    let mut last_lane = None;
    if let Some(at) = balances {
        last_lane = last_lane_of(&replies[at].rows)?;
        let (rows, found) = (&mut seen.balances, &mut known.balances);
        // A lane alone writes its own parts, so what it has read of them stands.
        take::<Balances>(
            &replies[at].rows,
            &want.balances,
            Lock::Waiting,
            rows,
            found,
        )?;
    }
    replies.truncate(before);
    Ok(Loaded {
        before: replies,
        last_lane,
        time,
    })
}

async fn ask<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    keys: &KeySet<T::Key>,
    lock: Lock,
) -> Result<Option<usize>, Failure> {
    if keys.is_empty() {
        return Ok(None);
    }
    let mut values = Columns::default();
    for key in keys {
        values.next_row();
        T::put_key(key, &mut values)?;
    }
    let name = [lock.verb(), T::NAME].concat();
    let statement = session.prepared(&name, || select::<T>(lock)).await?;
    steps.push(Step {
        doing: "reading rows",
        statement,
        values,
        changes: None,
    });
    Ok(Some(steps.len() - 1))
}

async fn ask_balances(
    session: &mut Session,
    steps: &mut Vec<Step>,
    want: &ReadSet,
) -> Result<Option<usize>, Failure> {
    if want.balances.is_empty() {
        return Ok(None);
    }
    let accounts: BTreeSet<AccountKey> =
        want.balances.iter().map(|(account, _)| *account).collect();
    let keys = Columns::of_ints(accounts.into_iter().map(|key| key.0));
    let step = session.step("reading balances", BALANCES, keys).await?;
    steps.push(step);
    Ok(Some(steps.len() - 1))
}

/// The highest lane that has a part of one of the balances.
fn last_lane_of(rows: &[Row]) -> Result<Option<u16>, Outage> {
    let mut last = None;
    for row in rows {
        let (_, lane) = Balances::read_key(&mut Read::new(Balances::NAME, row))?;
        last = last.max(Some(lane));
    }
    Ok(last)
}

fn take<T: Table>(
    rows: &[Row],
    keys: &KeySet<T::Key>,
    lock: Lock,
    seen: &mut Rows<T::Key, T::Row>,
    known: &mut Found<T>,
) -> Result<(), Outage> {
    for key in keys {
        seen.loaded(key.clone(), None);
        known.insert(key.clone(), Standing::Absent);
    }
    for row in rows {
        let mut fields = Read::new(T::NAME, row);
        let key = T::read_key(&mut fields)?;
        // Parts of a balance that were read before may have been changed since, here.
        if known.get(&key) == Some(&Standing::Absent) {
            let row = T::read(&key, &mut fields)?;
            let mark: Mark = if T::IS_MARKED { fields.get()? } else { 0 };
            let standing = match lock {
                Lock::None => Standing::Seen,
                Lock::Waiting | Lock::AtOnce => Standing::Locked(mark),
            };
            known.insert(key.clone(), standing);
            seen.loaded(key, Some(row));
        }
    }
    Ok(())
}
