//! Payments from beginning to end.

use std::collections::BTreeMap;

use ledger::{Layer, LedgerAccount};
use payments::command::LEASE_MS;
use payments::rows::{Status, WorkKind};
use payments::{AccountKey, Refusal, TransactionId};

use super::world::{World, approved, transact};
use super::{Bench, Parts, START, all_at_once};
use crate::query::LedgerSum;
use crate::{Found, Query, Store};

pub(super) async fn a_whole_life(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("life", parts.setup(11));
    let world = World::make(&*store).await;
    let (id, status) = transact(&*store, world.reserve("order-1", 1_000)).await;
    assert_eq!(status, Status::Pending);
    let handed = parts.handed.take_all();
    assert_eq!(handed.len(), 1, "the authorisation is handed over");
    assert!(handed[0].fresh);
    assert_eq!(
        handed[0].instrument.as_ref().map(|card| card.key),
        Some(world.card)
    );
    assert_eq!(
        handed[0].recipient.as_ref().map(|row| row.key),
        Some(world.caller)
    );
    let (same, status) = transact(&*store, approved(&handed[0])).await;
    assert_eq!((&same, status), (&id, Status::Reserved));
    let (same, status) = transact(&*store, world.settle(&id)).await;
    assert_eq!((&same, status), (&id, Status::Pending));
    let handed = parts.handed.take_all();
    assert_eq!(
        handed.iter().map(|item| item.work.kind).collect::<Vec<_>>(),
        [WorkKind::Capture]
    );
    assert_eq!(
        transact(&*store, approved(&handed[0])).await,
        (id.clone(), Status::Success)
    );
    assert!(parts.handed.take_all().is_empty(), "nothing is left to do");
    check_books(&*store, &world, &id).await;
    check_pages(&*store, &id).await;
    store.close().await;
}

/// Whoever walks the books a page at a time sees each row once, and what the sums are made of.
async fn check_pages(store: &dyn Store, id: &TransactionId) {
    let to = i64::MAX;
    let mut sums: BTreeMap<(Layer, LedgerAccount), (i64, i64)> = BTreeMap::new();
    let (mut after, mut of_life) = ((0, 0), 0);
    loop {
        let page = Query::PostingsBetween { after, to, most: 2 };
        let Ok(Found::Booked(page)) = store.find(page).await else {
            panic!("postings")
        };
        let Some(last) = page.last() else { break };
        after = (last.posting.transaction.0, last.posting.line);
        for booked in page {
            let (posting, micros) = (
                booked.posting.posting,
                booked.posting.posting.amount.micros(),
            );
            sums.entry((posting.layer, posting.debit)).or_default().0 += micros;
            sums.entry((posting.layer, posting.credit)).or_default().1 += micros;
            of_life += usize::from(booked.transaction.as_ref() == Some(id));
            assert!(START <= booked.at, "{booked:?}");
        }
    }
    assert!(1 < of_life, "the life's own postings carry its id");
    let Ok(Found::Sums(expected)) = store.find(Query::LedgerSums).await else {
        panic!("sums")
    };
    let expected = expected
        .into_iter()
        .map(|sum| ((sum.layer, sum.account), (sum.debits, sum.credits)));
    assert_eq!(sums, expected.collect());

    let key = id.key().expect("an id of ours").0;
    for (after, to, found) in [(0, to, 1), (key, to, 0), (0, key, 1), (0, key - 1, 0)] {
        let query = Query::TransactionsBetween { after, to, most: 9 };
        let Ok(Found::Transactions(rows)) = store.find(query).await else {
            panic!("transactions")
        };
        assert_eq!(rows.len(), found, "above {after}, up to {to}");
    }
    check_balances(store).await;
}

async fn check_balances(store: &dyn Store) {
    let mut balances = Vec::new();
    loop {
        let after = balances
            .last()
            .map_or(0, |(account, _): &(AccountKey, _)| account.0);
        let query = Query::BalancesAbove { after, most: 1 };
        let Ok(Found::Balances(page)) = store.find(query).await else {
            panic!("balances")
        };
        if page.is_empty() {
            break;
        }
        balances.extend(page);
    }
    for (account, balance) in balances {
        let Ok(Found::Balance(expected)) = store.find(Query::BalanceOf(account)).await else {
            panic!("a balance")
        };
        assert_eq!(balance, expected);
    }
}

async fn check_books(store: &dyn Store, world: &World, id: &TransactionId) {
    let key = id.key().expect("an id of ours");
    let Ok(Found::Events(events)) = store.find(Query::Events(key)).await else {
        panic!("events")
    };
    assert!(
        events.iter().map(|event| event.number).eq(1..=4),
        "{events:?}"
    );
    let found = store.find(Query::Postings(key)).await;
    let Ok(Found::Postings(postings)) = found else {
        panic!("postings")
    };
    let mut want = payments::ReadSet::default();
    want.transactions.insert(key);
    let seen = store.see(want).await.expect("seen");
    let row = seen.transactions.get(&key).expect("there");
    assert_eq!(usize::from(row.postings), postings.len());
    assert_eq!(usize::from(row.events), events.len());
    let found = store.find(Query::BalanceOf(world.caller)).await;
    let Ok(Found::Balance(balance)) = found else {
        panic!("a balance")
    };
    let paid = row.amount.micros() - row.fees.fps_fee.micros();
    assert_eq!((balance.available, balance.pending_in), (paid, 0));
    let Ok(Found::Sums(sums)) = store.find(Query::LedgerSums).await else {
        panic!("sums")
    };
    let total = |of: fn(&LedgerSum) -> i64| sums.iter().map(of).sum::<i64>();
    assert_eq!(total(|sum| sum.debits), total(|sum| sum.credits));
    assert!(0 < total(|sum| sum.debits));
    let Ok(Found::Backlog(backlog)) = store.find(Query::Backlog).await else {
        panic!("backlog")
    };
    assert!(backlog.is_empty());
}

pub(super) async fn twins_are_one_transaction(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("payment-twins", parts.setup(12));
    let world = World::make(&*store).await;
    let twins = (0..40)
        .map(|_| store.submit(world.reserve("the-same", 500)))
        .collect();
    let answers = all_at_once(twins).await;
    let first = answers[0]
        .as_ref()
        .expect("it works")
        .as_ref()
        .expect("accepted")
        .clone();
    for answer in answers {
        assert_eq!(answer.expect("it works"), Ok(first.clone()));
    }
    assert_eq!(
        parts.handed.take_all().len(),
        1,
        "the processor is asked once"
    );
    store.close().await;
}

pub(super) async fn refusals_stay_and_harm_nobody(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("refusals", parts.setup(13));
    let world = World::make(&*store).await;
    let huge = 100_000_000_000;
    let commands = [
        world.reserve("a", 500),
        world.reserve("b", huge),
        world.reserve("c", 500),
    ];
    let answers = all_at_once(commands.map(|one| store.submit(one)).into()).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("it works"))
        .collect();
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert!(
        matches!(answers[1], Err(Refusal::AmountOutOfRange { .. })),
        "{:?}",
        answers[1]
    );
    let again = store
        .submit(world.reserve("b", huge))
        .await
        .expect("it works");
    assert_eq!(again, answers[1], "the same refusal again");
    let other = store
        .submit(world.reserve("b", 500))
        .await
        .expect("it works");
    assert!(
        matches!(other, Err(Refusal::DuplicateRequest(_))),
        "{other:?}"
    );
    store.close().await;
}

pub(super) async fn work_is_leased_once(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("leases", parts.setup(14));
    let world = World::make(&*store).await;
    let (id, _) = transact(&*store, world.reserve("a", 500)).await;
    let kinds = || vec![WorkKind::Authorize];
    let claim = async |kinds| store.claim(kinds, 10).await.expect("claimed");
    assert!(
        claim(kinds()).await.is_empty(),
        "the node that wrote it has it"
    );
    parts.clock.advance(LEASE_MS + 1);
    assert!(
        claim(vec![WorkKind::Notify]).await.is_empty(),
        "only what was asked for"
    );
    let claims = (0..4).map(|_| store.claim(kinds(), 10)).collect();
    let claimed: Vec<_> = all_at_once(claims)
        .await
        .into_iter()
        .flat_map(|items| items.expect("claimed"))
        .collect();
    assert_eq!(claimed.len(), 1, "one of many gets it");
    let item = &claimed[0];
    assert!(!item.fresh, "somebody may have begun it");
    assert_eq!(item.transaction.as_ref().map(|found| found.id()), Some(id));
    assert_eq!(
        item.instrument.as_ref().map(|card| card.key),
        Some(world.card)
    );
    transact(&*store, approved(item)).await;
    parts.clock.advance(LEASE_MS + 1);
    assert!(claim(kinds()).await.is_empty(), "it is done");
    store.close().await;
}

pub(super) async fn open_reservations_are_walked(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("walk", parts.setup(15));
    let world = World::make(&*store).await;
    let mut keys = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let (id, _) = transact(&*store, world.reserve(name, 500)).await;
        keys.push(id.key().expect("an id of ours"));
    }
    assert!(keys.is_sorted());
    let items = parts.handed.take_all();
    for item in &items {
        transact(&*store, approved(item)).await;
    }
    let ended = keys[1];
    let of_ended = items.iter().find_map(|item| {
        item.transaction
            .as_ref()
            .filter(|row| row.key == ended)
            .map(|found| found.id())
    });
    transact(
        &*store,
        world.settle(&of_ended.expect("it was handed over")),
    )
    .await;
    let to = keys[3].0;
    let walk = async |after, most| {
        let found = store.find(Query::OpenBetween { after, to, most }).await;
        let Ok(Found::Keys { keys, scanned_to }) = found else {
            panic!("keys")
        };
        (keys, scanned_to)
    };
    assert_eq!(walk(0, 2).await, (vec![keys[0]], keys[1].0));
    assert_eq!(walk(keys[1].0, 2).await.0, [keys[2], keys[3]]);
    assert_eq!(walk(keys[1].0, 9).await, (vec![keys[2], keys[3]], to));
    assert_eq!(walk(to, 9).await, (vec![], to));
    store.close().await;
}

pub(super) async fn activity_is_followed(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("activity", parts.setup(16));
    let world = World::make(&*store).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(transact(&*store, world.reserve(name, 500)).await.0);
        for account in [world.caller, world.sender] {
            let found = store.find(Query::ActivityOf { account, most: 2 }).await;
            let Ok(Found::Transactions(rows)) = found else {
                panic!("transactions")
            };
            let newest: Vec<_> = rows.iter().map(payments::rows::Transaction::id).collect();
            let expected: Vec<_> = ids.iter().rev().take(2).cloned().collect();
            assert_eq!(newest, expected);
        }
    }
    store.close().await;
}
