//! Prepaid and credit instruments: pay ahead, owe, settle, write off, give back.

use test_kit::check;

/// An instrument with 20.00 to spend; the shop has 19.12 of it.
pub const FUNDED: &str = "
    prepaid P1 buyer to shop 50.00
    fund    F0 on P1 20.00
    answer  F0 authorize approved
    answer  F0 capture approved                 -> success
    tally   P1 20.00
    balance shop 19.12
";

/// A debt of 20.00 under a limit of 50.00.
pub const OWED: &str = "
    credit  C1 buyer to shop 50.00
    pay     D0 by shop from C1.spend 20.00      -> success
    tally   C1 20.00
";

#[test]
fn a_prepaid_instrument_rises_by_what_was_paid_not_by_what_arrived() {
    check(
        "
        listen  shop https://shop.example
        prepaid P1 buyer to shop 50.00
        tally   P1 0.00
        fund    F1 on P1 10.00                  -> pending
        works   F1 Authorize
        tally   P1 0.00 pending 10.00
        balance shop 0 in 10.00
        pay     X1 by shop from P1.spend 1.00   -> refused InsufficientBalance(Sender)
        answer  F1 authorize approved           -> pending
        tally   P1 0.00 pending 10.00
        answer  F1 capture approved             -> success
        fees    F1 0.59
        tally   P1 10.00
        balance shop 9.41
        history F1 pending success
        told    F1 fundprepaid/pending fundprepaid/success
        pay     S1 by shop from P1.spend 4.00   -> success
        fees    S1 0
        tally   P1 6.00
        balance shop 9.41
        told    S1 pay/success
        token   P1.spend Active used 4.00 uses 1
        token   P1.move Active used 10.00 uses 1
    ",
    );
}

#[test]
fn from_a_balance_it_is_funded_within_the_call() {
    check(
        "
        deposit buyer 25.00
        prepaid P1 buyer to shop 50.00 from balance
        fund    F1 on P1 20.00                  -> success
        tally   P1 20.00
        balance buyer 5.00
        balance shop 19.69
        fees    F1 0.31
        fund    F2 on P1 20.00                  -> refused InsufficientBalance(Sender)
        pay     S1 by shop from P1.spend 20.00  -> success
        tally   P1 0.00
        refund  G1 of S1 5.00                   -> success
        tally   P1 5.00
        balance shop 19.69
    ",
    );
}

#[test]
fn what_does_not_arrive_leaves_nothing_behind() {
    let ends = [
        ("answer F1 authorize declined", "failure"),
        ("cancel F1", "cancelled"),
        ("expire F1 at +7d", "failure"),
        (
            "answer F1 authorize approved\n answer F1 capture declined",
            "failure",
        ),
    ];
    for (end, status) in ends {
        check(&format!(
            "
            prepaid P1 buyer to shop 50.00
            fund    F1 on P1 10.00              -> pending
            {end}                               -> {status}
            tally   P1 0.00
            balance shop 0
            fees    F1 0
            token   P1.move Active used 0 uses 1
            fund    F2 on P1 50.00              -> pending
        "
        ));
        let end = end.replace("F1", "S1");
        check(&format!(
            "
            {OWED}
            settle-debt S1 on C1 10.00          -> pending
            tally   C1 10.00 pending 10.00
            {end}                               -> {status}
            tally   C1 20.00
            balance shop 0
            settle-debt S2 on C1 20.00          -> pending
        "
        ));
    }
}

#[test]
fn a_late_approval_is_voided_and_funds_nothing() {
    check(
        "
        prepaid P1 buyer to shop 50.00
        fund    F1 on P1 10.00 timeout 60       -> pending
        works   F1 Authorize TimeOut
        expire  F1 at +1h                       -> failure
        release F1 Owed
        answer  F1 authorize approved           -> failure
        works   F1 Void
        tally   P1 0.00
        answer  F1 void approved                -> failure
        release F1 Done
    ",
    );
}

#[test]
fn what_a_person_has_to_look_up_stays_pending() {
    check(&format!(
        "
        {OWED}
        settle-debt S1 on C1 15.00              -> pending
        answer  S1 authorize approved           -> pending
        answer  S1 capture unknown              -> pending
        tally   C1 5.00 pending 15.00
        settle-debt S2 on C1 6.00               -> refused SettleAmountGreaterThanDebt
        write-off W1 on C1 6.00                 -> refused SettleAmountGreaterThanDebt
        resolve S1 yes                          -> success
        tally   C1 5.00
        balance shop 14.26
    "
    ));
}

#[test]
fn a_debt_grows_to_its_limit_and_is_settled_and_written_off() {
    check(
        "
        listen  shop https://shop.example
        credit  C1 buyer to shop 50.00
        pay     D1 by shop from C1.spend 30.00      -> success
        fees    D1 0
        balance shop 0
        pay     D2 by shop from C1.spend 20.01      -> refused TokenUsageError
        pay     D3 by shop from C1.spend 20.00      -> success
        tally   C1 50.00
        settle-debt S1 on C1 40.00                  -> pending
        tally   C1 10.00 pending 40.00
        pay     D4 by shop from C1.spend 0.01       -> refused TokenUsageError
        settle-debt S2 on C1 10.01                  -> refused SettleAmountGreaterThanDebt
        answer  S1 authorize approved
        answer  S1 capture approved                 -> success
        fees    S1 1.46
        balance shop 38.54
        tally   C1 10.00
        told    S1 settledebt/pending settledebt/success
        pay     D5 by shop from C1.spend 40.00      -> success
        write-off W1 on C1 12.00                    -> success
        told    W1 writeoffdebt/success
        history W1 success
        fees    W1 0
        tally   C1 38.00
        balance shop 38.54
        write-off W2 on C1 38.01                    -> refused SettleAmountGreaterThanDebt
        write-off W3 on C1 38.00                    -> success
        tally   C1 0.00
    ",
    );
}

#[test]
fn refunds_give_credit_back_and_take_debt_off() {
    check(&format!(
        "
        {FUNDED}
        pay     S1 by shop from P1.spend 8.00       -> success
        refund  G1 of S1 3.00                       -> success
        tally   P1 15.00
        refund  G2 of S1 5.01                       -> refused RefundAmountExceeded
        refund  G3 of S1                            -> success
        tally   P1 20.00
        refunded S1 8.00 fps 0
        refund  G4 of S1                            -> refused TransactionFullyRefundedAlready
        refund  G5 of S1 1.00 policy market         -> refused TransactionFullyRefundedAlready
        balance shop 19.12
        history G1 success
        token   P1.spend Active used 8.00 uses 1
    "
    ));
    check(&format!(
        "
        {OWED}
        settle-debt S1 on C1 15.00                  -> pending
        refund  G1 of D0                            -> refused RefundAmountExceeded
        refund  G2 of D0 5.01                       -> refused RefundAmountExceeded
        refund  G3 of D0 4.00                       -> success
        tally   C1 1.00 pending 15.00
        answer  S1 authorize declined
        refund  G4 of D0 16.00                      -> success
        tally   C1 0.00
        refund  G5 of D0                            -> refused TransactionFullyRefundedAlready
    "
    ));
}

/// The limit bounds what is paid in; what comes back is the sender's own.
#[test]
fn a_refund_may_lift_a_prepaid_instrument_above_its_limit() {
    check(&format!(
        "
        {FUNDED}
        pay     S1 by shop from P1.spend 20.00      -> success
        fund    F1 on P1 50.00
        answer  F1 authorize approved
        answer  F1 capture approved                 -> success
        refund  G1 of S1                            -> success
        tally   P1 70.00
        fund    F2 on P1 1.00                       -> refused PrepaidFundingLimitExceeded
        pay     S2 by shop from P1.spend 70.00      -> success
    "
    ));
}

#[test]
fn money_that_moved_with_a_claim_is_not_refundable() {
    check(&format!(
        "
        {FUNDED}
        {OWED}
        settle-debt S1 on C1 5.00                   -> pending
        write-off W1 on C1 5.00                     -> success
        refund  A of F0                             -> refused TransactionTypeNotRefundable
        refund  B of S1                             -> refused TransactionTypeNotRefundable
        refund  C of W1                             -> refused TransactionTypeNotRefundable
        cancel  W1                                  -> refused InvalidTransactionId
        settle  S1                                  -> refused InvalidTransactionId
        pay     S2 by shop from P1.spend 5.00       -> success
        refund  D of S2                             -> success
        refund  E of D                              -> refused TransactionTypeNotRefundable
    "
    ));
}

#[test]
fn each_token_does_its_own_work_only() {
    check(&format!(
        "
        {FUNDED}
        {OWED}
        person  bob personal
        prepaid P2 bob to shop 50.00
        credit  C2 bob to shop 50.00
        consent T1 buyer to shop unrestricted
        pay     A by shop from P1.move 1.00         -> refused InvalidSenderRole
        pay     B by shop from C1.move 1.00         -> refused InvalidSenderRole
        reserve C by shop from P1.move 1.00         -> refused InvalidSenderRole
        reserve D by shop from P1.spend 1.00        -> refused PaymentInstrumentNotCC
        reserve E by shop from C1.spend 1.00        -> refused PaymentInstrumentNotCC
        fund    F on P1 1.00 from P1.spend          -> refused InvalidSenderRole
        fund    G on P1 1.00 from C1.move           -> refused InvalidSenderRole
        fund    H on P1 1.00 from T1                -> refused InvalidSenderRole
        fund    I on P1 1.00 from P2.move           -> refused IncompatibleTokens
        settle-debt J on C1 1.00 from P1.move       -> refused InvalidSenderRole
        settle-debt K on C1 1.00 from C1.spend      -> refused InvalidSenderRole
        settle-debt L on C1 1.00 from C2.move       -> refused IncompatibleTokens
        fund    M on C1 1.00                        -> refused InvalidParams
        settle-debt N on P1 1.00                    -> refused InvalidParams
        write-off O on P1 1.00                      -> refused InvalidParams
    "
    ));
}

#[test]
fn funding_is_refused_in_this_order() {
    check(
        "
        person  rival business
        prepaid P1 buyer to shop 50.00 until +2d
        prepaid PB buyer to shop 50.00 from balance
        fund    A on P1 1.00 by rival               -> refused InstrumentAccessDenied
        suspend shop
        fund    B on P1 1.00                        -> refused InvalidAccountState(Caller)
        revive  shop
        unverify shop
        fund    C on P1 1.00                        -> refused UnverifiedEmailAddress(Caller)
        verify  shop
        suspend buyer
        fund    D on P1 1.00                        -> refused InvalidAccountState(Sender)
        revive  buyer
        fund    E on P1 0.00                        -> refused AmountOutOfRange
        fund    F on P1 10000.01                    -> refused AmountOutOfRange
        fund    G on P1 1.001                       -> refused InvalidParams
        fund    H on P1 1.00 dynamic                -> refused InvalidParams
        fund    I on P1 0.05                        -> refused FeesReachAmount
        fund    J on P1 50.01                       -> refused PrepaidFundingLimitExceeded
        fund    K on P1 30.00                       -> pending
        fund    L on P1 20.01                       -> refused PrepaidFundingLimitExceeded
        fund    M on P1 20.00                       -> pending
        fund    N on PB 20.00                       -> refused InsufficientBalance(Sender)
        remove-card buyer
        fund    O on P1 1.00                        -> refused InactiveInstrument
        cancel-token P1.move by shop
        fund    Q on P1 1.00                        -> refused TokenNotActive(Sender)
        fund    R on P1 1.00 at +2d                 -> refused InstrumentExpired
        disable-key shop
        fund    S on P1 1.00                        -> refused AuthFailure
    ",
    );
}

#[test]
fn settling_and_writing_off_are_refused_in_this_order() {
    check(&format!(
        "
        person  rival business
        {OWED}
        settle-debt A on C1 1.00 by rival           -> refused InstrumentAccessDenied
        write-off B on C1 1.00 by rival             -> refused InstrumentAccessDenied
        suspend shop
        settle-debt C on C1 1.00                    -> refused InvalidAccountState(Caller)
        write-off D on C1 1.00                      -> refused InvalidAccountState(Caller)
        revive  shop
        settle-debt E on C1 0.00                    -> refused AmountOutOfRange
        write-off F on C1 0.00                      -> refused AmountOutOfRange
        write-off G on C1 10000.01                  -> refused AmountOutOfRange
        write-off H on C1 1.001                     -> refused InvalidParams
        settle-debt I on C1 20.01                   -> refused SettleAmountGreaterThanDebt
        write-off J on C1 20.01                     -> refused SettleAmountGreaterThanDebt
        cancel-token C1.move owner buyer
        settle-debt K on C1 1.00                    -> refused TokenNotActive(Sender)
        write-off L on C1 20.00                     -> success
        disable-key shop
        write-off M on C1 1.00                      -> refused AuthFailure
    "
    ));
}

#[test]
fn after_its_end_an_instrument_takes_nothing_and_what_is_owed_goes_on() {
    check(
        "
        prepaid P1 buyer to shop 50.00 until +2d
        credit  C1 buyer to shop 50.00 until +2d
        prepaid P2 buyer to shop 50.00 since +1d
        fund    F1 on P1 20.00
        answer  F1 authorize approved
        answer  F1 capture approved                 -> success
        pay     S1 by shop from P1.spend 5.00       -> success
        pay     D1 by shop from C1.spend 20.00      -> success
        fund    F2 on P2 1.00                       -> refused InstrumentExpired
        fund    F3 on P1 1.00 at +2d-1ms            -> pending
        pay     S2 by shop from P1.spend 1.00 at +2d -> refused InstrumentExpired
        pay     D2 by shop from C1.spend 1.00       -> refused InstrumentExpired
        fund    F4 on P1 1.00                       -> refused InstrumentExpired
        answer  F3 authorize approved
        answer  F3 capture approved                 -> success
        refund  G1 of S1                            -> success
        refund  G2 of D1 5.00                       -> success
        settle-debt S3 on C1 10.00                  -> pending
        write-off W1 on C1 5.00                     -> success
        tally   P1 21.00
        tally   C1 0.00 pending 10.00
    ",
    );
}

#[test]
fn a_payment_by_a_tally_keeps_to_its_own_recipient_and_bears_no_fee() {
    check(&format!(
        "
        {FUNDED}
        accept  M1 merchant to shop
        accept  M2 shop to shop
        pay     A by shop from P1.spend to M1 1.00              -> refused IncompatibleTokens
        pay     B by shop from P1.spend 20.01                   -> refused InsufficientBalance(Sender)
        pay     C by shop from P1.spend 1.001                   -> refused InvalidParams
        pay     D by shop from P1.spend 1.00 fixed 0.10         -> refused IncompatibleTokens
        cancel-token P1.spend owner buyer
        pay     E by shop from P1.spend 1.00                    -> refused TokenNotActive(Sender)
        fund    F on P1 1.00                                    -> pending
    "
    ));
}
