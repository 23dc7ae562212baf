//! What is answered is on disk, calls that arrive together share a flush, and the statement keeps
//! no more of a card than it may.

use std::mem;
use std::sync::Arc;

use crate::common::{Bank, fresh_folder, key};
use processor::{
    Booked, OpenError, SandboxOptions, SandboxProcessor, Seen, reconcile, statement_rows,
};

#[tokio::test]
async fn an_answer_survives_a_crash_right_after_it() {
    let bank = Bank::open("crash");
    let answer = bank.good("T1", 10_000_000).await;
    bank.capture("T1", 1, "T1", 4_000_000).await.unwrap();
    // The files as the crash would leave them: nothing closed, nothing written back from the log.
    let after = fresh_folder("crash_after");
    for name in ["statement.db", "statement.db-wal"] {
        std::fs::copy(bank.path.with_file_name(name), after.join(name)).unwrap();
    }
    let before = bank.rows();
    mem::forget(bank);
    let bank = Bank::at(after.join("statement.db"), SandboxOptions::default());
    assert_eq!(bank.rows(), before);
    assert_eq!(bank.good("T1", 10_000_000).await, answer);
    assert!(matches!(bank.look_up("T1/capture").await, Seen::Known(_)));
    assert_eq!(bank.rows().len(), 2);
}

#[tokio::test]
async fn a_closed_statement_opens_again() {
    let bank = Bank::open("reopen");
    bank.good("T1", 10_000_000).await;
    let path = bank.path.clone();
    drop(bank);
    let bank = Bank::at(path, SandboxOptions::default());
    assert!(
        bank.capture("T1", 1, "T1", 10_000_000)
            .await
            .unwrap()
            .approved()
    );
}

#[tokio::test]
async fn another_database_is_refused() {
    let path = fresh_folder("another").join("other.db");
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (a INTEGER)").unwrap();
    drop(other);
    let opened = SandboxProcessor::open(&path, Arc::new(|| 0), SandboxOptions::default());
    assert!(matches!(
        opened,
        Err(OpenError::NotAStatement {
            application: 0,
            layout: 0
        })
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_arrive_together_share_a_flush() {
    const CALLS: usize = 2_000;
    let bank = Arc::new(Bank::open("group"));
    bank.processor.set_paused(true);
    let calls: Vec<_> = (0..CALLS)
        .map(|n| {
            let bank = Arc::clone(&bank);
            tokio::spawn(async move { bank.good(&format!("T{n:04}"), 10_000_000).await })
        })
        .collect();
    bank.processor.set_paused(false);
    for call in calls {
        call.await.unwrap();
    }
    let commits = bank.processor.commits();
    assert!(
        (1..200).contains(&commits),
        "{CALLS} calls took {commits} flushes"
    );
    let rows = bank.rows();
    assert_eq!(rows.len(), CALLS);
    assert!(rows.is_sorted_by(|a, b| a.key < b.key));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twins_have_one_effect() {
    let bank = Arc::new(Bank::open("twins"));
    for round in 0..50 {
        let id = format!("T{round}");
        bank.good(&id, 10_000_000).await;
        bank.processor.set_paused(true);
        let spawn = |n: u32, void: bool| {
            let (bank, id) = (Arc::clone(&bank), id.clone());
            tokio::spawn(async move {
                let result = if void {
                    bank.void(&id, n).await
                } else {
                    bank.capture(&id, n, &id, 1).await
                };
                result.unwrap().approved()
            })
        };
        let racers = [
            spawn(1, false),
            spawn(2, false),
            spawn(1, true),
            spawn(2, true),
        ];
        bank.processor.set_paused(false);
        let mut winners = 0;
        for racer in racers {
            winners += usize::from(racer.await.unwrap());
        }
        assert_eq!(winners, 1, "a hold ends in exactly one way");
    }
}

#[tokio::test]
async fn the_file_holds_no_card_number_and_no_name() {
    let bank = Bank::open("no_number");
    bank.good("T1", 10_000_000).await;
    bank.capture("T1", 1, "T1", 10_000_000).await.unwrap();
    let folder = bank.path.parent().unwrap().to_owned();
    let mut seen_four = false;
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("4242424242424242"));
        assert!(!text.contains("A. Sender"));
        seen_four |= text.contains("4242");
    }
    assert!(seen_four, "the search would have found it");
}

#[tokio::test]
async fn the_statement_reconciles_with_the_books() {
    let bank = Bank::open("reconciles");
    bank.good("T1", 10_000_000).await;
    bank.capture("T1", 1, "T1", 4_000_000).await.unwrap();
    bank.authorize("T2", "4000000000000002", 1_000_000)
        .await
        .unwrap();
    let booked = |text: &str, amount_micros, approved| {
        let currency = "USD".to_owned();
        Booked {
            key: key(text),
            amount_micros,
            currency,
            approved,
        }
    };
    let books = [
        booked("T1/authorize", 10_000_000, true),
        booked("T1/capture", 4_000_000, true),
        booked("T2/authorize", 1_000_000, false),
    ];
    assert_eq!(
        reconcile(statement_rows(&bank.path).unwrap(), books.clone()),
        []
    );
    assert_eq!(reconcile(bank.rows().into_iter().skip(1), books).len(), 1);
}

#[tokio::test]
async fn a_corrupt_row_is_named_and_harms_only_its_own_call() {
    let bank = Bank::open("corrupt");
    bank.good("T1", 10_000_000).await;
    bank.good("T2", 10_000_000).await;
    let other = rusqlite::Connection::open(&bank.path).unwrap();
    other
        .execute(
            "UPDATE statement SET network = 'x' WHERE key = 'T1/authorize'",
            [],
        )
        .unwrap();
    let error = statement_rows(&bank.path).unwrap_err().to_string();
    assert!(
        error.contains("T1/authorize") && error.contains("network"),
        "{error}"
    );
    let (bad, good) = tokio::join!(
        bank.capture("T1", 1, "T1", 1_000_000),
        bank.capture("T2", 1, "T2", 1_000_000)
    );
    assert!(bad.is_err());
    assert!(good.unwrap().approved());
}
