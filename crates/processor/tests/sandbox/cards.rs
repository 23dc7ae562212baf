//! Every test card does what its line says, and the lines are found by how their answer travels.

use crate::common::{Bank, declined, summary};
use processor::{
    Answer, CARDS, CallError, Delivery, Does, Kind, Seen, TestCard, UnknownReason, code,
};

const AMOUNT_MICROS: i64 = 10_000_000;
const CONNECTION_LOST: CallError = CallError::Unknown(UnknownReason::ConnectionLost);
const IN_PROGRESS: CallError = CallError::Unknown(UnknownReason::StillInProgress);
const TIMED_OUT: CallError = CallError::Unknown(UnknownReason::TimedOut);

/// The cards whose answers travel so, with the kind of call and the code to decline with.
fn lines(wanted: Delivery) -> Vec<(&'static TestCard, Kind, Option<&'static str>)> {
    let lines = CARDS.iter().filter_map(|card| match card.does {
        Does::At {
            kind,
            decline,
            delivery,
        } if delivery == wanted => Some((card, kind, decline)),
        Does::At { .. } | Does::Approve => None,
    });
    let lines: Vec<_> = lines.collect();
    assert!(!lines.is_empty(), "no card for {wanted:?}");
    lines
}

/// Makes the calls that must come before one of `kind`, all of them approved.
async fn lead_up_to(bank: &Bank, card: &TestCard, kind: Kind) {
    let before: &[Kind] = match kind {
        Kind::Authorize => &[],
        Kind::Capture | Kind::Void => &[Kind::Authorize],
        Kind::Refund => &[Kind::Authorize, Kind::Capture],
    };
    for kind in before {
        let answer = bank
            .call(card.name, *kind, card.number, AMOUNT_MICROS)
            .await;
        assert!(
            answer.is_ok_and(|answer| answer.approved()),
            "{} {kind}",
            card.name
        );
    }
}

async fn call(bank: &Bank, card: &TestCard, kind: Kind) -> Result<Answer, CallError> {
    bank.call(card.name, kind, card.number, AMOUNT_MICROS).await
}

async fn look_up(bank: &Bank, card: &TestCard, kind: Kind) -> Seen {
    bank.look_up(&format!("{}/{kind}", card.name)).await
}

/// The look-up's summary: `approved` or the code of the decline.
fn known(seen: &Seen) -> &str {
    match seen {
        Seen::Known(answer) => summary(answer),
        Seen::InProgress => "in progress",
        Seen::NotFound => "not found",
    }
}

#[tokio::test]
async fn approved_cards_live_a_whole_life() {
    let bank = Bank::open("cards_approved");
    for card in CARDS.iter().filter(|card| card.does == Does::Approve) {
        lead_up_to(&bank, card, Kind::Refund).await;
        assert!(call(&bank, card, Kind::Refund).await.unwrap().approved());
        let released = format!("{}-released", card.name);
        bank.authorize(&released, card.number, AMOUNT_MICROS)
            .await
            .unwrap();
        assert!(bank.void(&released, 1).await.unwrap().approved());
    }
    for row in bank.rows() {
        assert!(row.approved());
        assert!(
            row.rule.starts_with("approved_"),
            "each row names its card: {row:?}"
        );
    }
}

#[tokio::test]
async fn declining_cards_decline_with_their_code() {
    let bank = Bank::open("cards_declined");
    for (card, kind, decline) in lines(Delivery::Prompt) {
        lead_up_to(&bank, card, kind).await;
        let answer = call(&bank, card, kind).await.unwrap();
        let Answer::Declined { code, message } = &answer else {
            panic!("{}", card.name)
        };
        assert_eq!(Some(code.as_str()), decline, "{}", card.name);
        assert!(message.ends_with('.'));
        assert_eq!(look_up(&bank, card, kind).await, Seen::Known(answer));
        match kind {
            Kind::Authorize => {
                let taken = call(&bank, card, Kind::Capture).await;
                assert_eq!(declined(taken), code::AUTHORIZATION_NOT_APPROVED);
            }
            Kind::Capture => assert!(call(&bank, card, Kind::Void).await.unwrap().approved()),
            Kind::Refund => {
                let again = bank.refund(card.name, 2, 1).await;
                assert_eq!(declined(again), code::REFUND_DECLINED);
            }
            Kind::Void => panic!("no card declines a release"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn slow_cards_answer_late_and_once() {
    let bank = Bank::open("cards_slow");
    for (card, kind, _) in lines(Delivery::Slow) {
        lead_up_to(&bank, card, kind).await;
        for want_s in [5, 0] {
            let started = tokio::time::Instant::now();
            assert!(call(&bank, card, kind).await.unwrap().approved());
            assert_eq!(started.elapsed().as_secs(), want_s, "{}", card.name);
        }
    }
}

#[tokio::test]
async fn lost_answers_are_found_by_look_up_and_by_repeat() {
    let bank = Bank::open("cards_lost");
    for (card, kind, decline) in lines(Delivery::Lost) {
        lead_up_to(&bank, card, kind).await;
        assert_eq!(look_up(&bank, card, kind).await, Seen::NotFound);
        assert_eq!(
            call(&bank, card, kind).await,
            Err(CONNECTION_LOST),
            "{}",
            card.name
        );
        let seen = look_up(&bank, card, kind).await;
        assert_eq!(known(&seen), decline.unwrap_or("approved"), "{}", card.name);
        assert_eq!(Seen::Known(call(&bank, card, kind).await.unwrap()), seen);
    }
}

#[tokio::test]
async fn verified_cards_are_decided_later() {
    let bank = Bank::open("cards_verified");
    for (card, kind, decline) in lines(Delivery::Verifying) {
        assert_eq!(
            call(&bank, card, kind).await,
            Err(IN_PROGRESS),
            "{}",
            card.name
        );
        bank.advance(59_999);
        assert_eq!(look_up(&bank, card, kind).await, Seen::InProgress);
        assert_eq!(call(&bank, card, kind).await, Err(IN_PROGRESS));
        bank.advance(1);
        let seen = look_up(&bank, card, kind).await;
        assert_eq!(known(&seen), decline.unwrap_or("approved"), "{}", card.name);
        let captured = call(&bank, card, Kind::Capture).await.unwrap();
        assert_eq!(captured.approved(), decline.is_none());
    }
}

#[tokio::test]
async fn a_call_without_trace_stays_unknown() {
    let bank = Bank::open("cards_never");
    for (card, kind, _) in lines(Delivery::NeverRecorded) {
        for _ in 0..3 {
            assert_eq!(call(&bank, card, kind).await, Err(TIMED_OUT));
            assert_eq!(look_up(&bank, card, kind).await, Seen::NotFound);
        }
        assert_eq!(
            declined(bank.void(card.name, 1).await),
            code::AUTHORIZATION_UNKNOWN
        );
    }
}
