//! After all rounds: the books, the processor's statement and the notifications say what the answers
//! said.

use std::collections::{BTreeMap, BTreeSet};

use super::stage::{End, Stage};
use crate::harness::{Past, Received};

/// Every so manieth transaction is also asked for through the front door.
const ASKED_EVERY: usize = 10;

/// Proves what the races have left behind.
pub fn prove(stage: Stage) {
    let (nodes, caller, receiver, ends) = stage.close();
    nodes.recover();
    let books = nodes.copied();
    books.assert_reconciled();
    let mut pasts = books.pasts();
    for (number, end) in ends.iter().enumerate() {
        let past = pasts.remove(&end.id);
        let past = past.unwrap_or_else(|| panic!("it is lost: {end:?}"));
        assert!(
            end.histories.contains(&past.history.as_str()),
            "{end:?}: {past:?}"
        );
        assert_eq!(
            (&past.reference, past.settled),
            (&end.reference, end.settled),
            "{end:?}"
        );
        if number.is_multiple_of(ASKED_EVERY) {
            let status = nodes
                .caller_at(number % nodes.count(), &caller)
                .status(&end.id);
            assert!(past.history.ends_with(&status), "{status}: {end:?}");
        }
    }
    assert!(pasts.is_empty(), "nobody won with {pasts:?}");
    assert_told(&ends, &books.pasts(), &receiver.all());
    nodes.assert_sound();
    // Lanes lock in one order: whoever waits is not waited for.
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(nodes.number(deadlocks), 0, "deadlocks");
}

/// Every step of whatever is told was told as one notification, which is the same whenever it comes
/// again; nothing else was told.
fn assert_told(ends: &[End], pasts: &BTreeMap<String, Past>, received: &[Received]) {
    let mut bodies: BTreeMap<&str, &Received> = BTreeMap::new();
    for one in received {
        let first = bodies.entry(one.header("webhook-id")).or_insert(one);
        assert_eq!(first.body, one.body, "not the same again");
    }
    let mut told: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for one in bodies.values() {
        let field = |name| one.field(name).expect(name);
        let step = format!("{} {}", field("operation"), field("transactionStatus"));
        let steps = told.entry(field("transactionId")).or_default();
        assert!(steps.insert(step), "told twice: {one:?}");
    }
    for end in ends.iter().filter(|end| end.is_told) {
        let steps = told.remove(&end.id).unwrap_or_default();
        let history = &pasts[&end.id].history;
        assert_eq!(steps, steps_of(history), "{end:?}");
    }
    assert!(told.is_empty(), "nobody asked for {told:?}");
}

/// What is told of a history.
fn steps_of(history: &str) -> BTreeSet<String> {
    let mut steps = vec!["RESERVE PENDING"];
    if history.contains("Reserved") {
        steps.push("RESERVE RESERVED");
    }
    if history.ends_with("Cancelled") {
        steps.push("RESERVE CANCELLED");
    }
    if history.ends_with("Success") {
        steps.push("SETTLE SUCCESS");
    }
    steps.into_iter().map(str::to_owned).collect()
}
