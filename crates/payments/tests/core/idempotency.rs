//! One outcome per caller and caller reference, for ever.

use payments::commands::Reserve;
use payments::rows::Reference;
use payments::{Command, PaymentAsked};
use test_kit::check;
use test_kit::people::{reference, usd};

#[test]
fn the_same_again_is_the_same_transaction_with_its_present_status() {
    check(
        "
        listen  shop https://shop.example/ipn
        consent T1 buyer to shop single
        reserve R1 by shop from T1 10.00                -> pending
        reserve R1 by shop from T1 10.00                -> pending
        reserve R1 by shop from T1 10.000000            -> pending     # decimals by value
        token   T1 Used used 10.00 uses 1
        answer  R1 authorize approved                   -> reserved
        reserve R1 by shop from T1 10.00 at +30d        -> reserved    # the look-up comes first
        suspend shop
        reserve R1 by shop from T1 10.00                -> reserved
        told    R1 reserve/pending reserve/reserved
    ",
    );
}

#[test]
fn another_request_is_refused_and_the_first_difference_named() {
    let first = "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B timeout 60 \
                 fixed 0.10 rate 1 url https://a.example";
    let others = [
        ("action", "pay R1 by market from T1 to M1 10.00"),
        ("senderTokenId", "reserve R1 by market from T2 to M1 10.00"),
        (
            "recipientTokenId",
            "reserve R1 by market from T1 to M2 10.00",
        ),
        ("recipientTokenId", "reserve R1 by market from T1 10.00"),
        (
            "transactionAmount",
            "reserve R1 by market from T1 to M1 10.01",
        ),
        ("chargeFeeTo", "reserve R1 by market from T1 to M1 10.00"),
        (
            "callerDescription",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note X",
        ),
        (
            "senderDescription",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A",
        ),
        (
            "descriptorPolicy.softDescriptorType",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B dynamic",
        ),
        (
            "transactionTimeoutInMins",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B timeout 61",
        ),
        (
            "marketplaceFixedFee",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B timeout 60",
        ),
        (
            "marketplaceVariableFee",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B timeout 60 \
             fixed 0.10 rate 2",
        ),
        (
            "overrideIPNURL",
            "reserve R1 by market from T1 to M1 10.00 fee recipient note A for B timeout 60 \
             fixed 0.10 rate 1",
        ),
    ];
    let mut story = check(&format!(
        "
        accept  M1 merchant to market
        accept  M2 merchant to market
        consent T1 buyer to market unrestricted pays M1,M2
        consent T2 buyer to market unrestricted pays M1,M2
        {first} -> pending
        {first} -> pending
    "
    ));
    for (field, other) in others {
        let named = format!("refused DuplicateRequest(Difference {{ field: \"{field}\"");
        story.play(&format!("{other} -> {named}"));
    }
    story.play(&format!("{first} -> pending"));
}

#[test]
fn a_refund_is_compared_field_by_field() {
    let mut story = check(
        "
        pay     P1 by shop from buyer 10.00
        pay     P2 by shop from buyer 10.00
        answer  P1 authorize approved
        answer  P1 capture approved
        refund  F1 of P1 1.00 policy master note A url https://a.example -> pending
        refund  F1 of P1 1.00 policy master note A url https://a.example -> pending
        refunded P1 1.00
    ",
    );
    let others = [
        ("action", "reserve F1 by shop from buyer 1.00"),
        ("transactionId", "refund F1 of P2 1.00"),
        ("refundAmount", "refund F1 of P1"),
        ("callerDescription", "refund F1 of P1 1.00"),
        ("marketplaceRefundPolicy", "refund F1 of P1 1.00 note A"),
        (
            "overrideIPNURL",
            "refund F1 of P1 1.00 note A policy master",
        ),
    ];
    for (field, other) in others {
        let named = format!("refused DuplicateRequest(Difference {{ field: \"{field}\"");
        story.play(&format!("{other} -> {named}"));
    }
}

#[test]
fn absent_differs_from_a_text_that_says_so() {
    check(
        "
        reserve R1 by shop from buyer 10.00 note (absent) -> pending
        reserve R1 by shop from buyer 10.00 -> refused DuplicateRequest
    ",
    );
}

#[test]
fn a_final_refusal_burns_its_reference() {
    check(
        "
        unverify buyer
        reserve A by shop from buyer 10.00              -> refused UnverifiedEmailAddress(Sender)
        verify  buyer
        reserve A by shop from buyer 10.00              -> refused UnverifiedEmailAddress(Sender)
        reserve A by shop from buyer 11.00              -> refused DuplicateRequest
        pay     A by shop from buyer 10.00              -> refused DuplicateRequest
        reserve B by shop from buyer 10.00              -> pending
        refund  C of B 1.00 url https://a.example       -> refused OriginalTransactionIncomplete
        cancel  B
        refund  C of B 1.00 url https://a.example       -> refused InvalidTransactionState
        refund  C of B 1.00 url https://a.example       -> refused InvalidTransactionState
    ",
    );
}

#[test]
fn a_refusal_that_may_pass_binds_and_is_decided_again() {
    check(
        "
        suspend buyer
        reserve A by shop from buyer 10.00              -> refused InvalidAccountState(Sender)
        reserve A by shop from buyer 11.00              -> refused DuplicateRequest
        reserve A by shop from buyer 10.00              -> refused InvalidAccountState(Sender)
        revive  buyer
        reserve A by shop from buyer 11.00              -> refused DuplicateRequest
        reserve A by shop from buyer 10.00              -> pending

        person  lone business
        accept  M1 merchant to lone
        consent T1 buyer to lone unrestricted pays M1
        reserve B by lone from T1 to M1 10.00           -> refused NotMarketplaceApp
        reserve B by lone from T1 to M1 10.00           -> refused NotMarketplaceApp

        consent TB buyer to shop unrestricted from balance
        pay     C by shop from TB 1.00                  -> refused InsufficientBalance(Sender)
        unverify buyer
        pay     C by shop from TB 1.00                  -> refused UnverifiedEmailAddress(Sender)
        verify  buyer
        deposit buyer 1.00
        pay     C by shop from TB 1.00                  -> refused UnverifiedEmailAddress(Sender)

        pay     P1 by shop from buyer 10.00
        refund  F1 of P1                                -> refused OriginalTransactionIncomplete
        answer  P1 authorize approved
        answer  P1 capture approved
        refund  F1 of P1                                -> pending
    ",
    );
}

/// A request that proves nothing uses nothing up.
#[test]
fn an_unauthenticated_request_leaves_no_trace() {
    let mut story = check("disable-key shop");
    story.play("reserve A by shop from buyer 10.00 -> refused AuthFailure");
    assert!(story.world.rows.references.is_empty());
    let shop = story
        .world
        .rows
        .access_keys
        .values()
        .next()
        .expect("a key")
        .account;
    story.world.key_for(test_kit::Person {
        account: shop,
        card: None,
    });
    // Of several keys a request is signed by the last, which is the new one.
    story.play("reserve A by shop from buyer 11.00 -> pending");
}

#[test]
fn each_caller_has_references_of_its_own() {
    check(
        "
        reserve R1 by shop from buyer 10.00 ref X       -> pending
        reserve R2 by market from buyer 10.00 ref X     -> pending
        reserve R1 by shop from buyer 10.00 ref X       -> pending
    ",
    );
}

#[test]
fn a_replay_writes_nothing() {
    let mut story = check("consent T1 buyer to shop multi\n reserve R1 by shop from T1 10.00");
    let caller = story.transaction("R1").expect("made above").caller;
    let sender_token = story.token_id("T1").expect("made above");
    let asked = PaymentAsked {
        sender_token,
        recipient_token: None,
        amount: usd("10.00"),
        charge_fee_to: None,
        caller_description: None,
        sender_description: None,
        descriptor: None,
        timeout_mins: None,
        marketplace_fixed: None,
        marketplace_rate: None,
        ipn_url: None,
    };
    let mut other = asked.clone();
    other.amount = usd("1.00");
    for asked in [asked, other] {
        let (by, reference) = (story.world.by(caller), reference("R1"));
        let command = Command::from(Reserve {
            by,
            reference,
            asked,
        });
        assert!(story.world.decide(&command).changes.is_empty());
    }
    let references = story.world.rows.references.values();
    let key = story.transaction("R1").expect("made above").key;
    assert!(references.eq([&Reference::Transaction(key)]));
}
