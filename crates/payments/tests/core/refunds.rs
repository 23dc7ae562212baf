//! Refund: who gives back what, in part, in full, and when the processor will not.

use test_kit::check;

/// A shop that has charged 10.00 and has 9.41 of it.
const CHARGED: &str = "
    pay     P1 by shop from buyer 10.00
    answer  P1 authorize approved
    answer  P1 capture approved                 -> success
";

/// A merchant that was paid 10.00 over a marketplace that took 1.00.
const MARKET: &str = "
    pay     P1 by market from buyer 10.00 to merchant fixed 1.00
    answer  P1 authorize approved
    answer  P1 capture approved                 -> success
    balance merchant 8.41
    balance market 1.00
";

#[test]
fn a_refund_is_refused_in_this_order() {
    check(&format!(
        "{CHARGED}
        person  rival business
        refund  A of P1 by rival                    -> refused InvalidTransactionId
        suspend shop
        refund  B of P1                             -> refused InvalidAccountState(Caller)
        revive  shop
        unverify shop
        refund  C of P1                             -> refused UnverifiedEmailAddress(Caller)
        verify  shop
        refund  D of P1 0.00                        -> refused AmountOutOfRange
        refund  E of P1 10.01                       -> refused RefundAmountExceeded
        refund  G of P1 9.999                       -> refused InvalidParams
        refund  H of P1 1.00 policy market          -> refused TransactionFullyRefundedAlready
        refund  I of P1 10.00                       -> pending
        refund  J of I                              -> refused TransactionTypeNotRefundable
        refund  K of P1 99.00                       -> refused TransactionFullyRefundedAlready
        answer  I refund declined                   -> failure
        accept  M1 merchant to shop
        consent TB shop to shop unrestricted from balance pays M1
        pay     P2 by shop from TB to M1 9.00       -> success
        refund  L of P1                             -> refused InsufficientBalance(Recipient)
        disable-key shop
        refund  N of P1                             -> refused AuthFailure
    "
    ));
}

#[test]
fn a_refund_by_card_holds_the_money_until_the_processor_answers() {
    check(&format!(
        "{CHARGED}
        balance shop 9.41
        refund  F1 of P1 4.00                       -> pending
        works   F1 Refund
        fees    F1 0.24
        balance shop 5.65 out 3.76
        refunded P1 4.00 fps 0.24
        answer  F1 refund approved                  -> success
        balance shop 5.65
        answer  F1 refund declined                  -> success
        balance shop 5.65
        history F1 pending success
    "
    ));
}

#[test]
fn a_refund_that_fails_restores_everything() {
    check(&format!(
        "{MARKET}
        refund  F1 of P1 4.00 policy both           -> pending
        balance merchant 5.05 out 3.36
        balance market 0.60 out 0.40
        refunded P1 4.00 fps 0.24 market 0.40
        answer  F1 refund declined                  -> failure
        look    F1                                  -> failure TransactionDenied
        balance merchant 8.41
        balance market 1.00
        refunded P1 0 fps 0 market 0
        refund  F2 of P1 policy both                -> pending
        answer  F2 refund approved                  -> success
        balance merchant 0
        balance market 0
        refunded P1 10.00 fps 0.59 market 1.00
    "
    ));
}

#[test]
fn the_three_policies() {
    // The caller keeps its fee: the recipient pays it.
    check(&format!(
        "{MARKET}
        refund  F1 of P1                            -> refused InsufficientBalance(Recipient)
        deposit merchant 1.00
        refund  F1 of P1                            -> pending
        answer  F1 refund approved                  -> success
        balance merchant 0
        balance market 1.00
        refunded P1 10.00 fps 0.59 market 0
        refund  F2 of P1 policy market              -> success    # still its own to give
        balance merchant 1.00
        balance market 0
        refund  F3 of P1 policy market              -> refused TransactionFullyRefundedAlready
    "
    ));
    // Only the marketplace gives back; the sender gets nothing.
    check(&format!(
        "{MARKET}
        refund  F1 of P1 5.00 policy market         -> success
        works   F1
        history F1 success
        balance merchant 8.91
        balance market 0.50
        refunded P1 0 fps 0 market 0.50
        refund  F2 of P1 policy both                -> pending
        answer  F2 refund approved                  -> success
        balance merchant 0
        balance market 0
        refunded P1 10.00 fps 0.59 market 1.00
    "
    ));
    // The marketplace cannot give what it no longer has.
    check(&format!(
        "{MARKET}
        accept  MM merchant to market
        consent TB market to market unrestricted from balance pays MM
        pay     P2 by market from TB to MM 0.50     -> success
        refund  F1 of P1 policy both                -> refused InsufficientBalance(Caller)
        refund  F2 of P1 5.00 policy both           -> pending
    "
    ));
}

#[test]
fn a_fee_that_the_caller_paid_goes_back_to_the_caller() {
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 buyer to market unrestricted pays M1
        deposit market 0.59
        pay     P1 by market from T1 to M1 10.00
        answer  P1 authorize approved
        answer  P1 capture approved                 -> success
        balance market 0
        balance merchant 10.00
        refund  F1 of P1 5.00                       -> pending
        balance merchant 5.00 out 5.00
        answer  F1 refund approved                  -> success
        balance merchant 5.00
        balance market 0.30
        refund  F2 of P1                            -> pending
        answer  F2 refund approved                  -> success
        balance merchant 0
        balance market 0.59
    ",
    );
}

#[test]
fn many_small_refunds_return_exactly_the_whole() {
    let mut story = check(CHARGED);
    for part in 0..40 {
        story.play(&format!("refund F{part} of P1 0.25 -> pending"));
        story.play(&format!("answer F{part} refund approved -> success"));
    }
    story.play(
        "
        balance shop 0
        refunded P1 10.00 fps 0.59
        refund  X of P1 -> refused TransactionFullyRefundedAlready
    ",
    );
}

/// Fees that come back can be more than a very small refund; the rest is the recipient's.
#[test]
fn a_refund_smaller_than_its_returned_fees() {
    check(
        "
        pay     P1 by shop from buyer 0.06          # fee: 5 % + 0.05 = 0.053, rounded 0.05
        answer  P1 authorize approved
        answer  P1 capture approved                 -> success
        balance shop 0.01
        refund  F1 of P1 0.01                       -> pending
        fees    F1 0.01
        balance shop 0.01
        answer  F1 refund approved                  -> success
        balance shop 0.01
        refund  F2 of P1                            -> pending
        answer  F2 refund approved                  -> success
        balance shop 0
        refunded P1 0.06 fps 0.05

        pay     P2 by market from buyer 0.20 to merchant fixed 0.13
        answer  P2 authorize approved
        answer  P2 capture approved                 -> success
        balance merchant 0.01
        fees    P2 0.06 market 0.13
        refund  F3 of P2 0.01 policy both           -> pending
        fees    F3 0 market 0.01
        refund  F4 of P2 0.01 policy both           -> pending
        fees    F4 0.01 market 0
        refund  F5 of P2 0.02 policy both           -> pending
        fees    F5 0 market 0.02
        refund  F6 of P2 0.01 policy both           -> pending
        fees    F6 0.01 market 0
        refund  F7 of P2 0.01 policy both           -> pending
        answer  F7 refund declined                  -> failure
        answer  F3 refund approved
        answer  F4 refund approved
        answer  F5 refund declined
        answer  F6 refund approved                  -> success
        refund  F8 of P2 policy both                -> pending
        answer  F8 refund approved                  -> success
        balance merchant 0
        balance market 0
    ",
    );
}

#[test]
fn a_payment_from_the_balance_is_refunded_at_once() {
    check(
        "
        consent TB buyer to shop unrestricted from balance
        deposit buyer 10.00
        pay     P1 by shop from TB 10.00            -> success
        balance shop 9.84
        refund  F1 of P1 2.5                        -> success
        works   F1
        balance buyer 2.50
        balance shop 7.38
        refund  F2 of P1 0.001                      -> success
        refund  F3 of P1                            -> success
        balance buyer 10.00
        balance shop 0
        history F1 success
    ",
    );
}

#[test]
fn a_settled_part_is_what_can_be_refunded() {
    check(
        "
        reserve R1 by shop from buyer 20.00
        answer  R1 authorize approved
        settle  R1 12.00
        answer  R1 capture approved                 -> success
        refund  F1 of R1 12.01                      -> refused RefundAmountExceeded
        refund  F2 of R1                            -> pending
        refunded R1 12.00 fps 0.65
        answer  F2 refund approved
        balance shop 0
    ",
    );
}

/// Two refunds of 40 % both succeed; a third does not fit.
#[test]
fn refunds_under_way_count() {
    check(&format!(
        "{CHARGED}
        refund  F1 of P1 4.00                       -> pending
        refund  F2 of P1 4.00                       -> pending
        refund  F3 of P1 4.00                       -> refused RefundAmountExceeded
        answer  F1 refund declined                  -> failure
        refund  F4 of P1 6.00                       -> pending
        answer  F2 refund approved                  -> success
        answer  F4 refund approved                  -> success
        balance shop 0
    "
    ));
}
