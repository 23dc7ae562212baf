//! What the store's interface costs without HTTP: looking and expiring at size, and plain pace.

use std::sync::Arc;
use std::time::{Duration, Instant};

use payments::commands::Expire;
use payments::terms::RESERVATION_LIFE_MS;
use payments::time::DAY_MS;
use payments::{ReadSet, TransactionId};
use store::{Found, Query, Store, SystemClock};

use super::cluster::Cluster;
use super::figure::{Figure, Turn, ns_each, rate};
use super::filled::{self, FIRST, home};
use super::holdfast::Home;
use super::measure::{References, Size};
use super::stock::{Ahead, Driven, Party, Run, Stock, failed, open_postgres, open_sqlite, parties};
use super::turn::{Context, times};
use super::world::Caller;
use crate::run::Failure;

/// Transactions on a page of activity.
const PAGE: usize = 50;
/// Pages that are timed, after as many that are not.
const PAGES: u64 = 400;
/// Reservations that are made to expire.
const EXPIRIES: u64 = 2_048;
/// Payments under way at the interface: as many as a server's connections could bring.
const AT_ONCE: u32 = 64;
/// How long making reservations may take.
const SECONDS_MAX: Duration = Duration::from_mins(5);

/// Pages, looks and expiries of a store of some size.
pub fn reads(context: &Context, name: &str, size: Size) -> Result<Turn, Failure> {
    let before = context.transactions(size);
    let home = home(context.place, name, before)?;
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    let turn = runtime.block_on(look_and_expire(&home))?;
    let expected = before + EXPIRIES;
    home.prove(expected..=expected)?;
    Ok(turn)
}

async fn look_and_expire(home: &Home) -> Result<Turn, Failure> {
    let now = Arc::new(SystemClock::default());
    let mut stock = open_sqlite(&home.database(), now)?;
    let parties = parties(&*stock.store, &home.callers()?).await?;
    let samples = filled::samples(home)?;
    let store = stock.store.clone();
    // The first half warms what it touches, in both sizes alike.
    let (_, page) = (
        pages(&*store, &parties).await?,
        pages(&*store, &parties).await?,
    );
    let (_, status) = (
        looks(&*store, &samples).await?,
        looks(&*store, &samples).await?,
    );
    let run = Run {
        parties,
        lives: false,
        at_once: AT_ONCE,
        most: EXPIRIES,
        seconds: SECONDS_MAX,
        first: FIRST,
        references: References::Growing,
    };
    // At most a thousand are named, so each run of a thousand names all of its own.
    let mut reserved = Vec::new();
    for part in 0..EXPIRIES / 512 {
        let run = Run {
            most: 512,
            first: run.first + part * 512,
            ..run.clone()
        };
        reserved.extend(run.drive(&mut stock, |_| ()).await?.samples);
    }
    stock.store.close().await;
    let expiry = expire(home, reserved).await?;
    Ok(Turn::from([
        (Figure::Page, page),
        (Figure::Status, status),
        (Figure::Expiry, expiry),
    ]))
}

async fn pages(store: &dyn Store, parties: &[Party]) -> Result<u64, Failure> {
    let begun = Instant::now();
    for party in parties.iter().cycle().zip(0..PAGES).map(|(party, _)| party) {
        let query = Query::ActivityOf {
            account: party.account,
            most: PAGE,
        };
        let Found::Transactions(found) = store.find(query).await.map_err(failed)? else {
            return Err(failed("a page of activity has other rows"));
        };
        if found.len() != PAGE {
            return Err(failed(format!("a page has {} transactions", found.len())));
        }
    }
    Ok(ns_each(begun.elapsed(), PAGES))
}

async fn looks(store: &dyn Store, samples: &[TransactionId]) -> Result<u64, Failure> {
    let begun = Instant::now();
    for id in samples {
        let key = id.key().ok_or_else(|| failed("a sample without a key"))?;
        let mut want = ReadSet::default();
        want.transactions.insert(key);
        let seen = store.see(want).await.map_err(failed)?;
        if seen.transactions.peek(&key).is_none() {
            return Err(failed("a sample is not there"));
        }
    }
    Ok(ns_each(
        begun.elapsed(),
        u64::try_from(samples.len()).unwrap_or(0),
    ))
}

/// Opens the store with a clock that is past every deadline, and ends all these reservations.
async fn expire(home: &Home, reserved: Vec<TransactionId>) -> Result<u64, Failure> {
    let count = u64::try_from(reserved.len()).unwrap_or(0);
    if count != EXPIRIES {
        return Err(failed(format!("{count} reservations are to expire")));
    }
    let later = Arc::new(Ahead::by(RESERVATION_LIFE_MS + DAY_MS));
    let stock = open_sqlite(&home.database(), later)?;
    let begun = Instant::now();
    for few in reserved.chunks(64) {
        let mut under_way = tokio::task::JoinSet::new();
        for transaction in few.iter().filter_map(TransactionId::key) {
            let (store, work) = (stock.store.clone(), None);
            let command = Expire { transaction, work };
            under_way.spawn(async move { store.submit(command.into()).await });
        }
        for expired in under_way.join_all().await {
            let answer = expired.map_err(failed)?;
            answer.map_err(|refusal| failed(format!("an expiry was refused: {refusal:?}")))?;
        }
    }
    let each = ns_each(begun.elapsed(), count);
    stock.store.close().await;
    Ok(each)
}

/// Reserve and answer through the embedded store of a fresh folder.
pub fn pace(context: &Context, name: &str) -> Result<Turn, Failure> {
    let (server, callers) = context.server(name, Size::Fresh, true)?;
    let home = server.stop()?;
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    let driven = runtime.block_on(async {
        let stock = open_sqlite(&home.database(), Arc::new(SystemClock::default()))?;
        drive(context, stock, &callers, AT_ONCE * 2).await
    })?;
    let books = home.prove(driven.done..=driven.done)?;
    let mut turn = times(&driven.latency);
    turn.insert(Figure::Rate, rate(driven.done, driven.took));
    turn.insert(Figure::Bytes, books.bytes_each());
    Ok(turn)
}

/// The same through the PostgreSQL store, on a server of its own.
pub fn postgres_pace(context: &Context, name: &str, at_once: u32) -> Result<Turn, Failure> {
    let cluster = Cluster::start(context.place.folder("postgres-store")?)?;
    let address = cluster.address();
    let server = home(context.place, name, 0)?.on(&address).start(true)?;
    let callers = server.make_world()?;
    let books = server.stop()?;
    let runtime = tokio::runtime::Runtime::new().map_err(failed)?;
    let driven = runtime.block_on(async {
        let stock = open_postgres(&address).await?;
        drive(context, stock, &callers, at_once).await
    })?;
    books.prove(driven.done..=driven.done)?;
    cluster.stop()?;
    let mut turn = times(&driven.latency);
    turn.insert(Figure::Rate, rate(driven.done, driven.took));
    Ok(turn)
}

/// Reserve and answer, for as long as was asked.
async fn drive(
    context: &Context<'_>,
    mut stock: Stock,
    callers: &[Caller],
    at_once: u32,
) -> Result<Driven, Failure> {
    let run = Run {
        parties: parties(&*stock.store, callers).await?,
        lives: false,
        at_once,
        most: u64::MAX,
        seconds: context.options.seconds,
        first: FIRST,
        references: References::Growing,
    };
    let driven = run.drive(&mut stock, |_| ()).await?;
    stock.store.close().await;
    Ok(driven)
}
