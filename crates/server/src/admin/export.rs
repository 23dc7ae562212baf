//! The books a page at a time, for finance.
//!
//! Each page is one short reading, so an export of any length holds up neither the payments nor the
//! log. Amounts are decimal texts beside their currency, moments are ISO 8601 in UTC. The columns are
//! a promise to scripts: they are described in docs/export.md, new ones are added at the end.

use std::sync::Arc;

use ledger::Balance;
use payments::ids::first_key;
use payments::rows::{Account, Operation, Payer, State, Status, Transaction};
use payments::terms::RESERVATION_LIFE_MS;
use payments::time::{DAY_MS, MINUTE_MS};
use payments::{AccountKey, ReadSet, Timestamp, TransactionKey, WorkingSet};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::query::Booked;
use store::{Found, Query};

use super::show::{date, micros};
use super::{NotDone, not_done};
use crate::app::App;

/// Rows read for one page at most.
const PAGE_ROWS_MAX: usize = 2_000;
/// How much later than its transaction was received a key may have been made, at most.
const KEY_SLACK_MS: i64 = MINUTE_MS;

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Table {
    /// Every payment, reservation and refund, with its fees.
    Transactions,
    /// Every movement of money and of holds.
    Postings,
    /// What each account has.
    Balances,
    /// What is reserved now, oldest first.
    Holds,
}

/// Where a page ended: a key, and for postings a line.
pub type Place = (i64, u16);

/// One page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page {
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
    /// Where the next page begins; none when this was the last.
    pub next: Option<Place>,
}

const TRANSACTIONS: &[&str] = &[
    "transaction",
    "received",
    "operation",
    "method",
    "status",
    "code",
    "caller",
    "sender",
    "recipient",
    "caller_reference",
    "currency",
    "amount",
    "settled",
    "fps_fee",
    "fps_fee_payer",
    "marketplace_fee",
    "refunded",
    "fps_fee_returned",
    "marketplace_fee_returned",
    "refund_of",
    "completed",
    "message",
];
const POSTINGS: &[&str] = &[
    "posted",
    "transaction",
    "line",
    "reason",
    "layer",
    "from",
    "from_account",
    "to",
    "to_account",
    "currency",
    "amount",
];
const BALANCES: &[&str] = &[
    "account",
    "name",
    "status",
    "currency",
    "available",
    "pending_in",
    "pending_out",
];
const HOLDS: &[&str] = &[
    "transaction",
    "reserved",
    "age_days",
    "deadline",
    "status",
    "caller",
    "sender",
    "recipient",
    "caller_reference",
    "currency",
    "amount",
];

/// One page of a table behind a place, of what happened from one moment on and before another.
pub(super) async fn page(
    app: &Arc<App>,
    table: Table,
    after: Place,
    from: Option<i64>,
    before: Option<i64>,
) -> Result<Value, NotDone> {
    let span = Span {
        from: Timestamp(from.unwrap_or(0)),
        before: before.map_or(Timestamp::NEVER, Timestamp),
    };
    let page = match table {
        Table::Transactions => transactions(app, after, span).await,
        Table::Postings => postings(app, after, span).await,
        Table::Balances => balances(app, after).await,
        Table::Holds => holds(app, after).await,
    };
    serde_json::to_value(page?).or_else(not_done)
}

/// A span of product time, its end not in it.
#[derive(Clone, Copy)]
struct Span {
    from: Timestamp,
    before: Timestamp,
}

impl Span {
    fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.before
    }

    /// No row of the span has a higher key.
    fn key_max(self) -> i64 {
        if self.before == Timestamp::NEVER {
            return i64::MAX;
        }
        first_key(self.before.plus_ms(KEY_SLACK_MS), 0)
    }
}

fn page_of(columns: &[&str], rows: Vec<Vec<Value>>, next: Option<Place>) -> Page {
    let columns = columns.iter().map(|name| (*name).to_owned()).collect();
    Page {
        columns,
        rows,
        next,
    }
}

/// Where the next page begins, when this one was full.
fn next<T>(read: &[T], place: impl Fn(&T) -> Place) -> Option<Place> {
    read.last()
        .filter(|_| read.len() == PAGE_ROWS_MAX)
        .map(place)
}

async fn read_transactions(
    app: &Arc<App>,
    after: i64,
    to: i64,
) -> Result<Vec<Transaction>, NotDone> {
    let most = PAGE_ROWS_MAX;
    let query = Query::TransactionsBetween { after, to, most };
    let Found::Transactions(rows) = app.store.find(query).await? else {
        return not_done("the store gave another answer");
    };
    Ok(rows)
}

async fn transactions(app: &Arc<App>, after: Place, span: Span) -> Result<Page, NotDone> {
    // A key is made a little after its request was received, never before.
    let after = after.0.max(first_key(span.from, 0).saturating_sub(1));
    let read = read_transactions(app, after, span.key_max()).await?;
    let mut want = ReadSet::default();
    want.transactions
        .extend(read.iter().filter_map(|row| row.parent));
    let parents = app.store.see(want).await?;
    let wanted = read.iter().filter(|row| span.holds(row.received_at));
    let rows = wanted.map(|row| transaction(row, &parents)).collect();
    Ok(page_of(
        TRANSACTIONS,
        rows,
        next(&read, |row| (row.key.0, 0)),
    ))
}

fn transaction(row: &Transaction, parents: &WorkingSet) -> Vec<Value> {
    let parent = |key: TransactionKey| Some(parents.transactions.peek(&key)?.id().to_string());
    let payer = match row.fees.payer {
        Payer::Caller => "caller",
        Payer::Recipient => "recipient",
    };
    vec![
        json!(row.id().as_str()),
        json!(date(row.received_at)),
        json!(format!("{:?}", row.operation_shown())),
        json!(snake(row.method)),
        json!(row.status().name()),
        json!(format!("{:?}", row.code)),
        json!(row.caller.0),
        json!(row.sender.0),
        json!(row.recipient.0),
        json!(row.caller_reference.as_str()),
        json!(row.amount.currency().as_str()),
        json!(row.amount.to_six_decimals()),
        json!(row.settled.to_six_decimals()),
        json!(row.fees.fps_fee.to_six_decimals()),
        json!(payer),
        json!(row.fees.marketplace_fee.to_six_decimals()),
        json!(row.refunds.refunded.to_six_decimals()),
        json!(row.refunds.fps_fee_returned.to_six_decimals()),
        json!(row.refunds.marketplace_fee_returned.to_six_decimals()),
        json!(row.parent.and_then(parent)),
        json!(row.completed_at.map(date)),
        json!(row.message),
    ]
}

/// A posting can be made long after its transaction was received, so the walk begins at the first.
async fn postings(app: &Arc<App>, after: Place, span: Span) -> Result<Page, NotDone> {
    let query = Query::PostingsBetween {
        after,
        to: span.key_max(),
        most: PAGE_ROWS_MAX,
    };
    let Found::Booked(read) = app.store.find(query).await? else {
        return not_done("the store gave another answer");
    };
    let wanted = read.iter().filter(|booked| span.holds(booked.at));
    let rows = wanted.map(posting).collect();
    let place = |booked: &Booked| (booked.posting.transaction.0, booked.posting.line);
    Ok(page_of(POSTINGS, rows, next(&read, place)))
}

fn posting(booked: &Booked) -> Vec<Value> {
    let (row, posting) = (&booked.posting, &booked.posting.posting);
    vec![
        json!(date(booked.at)),
        json!(booked.transaction.as_ref().map(ToString::to_string)),
        json!(row.line),
        json!(snake(row.reason)),
        json!(snake(posting.layer)),
        json!(posting.debit.kind.name()),
        json!(owner(posting.debit.owner)),
        json!(posting.credit.kind.name()),
        json!(owner(posting.credit.owner)),
        json!(posting.amount.currency().as_str()),
        json!(posting.amount.to_six_decimals()),
    ]
}

/// The provider's own ledger accounts belong to no account.
fn owner(key: i64) -> Option<i64> {
    (key != 0).then_some(key)
}

async fn balances(app: &Arc<App>, after: Place) -> Result<Page, NotDone> {
    let query = Query::BalancesAbove {
        after: after.0,
        most: PAGE_ROWS_MAX,
    };
    let Found::Balances(read) = app.store.find(query).await? else {
        return not_done("the store gave another answer");
    };
    let mut want = ReadSet::default();
    want.accounts
        .extend(read.iter().map(|(account, _)| *account));
    let seen = app.store.see(want).await?;
    let currency = app.settings.amount_max.currency();
    let row = |(account, balance): &(AccountKey, Balance)| {
        let known: Option<&Account> = seen.accounts.peek(account);
        vec![
            json!(account.0),
            json!(known.map(|known| known.name.as_str())),
            json!(known.map(|known| snake(known.status))),
            json!(currency.as_str()),
            json!(micros(balance.available)),
            json!(micros(balance.pending_in)),
            json!(micros(balance.pending_out)),
        ]
    };
    let rows = read.iter().map(row).collect();
    Ok(page_of(
        BALANCES,
        rows,
        next(&read, |(account, _)| (account.0, 0)),
    ))
}

/// Reservations that are held, and those that are being charged: both stand in the ledger as held.
async fn holds(app: &Arc<App>, after: Place) -> Result<Page, NotDone> {
    let now = app.store.now().await?.product;
    let read = read_transactions(app, after.0, i64::MAX).await?;
    let mut rows = Vec::new();
    for row in &read {
        let since = match row.state {
            State::Reserved { since } => Some(since),
            State::Capturing if row.operation == Operation::Reserve => {
                reserved_at(app, row.key).await?
            }
            State::Capturing
            | State::Authorising
            | State::Refunding
            | State::Succeeded
            | State::Failed
            | State::Cancelled => None,
        };
        rows.extend(since.map(|since| hold(row, since, now)));
    }
    Ok(page_of(HOLDS, rows, next(&read, |row| (row.key.0, 0))))
}

async fn reserved_at(app: &Arc<App>, key: TransactionKey) -> Result<Option<Timestamp>, NotDone> {
    let Found::Events(events) = app.store.find(Query::Events(key)).await? else {
        return not_done("the store gave another answer");
    };
    let reserved = events.iter().find(|event| event.status == Status::Reserved);
    Ok(reserved.map(|event| event.at))
}

fn hold(row: &Transaction, since: Timestamp, now: Timestamp) -> Vec<Value> {
    vec![
        json!(row.id().as_str()),
        json!(date(since)),
        json!(now.ms_since(since).max(0) / DAY_MS),
        json!(date(since.plus_ms(RESERVATION_LIFE_MS))),
        json!(row.status().name()),
        json!(row.caller.0),
        json!(row.sender.0),
        json!(row.recipient.0),
        json!(row.caller_reference.as_str()),
        json!(row.amount.currency().as_str()),
        json!(row.amount.to_six_decimals()),
    ]
}

/// The name of a case in small letters: `marketplace_fee`.
fn snake(case: impl std::fmt::Debug) -> String {
    let mut name = String::new();
    for letter in format!("{case:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
