//! The sandbox processor's rules of effect and of keys, through its public door.

use std::time::Duration;

use crate::common::{self, Bank, DAY_MS, declined, key, summary};
use processor::{CallError, Processor, SandboxOptions, Seen, code};

#[tokio::test]
async fn another_number_is_approved() {
    let bank = Bank::open("another_number");
    let answer = bank
        .authorize("T1", "3530111333300000", 1_000_000)
        .await
        .unwrap();
    assert_eq!(summary(&answer), "approved");
    assert_eq!(bank.rows()[0].rule, "");
}

#[tokio::test]
async fn a_capture_is_refused_in_order() {
    let bank = Bank::open("capture_order");
    let code = |result| declined(result);
    assert_eq!(
        code(bank.capture("T1", 1, "T1", 1_000_000).await),
        code::AUTHORIZATION_UNKNOWN
    );
    bank.authorize("T2", "4000000000000002", 10_000_000)
        .await
        .unwrap();
    assert_eq!(
        code(bank.capture("T2", 1, "T2", 1_000_000).await),
        code::AUTHORIZATION_NOT_APPROVED
    );
    bank.authorize("T3", "4000000000003097", 10_000_000)
        .await
        .unwrap_err();
    assert_eq!(
        code(bank.capture("T3", 1, "T3", 1_000_000).await),
        code::AUTHORIZATION_NOT_APPROVED
    );
    bank.good("T4", 10_000_000).await;
    assert_eq!(
        code(bank.capture("T4", 1, "T4", 0).await),
        code::INVALID_AMOUNT
    );
    assert_eq!(
        code(bank.capture("T4", 2, "T4", 10_000_001).await),
        code::AMOUNT_TOO_LARGE
    );
    assert!(
        bank.capture("T4", 3, "T4", 10_000_000)
            .await
            .unwrap()
            .approved()
    );
    assert_eq!(
        code(bank.capture("T4", 4, "T4", 1).await),
        code::AUTHORIZATION_CAPTURED
    );
    assert_eq!(code(bank.void("T4", 1).await), code::AUTHORIZATION_CAPTURED);
    bank.good("T5", 10_000_000).await;
    assert!(bank.void("T5", 1).await.unwrap().approved());
    assert_eq!(
        code(bank.capture("T5", 1, "T5", 1_000_000).await),
        code::AUTHORIZATION_VOIDED
    );
    assert_eq!(code(bank.void("T5", 2).await), code::AUTHORIZATION_VOIDED);
    // A void names what it released.
    let void = bank
        .rows()
        .into_iter()
        .find(|row| row.key == key("T5/void"))
        .unwrap();
    assert_eq!(
        (void.amount_micros, void.currency.as_str()),
        (10_000_000, "USD")
    );
    assert_eq!(void.refers_to, Some(key("T5/authorize")));
}

#[tokio::test]
async fn an_authorization_lives_for_thirty_days() {
    let bank = Bank::open("thirty_days");
    bank.good("T1", 10_000_000).await;
    bank.good("T2", 10_000_000).await;
    bank.advance(30 * DAY_MS - 1);
    assert!(
        bank.capture("T1", 1, "T1", 1_000_000)
            .await
            .unwrap()
            .approved()
    );
    bank.advance(1);
    assert_eq!(
        declined(bank.capture("T2", 1, "T2", 1).await),
        code::AUTHORIZATION_EXPIRED
    );
    assert_eq!(
        declined(bank.void("T2", 1).await),
        code::AUTHORIZATION_EXPIRED
    );
}

#[tokio::test]
async fn refunds_never_exceed_their_capture() {
    let bank = Bank::open("refunds");
    assert_eq!(
        declined(bank.refund("T1", 1, 1).await),
        code::CAPTURE_UNKNOWN
    );
    bank.good("T2", 10_000_000).await;
    bank.capture("T2", 1, "T2", 8_000_000).await.unwrap();
    assert_eq!(
        declined(bank.refund("T2", 1, 8_000_001).await),
        code::AMOUNT_TOO_LARGE
    );
    assert!(bank.refund("T2", 2, 5_000_000).await.unwrap().approved());
    assert_eq!(
        declined(bank.refund("T2", 3, 3_000_001).await),
        code::AMOUNT_TOO_LARGE
    );
    assert!(bank.refund("T2", 4, 3_000_000).await.unwrap().approved());
    assert_eq!(
        declined(bank.refund("T2", 5, 1).await),
        code::AMOUNT_TOO_LARGE
    );
    assert_eq!(
        declined(bank.refund("T2", 6, -1).await),
        code::INVALID_AMOUNT
    );
}

#[tokio::test]
async fn currencies_must_agree() {
    let bank = Bank::open("currencies");
    bank.good("T1", 10_000_000).await;
    let mut capture = common::capture_of("T1", 1, "T1", 1_000_000);
    capture.currency = "EUR".to_owned();
    assert_eq!(
        declined(bank.processor.capture(capture).await),
        code::CURRENCY_MISMATCH
    );
}

#[tokio::test]
async fn a_reference_must_be_of_the_right_kind() {
    let bank = Bank::open("right_kind");
    bank.good("T1", 10_000_000).await;
    let mut refund = common::refund_of("T1", 1, 1_000_000);
    refund.capture_key = key("T1/authorize");
    assert_eq!(
        declined(bank.processor.refund(refund).await),
        code::CAPTURE_UNKNOWN
    );
}

#[tokio::test]
async fn a_repeat_has_no_second_effect() {
    let bank = Bank::open("repeat");
    let first = bank.good("T1", 10_000_000).await;
    bank.advance(DAY_MS);
    assert_eq!(bank.good("T1", 10_000_000).await, first);
    let taken = bank.capture("T1", 1, "T1", 4_000_000).await;
    assert_eq!(bank.capture("T1", 1, "T1", 4_000_000).await, taken);
    let back = bank.refund("T1", 1, 4_000_000).await;
    assert!(back.as_ref().unwrap().approved());
    assert_eq!(bank.refund("T1", 1, 4_000_000).await, back);
    bank.good("T2", 1_000_000).await;
    let void = bank.void("T2", 1).await;
    assert_eq!(bank.void("T2", 1).await, void);
    assert_eq!(bank.rows().len(), 5);
    // A decline repeats too, even when the same question would now be answered otherwise.
    let early = bank.capture("T3", 1, "T3", 1_000_000).await;
    bank.good("T3", 1_000_000).await;
    assert_eq!(bank.capture("T3", 1, "T3", 1_000_000).await, early);
}

#[tokio::test]
async fn a_key_names_one_call() {
    let bank = Bank::open("one_call");
    bank.good("T1", 10_000_000).await;
    bank.good("T2", 10_000_000).await;
    bank.capture("T1", 1, "T1", 4_000_000).await.unwrap();
    let reused = |field| Err(CallError::KeyReused { field });
    let good = "4242424242424242";
    assert_eq!(
        bank.authorize("T1", good, 10_000_001).await,
        reused("amount")
    );
    assert_eq!(
        bank.authorize("T1", "5555555555554444", 10_000_000).await,
        reused("card")
    );
    assert_eq!(
        bank.authorize("T1", "4000000000003089", 10_000_000).await,
        reused("card")
    );
    let mut call = common::authorize_of("T1", good, 10_000_000);
    call.currency = "EUR".to_owned();
    assert_eq!(bank.processor.authorize(call).await, reused("currency"));
    assert_eq!(
        bank.capture("T1", 1, "T2", 4_000_000).await,
        reused("reference")
    );
    assert_eq!(
        bank.capture("T1", 1, "T1", 3_000_000).await,
        reused("amount")
    );
    let mut void = common::void_of("T1", 1);
    void.key = key("T1/capture");
    assert_eq!(bank.processor.void(void).await, reused("kind"));
    assert_eq!(bank.rows().len(), 3);
}

#[tokio::test]
async fn magic_amounts_are_declined_unless_switched_off() {
    let visa = "4242424242424242";
    let bank = Bank::open("magic_on");
    for (id, amount_micros, want) in [
        ("T1", 100_600_000, code::TEMPORARY_DECLINE),
        ("T2", 600_000, code::TEMPORARY_DECLINE),
        ("T3", 2_610_000, code::TEMPORARY_DECLINE),
        ("T4", 2_700_000, "approved"),
        ("T5", 6_000_000, "approved"),
    ] {
        let answer = bank.authorize(id, visa, amount_micros).await.unwrap();
        assert_eq!(summary(&answer), want, "{id}");
    }
    // The card's own decline comes first, and a settled amount is never magic.
    let answer = bank
        .authorize("T6", "4000000000000002", 600_000)
        .await
        .unwrap();
    assert_eq!(summary(&answer), code::GENERIC_DECLINE);
    assert!(
        bank.capture("T5", 1, "T5", 600_000)
            .await
            .unwrap()
            .approved()
    );

    let options = SandboxOptions {
        magic_amounts: false,
        ..SandboxOptions::default()
    };
    let bank = Bank::open_with("magic_off", options);
    assert_eq!(
        summary(&bank.authorize("T1", visa, 600_000).await.unwrap()),
        "approved"
    );
}

#[tokio::test]
async fn a_hold_under_verification_can_be_released() {
    let bank = Bank::open("verification_void");
    bank.authorize("T1", "4000000000003097", 10_000_000)
        .await
        .unwrap_err();
    assert!(bank.void("T1", 1).await.unwrap().approved());
    bank.advance(DAY_MS);
    assert_eq!(
        declined(bank.capture("T1", 1, "T1", 1).await),
        code::AUTHORIZATION_VOIDED
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_call_is_recorded_even_when_its_caller_stops_waiting() {
    let options = SandboxOptions {
        slow: Duration::from_secs(90),
        ..SandboxOptions::default()
    };
    let bank = Bank::open_with("slow", options);
    let call = bank.authorize("T1", "4000000000003014", 1_000_000);
    assert!(
        tokio::time::timeout(Duration::from_secs(30), call)
            .await
            .is_err()
    );
    assert!(matches!(bank.look_up("T1/authorize").await, Seen::Known(_)));
}

#[tokio::test(start_paused = true)]
async fn a_paused_processor_takes_nothing() {
    let bank = Bank::open("paused");
    bank.processor.set_paused(true);
    let second = Duration::from_secs(1);
    let call = bank.authorize("T1", "4242424242424242", 1_000_000);
    assert!(tokio::time::timeout(second, call).await.is_err());
    assert!(
        tokio::time::timeout(second, bank.look_up("T1/authorize"))
            .await
            .is_err()
    );
    assert_eq!(bank.rows(), []);
    let call = bank.authorize("T2", "4242424242424242", 1_000_000);
    let resume = async { bank.processor.set_paused(false) };
    let (result, ()) = tokio::join!(call, resume);
    assert!(result.unwrap().approved());
    assert_eq!(bank.look_up("T1/authorize").await, Seen::NotFound);
}
