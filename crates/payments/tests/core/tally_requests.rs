//! Requests about prepaid and credit instruments that come again, and in every state.

use test_kit::check;

use crate::tallies::{FUNDED, OWED};

#[test]
fn the_same_again_is_the_same_transaction() {
    check(&format!(
        "
        {FUNDED}
        {OWED}
        fund    F1 on P1 10.00 note A for B timeout 60 url https://a.example -> pending
        fund    F1 on P1 10.00 note A for B timeout 60 url https://a.example -> pending
        tally   P1 20.00 pending 10.00
        settle-debt S1 on C1 5.00                   -> pending
        settle-debt S1 on C1 5.00                   -> pending
        write-off W1 on C1 5.00                     -> success
        write-off W1 on C1 5.00                     -> success
        tally   C1 10.00 pending 5.00
        pay     X1 by shop from P1.spend 20.00      -> success
        pay     X1 by shop from P1.spend 20.00      -> success
        pay     X2 by shop from C1.spend 35.00      -> success
        pay     X2 by shop from C1.spend 35.00      -> success
        refund  R1 of X1 3.00                       -> success
        refund  R1 of X1 3.00                       -> success
        tally   P1 3.00 pending 10.00
        tally   C1 45.00 pending 5.00
        suspend shop
        write-off W1 on C1 5.00                     -> success
    "
    ));
}

/// A final refusal burns its reference, one that may pass binds it.
#[test]
fn a_refusal_is_remembered() {
    check(&format!(
        "
        {OWED}
        prepaid P1 buyer to shop 50.00
        fund    A on P1 60.00                       -> refused PrepaidFundingLimitExceeded
        fund    A on P1 61.00                       -> refused DuplicateRequest
        write-off B on C1 21.00                     -> refused SettleAmountGreaterThanDebt
        pay     D1 by shop from C1.spend 5.00       -> success
        write-off B on C1 21.00                     -> refused SettleAmountGreaterThanDebt
        pay     S1 by shop from P1.spend 5.00       -> refused InsufficientBalance(Sender)
        fund    F1 on P1 50.00
        answer  F1 authorize approved
        answer  F1 capture approved                 -> success
        pay     S1 by shop from P1.spend 5.00       -> success
    "
    ));
}

#[test]
fn another_request_is_refused_and_the_first_difference_named() {
    let mut story = check(&format!(
        "
        {FUNDED}
        {OWED}
        prepaid P2 buyer to shop 50.00
        credit  C2 buyer to shop 50.00
        fund    F1 on P1 10.00 note A for B timeout 60 url https://a.example
        settle-debt S1 on C1 5.00 note A for B timeout 60 url https://a.example
        write-off W1 on C1 5.00 note A url https://a.example
    "
    ));
    let others = [
        ("action", "settle-debt F1 on C1 10.00"),
        ("action", "write-off F1 on C1 10.00"),
        ("action", "pay F1 by shop from P1.spend 10.00"),
        ("senderTokenId", "fund F1 on P1 10.00 from P2.move"),
        ("prepaidInstrumentId", "fund F1 on P2 10.00 from P1.move"),
        ("fundingAmount", "fund F1 on P1 10.01"),
        ("callerDescription", "fund F1 on P1 10.00"),
        ("senderDescription", "fund F1 on P1 10.00 note A"),
        (
            "descriptorPolicy.softDescriptorType",
            "fund F1 on P1 10.00 note A for B dynamic",
        ),
        (
            "transactionTimeoutInMins",
            "fund F1 on P1 10.00 note A for B timeout 61",
        ),
        (
            "overrideIPNURL",
            "fund F1 on P1 10.00 note A for B timeout 60",
        ),
        (
            "creditInstrumentId",
            "settle-debt S1 on C2 5.00 from C1.move",
        ),
        ("settlementAmount", "settle-debt S1 on C1 5.01"),
        ("creditInstrumentId", "write-off W1 on C2 5.00"),
        ("adjustmentAmount", "write-off W1 on C1 5.01"),
        ("callerDescription", "write-off W1 on C1 5.00"),
        ("overrideIPNURL", "write-off W1 on C1 5.00 note A"),
    ];
    for (field, other) in others {
        let named = format!("refused DuplicateRequest(Difference {{ field: \"{field}\"");
        story.play(&format!("{other} -> {named}"));
    }
}

/// How a funding comes into each state, and what each verb comes to then.
#[test]
fn every_state_of_a_funding_meets_every_verb() {
    let states = [
        "fund X on P1 10.00",
        "fund X on P1 10.00\n answer X authorize approved",
        "fund X on P1 10.00\n answer X authorize approved\n answer X capture approved",
        "fund X on P1 10.00\n answer X authorize declined",
        "fund X on P1 10.00\n cancel X",
        "fund X on P1 10.00 timeout 60\n expire X at +1h",
    ];
    let (invalid, pending, done) = ("refused InvalidTransactionState", "pending", "done");
    let (success, failure, cancelled) = ("success", "failure", "cancelled");
    let verbs = [
        (
            "cancel X",
            [cancelled, invalid, invalid, invalid, invalid, invalid],
        ),
        ("settle X", ["refused InvalidTransactionId"; 6]),
        ("refund F of X", ["refused TransactionTypeNotRefundable"; 6]),
        ("expire X at +7d", [failure, done, done, done, done, done]),
        (
            "answer X authorize approved",
            [pending, pending, success, failure, cancelled, failure],
        ),
        (
            "answer X capture declined",
            [pending, failure, success, failure, cancelled, failure],
        ),
        ("resolve X yes", [invalid; 6]),
    ];
    for (verb, outcomes) in verbs {
        for (state, outcome) in states.iter().zip(outcomes) {
            println!("{state}: {verb} -> {outcome}");
            check(&format!(
                "prepaid P1 buyer to shop 50.00\n {state}\n {verb} -> {outcome}"
            ));
            let (state, verb) = (state.replace("fund", "settle-debt"), verb);
            check(&format!(
                "{OWED}\n {} \n {verb} -> {outcome}",
                state.replace("P1", "C1")
            ));
        }
    }
}

#[test]
fn the_settlement_token_keeps_its_own_limits() {
    check(
        "
        credit  C1 buyer to shop 50.00 total 25.00 count 2 per 1-Day
        pay     D1 by shop from C1.spend 50.00      -> success
        settle-debt S1 on C1 10.00                  -> pending
        settle-debt S2 on C1 16.00                  -> refused TokenUsageError
        settle-debt S3 on C1 5.00                   -> pending
        settle-debt S4 on C1 1.00                   -> refused TokenUsageError
        settle-debt S5 on C1 10.00 at +1d           -> pending
        settle-debt S6 on C1 1.00                   -> refused TokenUsageError
        token   C1.move Active used 25.00 uses 3
        token   C1.spend Active used 50.00 uses 1
    ",
    );
}
