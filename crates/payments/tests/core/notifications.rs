//! What is told, to whom, and when.

use payments::commands::{ChangeAccount, Settle};
use payments::rows::{Notification, Subject, TransactionFacts, WorkKind};
use test_kit::check;
use test_kit::table::Story;

#[test]
fn every_documented_event_is_told_once() {
    check(
        "
        listen  shop https://shop.example/ipn
        pay     P1 by shop from buyer 10.00
        answer  P1 authorize approved               # capturing is not told
        told    P1 pay/pending
        answer  P1 capture approved
        answer  P1 capture approved
        told    P1 pay/pending pay/success
        pay     P2 by shop from buyer 10.00
        answer  P2 authorize declined
        told    P2 pay/pending pay/failure
        pay     P3 by shop from buyer 10.00
        cancel  P3
        told    P3 pay/pending pay/cancelled

        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved
        settle  R1                                  # its pending is not told
        told    R1 reserve/pending reserve/reserved
        answer  R1 capture approved
        told    R1 reserve/pending reserve/reserved settle/success
        reserve R2 by shop from buyer 10.00
        answer  R2 authorize approved
        settle  R2
        answer  R2 capture declined
        told    R2 reserve/pending reserve/reserved settle/failure
        reserve R3 by shop from buyer 10.00
        answer  R3 authorize approved
        cancel  R3
        told    R3 reserve/pending reserve/reserved reserve/cancelled
        reserve R4 by shop from buyer 10.00
        answer  R4 authorize declined
        told    R4 reserve/pending reserve/failure

        refund  F1 of P1 1.00
        told    F1 refund/pending
        answer  F1 refund approved
        told    F1 refund/pending refund/success
        refund  F2 of P1 1.00
        answer  F2 refund declined
        told    F2 refund/pending refund/failure

        consent TB buyer to shop unrestricted from balance
        deposit buyer 1.00
        pay     P4 by shop from TB 1.00
        told    P4 pay/success
        refund  F3 of P4
        told    F3 refund/success

        reserve R5 by shop from buyer 10.00
        answer  R5 authorize approved
        reserve R6 by shop from buyer 10.00 timeout 60
        expire  R6 at +1h
        told    R6 reserve/pending reserve/failure
        expire  R5 at +8d
        told    R5 reserve/pending reserve/reserved reserve/cancelled
    ",
    );
}

#[test]
fn nobody_is_told_who_does_not_listen() {
    let story = check(
        "
        listen  merchant https://merchant.example/ipn   # only the caller is told
        listen  buyer https://buyer.example/ipn
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved
        cancel  R1
        told    R1
        reserve R2 by market from buyer 10.00 to merchant
        told    R2
        consent T1 buyer to shop single
        cancel-token T1 by shop
    ",
    );
    assert!(story.world.rows.notifications.is_empty());
    assert!(
        story
            .world
            .rows
            .works
            .values()
            .all(|work| work.kind != WorkKind::Notify)
    );
}

#[test]
fn a_url_of_the_request_comes_before_the_accounts() {
    let story = check(
        "
        listen  shop https://account.example
        reserve R1 by shop from buyer 10.00 url https://own.example
        answer  R1 authorize approved
        settle  R1 url https://settle.example
        answer  R1 capture approved
        listen  shop -
        reserve R2 by shop from buyer 10.00
        cancel  R2 url https://cancel.example
        told    R2 reserve/cancelled
        refund  F1 of R1 1.00
        refund  F2 of R1 1.00 url https://refund.example
        consent T1 buyer to shop single
        cancel-token T1 by shop url https://token.example
    ",
    );
    let urls: Vec<_> = urls(&story);
    let expected = [
        "own", "own", "settle", "cancel", "settle", "refund", "token",
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|host| format!("https://{host}.example"))
        .collect();
    assert_eq!(urls, expected);
}

/// Where the notifications go, one after another.
fn urls(story: &Story) -> Vec<String> {
    let notifications = story.world.rows.notifications.values();
    notifications
        .map(|notification| notification.url.clone())
        .collect()
}

fn facts(notification: &Notification) -> &TransactionFacts {
    match &notification.subject {
        Subject::Transaction(facts) => facts,
        Subject::Token(facts) => panic!("a token's: {facts:?}"),
    }
}

fn only(story: &Story) -> &Notification {
    let mut all = story.world.rows.notifications.values();
    let first = all.next().expect("a notification");
    assert_eq!(all.next(), None, "only one");
    first
}

#[test]
fn a_notification_says_what_was_so_at_its_moment() {
    let mut story = check(
        "
        listen  shop https://shop.example/ipn
        reserve R1 by shop from buyer 10.00 note Shoes
    ",
    );
    let written = only(&story).clone();
    let told = facts(&written);
    assert_eq!(
        told.transaction,
        story.transaction_id("R1").expect("made above")
    );
    assert_eq!((told.number, told.parent.clone()), (1, None));
    assert_eq!(told.reason.as_deref(), Some("Shoes"));
    assert_eq!(
        (told.buyer_name.as_str(), told.recipient_name.as_str()),
        ("buyer", "shop")
    );
    assert!(told.buyer_email.is_some(), "the caller is the recipient");
    assert_eq!(written.certificate, "000000");
    story.world.terms.certificate = "111111".to_owned();
    story.play("wait 1h\n answer R1 authorize approved");
    let mut all = story.world.rows.notifications.values();
    assert_eq!(all.next(), Some(&written), "what is written is not changed");
    let later = all.next().expect("a second one");
    assert_eq!(later.certificate, "111111");
    assert_eq!(facts(later).date, told.date, "the transaction's own date");
}

#[test]
fn a_marketplace_is_not_told_the_buyers_address() {
    let story = check(
        "
        listen  market https://market.example
        reserve R1 by market from buyer 10.00 to merchant
    ",
    );
    assert_eq!(facts(only(&story)).buyer_email, None);
}

#[test]
fn a_refund_names_its_parent() {
    let story = check(
        "
        pay     P1 by shop from buyer 10.00
        answer  P1 authorize approved
        answer  P1 capture approved
        listen  shop https://shop.example/ipn
        refund  F1 of P1 4.00
    ",
    );
    let told = facts(only(&story));
    assert_eq!(told.parent, story.transaction_id("P1").ok());
    assert_eq!(told.amount, test_kit::people::usd("4.00"));
}

#[test]
fn a_partial_settle_is_told_with_what_was_settled() {
    let story = check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved
        settle  R1 4.00
        listen  shop https://shop.example/ipn
        answer  R1 capture approved
    ",
    );
    assert_eq!(facts(only(&story)).amount, test_kit::people::usd("4.00"));
}

#[test]
fn a_cancelled_token_is_told_to_its_installer() {
    let story = check(
        "
        listen  shop https://shop.example/ipn
        consent T1 buyer to shop multi
        cancel-token T1 owner buyer
    ",
    );
    let written = only(&story);
    let Subject::Token(told) = &written.subject else {
        panic!("about a token: {written:?}");
    };
    assert_eq!(told.token, story.token_id("T1").expect("made above"));
    assert_eq!(told.customer_name, "buyer");
}

/// What has to be seen depends on who listens: an account that begins to listen is told at once.
#[test]
fn listening_begins_and_ends_between_events() {
    let mut story = check("reserve R1 by shop from buyer 10.00");
    let shop = story.transaction("R1").expect("made above").caller;
    let mut change = ChangeAccount::of(shop);
    change.ipn_url = Some(Some("https://late.example".to_owned()));
    story.world.run(change).expect("it is known");
    story.play("answer R1 authorize approved\n told R1 reserve/reserved\n listen shop -");
    let by = story.world.by(shop);
    let transaction = story.transaction_id("R1").expect("made above");
    let settle = Settle {
        by,
        transaction,
        amount: None,
        ipn_url: None,
    };
    story.world.run(settle).expect("it is reserved");
    story.play("answer R1 capture approved\n told R1 reserve/reserved");
}
