//! A peer: what PostgreSQL can do when every request is one statement and one commit.
//!
//! One statement writes what a Reserve must: the transaction, the caller's reference as the key against
//! doing it twice, two entries, the token's use, a row of work. 32 connections, prepared, flushed
//! (`fsync` and `synchronous_commit` are on), without HTTP and without a signature: so it has less
//! to do than the server it is compared with. Its books are added up afterwards too.
//!
//! In its second form each Reserve is followed, on the same connection, by the processor's answer: one
//! more statement and one more commit, which moves the transaction on, deletes the row of work and
//! adds two entries. That is what a store is compared with that makes both.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_postgres::{Client, Config, NoTls};

use super::cluster::{Cluster, USER};
use super::figure::{Figure, Turn, rate};
use super::histogram::Histogram;
use super::load::scattered;
use super::turn::{Context, times};
use crate::run::Failure;

const CONNECTIONS: usize = 32;
/// Tokens that are charged in no order: so many that two connections seldom want the same row.
const TOKENS: u64 = 4_096;
/// What each transaction is about, in micro-units.
const AMOUNT: i64 = 10_000_000;

const TABLES: &str = "
    CREATE TABLE tokens (id bigint PRIMARY KEY, used bigint NOT NULL);
    CREATE TABLE transactions (id bigint PRIMARY KEY, nonce bytea NOT NULL, caller bigint NOT NULL,
        token bigint NOT NULL, amount bigint NOT NULL, state smallint NOT NULL,
        description text NOT NULL, made_at bigint NOT NULL);
    CREATE TABLE refs (caller bigint, reference text, transaction bigint NOT NULL,
        PRIMARY KEY (caller, reference));
    CREATE TABLE entries (transaction bigint, number smallint, account bigint NOT NULL,
        amount bigint NOT NULL, PRIMARY KEY (transaction, number));
    CREATE TABLE works (due bigint, transaction bigint, kind smallint NOT NULL,
        PRIMARY KEY (due, transaction));";

/// `$1` transaction, `$2` caller, `$3` reference, `$4` token, `$5` amount, `$6` now.
const RESERVE: &str = "
    WITH free AS (
        INSERT INTO refs VALUES ($2::bigint, $3::text, $1::bigint)
        ON CONFLICT DO NOTHING RETURNING transaction),
    charged AS (
        UPDATE tokens SET used = used + $5::bigint FROM free WHERE id = $4::bigint RETURNING id),
    made AS (
        INSERT INTO transactions
        SELECT $1::bigint, '\\x00112233445566778899'::bytea, $2::bigint, id, $5::bigint,
            1::smallint, 'Order of the benchmark', $6::bigint
        FROM charged RETURNING id),
    entered AS (
        INSERT INTO entries
        SELECT id, number, account, amount FROM made,
            (VALUES (1::smallint, $4::bigint, -$5::bigint), (2::smallint, $2::bigint, $5::bigint))
            AS both_sides (number, account, amount))
    INSERT INTO works SELECT $6::bigint, id, 1::smallint FROM made";

/// `$1` transaction, `$2` caller, `$3` token, `$4` now.
const ANSWER: &str = "
    WITH done AS (
        DELETE FROM works WHERE due = $4::bigint AND transaction = $1::bigint
        RETURNING transaction),
    moved AS (
        UPDATE transactions SET state = 2 FROM done WHERE id = done.transaction
        RETURNING id, amount)
    INSERT INTO entries
    SELECT id, number, account, sign * amount FROM moved,
        (VALUES (3::smallint, $3::bigint, -1::bigint), (4::smallint, $2::bigint, 1::bigint))
        AS both_sides (number, account, sign)";

/// What the bare PostgreSQL server is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// Reserve after Reserve.
    Reserves,
    /// Each Reserve with the processor's answer to it.
    Answered,
}

/// Requests each second of a fresh server; with answers, pairs of both.
pub fn rate_of(context: &Context, peer: Peer) -> Result<Turn, Failure> {
    let folder = context.place.folder("postgres")?;
    let cluster = Cluster::start(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(context.options.threads)
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    let turn = runtime.block_on(measure(cluster.socket(), context.options.seconds, peer))?;
    cluster.stop()?;
    Ok(turn)
}

async fn measure(socket: &Path, seconds: Duration, peer: Peer) -> Result<Turn, Failure> {
    let client = connect(socket).await?;
    let made = client.batch_execute(TABLES).await;
    made.map_err(|error| failed(&error))?;
    let last = i64::try_from(TOKENS).unwrap_or(i64::MAX);
    let fill = "INSERT INTO tokens SELECT n, 0 FROM generate_series(0, $1::bigint - 1) n";
    let filled = client.execute(fill, &[&last]).await;
    filled.map_err(|error| failed(&error))?;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(connect(socket).await?);
    }
    let sequence = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let mut under_way = tokio::task::JoinSet::new();
    for client in clients {
        under_way.spawn(reserve_until(
            client,
            begun + seconds,
            sequence.clone(),
            peer,
        ));
    }
    let mut latency = Histogram::new();
    while let Some(joined) = under_way.join_next().await {
        latency.merge(&joined.map_err(|error| failed(&error))??);
    }
    let took = begun.elapsed();
    let done = sequence.load(Ordering::Relaxed);
    check(&client, done, peer).await?;
    let mut turn = times(&latency);
    turn.insert(Figure::Rate, rate(done, took));
    Ok(turn)
}

async fn connect(socket: &Path) -> Result<Client, Failure> {
    let mut config = Config::new();
    config.host_path(socket).user(USER).dbname("postgres");
    let connected = config.connect(NoTls).await;
    let (client, connection) = connected.map_err(|error| failed(&error))?;
    // Ends with the client; what goes wrong in it, the client is told.
    tokio::spawn(connection);
    Ok(client)
}

async fn reserve_until(
    client: Client,
    end: Instant,
    sequence: Arc<AtomicU64>,
    peer: Peer,
) -> Result<Histogram, Failure> {
    let prepared = client.prepare(RESERVE).await;
    let prepared = prepared.map_err(|error| failed(&error))?;
    let answering = client.prepare(ANSWER).await;
    let answering = answering.map_err(|error| failed(&error))?;
    let mut latency = Histogram::new();
    while Instant::now() < end {
        let number = sequence.fetch_add(1, Ordering::Relaxed);
        let id = i64::try_from(number).unwrap_or(i64::MAX);
        let token = i64::try_from(scattered(number) % TOKENS).unwrap_or(0);
        let (caller, reference) = (id % 4, format!("order-{number:0>14}"));
        let begun = Instant::now();
        let written = client
            .execute(&prepared, &[&id, &caller, &reference, &token, &AMOUNT, &id])
            .await
            .map_err(|error| failed(&error))?;
        if written != 1 {
            return Err(Failure::because("PostgreSQL wrote no row for a request"));
        }
        latency.record(begun.elapsed());
        if peer == Peer::Answered {
            let answered = client
                .execute(&answering, &[&id, &caller, &token, &id])
                .await
                .map_err(|error| failed(&error))?;
            if answered != 2 {
                return Err(Failure::because("PostgreSQL wrote no rows for an answer"));
            }
        }
    }
    Ok(latency)
}

/// Every request is there once, with entries that cancel out, and the tokens were charged for all.
async fn check(client: &Client, done: u64, peer: Peer) -> Result<(), Failure> {
    let sums = "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM refs),
        (SELECT count(*) FROM works), (SELECT count(*) FROM transactions WHERE state = 2),
        (SELECT count(*) / 2 FROM entries),
        (SELECT coalesce(sum(used), 0)::bigint FROM tokens),
        (SELECT coalesce(sum(amount), 0)::bigint FROM entries)";
    let row = client
        .query_one(sums, &[])
        .await
        .map_err(|error| failed(&error))?;
    let found: Vec<i64> = (0..7).map(|column| row.get(column)).collect();
    let done = i64::try_from(done).unwrap_or(i64::MAX);
    let (waiting, answered) = match peer {
        Peer::Reserves => (done, 0),
        Peer::Answered => (0, done),
    };
    let (entered, used) = (done + answered, done.saturating_mul(AMOUNT));
    let expected = [done, done, waiting, answered, entered, used, 0];
    if found == expected {
        return Ok(());
    }
    Err(Failure::because(format!(
        "PostgreSQL's books hold {found:?} instead of {expected:?}"
    )))
}

fn failed(error: &dyn std::error::Error) -> Failure {
    let cause = error.source().map(|cause| format!(": {cause}"));
    Failure::because(format!("PostgreSQL: {error}{}", cause.unwrap_or_default()))
}
