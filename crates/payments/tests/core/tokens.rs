//! Tokens: what they allow, what a use takes, what comes back.

use test_kit::check;

#[test]
fn a_single_use_token_lives_three_hours() {
    check(
        "
        consent T1 buyer to shop single until +30d      # a caller cannot lengthen it
        consent T2 buyer to shop single
        reserve R1 by shop from T1 10.00 at +3h-1ms     -> pending
        reserve R2 by shop from T2 10.00 at +3h         -> refused TokenNotActive(Sender)
    ",
    );
}

#[test]
fn acceptance_consumes_and_a_refusal_does_not() {
    check(
        "
        consent T1 buyer to shop single most 10.00
        reserve A by shop from T1 0.00                  -> refused AmountOutOfRange
        reserve B by shop from T1 10.01                 -> refused TokenUsageError
        token   T1 Active used 0 uses 0
        reserve R1 by shop from T1 10.00                -> pending
        token   T1 Used used 10.00 uses 1
        pay     P1 by shop from T1 10.00                -> refused SameTokenIdUsedMultipleTimes
        answer  R1 authorize declined                   -> failure
        token   T1 Used used 0 uses 1
        pay     P2 by shop from T1 10.00                -> refused SameTokenIdUsedMultipleTimes
        consent T2 buyer to shop single
        reserve R2 by shop from T2 10.00
        cancel  R2                                      -> cancelled
        reserve R3 by shop from T2 10.00                -> refused SameTokenIdUsedMultipleTimes
    ",
    );
}

#[test]
fn a_multi_use_token_regains_what_was_not_used() {
    check(
        "
        consent T1 buyer to shop multi total 10.00
        reserve R1 by shop from T1 6.00                 -> pending
        reserve A  by shop from T1 4.01                 -> refused TokenUsageError
        reserve R2 by shop from T1 4.00                 -> pending
        token   T1 Active used 10.00 uses 2
        answer  R1 authorize declined                   -> failure
        token   T1 Active used 4.00 uses 2
        cancel  R2                                      -> cancelled
        token   T1 Active used 0
        answer  R2 authorize approved                   -> cancelled
        token   T1 Active used 0

        reserve R3 by shop from T1 10.00                -> pending
        answer  R3 authorize approved                   -> reserved
        settle  R3 4.00                                 -> pending
        token   T1 Active used 10.00                    # the settle may still fail
        answer  R3 capture approved                     -> success
        token   T1 Active used 4.00
        refund  F1 of R3                                -> pending
        answer  F1 refund approved                      -> success
        token   T1 Active used 4.00                     # a refund gives nothing back

        reserve R4 by shop from T1 6.00                 -> pending
        answer  R4 authorize approved                   -> reserved
        settle  R4 1.00                                 -> pending
        answer  R4 capture declined                     -> failure
        token   T1 Active used 4.00

        reserve R5 by shop from T1 6.00                 -> pending
        answer  R5 authorize approved                   -> reserved
        expire  R5 at +7d                               -> cancelled
        token   T1 Active used 4.00

        pay     P1 by shop from T1 6.00 timeout 1       -> pending
        expire  P1 at +8d                               -> failure
        token   T1 Active used 4.00
        pay     P2 by shop from T1 6.00                 -> pending
        answer  P2 authorize approved
        answer  P2 capture declined                     -> failure
        token   T1 Active used 4.00
        pay     P3 by shop from T1 6.00                 -> pending
        answer  P3 authorize approved
        answer  P3 capture approved                     -> success
        token   T1 Active used 10.00 uses 8
        pay     B by shop from T1 0.10                  -> refused TokenUsageError
    ",
    );
}

#[test]
fn each_charge_has_its_bounds() {
    check(
        "
        consent T1 buyer to shop multi exactly 5.00
        consent T2 buyer to shop multi most 5.00
        consent T3 buyer to shop multi least 5.00
        reserve A by shop from T1 4.99                  -> refused TokenUsageError
        reserve B by shop from T1 5.01                  -> refused TokenUsageError
        reserve C by shop from T1 5.00                  -> pending
        reserve D by shop from T2 5.01                  -> refused TokenUsageError
        reserve E by shop from T2 5.00                  -> pending
        reserve F by shop from T3 4.99                  -> refused TokenUsageError
        reserve G by shop from T3 5.00                  -> pending
    ",
    );
}

/// Every world begins on the first of February 2026 at noon.
#[test]
fn windows_follow_the_calendar() {
    check(
        "
        consent T1 buyer to shop multi sum 10.00 per 1-Month
        reserve R1 by shop from T1 10.00                -> pending
        reserve A by shop from T1 0.10 at +28d-1ms      -> refused TokenUsageError
        reserve R2 by shop from T1 10.00 at +28d        -> pending
        reserve B by shop from T1 0.10 at +59d-1ms      -> refused TokenUsageError
        reserve R3 by shop from T1 10.00 at +59d        -> pending
        token   T1 Active used 30.00 uses 3
    ",
    );
    check(
        "
        consent T1 buyer to shop multi count 2 per 2-Hours
        reserve R1 by shop from T1 1.00                 -> pending
        reserve R2 by shop from T1 1.00                 -> pending
        reserve A by shop from T1 1.00                  -> refused TokenUsageError
        cancel  R2
        reserve B by shop from T1 1.00                  -> refused TokenUsageError  # counts stay
        reserve C by shop from T1 1.00 at +2h           -> pending
        consent T2 buyer to shop multi count 1
        reserve D by shop from T2 1.00                  -> pending
        reserve E by shop from T2 1.00 at +300d         -> refused TokenUsageError
    ",
    );
}

/// What was used in a window comes back to that window, not to the one that is now.
#[test]
fn an_amount_comes_back_to_its_own_window() {
    check(
        "
        consent T1 buyer to shop multi sum 10.00 per 1-Day
        reserve R1 by shop from T1 10.00 at +23h        -> pending
        reserve R2 by shop from T1 10.00 at +25h        -> pending
        cancel  R1                                      -> cancelled
        reserve A by shop from T1 0.10                  -> refused TokenUsageError
        cancel  R2                                      -> cancelled
        reserve R3 by shop from T1 10.00                -> pending
        reserve R4 by shop from T1 10.00 at +49h        -> pending
        reserve R5 by shop from T1 10.00 at +73h        -> pending
        cancel  R3                                      -> cancelled    # two windows ago
        reserve B by shop from T1 0.10                  -> refused TokenUsageError
        token   T1 Active used 20.00 uses 5
    ",
    );
}

#[test]
fn a_token_has_its_time() {
    check(
        "
        consent T1 buyer to shop multi since +1d until +2d
        reserve A by shop from T1 1.00 at +1d-1ms       -> refused TokenNotActive(Sender)
        reserve B by shop from T1 1.00 at +1d           -> pending
        reserve C by shop from T1 1.00 at +2d-1ms       -> pending
        reserve D by shop from T1 1.00 at +2d           -> refused TokenNotActive(Sender)
        consent T2 buyer to shop multi                  # a year, from +2d
        reserve E by shop from T2 1.00 at +367d-1ms     -> pending
        reserve F by shop from T2 1.00 at +367d         -> refused TokenNotActive(Sender)
    ",
    );
}

#[test]
fn a_token_names_whom_it_pays() {
    check(
        "
        accept  M1 merchant to market
        accept  M2 shop to market
        accept  MM market to market
        consent T1 buyer to market unrestricted
        consent T2 buyer to market unrestricted pays M1
        reserve A by market from T1 to M1 10.00         -> refused IncompatibleTokens
        reserve B by market from T2 to M2 10.00         -> refused IncompatibleTokens
        reserve C by market from T2 10.00               -> refused IncompatibleTokens
        reserve D by market from T1 10.00               -> pending
        reserve E by market from T1 to MM 10.00         -> pending
        reserve F by market from T2 to M1 10.00         -> pending
    ",
    );
}

#[test]
fn a_cancelled_token_is_used_no_more() {
    check(
        "
        accept  M1 merchant to market
        consent T1 buyer to market unrestricted pays M1
        consent T2 buyer to market unrestricted pays M1
        reserve R1 by market from T1 to M1 10.00        -> pending
        person  rival business
        cancel-token T1 by rival                        -> refused TokenAccessDenied
        cancel-token T1 owner merchant                  -> refused TokenAccessDenied
        cancel-token T1 owner buyer                     -> done
        cancel-token T1 by market                       -> refused TokenAlreadyCancelled
        reserve A by market from T1 to M1 10.00         -> refused TokenNotActive(Sender)
        answer  R1 authorize approved                   -> reserved     # what was begun goes on
        settle  R1                                      -> pending
        answer  R1 capture approved                     -> success
        token   T1 Cancelled used 10.00
        cancel-token M1 by market                       -> done
        reserve B by market from T2 to M1 10.00         -> refused TokenNotActive(Recipient)
        suspend market
        cancel-token T2 by market                       -> refused InvalidAccountState(Caller)
        disable-key market
        cancel-token T2 by market                       -> refused AuthFailure
    ",
    );
}
