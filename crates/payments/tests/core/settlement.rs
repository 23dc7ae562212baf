//! Settle and Cancel: refusals in their order, amounts, fees on what is settled.

use test_kit::check;

#[test]
fn settle_is_refused_in_this_order() {
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 buyer to market unrestricted pays M1
        reserve R1 by market from T1 to M1 10.00 fixed 0.05
        pay     P1 by market from T1 to M1 1.00 rate 10
        answer  R1 authorize approved               -> reserved
        disable-key market
        settle  R1 99.00                            -> refused AuthFailure
        person  rival business
        settle  R1 99.00 by rival                   -> refused InvalidTransactionId
    ",
    );
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 buyer to market unrestricted pays M1
        pay     P1 by market from T1 to M1 1.00 fixed 0.90
        settle  P1                                  -> refused InvalidTransactionId
        reserve R1 by market from T1 to M1 10.00 fixed 0.05
        suspend market
        settle  R1 99.00                            -> refused InvalidAccountState(Caller)
        revive  market
        unverify market
        settle  R1 99.00                            -> refused UnverifiedEmailAddress(Caller)
        verify  market
        settle  R1 99.00                            -> refused InvalidTransactionState(Pending)
        answer  R1 authorize approved               -> reserved
        settle  R1 0.00                             -> refused AmountOutOfRange
        settle  R1 10.01                            -> refused SettleAmountGreaterThanReserveAmount
        settle  R1 9.999                            -> refused InvalidParams
        settle  R1 0.05                             -> refused FeesReachAmount
        settle  R1 10.00                            -> refused InsufficientBalance(Caller)
        settle  R1 10.00 at +7d                     -> refused ReservationExpired
        expire  R1                                  -> cancelled
        settle  R1 10.00                            -> refused InvalidTransactionState(Cancelled)
    ",
    );
}

#[test]
fn cancel_is_refused_in_this_order() {
    check(
        "
        pay     P1 by shop from buyer 10.00
        answer  P1 authorize approved
        answer  P1 capture approved                 -> success
        refund  F1 of P1 1.00                       -> pending
        cancel  F1                                  -> refused InvalidTransactionId
        person  rival business
        cancel  P1 by rival                         -> refused InvalidTransactionId
        suspend shop
        cancel  P1                                  -> refused InvalidAccountState(Caller)
        revive  shop
        cancel  P1                                  -> refused InvalidTransactionState(Success)
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved               -> reserved
        disable-key shop
        cancel  R1                                  -> refused AuthFailure
    ",
    );
}

#[test]
fn the_whole_schedule_is_frozen_and_its_line_for_what_is_settled_counts() {
    check(
        "
        reserve R1 by shop from buyer 20.00
        answer  R1 authorize approved
        settle  R1 5.00
        answer  R1 capture approved                  -> success
        fees    R1 0.30
        balance shop 4.70
    ",
    );
}

#[test]
fn a_partial_settle_charges_fees_on_what_is_settled() {
    check(
        "
        reserve R1 by shop from buyer 20.00         -> pending
        balance shop 0
        answer  R1 authorize approved               -> reserved
        balance shop 0
        settle  R1 12.00                            -> pending
        works   R1 Capture
        fees    R1 0.65
        balance shop 0 in 12.00
        answer  R1 capture approved                 -> success
        balance shop 11.35
        look    R1                                  -> success Success
        history R1 pending reserved pending success
    ",
    );
}

/// A settle that the caller has read the answer of is not done twice; only the same bytes are
/// answered again.
#[test]
fn the_same_bytes_get_the_winners_answer() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        answer  R1 authorize approved               -> reserved
        settle  R1 4.00                             -> pending
        settle  R1 4.00 again                       -> pending
        answer  R1 capture approved                 -> success
        settle  R1 4.00 again                       -> pending
        suspend shop
        settle  R1 4.00 again                       -> pending
        revive  shop
        settle  R1 4.00                             -> refused InvalidTransactionState(Success)
        cancel  R1                                  -> refused InvalidTransactionState(Success)
        cancel  R1 again                            -> refused InvalidTransactionState(Success)
        reserve R2 by shop from buyer 10.00
        cancel  R2                                  -> cancelled
        cancel  R2 again                            -> cancelled
        cancel  R2                                  -> refused InvalidTransactionState(Cancelled)
    ",
    );
}

/// A disabled key signs nothing, not even what it signed before.
#[test]
fn a_disabled_key_is_answered_nothing_again() {
    check(
        "
        reserve R1 by shop from buyer 10.00
        cancel  R1                                  -> cancelled
        disable-key shop
        cancel  R1 again                            -> refused AuthFailure
        reserve R1 by shop from buyer 10.00         -> refused AuthFailure
    ",
    );
}
