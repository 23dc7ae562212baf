//! The lives: histories and states agree, what must happen later is written, nothing is told twice.

use payments::rows::{
    Delivery, Event, Operation, Reference, Release, State, Status, Transaction, WorkKind,
};

use super::expect;
use crate::Rows;

pub(super) fn audit(rows: &Rows, problems: &mut Vec<String>) {
    for transaction in rows.transactions.values() {
        history(rows, transaction, problems);
        lines(rows, transaction, problems);
        reference(rows, transaction, problems);
        work(rows, transaction, problems);
    }
    for ((_, reference), row) in &rows.references {
        if let Reference::Transaction(key) = row {
            let named = rows.transactions.get(key);
            let agrees = named.is_some_and(|named| named.caller_reference == *reference);
            expect(agrees, problems, || {
                format!("{reference} names {key}, which is not its own")
            });
        }
    }
    notifications(rows, problems);
    attempts(rows, problems);
    for (email, account) in &rows.emails {
        let agrees = rows
            .accounts
            .get(account)
            .is_some_and(|account| account.email == *email);
        expect(agrees, problems, || format!("{email} names {account}"));
    }
}

fn history(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let key = transaction.key;
    let events = rows.history(key);
    let dense = (1..)
        .zip(&events)
        .all(|(number, event)| event.number == number);
    expect(dense, problems, || {
        format!("{key}: events are not numbered one after another")
    });
    let counted = events.len() == usize::from(transaction.events);
    expect(counted, problems, || {
        format!("{key}: counts {} events", transaction.events)
    });
    for pair in events.windows(2) {
        let follows = pair[0].at <= pair[1].at && may_follow(pair[0], pair[1]);
        expect(follows, problems, || {
            format!("{key}: {:?} after {:?}", pair[1], pair[0])
        });
    }
    let last = events.last().map(|event| (event.status, event.code));
    let now = (transaction.status(), transaction.code);
    expect(last == Some(now), problems, || {
        format!("{key}: history {last:?}, state {now:?}")
    });
    let completed = transaction.completed_at.is_some() == transaction.has_ended();
    expect(completed, problems, || {
        format!("{key}: has ended without a date, or the reverse")
    });
}

/// The steps that there are (a Pending after another says that a person has to look).
fn may_follow(earlier: &Event, later: &Event) -> bool {
    match earlier.status {
        Status::Pending => true,
        Status::Reserved => {
            let settling = later.status == Status::Pending && later.operation == Operation::Settle;
            settling || later.status == Status::Cancelled
        }
        Status::Success | Status::Failure | Status::Cancelled => false,
    }
}

fn lines(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let key = transaction.key;
    let own = rows.postings.iter().filter(|row| row.transaction == key);
    let own: Vec<_> = own.collect();
    let dense = (1..).zip(&own).all(|(line, row)| row.line == line);
    expect(dense, problems, || {
        format!("{key}: postings are not numbered one after another")
    });
    let counted = own.len() == usize::from(transaction.postings);
    expect(counted, problems, || {
        format!("{key}: counts {} postings", transaction.postings)
    });
    let placed = own
        .iter()
        .all(|row| (1..=transaction.events).contains(&row.event));
    expect(placed, problems, || {
        format!("{key}: a posting belongs to no event")
    });
}

fn reference(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let name = (transaction.caller, transaction.caller_reference.clone());
    let found = rows.references.get(&name);
    let agrees = found == Some(&Reference::Transaction(transaction.key));
    expect(agrees, problems, || {
        format!("{}: its reference says {found:?}", transaction.key)
    });
}

/// Whoever waits for a processor has work that asks it, and nothing else is asked.
fn work(rows: &Rows, transaction: &Transaction, problems: &mut Vec<String>) {
    let key = transaction.key;
    let waiting = rows.works_of(key.0).into_iter().map(|work| work.kind);
    let asked: Vec<_> = waiting.filter(|kind| kind.is_processor()).collect();
    let owed = transaction.release == Release::Owed;
    let fits = match transaction.state {
        State::Authorising => asked == [WorkKind::Authorize] && !owed,
        State::Capturing => asked == [WorkKind::Capture] && !owed,
        State::Refunding => asked == [WorkKind::Refund] && !owed,
        State::Reserved { .. } | State::Succeeded => asked.is_empty() && !owed,
        State::Failed | State::Cancelled if owed => {
            let releases = |kind: &WorkKind| matches!(kind, WorkKind::Void | WorkKind::Authorize);
            !asked.is_empty() && asked.iter().all(releases)
        }
        State::Failed | State::Cancelled => asked.iter().all(|kind| *kind == WorkKind::Void),
    };
    let state = transaction.state;
    let wrong = || {
        format!(
            "{key} {state:?}, release {:?}: asks {asked:?}",
            transaction.release
        )
    };
    expect(fits, problems, wrong);
    let was_held = rows
        .history(key)
        .iter()
        .any(|event| event.status == Status::Reserved);
    let unfinished = matches!(state, State::Failed | State::Cancelled) && was_held;
    let released = !unfinished || transaction.release != Release::None;
    expect(released, problems, || {
        format!("{key}: its hold is owed no release")
    });
}

fn notifications(rows: &Rows, problems: &mut Vec<String>) {
    for (key, notification) in &rows.notifications {
        let works = rows.works_of(key.0);
        let is_sent = works.iter().any(|work| work.kind == WorkKind::Notify);
        let fits = is_sent || notification.delivery != Delivery::Due;
        expect(fits, problems, || {
            format!("notification {key} is due and nobody delivers it")
        });
    }
    for work in rows
        .works
        .values()
        .filter(|work| work.kind == WorkKind::Notify)
    {
        let known = rows.notifications.keys().any(|key| key.0 == work.subject);
        expect(known, problems, || format!("{work:?} delivers nothing"));
    }
}

/// The log of a notification's tries names each once.
fn attempts(rows: &Rows, problems: &mut Vec<String>) {
    for (key, notification) in &rows.notifications {
        let own = rows
            .attempts
            .iter()
            .filter(|attempt| attempt.notification == *key);
        let numbers: Vec<_> = own.map(|attempt| attempt.number).collect();
        let dense = numbers.iter().copied().eq(1..=notification.tries);
        let wrong = || {
            format!(
                "notification {key}: {} tries, {numbers:?}",
                notification.tries
            )
        };
        expect(dense, problems, wrong);
    }
}
