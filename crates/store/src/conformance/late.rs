//! What is late: most work from when it was written, and what waits for its time from then on.

use payments::command::Outcome;
use payments::commands::{AddInstrument, Cancel, Defer, InstallTokens, Pay, Reserve};
use payments::rows::{BankAccount, Means, PaymentMethod, WorkKind};
use payments::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use payments::{PaymentAsked, Timestamp, TransactionId};

use super::world::{World, asked, reference, sender_token, submit, transact};
use super::{Bench, Parts};
use crate::{Found, Query, Store, WorkItem};

/// What is stuck since an hour ago or longer, and since when the backlog of a kind waits.
pub(super) async fn waiting(store: &dyn Store, kind: WorkKind) -> (Vec<i64>, Option<Timestamp>) {
    let now = store.now().await.expect("both clocks").real;
    let stuck = Query::Stuck {
        before: now.plus_ms(-HOUR_MS),
        most: 9,
    };
    let Found::Works(stuck) = store.find(stuck).await.expect("found") else {
        panic!("work is found")
    };
    let stuck = stuck.iter().filter_map(|work| work.as_ref().ok());
    let Found::Backlog(backlog) = store.find(Query::Backlog).await.expect("found") else {
        panic!("the backlog is found")
    };
    let of_kind = backlog.iter().find(|found| found.kind == kind);
    let stuck = stuck.map(|work| work.subject).collect();
    (stuck, of_kind.map(|found| found.oldest))
}

/// A world whose token pays from a bank account.
async fn banking(store: &dyn Store) -> World {
    let world = World::make(store).await;
    let bank = BankAccount {
        routing_number: "021000021".to_owned(),
        last_four: "0003".to_owned(),
        name: "S. Ender".to_owned(),
        verified: true,
    };
    let bank = AddInstrument {
        account: world.sender,
        means: Means::Bank(bank),
        sealed_number: vec![5, 6],
    };
    let Outcome::Instrument(bank) = submit(store, bank.into()).await else {
        panic!("a bank account was added");
    };
    let token = InstallTokens {
        method: Some(PaymentMethod::Bank),
        ..sender_token(world.caller, world.sender, bank, "bank")
    };
    let Outcome::Tokens { token, .. } = submit(store, token.into()).await else {
        panic!("a token was installed");
    };
    World { token, ..world }
}

async fn debit(store: &dyn Store, world: &World, name: &str) -> TransactionId {
    let pay = Pay {
        by: world.by(),
        reference: reference(name),
        asked: asked(&world.token, 1_000),
    };
    transact(store, pay.into()).await.0
}

async fn put_off(store: &dyn Store, item: &WorkItem, after_ms: i64) {
    let defer = Defer {
        work: item.work.id,
        after_ms,
        looked_at: None,
    };
    assert_eq!(submit(store, defer.into()).await, Outcome::Done);
}

fn key_of(id: &TransactionId) -> i64 {
    id.key().expect("an id of ours").0
}

pub(super) async fn a_debit_is_late_only_when_its_bank_is_to_be_asked(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("late-debits", parts.setup(23));
    let world = banking(&*store).await;
    let at = store.now().await.expect("both clocks").real;
    let settling = debit(&*store, &world, "settling").await;
    parts.clock.advance(2 * HOUR_MS);
    let unasked = (vec![key_of(&settling)], Some(at));
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, unasked, "nobody has asked the bank yet");

    let items = parts.handed.take_all();
    put_off(&*store, &items[0], 3 * DAY_MS).await;
    let due = at.plus_ms(2 * HOUR_MS + 3 * DAY_MS);
    let cancelled = debit(&*store, &world, "cancelled").await;
    put_off(&*store, &parts.handed.take_all()[0], 9 * DAY_MS).await;
    let quiet = (Vec::new(), None);
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, quiet, "the bank is at it");

    parts.clock.advance(2 * DAY_MS);
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, quiet, "for days");
    let cancel = Cancel {
        by: world.by(),
        transaction: cancelled.clone(),
        description: None,
        ipn_url: None,
    };
    transact(&*store, cancel.into()).await;
    let owed = vec![key_of(&cancelled)];
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, (owed.clone(), None), "it is to be given back");

    parts.clock.advance(DAY_MS);
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, (owed, Some(due)), "it is just due");
    parts.clock.advance(2 * HOUR_MS);
    let both = vec![key_of(&settling), key_of(&cancelled)];
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, (both, Some(due)), "nobody has asked again");
    store.close().await;
}

pub(super) async fn a_time_limit_is_late_only_when_it_is_over(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("late-limits", parts.setup(29));
    let world = World::make(&*store).await;
    let at = store.now().await.expect("both clocks").real;
    let reserve = Reserve {
        by: world.by(),
        reference: reference("limited"),
        asked: PaymentAsked {
            timeout_mins: Some(180),
            ..asked(&world.token, 1_000)
        },
    };
    let (id, _) = transact(&*store, reserve.into()).await;
    let due = at.plus_ms(180 * MINUTE_MS);
    let limits = |(stuck, oldest): (Vec<i64>, _)| (stuck.len(), oldest);
    // The authorisation, which nobody asks for, is late by itself.
    parts.clock.advance(2 * HOUR_MS);
    let seen = limits(waiting(&*store, WorkKind::TimeOut).await);
    assert_eq!(seen, (1, None), "it is not over");
    parts.clock.advance(HOUR_MS);
    let seen = limits(waiting(&*store, WorkKind::TimeOut).await);
    assert_eq!(seen, (1, Some(due)), "it is just over");
    parts.clock.advance(2 * HOUR_MS);
    let (stuck, oldest) = waiting(&*store, WorkKind::TimeOut).await;
    assert_eq!(
        (stuck, oldest),
        (vec![key_of(&id); 2], Some(due)),
        "nobody has ended it"
    );
    store.close().await;
}

pub(super) async fn a_call_that_was_put_off_is_as_old_as_its_row(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("late-calls", parts.setup(31));
    let world = World::make(&*store).await;
    let at = store.now().await.expect("both clocks").real;
    let (id, _) = transact(&*store, world.reserve("by card", 1_000)).await;
    put_off(&*store, &parts.handed.take_all()[0], 3 * HOUR_MS).await;
    parts.clock.advance(2 * HOUR_MS);
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, (vec![key_of(&id)], None), "a card answers at once");
    parts.clock.advance(HOUR_MS);
    let seen = waiting(&*store, WorkKind::Authorize).await;
    assert_eq!(seen, (vec![key_of(&id)], Some(at)));
    store.close().await;
}
