//! Questions about many rows.
//!
//! Each is one statement that walks a key or an index, and one `SELECT` by key for each row found.

use ledger::Balance;
use payments::rows::{TallyKind, WorkKind};
use payments::{
    AccessKeyId, AccountKey, Fingerprint, NotificationKey, SubscriptionKey, Timestamp, TokenKey,
    TransactionKey, WorkId,
};
use rusqlite::Connection;
use rusqlite::types::FromSql;
use store::query::Backlog;
use store::rows::codec::Fields as _;
use store::rows::{
    self, AccessKeys, Accounts, Certificates, Instruments, Notifications, Subscriptions, Tokens,
    Transactions,
};
use store::{Found, Moment, Outage, Query};

use crate::activity;
use crate::row::{Fields, failed, load_all, read_rows};
use crate::sums::Sums;
use crate::tables;
use crate::walk;

/// Answers a question.
pub(crate) fn find(connection: &Connection, query: &Query, now: Moment) -> Result<Found, Outage> {
    match query {
        Query::Events(key) => {
            let rows = read_rows(connection, "events", tables::EVENTS, [key.0], |from| {
                rows::event(from)
            });
            rows.map(Found::Events)
        }
        Query::Postings(key) => postings(connection, *key),
        Query::RefundsOf(key) => {
            let sql = "SELECT child FROM relations WHERE parent = ? ORDER BY child";
            transactions(connection, sql, [key.0])
        }
        Query::TokensOf(account) => {
            let sql = "SELECT key FROM tokens WHERE account = ? ORDER BY key DESC";
            let keys: Vec<_> = keys(connection, sql, [account.0])?.map(TokenKey).collect();
            load_all::<Tokens>(connection, &keys).map(Found::Tokens)
        }
        Query::InstrumentsOf(account) => instruments(connection, *account),
        Query::SubscriptionsOf { account, most } => {
            subscriptions(connection, *account, limit(*most))
        }
        Query::AccessKeysOf(account) => access_keys(connection, *account),
        Query::CertificatesOf(account) => certificates(connection, *account),
        Query::ActivityOf { account, most } => {
            let sql = "SELECT transaction_key FROM activity WHERE account = ? \
                ORDER BY transaction_key DESC LIMIT ?";
            transactions(connection, sql, [account.0, limit(*most)])
        }
        Query::Activity(asked) => activity::page(connection, asked),
        Query::TallyTotals { recipient, kind } => tally_totals(connection, *recipient, *kind),
        Query::Accounts { most } => {
            let sql = "SELECT key FROM accounts WHERE name <> '' ORDER BY key LIMIT ?";
            let keys: Vec<_> = keys(connection, sql, [limit(*most)])?
                .map(AccountKey)
                .collect();
            load_all::<Accounts>(connection, &keys).map(Found::Accounts)
        }
        Query::BalanceOf(account) => balance(connection, *account),
        Query::LedgerSums => sums(connection),
        Query::OpenBetween { after, to, most } => open_between(connection, *after, *to, *most),
        Query::Stuck { before, most } => stuck(connection, *before, limit(*most), now),
        Query::Backlog => backlog(connection, now),
        Query::NotificationsOf(key) => {
            let sql = "SELECT key FROM notifications WHERE transaction_key = ? ORDER BY event, key";
            notifications(connection, sql, [key.0])
        }
        Query::NotificationsTo { account, most } => {
            let sql = "SELECT key FROM notifications WHERE account = ? ORDER BY key DESC LIMIT ?";
            notifications(connection, sql, [account.0, limit(*most)])
        }
        Query::Attempts(key) => attempts(connection, key.0),
        Query::TransactionsBetween { after, to, most } => {
            let sql = "SELECT key FROM transactions WHERE ? < key AND key <= ? \
                ORDER BY key LIMIT ?";
            transactions(connection, sql, [*after, *to, limit(*most)])
        }
        Query::PostingsBetween { after, to, most } => {
            walk::booked(connection, *after, *to, limit(*most)).map(Found::Booked)
        }
        Query::EndedDocuments {
            after,
            before,
            most,
        } => walk::ended(connection, after.as_ref(), *before, *most),
        Query::BalancesAbove { after, most } => {
            walk::balances(connection, *after, limit(*most)).map(Found::Balances)
        }
    }
}

fn postings(connection: &Connection, key: TransactionKey) -> Result<Found, Outage> {
    let sql = tables::POSTINGS;
    read_rows(connection, "postings", sql, [key.0], |from| {
        rows::posting(from)
    })
    .map(Found::Postings)
}

fn attempts(connection: &Connection, key: i64) -> Result<Found, Outage> {
    let sql = tables::ATTEMPTS;
    read_rows(connection, "attempts", sql, [key], |from| {
        rows::attempt(from)
    })
    .map(Found::Attempts)
}

fn sums(connection: &Connection) -> Result<Found, Outage> {
    let mut sums = Sums::default();
    while sums.add_piece(connection)? {}
    Ok(Found::Sums(sums.finish()))
}

/// Whether a row of work waits for its time: a time limit, the charge of a plan, or a question to a bank
/// that takes days to answer.
const IS_TIMED: &str = "(kind IN (5, 6, 8) OR (kind = 1 AND 0 < tries AND EXISTS (
    SELECT 1 FROM transactions t JOIN transaction_states s ON s.key = t.key
    WHERE t.key = works.subject AND t.method = 2 AND s.state = 1)))";

fn stuck(
    connection: &Connection,
    before: Timestamp,
    most: i64,
    now: Moment,
) -> Result<Found, Outage> {
    let parked = payments::rows::PARKED.0;
    let sql = format!(
        "SELECT {} FROM works WHERE due = {parked} OR CASE WHEN {IS_TIMED}
        THEN since < ?2 AND due < ?2 - ?1 ELSE since < ?3 END ORDER BY due, key LIMIT ?4",
        tables::WORK_COLUMNS,
    );
    let ahead = now.real.ms_since(now.product);
    let values = [ahead, before.min(now.real).0, before.0, most];
    let read = |from: &mut Fields| Ok(rows::work(from));
    read_rows(connection, "works", &sql, values, read).map(Found::Works)
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

fn keys<T: FromSql>(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<impl Iterator<Item = T>, Outage> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(failed("preparing"))?;
    let rows = statement
        .query_map(values, |row| row.get(0))
        .map_err(failed("reading keys"))?;
    let keys = rows
        .collect::<rusqlite::Result<Vec<T>>>()
        .map_err(failed("reading keys"))?;
    Ok(keys.into_iter())
}

fn transactions(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Found, Outage> {
    let keys: Vec<_> = keys(connection, sql, values)?.map(TransactionKey).collect();
    load_all::<Transactions>(connection, &keys).map(Found::Transactions)
}

fn notifications(
    connection: &Connection,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Found, Outage> {
    let keys: Vec<_> = keys(connection, sql, values)?
        .map(NotificationKey)
        .collect();
    load_all::<Notifications>(connection, &keys).map(Found::Notifications)
}

fn instruments(connection: &Connection, account: AccountKey) -> Result<Found, Outage> {
    let sql = "SELECT key FROM instruments WHERE account = ? ORDER BY key";
    let keys = keys(connection, sql, [account.0])?.map(payments::InstrumentKey);
    load_all::<Instruments>(connection, &keys.collect::<Vec<_>>()).map(Found::Instruments)
}

fn subscriptions(connection: &Connection, account: AccountKey, most: i64) -> Result<Found, Outage> {
    let sql = "SELECT key FROM subscriptions WHERE caller = ?1 OR sender = ?1 \
        ORDER BY key DESC LIMIT ?2";
    let keys = keys(connection, sql, [account.0, most])?.map(SubscriptionKey);
    load_all::<Subscriptions>(connection, &keys.collect::<Vec<_>>()).map(Found::Subscriptions)
}

fn access_keys(connection: &Connection, account: AccountKey) -> Result<Found, Outage> {
    let sql = "SELECT id FROM access_keys WHERE account = ? ORDER BY id";
    let mut ids = Vec::new();
    for text in keys::<String>(connection, sql, [account.0])? {
        let id = AccessKeyId::parse(&text);
        ids.push(id.ok_or_else(|| Outage::Corrupt {
            table: "access_keys",
            key: text,
            reason: "not an access key id".to_owned(),
        })?);
    }
    load_all::<AccessKeys>(connection, &ids).map(Found::AccessKeys)
}

fn certificates(connection: &Connection, account: AccountKey) -> Result<Found, Outage> {
    let sql = "SELECT fingerprint FROM certificates WHERE account = ? ORDER BY fingerprint";
    let found = keys::<[u8; Fingerprint::BYTES]>(connection, sql, [account.0])?;
    let names: Vec<_> = found.map(Fingerprint).collect();
    load_all::<Certificates>(connection, &names).map(Found::Certificates)
}

fn balance(connection: &Connection, account: AccountKey) -> Result<Found, Outage> {
    let sql = "SELECT available, pending_in, pending_out FROM balances WHERE account = ?";
    let lanes = read_rows(connection, "balances", sql, [account.0], |from| {
        Ok(Balance {
            available: from.get()?,
            pending_in: from.get()?,
            pending_out: from.get()?,
        })
    })?;
    let sum = lanes
        .into_iter()
        .try_fold(Balance::default(), Balance::plus);
    sum.map(Found::Balance).ok_or_else(|| Outage::Corrupt {
        table: "balances",
        key: account.to_string(),
        reason: "the lanes do not sum up".to_owned(),
    })
}

fn tally_totals(
    connection: &Connection,
    recipient: AccountKey,
    kind: TallyKind,
) -> Result<Found, Outage> {
    let sql = "SELECT coalesce(sum(balance), 0), coalesce(sum(pending), 0) FROM tallies \
        WHERE recipient = ? AND kind = ?";
    let values = [recipient.0, i64::from(kind as u8)];
    let found = connection.query_row(sql, values, |row| Ok((row.get(0)?, row.get(1)?)));
    let (balance, pending) = found.map_err(failed("summing tallies"))?;
    Ok(Found::TallyTotals { balance, pending })
}

fn open_between(
    connection: &Connection,
    after: i64,
    to: i64,
    most: usize,
) -> Result<Found, Outage> {
    let sql =
        "SELECT key, state FROM transaction_states WHERE ? < key AND key <= ? ORDER BY key LIMIT ?";
    let values = [after, to, limit(most)];
    let walked = read_rows(connection, "transactions", sql, values, |from| {
        Ok((from.get::<i64>()?, from.get::<i64>()?))
    })?;
    let scanned_to = match walked.last() {
        Some((key, _)) if walked.len() == most => *key,
        Some(_) | None => to,
    };
    // 1 is authorising, 2 reserved: time can still end it.
    let open = walked
        .into_iter()
        .filter(|(_, state)| matches!(state, 1 | 2));
    Ok(Found::Keys {
        keys: open.map(|(key, _)| TransactionKey(key)).collect(),
        scanned_to,
    })
}

fn backlog(connection: &Connection, now: Moment) -> Result<Found, Outage> {
    let sql = format!(
        "SELECT kind, count(*), min(CASE WHEN {IS_TIMED} THEN max(since, due + ?1) ELSE since END)
        FROM works WHERE due <= ?2 GROUP BY kind"
    );
    let values = [now.real.ms_since(now.product), now.product.0];
    let kinds = read_rows(connection, "works", &sql, values, |from| Ok(one_kind(from)));
    let kinds = kinds?.into_iter().filter_map(Result::ok);
    Ok(Found::Backlog(kinds.collect()))
}

fn one_kind(from: &mut Fields) -> Result<Backlog, Outage> {
    let kind = from.known_small("kind of work", payments::rows::WorkKind::from_number)?;
    let count: i64 = from.get()?;
    let count = u64::try_from(count).map_err(|_| from.corrupt("a negative count"))?;
    Ok(Backlog {
        kind,
        count,
        oldest: from.moment()?,
    })
}

/// Candidates for a claim, in the order they are due. The writer looks at each again.
pub(crate) fn due(
    connection: &Connection,
    kinds: &[WorkKind],
    now: Moment,
    most: usize,
) -> Result<Vec<WorkId>, Outage> {
    let sql = "SELECT due, key FROM works WHERE due <= ? AND leased_until <= ? \
        AND (1 << kind) & ? <> 0 ORDER BY due, key LIMIT ?";
    let mask = kinds
        .iter()
        .fold(0_i64, |mask, kind| mask | (1 << (*kind as u8)));
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [now.product.0, now.real.0, mask, most];
    read_rows(connection, "works", sql, values, |from| {
        Ok(WorkId {
            due: Timestamp(from.get()?),
            key: from.get()?,
        })
    })
}
