//! The activity of an account in pages, and the sums of tallies.

use payments::rows::{Operation, PaymentMethod, Status, TallyKind};
use payments::{AccountKey, Party, TransactionId};

use super::world::{World, transact};
use super::{Bench, Parts};
use crate::activity::{Activity, ActivityFilter, ActivityPage};
use crate::{Found, Query, Store};

async fn page(store: &dyn Store, asked: &Activity) -> ActivityPage {
    match store.find(Query::Activity(asked.clone())).await {
        Ok(Found::Activity(page)) => page,
        other => panic!("a page: {other:?}"),
    }
}

fn all_of(account: AccountKey, most: usize) -> Activity {
    Activity {
        account,
        from: 0,
        to: i64::MAX,
        most,
        filter: ActivityFilter::default(),
    }
}

/// Many rows in one millisecond, and more added between the pages, from several tasks at a time.
pub(super) async fn pages_skip_and_repeat_nothing(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("activity-pages", parts.setup(17));
    let world = World::make(&*store).await;
    let mut made: Vec<TransactionId> = Vec::new();
    for at in 0..130 {
        if at % 50 == 49 {
            parts.clock.advance(1);
        }
        let reserve = world.reserve(&format!("first-{at}"), 100);
        made.push(transact(&*store, reserve).await.0);
    }
    for (round, most) in [1, 2, 7, 20, 49, 50, 51, 64, 129, 130, 200]
        .into_iter()
        .enumerate()
    {
        for account in [world.caller, world.sender] {
            let mut asked = all_of(account, most);
            let mut seen = Vec::new();
            let mut pages = 0;
            loop {
                let page = page(&*store, &asked).await;
                assert!(page.rows.len() <= most);
                seen.extend(page.rows.iter().map(payments::rows::Transaction::id));
                let Some(next) = page.next else { break };
                let last = page.rows.last().expect("a page before another").key.0;
                assert!(last == next.before && next.before < next.key);
                asked.from = next.key;
                pages += 1;
                if pages <= 3 {
                    let reserve = world.reserve(&format!("{round}-{pages}-{account}"), 100);
                    made.push(transact(&*store, reserve).await.0);
                }
            }
            assert_eq!(seen, made, "pages of {most}");
        }
    }
    store.close().await;
}

pub(super) async fn filters_hold_together(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("activity-filters", parts.setup(18));
    let world = World::make(&*store).await;
    for name in ["a", "b"] {
        transact(&*store, world.reserve(name, 100)).await;
    }
    let every = ActivityFilter::default();
    let reserve = ActivityFilter {
        operation: Some(Operation::Reserve),
        method: Some(PaymentMethod::Card),
        roles: vec![Party::Sender],
        status: Some(Status::Pending),
    };
    let no = |change: fn(&mut ActivityFilter)| {
        let mut filter = reserve.clone();
        change(&mut filter);
        filter
    };
    for (account, filter, rows) in [
        (world.sender, every.clone(), 2),
        (world.caller, every, 2),
        (world.sender, reserve.clone(), 2),
        (world.caller, reserve.clone(), 0),
        (
            world.sender,
            no(|filter| filter.operation = Some(Operation::Pay)),
            0,
        ),
        (
            world.sender,
            no(|filter| filter.method = Some(PaymentMethod::Bank)),
            0,
        ),
        (
            world.sender,
            no(|filter| filter.status = Some(Status::Success)),
            0,
        ),
        (
            world.sender,
            no(|filter| filter.roles = vec![Party::Recipient]),
            0,
        ),
        (
            world.caller,
            no(|filter| filter.roles = vec![Party::Sender, Party::Caller]),
            2,
        ),
    ] {
        let filter_shown = format!("{filter:?}");
        let asked = Activity {
            filter,
            ..all_of(account, 20)
        };
        let found = page(&*store, &asked).await;
        assert_eq!(
            (found.rows.len(), found.next),
            (rows, None),
            "{filter_shown}"
        );
    }
    spans_end_where_they_say(&*store, world.sender).await;
    store.close().await;
}

async fn spans_end_where_they_say(store: &dyn Store, account: AccountKey) {
    let whole = page(store, &all_of(account, 20)).await;
    let [first, second] = [whole.rows[0].key.0, whole.rows[1].key.0];
    for (from, to, rows) in [
        (first, second, 2),
        (first + 1, second, 1),
        (first, second - 1, 1),
        (second + 1, i64::MAX, 0),
        (second, first, 0),
    ] {
        let asked = Activity {
            from,
            to,
            ..all_of(account, 20)
        };
        assert_eq!(page(store, &asked).await.rows.len(), rows, "{from}..{to}");
    }
}

pub(super) async fn totals_are_of_one_recipient(bench: &mut dyn Bench) {
    let parts = Parts::new();
    let store = bench.open("tally-totals", parts.setup(19));
    let world = World::make(&*store).await;
    for kind in [TallyKind::Prepaid, TallyKind::Credit] {
        let recipient = world.caller;
        let found = store.find(Query::TallyTotals { recipient, kind }).await;
        let Ok(Found::TallyTotals { balance, pending }) = found else {
            panic!("totals")
        };
        assert_eq!((balance, pending), (0, 0));
    }
    store.close().await;
}
