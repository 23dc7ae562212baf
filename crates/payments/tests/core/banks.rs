//! Payments from bank accounts: days of waiting, and refunds to the balance.

use payments::Refusal;
use payments::commands::{InstallTokens, RemoveInstrument, VerifyInstrument};
use payments::rows::{Means, PaymentMethod};
use test_kit::{check, people::usd};

#[test]
fn a_debit_is_pending_until_the_bank_has_settled() {
    check(
        "
        consent B1 buyer to shop unrestricted from bank
        pay     P by shop from B1 10.00                 -> pending
        balance shop 0 in 10.00
        wait    5d
        refund  R of P                                  -> refused OriginalTransactionIncomplete
        answer  P authorize approved                    -> pending
        answer  P capture approved                      -> success
        balance shop 9.75
    ",
    );
}

#[test]
fn a_debit_that_comes_back_leaves_nothing_behind() {
    check(
        "
        consent B1 buyer to shop multi from bank total 10.00
        pay     P by shop from B1 10.00                 -> pending
        wait    3d
        answer  P authorize declined                    -> failure
        balance shop 0
        refund  R of P                                  -> refused OriginalTransactionFailed
        pay     Q by shop from B1 10.00                 -> pending
        answer  Q authorize approved                    -> pending
        answer  Q capture declined                      -> failure
        balance shop 0
    ",
    );
}

/// The bank may settle what was cancelled on its way: it is given back and revives nothing.
#[test]
fn a_cancelled_debit_that_settles_is_released() {
    for end in [
        "cancel P                                       -> cancelled",
        "wait 7d\n expire P",
    ] {
        check(&format!(
            "
            consent B1 buyer to shop unrestricted from bank
            pay     P by shop from B1 10.00             -> pending
            {end}
            balance shop 0
            answer  P authorize approved
            answer  P void approved
            balance shop 0
        "
        ));
    }
}

#[test]
fn a_refund_goes_to_the_senders_balance_within_the_call() {
    check(
        "
        consent B1 buyer to shop unrestricted from bank
        pay     P by shop from B1 10.00
        answer  P authorize approved
        answer  P capture approved
        refund  R of P 4.00                             -> success
        balance buyer 4
        balance shop 5.85
        refund  T of P                                  -> success
        balance buyer 10
        balance shop 0
        refund  U of P                                  -> refused TransactionFullyRefundedAlready
    ",
    );
}

#[test]
fn only_a_card_can_be_reserved_and_only_a_verified_account_debited() {
    check(
        "
        consent B1 buyer to shop unrestricted from bank
        consent B2 buyer to shop unrestricted from unverified-bank
        reserve A by shop from B1 10.00                 -> refused PaymentInstrumentNotCC
        pay     B by shop from B2 10.00                 -> refused UnverifiedBankAccount
        pay     C by shop from B1 10.005                -> refused InvalidParams
        accept  M1 merchant to market only card
        accept  M2 merchant to market only bank
        consent B3 buyer to market unrestricted from bank pays M1,M2
        pay     D by market from B3 to M1 10.00         -> refused IncompatibleTokens
        pay     E by market from B3 to M2 10.00         -> pending
    ",
    );
}

#[test]
fn limits_of_accounts_are_lifted_one_by_one() {
    check(
        "
        consent T1 buyer to shop unrestricted
        limit   50.00
        reserve A by shop from T1 50.00                 -> pending
        reserve B by shop from T1 50.01                 -> refused AccountLimitsExceeded { party: Sender
        standing buyer no-limits
        pay     B by shop from T1 50.01 ref B2          -> refused AccountLimitsExceeded { party: Recipient
        standing shop no-limits
        reserve B by shop from T1 50.01                 -> pending
        pay     C by shop from T1 10001.00              -> refused AmountOutOfRange
    ",
    );
}

#[test]
fn an_instrument_pays_by_its_own_method_only() {
    let mut story = check("");
    let (shop, buyer) = (story.world.shop(), story.world.buyer_with_card());
    let bank = Some(story.world.bank_of(buyer, true));
    for (method, instrument) in [
        (PaymentMethod::Card, bank),
        (PaymentMethod::Bank, buyer.card),
        (PaymentMethod::Balance, bank),
    ] {
        let agreed = InstallTokens {
            method: Some(method),
            instrument,
            ..story.world.consent(buyer, shop)
        };
        let answer = story.world.run(agreed);
        assert_eq!(answer, Err(Refusal::InactiveInstrument), "{method:?}");
    }
}

#[test]
fn the_operator_verifies_a_bank_account_and_takes_it_back() {
    let mut story = check("consent B1 buyer to shop unrestricted from unverified-bank");
    let banks = story.world.rows.instruments.values();
    let bank = banks
        .filter(|row| matches!(row.means, Means::Bank(_)))
        .map(|row| (row.key, row.account))
        .next();
    let (instrument, account) = bank.expect("made above");
    for (verified, said) in [(true, "pending"), (false, "refused UnverifiedBankAccount")] {
        let verify = VerifyInstrument {
            instrument,
            verified,
        };
        story.world.run(verify).expect("it is a bank account");
        let step = format!("pay P{verified} by shop from B1 {}", usd("1.00").to_cents());
        let said_now = story.say(&step).expect("a step").expect("an answer");
        assert_eq!(said_now, said);
    }
    story
        .world
        .run(RemoveInstrument {
            account,
            instrument,
        })
        .expect("their own");
    let buyer = story.world.buyer_with_card();
    for gone in [instrument, buyer.card.expect("a card")] {
        let verify = VerifyInstrument {
            instrument: gone,
            verified: true,
        };
        assert_eq!(story.world.run(verify), Err(Refusal::NotFound));
    }
}
