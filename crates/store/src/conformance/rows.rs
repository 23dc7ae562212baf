//! Every kind of row comes back as it was written, is changed, and is gone when it was deleted.

use std::sync::Arc;

use payments::rows::{Delivery, State, SubscriptionStatus, TokenStatus};
use payments::{ChangeSet, ReadSet, WorkingSet};

use super::samples::{FIRST_KEY, LAST_KEY, all};
use crate::chain::Chain;
use crate::{Backend, BatchRow};

macro_rules! each_table {
    ($each:ident) => {
        $each!(
            accounts,
            emails,
            access_keys,
            certificates,
            instruments,
            tokens,
            token_references,
            transactions,
            references,
            balances,
            tallies,
            subscriptions,
            works,
            notifications,
            documents,
            settings
        )
    };
}

/// Writes, reads, changes and deletes one row of every kind, in an empty backend.
pub fn rows(backend: &mut dyn Backend) {
    let mut chain = Chain::after(0, None);
    assert_eq!(backend.last_batch(0).expect("read"), None);
    let fresh = all();
    let first = commit(backend, &mut chain, &fresh, FIRST_KEY, LAST_KEY);
    expect(backend, &fresh);
    assert_eq!(backend.last_batch(0).expect("read"), Some(first.clone()));
    assert_eq!(backend.last_batch(1).expect("read"), None);

    // What was begun and not committed leaves no trace.
    let gone = deleted(&fresh);
    backend.begin().expect("begun");
    backend
        .write(&gone, Some(&chain.link(&gone, 2_000, 2_007)))
        .expect("written");
    backend.roll_back();
    expect(backend, &fresh);

    let changed = changed(&fresh);
    let second = commit(backend, &mut chain, &changed, 2_000, 2_007);
    expect(backend, &changed);
    assert_eq!(second.number, first.number + 1);

    commit(backend, &mut chain, &gone, 2_008, 2_015);
    expect(backend, &gone);
}

fn commit(
    backend: &mut dyn Backend,
    chain: &mut Chain,
    changes: &ChangeSet,
    first_key: i64,
    last_key: i64,
) -> BatchRow {
    let row = chain.link(changes, first_key, last_key);
    backend.begin().expect("begun");
    backend.write(changes, Some(&row)).expect("written");
    backend.commit().expect("committed");
    chain.linked(&row);
    row
}

/// Asserts that every row named in the changes is as they say.
fn expect(backend: &mut dyn Backend, changes: &ChangeSet) {
    let mut want = ReadSet::default();
    let mut seen = WorkingSet::default();
    macro_rules! name {
        ($($table:ident),*) => {
            $(want.$table.extend(changes.$table.iter().map(|(key, _)| key.clone()));)*
        };
    }
    each_table!(name);
    backend.begin().expect("begun");
    backend.load(&want, &mut seen).expect("loaded");
    backend.roll_back();
    macro_rules! compare {
        ($($table:ident),*) => {
            $(for (key, row) in &changes.$table {
                assert_eq!(seen.$table.get(key), row.as_deref(), "{key:?}");
            })*
        };
    }
    each_table!(compare);
}

fn deleted(changes: &ChangeSet) -> ChangeSet {
    let mut gone = ChangeSet::default();
    macro_rules! delete {
        ($($table:ident),*) => {
            $(gone.$table = changes.$table.iter().map(|(key, _)| (key.clone(), None)).collect();)*
        };
    }
    each_table!(delete);
    gone
}

/// The same rows with what may change of each changed.
fn changed(fresh: &ChangeSet) -> ChangeSet {
    let mut changed = ChangeSet {
        added: payments::tables::Added::default(),
        ..fresh.clone()
    };
    for (_, row) in &mut changed.transactions {
        let row = Arc::make_mut(row.as_mut().expect("a row"));
        row.state = State::Cancelled;
        row.message = Some("changed".to_owned());
        row.cancel_mark = Some([9; 16]);
        row.events += 1;
    }
    for (_, row) in &mut changed.tokens {
        let row = Arc::make_mut(row.as_mut().expect("a row"));
        row.status = TokenStatus::Cancelled;
        row.uses += 1;
        row.windows.clear();
        row.successor = Some(payments::TokenKey(1_500));
    }
    for (_, row) in &mut changed.tallies {
        let row = Arc::make_mut(row.as_mut().expect("a row"));
        std::mem::swap(&mut row.balance, &mut row.pending);
        row.moving_token = payments::TokenKey(1_501);
    }
    for (_, row) in &mut changed.subscriptions {
        let row = Arc::make_mut(row.as_mut().expect("a row"));
        row.status = SubscriptionStatus::Completed;
        row.charges += 1;
        row.next_at = None;
    }
    for (_, row) in &mut changed.notifications {
        let row = Arc::make_mut(row.as_mut().expect("a row"));
        row.delivery = Delivery::Due;
        row.tries += 1;
    }
    for (_, row) in &mut changed.certificates {
        Arc::make_mut(row.as_mut().expect("a row")).active = true;
    }
    for (_, row) in &mut changed.accounts {
        Arc::make_mut(row.as_mut().expect("a row")).webhook_secret = None;
    }
    for (_, row) in &mut changed.balances {
        Arc::make_mut(row.as_mut().expect("a row")).available += 1;
    }
    changed
}
