//! The same reservation, reference and token from different servers: one wins, and all say so.

use std::collections::BTreeMap;

use test_kit::postgres::rows;

use super::ends::prove;
use super::stage::{End, ROUNDS, Race, Round, Stage, is_told};
use crate::certificate::sent_by;
use crate::harness::{Answer, Browser, pairs_of, value_of};

/// What becomes of a reservation that is left alone.
const RESERVED: &[&str] = &["Pending Reserved"];
/// What becomes of a settled one.
pub const SETTLED: &[&str] = &["Pending Reserved Pending Success"];
/// What becomes of a cancelled one.
pub const CANCELLED: &[&str] = &["Pending Reserved Cancelled"];
/// What becomes of one that is cancelled at once, perhaps before the network has answered.
const GIVEN_BACK: &[&str] = &["Pending Reserved Cancelled", "Pending Cancelled"];

/// The winner of a round whose answers do not say who won.
const NOT_TOLD: &str = "";

/// Two settles of one reservation, for different amounts.
struct SettleSettle;

impl Race for SettleSettle {
    const NAME: &'static str = "settle-settle";
    const WINNERS: [&'static str; 2] = ["one", "other"];
    type Item = String;

    fn prepare(&self, stage: &Stage) -> Vec<String> {
        stage.reserved(Self::NAME)
    }

    fn play(&self, stage: &Stage, number: usize, id: String) -> Vec<Round> {
        let settles = ["4.00", "7.00"].map(|amount| settle(stage, &id, amount));
        let (one, other) = stage.race(number, &settles[0], &settles[1]);
        let (winner, won, lost) = one_of(("one", &one), ("other", &other));
        answers(won, &["Pending", "Success"]);
        refused(lost, "InvalidTransactionState");
        let settled = if winner == "one" {
            4_000_000
        } else {
            7_000_000
        };
        let end = End {
            reference: format!("{}-{number}", Self::NAME),
            id,
            histories: SETTLED,
            settled,
            is_told: is_told(number),
        };
        vec![Round { winner, end }]
    }
}

/// A settle and a cancel.
struct SettleCancel;

impl Race for SettleCancel {
    const NAME: &'static str = "settle-cancel";
    const WINNERS: [&'static str; 2] = ["settle", "cancel"];
    type Item = String;

    fn prepare(&self, stage: &Stage) -> Vec<String> {
        stage.reserved(Self::NAME)
    }

    fn play(&self, stage: &Stage, number: usize, id: String) -> Vec<Round> {
        let settle = settle(stage, &id, "4.00");
        let cancel = stage.query("Cancel", &[("TransactionId", &id)]);
        let (settle, cancel) = stage.race(number, &settle, &cancel);
        let (winner, won, lost) = one_of(("settle", &settle), ("cancel", &cancel));
        refused(lost, "InvalidTransactionState");
        let (histories, settled) = if winner == "settle" {
            answers(won, &["Pending", "Success"]);
            (SETTLED, 4_000_000)
        } else {
            answers(won, &["Cancelled"]);
            (CANCELLED, 0)
        };
        let end = End {
            reference: format!("{}-{number}", Self::NAME),
            id,
            histories,
            settled,
            is_told: is_told(number),
        };
        vec![Round { winner, end }]
    }
}

/// Two reserves with one reference: the same but for the time on them, or for different amounts.
struct OneReference<const SAME: bool>;

impl<const SAME: bool> Race for OneReference<SAME> {
    const NAME: &'static str = if SAME { "twins" } else { "conflicting" };
    const WINNERS: [&'static str; 2] = ["even", "odd"];
    type Item = ();

    fn prepare(&self, _: &Stage) -> Vec<()> {
        vec![(); ROUNDS]
    }

    fn play(&self, stage: &Stage, number: usize, (): ()) -> Vec<Round> {
        let reference = format!("{}-{number}", Self::NAME);
        let told_at = stage.receiver.url("/ipn");
        let amounts = if SAME {
            ["10.00", "10.00"]
        } else {
            ["4.00", "7.00"]
        };
        let [even, odd] = [(0, amounts[0]), (1, amounts[1])].map(|(odd, amount)| {
            let parameters = stage.reserve(number, &reference, amount, &told_at);
            stage.query_in_second(odd, "Reserve", &parameters)
        });
        let (even, odd) = stage.race(number, &even, &odd);
        let (winner, id) = if SAME {
            // The later one may see how far the transaction has come.
            for twin in [&even, &odd] {
                answers(twin, &["Pending", "Reserved"]);
            }
            let id = even.must("TransactionId");
            assert_eq!(id, odd.must("TransactionId"), "twins are one transaction");
            (NOT_TOLD, id)
        } else {
            let (winner, won, lost) = one_of(("even", &even), ("odd", &odd));
            refused(lost, "DuplicateRequest");
            (winner, won.must("TransactionId"))
        };
        let end = reserved(id, reference, number);
        vec![Round { winner, end }]
    }

    /// The time that the transaction keeps says whose request made it, and agrees with the answers
    /// where they differ: twins both get the winner's.
    fn judge(&self, stage: &Stage, rounds: &mut [Round]) {
        let sql = "SELECT reference, caller_date / 1000 % 2 FROM transactions";
        let seconds: BTreeMap<String, String> = rows(&stage.nodes.url, sql)
            .into_iter()
            .filter_map(|row| <[String; 2]>::try_from(row).ok())
            .map(|[reference, odd]| (reference, odd))
            .collect();
        for round in rounds {
            let is_odd = seconds
                .get(&round.end.reference)
                .is_some_and(|odd| odd == "1");
            let kept = Self::WINNERS[usize::from(is_odd)];
            assert!([kept, NOT_TOLD].contains(&round.winner), "{:?}", round.end);
            round.winner = kept;
        }
    }
}

/// Two reserves of 6 dollars by a token that allows 10 in all. The winner is cancelled, which gives the
/// token its amount back: so one token is at its last again and again.
struct LastOfToken;

/// Tokens; each has its rounds one after another.
const TOKENS: usize = 25;

impl Race for LastOfToken {
    const NAME: &'static str = "last-of-token";
    const WINNERS: [&'static str; 2] = ["one", "other"];
    type Item = String;

    fn prepare(&self, stage: &Stage) -> Vec<String> {
        (0..TOKENS)
            .map(|number| limited_token(stage, number))
            .collect()
    }

    fn play(&self, stage: &Stage, item: usize, token: String) -> Vec<Round> {
        let told_at = stage.receiver.url("/ipn");
        let round = |number: usize| {
            let names = ["one", "other"].map(|side| format!("{}-{number}-{side}", Self::NAME));
            let reserves = names.each_ref().map(|name| {
                let mut parameters = stage.reserve(number, name, "6.00", &told_at);
                parameters.retain(|(name, _)| !name.ends_with("TokenId"));
                parameters.push(("SenderTokenId", &token));
                stage.query("Reserve", &parameters)
            });
            let (one, other) = stage.race(number, &reserves[0], &reserves[1]);
            let (winner, won, lost) = one_of(("one", &one), ("other", &other));
            refused(lost, "TokenUsageError");
            let id = won.must("TransactionId");
            let cancel = stage.query("Cancel", &[("TransactionId", &id)]);
            answers(&stage.send(number + 2, &cancel), &["Cancelled"]);
            let [one, other] = names;
            let end = End {
                reference: if winner == "one" { one } else { other },
                id,
                histories: GIVEN_BACK,
                settled: 0,
                is_told: is_told(number),
            };
            Round { winner, end }
        };
        let rounds = ROUNDS / TOKENS;
        (item * rounds..(item + 1) * rounds).map(round).collect()
    }
}

/// The sender agrees to 10 dollars in all.
fn limited_token(stage: &Stage, number: usize) -> String {
    let caller = stage
        .nodes
        .caller_at(number % stage.nodes.count(), &stage.caller);
    let reference = format!("limited-{number}");
    let asked = [
        ("pipelineName", "MultiUse"),
        ("returnURL", "https://shop.example/back"),
        ("callerReference", &reference),
        ("globalAmountLimit", "10.00"),
        ("paymentMethod", "CC"),
    ];
    let mut browser = Browser::open(&caller.address, &sent_by(&caller, &asked));
    let login =
        ["EMAIL", "PASSWORD"].map(|what| caller.value(&format!("SENDER_{what}")).to_owned());
    browser.press("sign-in", &[("email", &login[0]), ("password", &login[1])]);
    browser.press("choose-method", &[]);
    browser.press("confirm", &[]);
    let back = browser.sent_to();
    let (_, result) = back.split_once('?').expect("a result");
    let token = value_of(&pairs_of(result), "tokenID").map(str::to_owned);
    token.unwrap_or_else(|| panic!("no token: {back}"))
}

/// A signed settle.
pub fn settle(stage: &Stage, id: &str, amount: &str) -> String {
    let asked = [
        ("ReserveTransactionId", id),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", amount),
    ];
    stage.query("Settle", &asked)
}

fn reserved(id: String, reference: String, number: usize) -> End {
    End {
        id,
        reference,
        histories: RESERVED,
        settled: 0,
        is_told: is_told(number),
    }
}

/// The one that was accepted, and the one that was refused; the first is the first one's name.
#[track_caller]
fn one_of<'a>(
    (name, one): (&'static str, &'a Answer),
    (other_name, other): (&'static str, &'a Answer),
) -> (&'static str, &'a Answer, &'a Answer) {
    match (one.is_ok(), other.is_ok()) {
        (true, false) => (name, one, other),
        (false, true) => (other_name, other, one),
        (true, true) => panic!("both won: {one:?} {other:?}"),
        (false, false) => panic!("nobody won: {one:?} {other:?}"),
    }
}

/// It is accepted, with one of these statuses.
#[track_caller]
pub fn answers(answer: &Answer, statuses: &[&str]) {
    let status = answer.text("TransactionStatus").unwrap_or_default();
    let fits = answer.is_ok() && statuses.contains(&status.as_str());
    assert!(fits, "not {statuses:?}: {answer:?}");
}

/// It is refused with this code.
#[track_caller]
pub fn refused(answer: &Answer, code: &str) {
    assert_eq!(answer.text("Code").as_deref(), Some(code), "{answer:?}");
    let known = wire::codes::find(code).expect("a documented code");
    assert_eq!(answer.status, known.http, "{answer:?}");
}

#[test]
fn a_reservation_has_one_end_on_three_nodes() {
    let stage = Stage::open("ends");
    stage.run(&SettleSettle, 0);
    stage.run(&SettleCancel, 1);
    prove(stage);
}

#[test]
fn a_reference_is_one_transaction_on_three_nodes() {
    let stage = Stage::open("twins");
    stage.run(&OneReference::<true>, 2);
    stage.run(&OneReference::<false>, 0);
    prove(stage);
}

#[test]
fn the_last_of_a_token_is_spent_once_on_three_nodes() {
    let stage = Stage::open("last");
    stage.run(&LastOfToken, 1);
    prove(stage);
}
