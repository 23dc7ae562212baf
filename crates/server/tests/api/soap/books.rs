//! The same story over both wires: the same documents and the same books.

use std::fmt::Write as _;

use server::admin::Ask;
use wire::Action;

use super::body_of;
use crate::golden::{Words, written};
use crate::kit::{Pairs, Reply, Scene, over_soap, pairs, with};

/// What was told, in order.
#[derive(Default)]
struct Told {
    text: String,
    words: Words,
}

impl Told {
    fn tell(&mut self, what: &str, reply: &Reply) {
        let document = if reply.status == 200 && reply.body.contains("<SOAP-ENV:Body>") {
            body_of(reply)
        } else {
            reply.body.split_once('\n').expect("a declaration").1
        };
        let shown = if reply.status == 200 {
            written("", document, &mut self.words)
        } else {
            format!("{}: {}", reply.code(), reply.message())
        };
        writeln!(self.text, "{what}\n{shown}").expect("writing to a string");
    }
}

/// Every action that moves money or ends something, a refusal of each kind, and what is then to be read.
fn story(scene: &Scene) -> String {
    let mut told = Told::default();
    let asked = scene.payment();
    let reply = scene.ask(Action::Reserve, &asked);
    let held = reply.transaction();
    told.tell("reserve", &reply);
    scene.wait_for(&held, "Reserved");
    told.tell("reserve again", &scene.ask(Action::Reserve, &asked));
    let other = with(asked, "TransactionAmount.Value", "11");
    told.tell("reserve another", &scene.ask(Action::Reserve, &other));
    let settle = pairs(&[
        ("ReserveTransactionId", &held),
        ("TransactionAmount.CurrencyCode", "USD"),
        ("TransactionAmount.Value", "7.50"),
    ]);
    told.tell("settle", &scene.ask(Action::Settle, &settle));
    scene.wait_for(&held, "Success");
    told.tell("settle again", &scene.ask(Action::Settle, &settle));
    let mut refund = scene.refund(&held);
    refund.push(("RefundAmount.CurrencyCode".to_owned(), "USD".to_owned()));
    refund.push(("RefundAmount.Value".to_owned(), "2.25".to_owned()));
    let reply = scene.ask(Action::Refund, &refund);
    told.tell("refund", &reply);
    scene.wait_for(&reply.transaction(), "Success");
    let too_much = with(
        with(refund, "CallerReference", "too much"),
        "RefundAmount.Value",
        "9",
    );
    told.tell("refund too much", &scene.ask(Action::Refund, &too_much));
    let cancelled = scene.reserved();
    told.tell("cancel", &scene.about(Action::Cancel, &cancelled));
    scene.wait_for(&cancelled, "Cancelled");
    let paid = scene.paid();
    told.tell("a payment", &scene.about(Action::GetTransaction, &paid));
    told.tell(
        "the reservation",
        &scene.about(Action::GetTransaction, &held),
    );
    let token = pairs(&[("TokenId", scene.sender_token.id.as_str())]);
    told.tell("cancel the token", &scene.ask(Action::CancelToken, &token));
    told.tell("the token", &scene.ask(Action::GetTokenByCaller, &token));
    told.tell("by the token", &scene.ask(Action::Pay, &scene.payment()));
    told.tell(
        "balance",
        &scene.ask(Action::GetAccountBalance, &Pairs::new()),
    );
    let mut ledger = format!("{:#}", scene.world.admin(Ask::Ledger));
    for (account, name) in [
        (scene.shop.account, "the caller"),
        (scene.recipient, "the recipient"),
        (scene.sender, "the sender"),
    ] {
        ledger = ledger.replace(&account.0.to_string(), name);
    }
    told.text + &ledger
}

#[test]
fn both_wires_keep_the_same_books() {
    let over_query = story(&Scene::new());
    let over_soap = story(&over_soap());
    assert!(over_query.contains("DuplicateRequest: "), "{over_query}");
    assert_eq!(over_soap, over_query);
}
