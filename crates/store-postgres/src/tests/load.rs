//! Payments under load, from stores that share a database and may lose it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audit::{CHUNK, FINDINGS_MAX, PostgresBooks, check};
use payments::command::Outcome;
use payments::rows::Status;
use payments::{Command, Refusal, TransactionId};
use store::conformance::Parts;
use store::conformance::world::{World, sender_token, submit};
use store::{Handover, Outage, Store, WorkItem};
use tokio::task::JoinSet;

use super::wait;
use crate::{Address, Options, PostgresStore};

/// How long a request is sent again before the test gives up.
const PATIENCE: Duration = Duration::from_secs(90);

/// Nobody takes work: it stays where it is.
pub(super) struct Nobody;

impl Handover for Nobody {
    fn take(&self, _items: Vec<WorkItem>) {}
}

/// A node: a store with the database's own clock.
pub(super) async fn node(url: &str) -> Arc<PostgresStore> {
    node_with(url, Arc::new(Nobody)).await
}

/// A node whose work somebody takes.
pub(super) async fn node_with(url: &str, handover: Arc<dyn Handover>) -> Arc<PostgresStore> {
    let terms = Parts::new().setup(1).terms;
    let options = Options::new(terms, handover);
    let address = Address::parse(url, None).expect("an address");
    Arc::new(
        PostgresStore::open(&address, options)
            .await
            .expect("opened"),
    )
}

/// Worlds over one caller, each with a token of its own, so that load spreads over lanes.
pub(super) async fn worlds(store: &dyn Store, count: usize) -> Vec<World> {
    let first = World::make(store).await;
    let mut worlds = vec![first.clone()];
    for number in 1..count {
        let name = format!("token-{number}");
        let token = sender_token(first.caller, first.sender, first.card, &name);
        let Outcome::Tokens { token, .. } = submit(store, token.into()).await else {
            panic!("a token was installed");
        };
        let world = first.clone();
        worlds.push(World { token, ..world });
    }
    worlds
}

/// Sends a command until it is answered: what a caller does with an error that may pass.
pub(super) async fn insist(store: &dyn Store, command: &Command) -> Result<Outcome, Refusal> {
    let began = Instant::now();
    loop {
        match store.submit(command.clone()).await {
            Ok(answer) => return answer,
            Err(outage) => assert!(began.elapsed() < PATIENCE, "{outage}"),
        }
        wait::a_little().await;
    }
}

/// What one caller saw: its reference, and the transaction of each answer it got.
pub(super) type Seen = BTreeMap<String, TransactionId>;

/// Reserves under many references while `disturb` runs; asks each twice, also after an error. No
/// two answers to one reference may differ.
pub(super) async fn reserve_under(
    stores: &[Arc<PostgresStore>],
    worlds: &[World],
    each: usize,
    disturb: impl Future<Output = ()>,
) -> Seen {
    let mut tasks = JoinSet::new();
    for (number, world) in worlds.iter().enumerate() {
        let (store, other) = (
            stores[number % stores.len()].clone(),
            stores[(number + 1) % stores.len()].clone(),
        );
        let world = world.clone();
        tasks.spawn(async move {
            let mut seen = Seen::new();
            for count in 0..each {
                let name = format!("reference-{number}-{count}");
                let command = world.reserve(&name, 100);
                let first = id_of(insist(&*store, &command).await);
                let again = id_of(insist(&*other, &command).await);
                assert_eq!(first, again, "one reference, one transaction");
                seen.insert(name, first);
            }
            seen
        });
    }
    disturb.await;
    let mut all = Seen::new();
    while let Some(seen) = tasks.join_next().await {
        all.extend(seen.expect("every caller was answered"));
    }
    all
}

fn id_of(answer: Result<Outcome, Refusal>) -> TransactionId {
    match answer {
        Ok(Outcome::Transaction { id, .. }) => id,
        other => panic!("a transaction: {other:?}"),
    }
}

pub(super) fn status_of(answer: &Result<Outcome, Refusal>) -> Option<Status> {
    match answer {
        Ok(Outcome::Transaction { status, .. }) => Some(*status),
        Ok(_) | Err(_) => None,
    }
}

/// Proves the books by the auditor's own reading; gives how many transactions there are.
pub(super) async fn prove(url: &str) -> u64 {
    prove_while(url, CHUNK, || {}).await
}

/// The same in chunks of a size; now and then something else is done between two of them.
pub(super) async fn prove_while(url: &str, chunk: usize, mut meanwhile: impl FnMut()) -> u64 {
    let address = Address::parse(url, None).expect("an address");
    let client = connect(&address).await;
    tokio::task::block_in_place(|| {
        let handle = tokio::runtime::Handle::current();
        let mut books = PostgresBooks::over(client, handle);
        let options = audit::Options {
            progress: None,
            chunk,
            findings_max: FINDINGS_MAX,
            on_progress: &mut |_| meanwhile(),
            elapsed: &|| Duration::ZERO,
        };
        let report = check(&mut books, options).expect("the books can be read");
        assert!(report.is_sound(), "{report}");
        report.counts.transactions
    })
}

async fn connect(address: &Address) -> tokio_postgres::Client {
    let began = Instant::now();
    loop {
        match address.connect().await {
            Ok(client) => return client,
            Err(Outage::Failed { .. }) if began.elapsed() < PATIENCE => {}
            Err(other) => panic!("{other}"),
        }
        wait::a_little().await;
    }
}
