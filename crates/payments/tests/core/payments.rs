//! Reserve and Pay: refusals in their order, acceptance, fees.

use test_kit::check;

/// Each line is refused for its own reason, though every later reason holds as well.
#[test]
fn a_payment_is_refused_in_this_order() {
    for verb in ["reserve", "pay"] {
        check(&in_order().replace("VERB", verb));
    }
}

/// The scene is set back to front: each refusal is then lifted, and the next one shows.
fn in_order() -> String {
    "
        person  lone business
        consent T1 lone to lone unrestricted
        consent T2 buyer to lone multi most 5.00
        accept  M1 merchant to lone caller-pays only balance
        consent T3 merchant to lone unrestricted pays M1
        suspend lone
        VERB A by lone from T1 10.00            -> refused InvalidAccountState(Caller)
        close   lone
        VERB A2 by lone from T1 10.00           -> refused AccountClosed
        revive  lone
        unverify lone
        VERB B by lone from T1 10.00            -> refused UnverifiedEmailAddress(Caller)
        verify  lone
        person  other business
        consent OT buyer to other unrestricted
        VERB C by lone from OT 10.00            -> refused InvalidTokenId(Sender)
        VERB D by lone from M1 10.00            -> refused InvalidSenderRole
        VERB E by lone from T2 to T2 10.00      -> refused InvalidTokenId(Recipient)
        VERB F by lone from T2 to M1 10.00      -> refused IncompatibleTokens
        VERB G by lone from T3 10.00            -> refused IncompatibleTokens
        suspend merchant
        VERB H by lone from T3 to M1 10.00      -> refused InvalidAccountState(Sender)
        revive  merchant
        unverify merchant
        VERB I by lone from T3 to M1 10.00      -> refused UnverifiedEmailAddress(Sender)
        verify  merchant
        standing merchant pending
        VERB I2 by lone from T3 to M1 10.00     -> refused UnverifiedAccount(Sender)
        standing merchant complete
        VERB J by lone from T3 to M1 10.00      -> refused SameSenderAndRecipient
        VERB K by lone from T1 10.00            -> refused SameSenderAndRecipient
        consent T4 buyer to lone unrestricted pays M1
        VERB L by lone from T4 to M1 10.00      -> refused NotMarketplaceApp
    "
    .to_owned()
}

#[test]
fn who_is_paid_and_how_is_refused_in_this_order() {
    check(
        "
        person  friend personal
        accept  M1 friend to market
        accept  M2 merchant to market only balance
        accept  M3 merchant to market
        consent T1 buyer to market unrestricted pays M1,M2,M3
        consent TB buyer to market unrestricted from balance pays M1,M2,M3
        accept  M4 merchant to market only card
        consent TC buyer to market unrestricted from balance pays M4
        suspend friend
        reserve A by market from T1 to M1 10.00  -> refused InvalidAccountState(Recipient)
        revive  friend
        unverify friend
        reserve B by market from T1 to M1 10.00  -> refused UnverifiedEmailAddress(Recipient)
        verify  friend
        standing friend pending
        pay     B2 by market from TB to M1 10.00 -> refused UnverifiedAccount(Recipient)
        standing friend complete
        reserve C by market from TB to M1 10.00  -> refused PaymentInstrumentNotCC
        reserve D by market from T1 to M1 10.00  -> refused InvalidRecipientForCCTransaction
        pay     E by market from T1 to M2 10.00  -> refused InvalidRecipientForCCTransaction
        pay     F by market from TC to M4 10.00  -> refused IncompatibleTokens
        remove-card buyer
        reserve G by market from T1 to M3 10.00  -> refused InactiveInstrument
    ",
    );
}

#[test]
fn amounts_fees_and_limits_are_refused_in_this_order() {
    check(
        "
        accept  M1 merchant to market fixed 1.00 rate 10
        accept  M2 merchant to market no-ceilings
        accept  M3 merchant to market caller-pays
        consent T1 buyer to market multi most 5.00 pays M1,M2,M3
        reserve A by market from T1 to M1 0.00           -> refused AmountOutOfRange
        reserve B by market from T1 to M1 10000.01       -> refused AmountOutOfRange
        reserve C by market from T1 to M1 9.999          -> refused InvalidParams
        reserve D by market from T1 to M1 10.00 dynamic  -> refused InvalidParams
        reserve E by market from T1 to M1 10.00 fee caller -> refused IncompatibleTokens
        reserve F by market from T1 to M3 10.00 fee recipient -> refused IncompatibleTokens
        reserve G by market from T1 to M2 10.00 fixed 0.01 -> refused IncompatibleTokens
        reserve H by market from T1 to M1 10.00 fixed 1.01 -> refused IncompatibleTokens
        reserve I by market from T1 to M1 10.00 rate 10.0001 -> refused IncompatibleTokens
        reserve J by market from T1 to M1 0.10 fixed 0.05 -> refused FeesReachAmount
        reserve K by market from T1 to M1 5.01           -> refused TokenUsageError
        reserve L by market from T1 to M1 5.00 fixed 1.00 rate 10 -> pending
        reserve N by market from T1 to M1 5.00 dynamic for Shoes -> pending
    ",
    );
}

#[test]
fn the_balance_is_the_last_thing_to_be_refused() {
    check(
        "
        consent T1 buyer to shop multi from balance most 5.00
        pay     A by shop from T1 5.01  -> refused TokenUsageError
        pay     B by shop from T1 5.00  -> refused InsufficientBalance(Sender)
        token   T1 Active used 0 uses 0
        deposit buyer 4.99
        pay     B by shop from T1 5.00  -> refused InsufficientBalance(Sender)
        deposit buyer 0.01
        pay     B by shop from T1 5.00  -> success
        balance buyer 0
        balance shop 4.915
    ",
    );
}

#[test]
fn a_card_that_expired_cannot_pay() {
    check(
        "
        consent T1 buyer to shop unrestricted until +3650d
        reserve A by shop from T1 1.00 at +1700d -> pending
        reserve B by shop from T1 1.00 at +1795d -> refused InactiveInstrument  # January 2031
    ",
    );
}

#[test]
fn the_documented_fees() {
    check(
        "
        pay  P1 by shop from buyer 1.00   -> pending
        fees P1 0.10
        pay  P2 by shop from buyer 5.00   -> pending
        fees P2 0.30
        pay  P3 by shop from buyer 9.99   -> pending
        fees P3 0.55
        pay  P4 by shop from buyer 10.00  -> pending
        fees P4 0.59
        consent TB buyer to shop unrestricted from balance
        deposit buyer 100.00
        pay  P5 by shop from TB 0.01      -> success
        fees P5 0.0025
        pay  P6 by shop from TB 0.02      -> success
        fees P6 0.004
        pay  P7 by shop from TB 0.05      -> success
        fees P7 0.01075
        pay  P8 by shop from TB 0.0015    -> refused FeesReachAmount
        pay  P9 by shop from TB 0.003     -> success
        fees P9 0.0025
    ",
    );
}

#[test]
fn a_payment_by_card_is_authorised_then_captured() {
    check(
        "
        pay     P1 by shop from buyer 10.00     -> pending
        works   P1 Authorize
        balance shop 0 in 10.00
        answer  P1 authorize approved           -> pending
        works   P1 Capture
        balance shop 0 in 10.00
        answer  P1 capture approved             -> success
        works   P1
        balance shop 9.41
        history P1 pending success
    ",
    );
}

#[test]
fn a_payment_from_the_balance_is_done_at_once() {
    check(
        "
        consent TB buyer to market unrestricted from balance
        deposit buyer 20.00
        pay     P1 by market from TB 10.00      -> success
        works   P1
        history P1 success
        balance buyer 10.00
        balance market 9.84
        accept  M1 merchant to market caller-pays
        consent TM buyer to market unrestricted from balance pays M1
        pay     P2 by market from TM to M1 10.00 fixed 0.10 -> success
        fees    P2 0.16 market 0.10 held 0.06
        balance buyer 0
        balance merchant 9.90
        balance market 9.78
    ",
    );
}

#[test]
fn a_marketplace_takes_its_fee_and_the_recipient_the_rest() {
    check(
        "
        reserve R1 by market from buyer 100.00 to merchant fixed 0.50 rate 5 -> pending
        fees    R1 0 market 0
        answer  R1 authorize approved           -> reserved
        settle  R1                              -> pending
        fees    R1 3.20 market 5.50
        balance merchant 0 in 100.00
        answer  R1 capture approved             -> success
        balance merchant 91.30
        balance market 5.50
    ",
    );
}

/// A fee that the caller pays is held while the charge is under way, and comes back if it fails.
#[test]
fn a_callers_fee_is_held_and_restored() {
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 buyer to market unrestricted pays M1
        reserve R1 by market from T1 to M1 10.00 rate 1 -> pending
        answer  R1 authorize approved           -> reserved
        settle  R1                              -> refused InsufficientBalance(Caller)
        look    R1                              -> reserved Success
        deposit market 0.48
        settle  R1                              -> refused InsufficientBalance(Caller)
        deposit market 0.01
        settle  R1                              -> pending
        fees    R1 0.59 market 0.10 held 0.49
        balance market 0 out 0.49
        pay     P1 by market from T1 to M1 10.00 -> refused InsufficientBalance(Caller)
        answer  R1 capture declined             -> failure
        balance market 0.49
        balance merchant 0
        deposit market 0.10
        pay     P1 by market from T1 to M1 10.00 -> pending
        balance market 0 out 0.59
        balance merchant 0 in 10.00
        cancel  P1                              -> cancelled
        balance market 0.59
        balance merchant 0
        pay     P2 by market from T1 to M1 10.00 -> pending
        answer  P2 authorize approved           -> pending
        answer  P2 capture approved             -> success
        balance market 0
        balance merchant 10.00
    ",
    );
}

/// The marketplace's own fee pays the provider first: nothing has to be on its balance.
#[test]
fn a_marketplace_fee_above_the_providers_needs_no_balance() {
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 buyer to market unrestricted pays M1
        pay     P1 by market from T1 to M1 10.00 fixed 1.00 -> pending
        fees    P1 0.59 market 1.00 held 0
        answer  P1 authorize approved
        answer  P1 capture approved             -> success
        balance market 0.41
        balance merchant 9.00
    ",
    );
}

/// Who is caller and recipient at once pays out of what it is paid, whichever role it names.
#[test]
fn a_shop_that_names_itself_needs_no_balance() {
    check(
        "
        pay     P1 by shop from buyer 10.00 fee caller -> pending
        answer  P1 authorize approved
        answer  P1 capture approved             -> success
        balance shop 9.41
        refund  F1 of P1                        -> pending
        balance shop 0 out 9.41
        answer  F1 refund approved              -> success
        balance shop 0
        accept  OWN shop to shop
        consent T1 buyer to shop unrestricted pays OWN
        pay     P2 by shop from T1 to OWN 10.00 fixed 1.00 -> pending
        answer  P2 authorize approved
        answer  P2 capture approved             -> success
        fees    P2 0.59 market 1.00
        balance shop 9.41
        refund  F2 of P2 policy both            -> pending
        answer  F2 refund declined              -> failure
        balance shop 9.41
        refund  F3 of P2 policy both            -> pending
        answer  F3 refund approved              -> success
        balance shop 0
    ",
    );
}

/// A marketplace may be the buyer.
#[test]
fn a_caller_may_be_the_sender() {
    check(
        "
        accept  M1 merchant to market caller-pays
        consent T1 market to market unrestricted from balance pays M1
        deposit market 10.00
        pay     P1 by market from T1 to M1 10.00  -> refused InsufficientBalance(Sender)
        deposit market 0.16
        pay     P1 by market from T1 to M1 10.00  -> success
        balance market 0
        balance merchant 10.00
    ",
    );
}

/// Where nobody is asked, nobody declines later.
#[test]
fn a_magic_amount_is_refused_where_it_would_be_done_at_once() {
    check(
        "
        deposit buyer 100.00
        consent TB buyer to shop unrestricted from balance
        consent TC buyer to shop unrestricted
        pay A1 by shop from TB 10.59 -> success
        pay A2 by shop from TB 10.60 -> refused TransactionDenied
        pay A3 by shop from TB 0.65  -> refused TransactionDenied
        pay A4 by shop from TC 10.60 -> pending
        prepaid P1 buyer to shop 50.00
        edit-token P1.move as P2 to balance -> done
        fund F1 on P1 10.60 from P2 -> refused TransactionDenied
        fund F2 on P1 10.00 from P2 -> success
        balance buyer 79.41
    ",
    );
}
