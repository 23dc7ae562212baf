//! A row that cannot be read holds up no work but its own.

use std::collections::BTreeSet;

use payments::command::{LEASE_MS, Outcome};
use payments::commands::{AddInstrument, ChangeAccount, InstallTokens, Reserve};
use payments::rows::{Means, WorkKind};
use payments::time::HOUR_MS;
use payments::{ReadSet, TokenId, TransactionKey};

use super::late::waiting;
use super::world::{World, approved, asked, reference, sender_token, submit, transact, visa};
use super::{Bench, Parts};
use crate::{Found, Query, Store, WorkItem};

const NAME: &str = "unreadable";
/// What processors do, of which the world asks for one thing.
const CALLS: [WorkKind; 2] = [WorkKind::Authorize, WorkKind::Capture];

/// Breaks the rows that pieces of work need, in order of time: the first of all, one in the middle. The
/// rest is handed over, and what is broken goes on when it is mended.
pub(super) async fn what_cannot_be_read_holds_up_nothing_else(bench: &mut dyn Bench) {
    if !bench.keeps() {
        return;
    }
    let parts = Parts::new();
    let store = bench.open(NAME, parts.setup(41));
    let world = World::make(&*store).await;
    let other_card = with_other_card(&*store, &world).await;
    let mut keys = Vec::new();
    for (name, token) in [("a", &world.token), ("b", &other_card), ("c", &world.token)] {
        keys.push(reserve(&*store, &world, name, token).await);
    }
    let [broken, no_card, whole] = keys[..] else {
        panic!("three transactions")
    };
    let row = row_of(&*store, no_card).await;
    let card = row.instrument.expect("paid by card").0;
    let told = told(&*store, &world, &parts).await;
    store.close().await;

    let breaks = [
        ("transactions", "operation", broken),
        ("instruments", "kind", card),
        ("notifications", "delivery", told[0]),
    ];
    for (table, column, key) in breaks {
        let kept = format!("UPDATE {table} SET {column} = {column} + 90 WHERE key = {key}");
        bench.run_sql(NAME, &kept);
    }
    parts.clock.advance(LEASE_MS + 1);
    let store = bench.open(NAME, parts.setup(42));
    assert_eq!(claimed(&*store, &CALLS).await, [whole]);
    assert_eq!(unreadable(&*store), 2, "each is counted");
    assert_eq!(claimed(&*store, &[WorkKind::Notify]).await, told[1..]);
    assert_eq!(unreadable(&*store), 3);
    for kinds in [&CALLS[..], &[WorkKind::Notify]] {
        assert!(claimed(&*store, kinds).await.is_empty(), "all are leased");
    }
    assert_eq!(unreadable(&*store), 3, "and looked at no more for a while");
    parts.clock.advance(2 * HOUR_MS);
    let (stuck, _) = waiting(&*store, WorkKind::Authorize).await;
    let stuck: BTreeSet<i64> = stuck.into_iter().collect();
    for subject in [broken, no_card, told[0]] {
        assert!(stuck.contains(&subject), "{subject} is stuck: {stuck:?}");
    }
    assert_eq!(claimed(&*store, &CALLS).await, [whole], "it is tried again");
    assert_eq!(unreadable(&*store), 5);
    store.close().await;

    for (table, column, key) in breaks {
        let mended = format!("UPDATE {table} SET {column} = {column} - 90 WHERE key = {key}");
        bench.run_sql(NAME, &mended);
    }
    // Not even the row of work can be read.
    let works = format!("UPDATE works SET tries = tries - 90 WHERE subject = {whole}");
    bench.run_sql(NAME, &works);
    let unknown = format!(
        "INSERT INTO works (due, key, kind, subject, tries, since, leased_until) \
        SELECT due, key + 1, 98, subject, 0, since, leased_until FROM works WHERE subject = {whole}"
    );
    bench.run_sql(NAME, &unknown);
    parts.clock.advance(LEASE_MS + 1);
    let store = bench.open(NAME, parts.setup(43));
    shown_with_the_rest(&*store, whole, &[broken, no_card]).await;
    assert_eq!(claimed(&*store, &CALLS).await, [broken, no_card]);
    assert_eq!(claimed(&*store, &[WorkKind::Notify]).await, told);
    assert!(claimed(&*store, &CALLS).await.is_empty());
    assert_eq!(unreadable(&*store), 1);
    store.close().await;
}

/// What is stuck is listed although two rows of work cannot be read, and those are named.
async fn shown_with_the_rest(store: &dyn Store, unreadable: i64, readable: &[i64]) {
    let real = store.now().await.expect("both clocks").real;
    let stuck = Query::Stuck {
        before: real.plus_ms(-HOUR_MS),
        most: 9,
    };
    let Found::Works(works) = store.find(stuck).await.expect("found") else {
        panic!("work is found")
    };
    let (read, unread): (Vec<_>, Vec<_>) = works.into_iter().partition(Result::is_ok);
    let read: BTreeSet<i64> = read.into_iter().flatten().map(|it| it.subject).collect();
    assert!(readable.iter().all(|key| read.contains(key)), "{read:?}");
    assert!(!read.contains(&unreadable), "{read:?}");
    let named = unread.into_iter().filter_map(Result::err);
    let named: Vec<String> = named.map(|outage| outage.to_string()).collect();
    let keys = named.iter().map(|words| {
        let key = words.strip_prefix("corrupt row in works at ")?;
        key.split(' ').next()?.parse().ok()
    });
    let keys: Vec<i64> = keys.map(|key| key.expect("a key")).collect();
    let [own, unknown] = keys[..] else {
        panic!("two rows are named: {named:?}")
    };
    assert_eq!(unknown, own + 1, "each by its own key: {named:?}");
    // An unknown kind of work counts for no kind, and hides none.
    let backlog = store.find(Query::Backlog).await.expect("found");
    assert!(matches!(backlog, Found::Backlog(kinds) if !kinds.is_empty()));
}

/// A second card of the sender's, and a token for it.
async fn with_other_card(store: &dyn Store, world: &World) -> TokenId {
    let card = AddInstrument {
        account: world.sender,
        means: Means::Card(visa()),
        sealed_number: vec![7, 8],
    };
    let Outcome::Instrument(card) = submit(store, card.into()).await else {
        panic!("a card was added");
    };
    let token: InstallTokens = sender_token(world.caller, world.sender, card, "other card");
    let Outcome::Tokens { token, .. } = submit(store, token.into()).await else {
        panic!("a token was installed");
    };
    token
}

async fn reserve(store: &dyn Store, world: &World, name: &str, token: &TokenId) -> i64 {
    let reserve = Reserve {
        by: world.by(),
        reference: reference(name),
        asked: asked(token, 1_000),
    };
    let (id, _) = transact(store, reserve.into()).await;
    id.key().expect("an id of ours").0
}

/// A payment of which the caller is told step by step: the keys of the notifications.
async fn told(store: &dyn Store, world: &World, parts: &Parts) -> Vec<i64> {
    let mut change = ChangeAccount::of(world.caller);
    change.ipn_url = Some(Some("https://caller.example/ipn".to_owned()));
    submit(store, change.into()).await;
    parts.handed.take_all();
    transact(store, world.reserve("d", 1_000)).await;
    let mut made = parts.handed.take_all();
    let call = made
        .iter()
        .position(|item| item.work.kind == WorkKind::Authorize);
    let call = made.remove(call.expect("the processor is asked"));
    transact(store, approved(&call)).await;
    made.extend(parts.handed.take_all());
    made.iter().map(|item| item.work.subject).collect()
}

async fn row_of(store: &dyn Store, key: i64) -> payments::rows::Transaction {
    let mut want = ReadSet::default();
    want.transactions.insert(TransactionKey(key));
    let seen = store.see(want).await.expect("seen");
    let row = seen.transactions.get(&TransactionKey(key));
    row.expect("there").clone()
}

/// What is claimed is about these.
async fn claimed(store: &dyn Store, kinds: &[WorkKind]) -> Vec<i64> {
    let claimed: Vec<WorkItem> = store.claim(kinds.to_vec(), 9).await.expect("claimed");
    claimed.iter().map(|item| item.work.subject).collect()
}

fn unreadable(store: &dyn Store) -> u64 {
    let figures = store.figures();
    let found = figures
        .iter()
        .find(|(name, _)| *name == "store_unreadable_total");
    found.expect("a figure").1
}
