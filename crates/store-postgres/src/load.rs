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

use crate::columns::Columns;
use crate::error::Failure;
use crate::known::{Found, Known, Locking, Mark, Standing};
use crate::session::{Reply, Session, Step};
use crate::table::{Read, Table, select};

/// Locks accounts whose money may be taken, before their balances are read.
const LOCK_ACCOUNTS: &str =
    "SELECT key FROM accounts WHERE key = ANY($1::int8[]) ORDER BY key FOR UPDATE";

/// All parts of the balances of accounts.
const BALANCES: &str = "SELECT account, lane, available, pending_in, pending_out FROM balances \
    WHERE account = ANY($1::int8[])";

/// Where rows that were read go.
pub(crate) struct Target<'a> {
    pub(crate) seen: &'a mut WorkingSet,
    pub(crate) known: &'a mut Known,
}

/// How rows are read.
#[derive(Clone, Copy)]
pub(crate) enum Reading<'a> {
    /// Without locks.
    Looking,
    /// For a batch: `hints` tell which tokens are recipients', which payments only look at.
    Deciding(&'a Locking, &'a WorkingSet),
}

impl Reading<'_> {
    fn locks_everything(self) -> bool {
        match self {
            Reading::Looking => false,
            Reading::Deciding(locking, _) => locking.everything,
        }
    }

    fn locks_usual(self) -> bool {
        match self {
            Reading::Looking => false,
            Reading::Deciding(..) => true,
        }
    }

    /// A token whose use a payment changes, as far as is known; others are only looked at.
    pub(crate) fn locks_token(self, key: TokenKey) -> bool {
        let Reading::Deciding(locking, hints) = self else {
            return false;
        };
        let role = hints.tokens.peek(&key).map(|token| token.facts.role);
        locking.everything || !matches!(role, Some(TokenRole::Recipient | TokenRole::Refund))
    }
}

/// Reads everything that is wanted, behind other steps of the same round trip, whose replies it
/// gives back. The keys of lanes found beyond those wanted are given back too.
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
) -> Result<(Vec<Reply>, Option<u16>), Failure> {
    let before = steps.len();
    if let Reading::Deciding(locking, _) = reading
        && !locking.debits.is_empty()
        && !want.balances.is_empty()
    {
        let keys = Columns::of_ints(locking.debits.iter().map(|key| key.0));
        let step = session
            .step("locking accounts", LOCK_ACCOUNTS, keys)
            .await?;
        steps.push(step);
    }
    let (all, usual) = (reading.locks_everything(), reading.locks_usual());
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
        tokens: Tokens of &held, true;
        looked_at: Tokens of &free, false;
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
    let mut replies = session.pipeline(&steps).await?;
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
        tokens: Tokens of &held => tokens, true;
        looked_at: Tokens of &free => tokens, false;
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
        take::<Balances>(&replies[at].rows, &want.balances, true, rows, found)?;
    }
    replies.truncate(before);
    Ok((replies, last_lane))
}

async fn ask<T: Table>(
    session: &mut Session,
    steps: &mut Vec<Step>,
    keys: &KeySet<T::Key>,
    lock: bool,
) -> Result<Option<usize>, Failure> {
    if keys.is_empty() {
        return Ok(None);
    }
    let mut values = Columns::default();
    for key in keys {
        values.next_row();
        T::put_key(key, &mut values)?;
    }
    let name = [if lock { "lock " } else { "see " }, T::NAME].concat();
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
    locked: bool,
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
            let standing = if locked {
                Standing::Locked(mark)
            } else {
                Standing::Seen
            };
            known.insert(key.clone(), standing);
            seen.loaded(key, Some(row));
        }
    }
    Ok(())
}
