//! Time ends what three servers have reserved, while settles come to all of them and one of them dies:
//! every reservation has one end, whoever walked past it, and is told of once.

use super::ends::prove;
use super::races::{CANCELLED, SETTLED, answers, refused, settle};
use super::stage::{End, PART_MAX, ROUNDS, Stage, is_told, spread};
use crate::harness::wait;

/// The references begin with it.
const NAME: &str = "expiry";
/// The server that dies, while the others and it are walking.
const DYING: usize = 1;
/// Every so manieth is settled before its time is over.
const EARLY_EVERY: usize = 5;

#[test]
fn a_reservation_is_expired_once_on_three_nodes() {
    let stage = Stage::open("expired");
    let ids: Vec<(usize, String)> = stage.reserved(NAME).into_iter().enumerate().collect();
    let (early, late): (Vec<_>, Vec<_>) = ids
        .into_iter()
        .partition(|(number, _)| number.is_multiple_of(EARLY_EVERY));
    stage.note(spread(early, |(number, id)| {
        let end = try_to_settle(&stage, number, id);
        assert_eq!(end.histories, SETTLED, "its time is not over: {end:?}");
        end
    }));
    let expired = || {
        stage
            .nodes
            .number("SELECT count(*) FROM transactions WHERE state = 7")
    };
    stage
        .nodes
        .with(0, |server| server.json(&["clock", "advance", "8d"]));
    wait::until("the first expiry", PART_MAX, || {
        (0 < expired()).then_some(())
    });
    std::thread::scope(|scope| {
        scope.spawn(|| {
            stage.nodes.kill(DYING);
            stage.nodes.start_again(DYING);
        });
        stage.note(spread(late, |(number, id)| {
            try_to_settle(&stage, number, id)
        }));
    });
    wait::until("all to end", PART_MAX, || {
        let open = "SELECT count(*) FROM transactions WHERE state IN (1, 2, 3)";
        (stage.nodes.number(open) == 0).then_some(())
    });
    println!("{} of {ROUNDS} expired", expired());
    prove(stage);
}

/// A settle, which time may have forestalled.
fn try_to_settle(stage: &Stage, number: usize, id: String) -> End {
    let answer = stage.send(number, &settle(stage, &id, "4.00"));
    let (histories, settled) = if answer.is_ok() {
        answers(&answer, &["Pending", "Success"]);
        (SETTLED, 4_000_000)
    } else {
        refused(&answer, "InvalidTransactionState");
        (CANCELLED, 0)
    };
    End {
        reference: format!("{NAME}-{number}"),
        id,
        histories,
        settled,
        is_told: is_told(number),
    }
}
