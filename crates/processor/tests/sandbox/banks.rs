//! Every test bank account does what its line says, on the day that its line says.

use crate::common::{Bank, DAY_MS, debit_of, declined, summary};
use processor::{
    BANKS, CallError, Delivery, Does, Kind, Network, Processor, Seen, TestBank, UnknownReason,
    code, reconcile, statement_rows,
};

const AMOUNT_MICROS: i64 = 10_000_000;
const IN_PROGRESS: CallError = CallError::Unknown(UnknownReason::StillInProgress);

async fn debit(bank: &Bank, line: &TestBank) -> Result<processor::Answer, CallError> {
    let call = debit_of(line.name, line.number, AMOUNT_MICROS);
    bank.processor.authorize(call).await
}

async fn look_up(bank: &Bank, line: &TestBank) -> Seen {
    bank.look_up(&format!("{}/authorize", line.name)).await
}

/// The days after which each line is decided, with the code of its return.
fn settling() -> Vec<(&'static TestBank, i64, Option<&'static str>)> {
    let lines = BANKS.iter().filter_map(|line| match line.does {
        Does::At {
            kind: Kind::Authorize,
            decline,
            delivery: Delivery::Settling { days },
        } => Some((line, i64::from(days), decline)),
        Does::At { .. } | Does::Approve => None,
    });
    lines.collect()
}

#[tokio::test]
async fn debits_are_decided_on_their_day_and_not_before() {
    let bank = Bank::open("banks_settling");
    let lines = settling();
    assert_eq!(lines.len(), 6);
    for (line, days, decline) in lines {
        assert_eq!(debit(&bank, line).await, Err(IN_PROGRESS), "{}", line.name);
        bank.advance(days * DAY_MS - 1);
        assert_eq!(look_up(&bank, line).await, Seen::InProgress);
        let early = bank.capture(line.name, 1, line.name, AMOUNT_MICROS).await;
        assert_eq!(declined(early), code::AUTHORIZATION_NOT_APPROVED);
        bank.advance(1);
        let Seen::Known(answer) = look_up(&bank, line).await else {
            panic!("{}", line.name);
        };
        assert_eq!(summary(&answer), decline.unwrap_or("approved"));
        assert_eq!(debit(&bank, line).await, Ok(answer), "{}", line.name);
        let taken = bank.capture(line.name, 2, line.name, AMOUNT_MICROS).await;
        assert_eq!(taken.unwrap().approved(), decline.is_none());
    }
}

#[tokio::test]
async fn prompt_lines_answer_at_once() {
    let bank = Bank::open("banks_prompt");
    for (name, debited, taken) in [
        ("settled_at_once", "approved", "approved"),
        ("unverified", "approved", "approved"),
        (
            "no_account",
            code::RETURNED_NO_ACCOUNT,
            code::AUTHORIZATION_NOT_APPROVED,
        ),
        (
            "bank_returned_at_collection",
            "approved",
            code::RETURNED_INSUFFICIENT_FUNDS,
        ),
    ] {
        let line = BANKS.iter().find(|line| line.name == name).unwrap();
        assert_eq!(summary(&debit(&bank, line).await.unwrap()), debited);
        let capture = bank.capture(name, 1, name, AMOUNT_MICROS).await;
        assert_eq!(summary(&capture.unwrap()), taken, "{name}");
    }
    let other = debit_of("other", "999999999", AMOUNT_MICROS);
    assert!(bank.processor.authorize(other).await.unwrap().approved());
}

#[tokio::test]
async fn a_debit_on_its_way_can_be_released_and_is_then_never_taken() {
    let bank = Bank::open("banks_released");
    let line = settling()[0].0;
    assert_eq!(debit(&bank, line).await, Err(IN_PROGRESS));
    assert!(bank.void(line.name, 1).await.unwrap().approved());
    bank.advance(10 * DAY_MS);
    let taken = bank.capture(line.name, 1, line.name, AMOUNT_MICROS).await;
    assert_eq!(declined(taken), code::AUTHORIZATION_VOIDED);
}

#[tokio::test]
async fn the_statement_names_bank_accounts_and_keeps_their_numbers_out() {
    let bank = Bank::open("banks_statement");
    let number = "000100000000";
    let call = debit_of("T1", number, AMOUNT_MICROS);
    bank.processor.authorize(call).await.unwrap();
    bank.good("T2", AMOUNT_MICROS).await;
    let rows = bank.rows();
    assert_eq!(rows[0].network, Network::Bank);
    assert_eq!(rows[0].last_four, "0000");
    assert_eq!(rows[0].rule, "settled_at_once");
    assert!(matches!(rows[1].network, Network::Card(_)));
    for file in std::fs::read_dir(bank.path.parent().unwrap()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains(number));
    }
    let booked = rows.iter().map(|row| processor::Booked {
        key: row.key.clone(),
        amount_micros: AMOUNT_MICROS,
        currency: "USD".to_owned(),
        approved: true,
    });
    let booked: Vec<_> = booked.collect();
    assert_eq!(reconcile(statement_rows(&bank.path).unwrap(), booked), []);
}

#[tokio::test]
async fn a_statement_from_before_bank_accounts_is_carried_over() {
    let bank = Bank::open("banks_layout");
    bank.good("T1", AMOUNT_MICROS).await;
    let (path, rows) = (bank.path.clone(), bank.rows());
    drop(bank);
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "ALTER TABLE statement RENAME COLUMN last_four TO card_last_four;
         ALTER TABLE statement RENAME COLUMN network TO card_brand;
         ALTER TABLE statement RENAME COLUMN rule TO card_rule;
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(file);
    let bank = Bank::at(path, processor::SandboxOptions::default());
    assert_eq!(bank.rows(), rows);
    bank.good("T2", AMOUNT_MICROS).await;
}
