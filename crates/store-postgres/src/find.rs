//! Questions about many rows: each is one statement that walks a key or an index.

use ledger::{Balance, LedgerAccount};
use payments::rows::WorkKind;
use payments::{AccountKey, TransactionKey};
use store::query::{Backlog, LedgerSum};
use store::rows::codec::Fields;
use store::rows::{
    self, AccessKeys, Accounts, Balances, Certificates, Instruments, Notifications, Subscriptions,
    Tokens, Transactions,
};
use store::{Found, Moment, Outage, Query};
use tokio_postgres::Row;

use crate::activity;
use crate::columns::Columns;
use crate::error::Failure;
use crate::session::Session;
use crate::table::{Read, Table, select_where};
use crate::walk as pages;

const EVENTS: &str = "SELECT transaction_key, number, at, operation, status, code, currency, \
    amount, message FROM events WHERE transaction_key = ANY($1::int8[]) ORDER BY number";
const POSTINGS: &str = "SELECT transaction_key, line, event, reason, layer, debit_kind, \
    debit_owner, credit_kind, credit_owner, currency, amount FROM postings \
    WHERE transaction_key = ANY($1::int8[]) ORDER BY line";
const ATTEMPTS: &str = "SELECT notification, number, at, took_ms, http_status, problem \
    FROM attempts WHERE notification = ANY($1::int8[]) ORDER BY number";
const SUMS: &str = "SELECT layer, kind, owner, sum(debits)::int8, sum(credits)::int8 FROM ( \
    SELECT layer, debit_kind AS kind, debit_owner AS owner, amount AS debits, 0 AS credits \
    FROM postings UNION ALL \
    SELECT layer, credit_kind, credit_owner, 0, amount FROM postings) AS sides \
    GROUP BY layer, kind, owner ORDER BY layer, kind, owner";
const OPEN: &str = "SELECT key, state FROM transactions WHERE $1::int8 < key AND key <= $2::int8 \
    ORDER BY key LIMIT $3::int8";
/// What is parked, and what is older than it should be. What waits for its time (a time limit, the charge
/// of a plan, a question to a bank that takes days to answer) is as old as the time since then; `$4` is
/// what real time is ahead of product time.
const STUCK: &str = "SELECT due, key, kind, subject, tries, since, leased_until FROM works \
    WHERE due = $3::int8 OR CASE WHEN kind IN (5, 6, 8) OR (kind = 1 AND 0 < tries \
    AND EXISTS (SELECT 1 FROM transactions t WHERE t.key = works.subject AND t.method = 2 \
    AND t.state = 1)) THEN since < $5::int8 AND due < $5::int8 - $4::int8 ELSE since < $1::int8 END \
    ORDER BY due, key LIMIT $2::int8";
const TOTALS: &str = "SELECT coalesce(sum(balance), 0)::int8, coalesce(sum(pending), 0)::int8 \
    FROM tallies WHERE recipient = $1::int8 AND kind = $2::int8";
const BACKLOG: &str = "SELECT kind, count(*), min(CASE WHEN kind IN (5, 6, 8) OR (kind = 1 \
    AND 0 < tries AND EXISTS (SELECT 1 FROM transactions t WHERE t.key = works.subject \
    AND t.method = 2 AND t.state = 1)) THEN greatest(since, due + $2::int8) ELSE since END) \
    FROM works WHERE due <= $1::int8 GROUP BY kind ORDER BY kind";

/// Answers a question.
#[expect(clippy::too_many_lines, reason = "one arm a question")]
pub(crate) async fn find(
    session: &mut Session,
    query: &Query,
    now: Moment,
) -> Result<Found, Failure> {
    match query {
        Query::Events(key) => {
            let found = walk(session, EVENTS, of(key.0), "events", |row| rows::event(row));
            found.await.map(Found::Events)
        }
        Query::Postings(key) => {
            let found = walk(session, POSTINGS, of(key.0), "postings", |row| {
                rows::posting(row)
            });
            found.await.map(Found::Postings)
        }
        Query::Attempts(key) => {
            let found = walk(session, ATTEMPTS, of(key.0), "attempts", |row| {
                rows::attempt(row)
            });
            found.await.map(Found::Attempts)
        }
        Query::RefundsOf(key) => {
            let of_parent = "t.key IN (SELECT r.child FROM relations r WHERE r.parent = $1) \
                ORDER BY t.key LIMIT $2";
            whole::<Transactions>(session, of_parent, key.0, usize::MAX)
                .await
                .map(Found::Transactions)
        }
        Query::TokensOf(account) => {
            let sql = "t.account = $1 ORDER BY t.key DESC LIMIT $2";
            let found = whole::<Tokens>(session, sql, account.0, usize::MAX);
            found.await.map(Found::Tokens)
        }
        Query::InstrumentsOf(account) => {
            let sql = "t.account = $1 ORDER BY t.key LIMIT $2";
            let found = whole::<Instruments>(session, sql, account.0, usize::MAX);
            found.await.map(Found::Instruments)
        }
        Query::SubscriptionsOf { account, most } => {
            let sql = "(t.caller = $1 OR t.sender = $1) ORDER BY t.key DESC LIMIT $2";
            let found = whole::<Subscriptions>(session, sql, account.0, *most);
            found.await.map(Found::Subscriptions)
        }
        Query::AccessKeysOf(account) => {
            let sql = "t.account = $1 ORDER BY t.id LIMIT $2";
            let found = whole::<AccessKeys>(session, sql, account.0, usize::MAX);
            found.await.map(Found::AccessKeys)
        }
        Query::CertificatesOf(account) => {
            let sql = "t.account = $1 ORDER BY t.fingerprint LIMIT $2";
            let found = whole::<Certificates>(session, sql, account.0, usize::MAX);
            found.await.map(Found::Certificates)
        }
        Query::ActivityOf { account, most } => {
            let found = activity::newest(session, *account, *most);
            found.await.map(Found::Transactions)
        }
        Query::Activity(asked) => activity::page(session, asked).await,
        Query::TallyTotals { recipient, kind } => {
            let values = Columns::default()
                .and(recipient.0)
                .and(i64::from(*kind as u8));
            let found = walk(session, TOTALS, values, "tallies", |row| {
                Ok((row.get()?, row.get()?))
            });
            let (balance, pending) = found.await?.first().copied().unwrap_or_default();
            Ok(Found::TallyTotals { balance, pending })
        }
        Query::Accounts { most } => {
            let sql = "$1 < t.key AND t.name <> '' ORDER BY t.key LIMIT $2";
            let found = whole::<Accounts>(session, sql, -1, *most);
            found.await.map(Found::Accounts)
        }
        Query::NotificationsOf(key) => {
            let sql = "t.transaction_key = $1 ORDER BY t.event, t.key LIMIT $2";
            let found = whole::<Notifications>(session, sql, key.0, usize::MAX);
            found.await.map(Found::Notifications)
        }
        Query::NotificationsTo { account, most } => {
            let sql = "t.account = $1 ORDER BY t.key DESC LIMIT $2";
            let found = whole::<Notifications>(session, sql, account.0, *most);
            found.await.map(Found::Notifications)
        }
        Query::TransactionsBetween { after, to, most } => {
            between(session, *after, *to, *most).await
        }
        Query::PostingsBetween { after, to, most } => {
            let found = pages::booked(session, *after, *to, *most);
            found.await.map(Found::Booked)
        }
        Query::EndedDocuments {
            after,
            before,
            most,
        } => pages::ended(session, after.as_ref(), *before, *most).await,
        Query::BalancesAbove { after, most } => {
            let found = pages::balances(session, *after, *most);
            found.await.map(Found::Balances)
        }
        Query::BalanceOf(account) => balance(session, *account).await,
        Query::LedgerSums => {
            let found = walk(session, SUMS, Columns::default(), "postings", sum);
            found.await.map(Found::Sums)
        }
        Query::OpenBetween { after, to, most } => open(session, *after, *to, *most).await,
        Query::Stuck { before, most } => {
            let parked = payments::rows::PARKED.0;
            let values = Columns::default()
                .and(before.0)
                .and(limit(*most))
                .and(parked)
                .and(now.real.ms_since(now.product))
                .and(before.min(&now.real).0);
            let found = walk(session, STUCK, values, "works", |row| Ok(rows::work(row)));
            found.await.map(Found::Works)
        }
        Query::Backlog => {
            let ahead = now.real.ms_since(now.product);
            let values = Columns::default().and(now.product.0).and(ahead);
            let found = walk(session, BACKLOG, values, "works", |row| Ok(backlog(row)));
            let known = found.await?.into_iter().filter_map(Result::ok);
            Ok(Found::Backlog(known.collect()))
        }
    }
}

fn of(key: i64) -> Columns {
    Columns::of_ints([key])
}

pub(crate) fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// Runs a statement and reads each of its rows.
pub(crate) async fn walk<T>(
    session: &mut Session,
    sql: &'static str,
    values: Columns,
    table: &'static str,
    read: impl Fn(&mut Read) -> Result<T, Outage>,
) -> Result<Vec<T>, Failure> {
    let step = session.step("reading rows", sql, values).await?;
    let replies = session.pipeline(&[step]).await?;
    let rows: &[Row] = replies.first().map_or(&[], |reply| &reply.rows);
    let found: Result<Vec<T>, Outage> = rows
        .iter()
        .map(|row| read(&mut Read::new(table, row)))
        .collect();
    Ok(found?)
}

/// Reads whole rows where something holds; `$1` and `$2` are whole numbers.
async fn whole<T: Table>(
    session: &mut Session,
    holds: &'static str,
    value: i64,
    most: usize,
) -> Result<Vec<T::Row>, Failure> {
    let values = Columns::default().and(value).and(limit(most));
    whole_with::<T>(session, holds, values).await
}

pub(crate) async fn whole_with<T: Table>(
    session: &mut Session,
    holds: &'static str,
    values: Columns,
) -> Result<Vec<T::Row>, Failure> {
    let name = [T::NAME, " where ", holds].concat();
    let statement = session.prepared(&name, || select_where::<T>(holds)).await?;
    let step = crate::session::Step {
        doing: "reading rows",
        statement,
        values,
        changes: None,
    };
    let replies = session.pipeline(&[step]).await?;
    let rows: &[Row] = replies.first().map_or(&[], |reply| &reply.rows);
    let read = |row: &Row| {
        let mut fields = Read::new(T::NAME, row);
        let key = T::read_key(&mut fields)?;
        T::read(&key, &mut fields)
    };
    let found: Result<Vec<T::Row>, Outage> = rows.iter().map(read).collect();
    Ok(found?)
}

async fn between(
    session: &mut Session,
    after: i64,
    to: i64,
    most: usize,
) -> Result<Found, Failure> {
    let holds = "$1 < t.key AND t.key <= $3 ORDER BY t.key LIMIT $2";
    let values = Columns::default().and(after).and(limit(most)).and(to);
    let found = whole_with::<Transactions>(session, holds, values);
    found.await.map(Found::Transactions)
}

async fn balance(session: &mut Session, account: AccountKey) -> Result<Found, Failure> {
    let parts =
        whole::<Balances>(session, "t.account = $1 LIMIT $2", account.0, usize::MAX).await?;
    let sum = parts
        .into_iter()
        .try_fold(Balance::default(), Balance::plus);
    let sum = sum.ok_or_else(|| Outage::Corrupt {
        table: "balances",
        key: account.to_string(),
        reason: "the lanes do not sum up".to_owned(),
    })?;
    Ok(Found::Balance(sum))
}

async fn open(session: &mut Session, after: i64, to: i64, most: usize) -> Result<Found, Failure> {
    let values = Columns::default().and(after).and(to).and(limit(most));
    let walked = walk(session, OPEN, values, "transactions", |row| {
        Ok((row.get::<i64>()?, row.get::<i64>()?))
    });
    let walked = walked.await?;
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

fn sum(row: &mut Read) -> Result<LedgerSum, Outage> {
    let layer = row.known_small("layer", rows::layer_of)?;
    let kind = row.known_small("kind of ledger account", rows::kind_of)?;
    let owner = row.get()?;
    Ok(LedgerSum {
        layer,
        account: LedgerAccount { kind, owner },
        debits: row.get()?,
        credits: row.get()?,
    })
}

fn backlog(row: &mut Read) -> Result<Backlog, Outage> {
    let kind = row.known_small("kind of work", WorkKind::from_number)?;
    let count: i64 = row.get()?;
    let count = u64::try_from(count).map_err(|_| row.corrupt("a negative count"))?;
    Ok(Backlog {
        kind,
        count,
        oldest: row.moment()?,
    })
}
