//! The write-ahead log, and the connection that writes it.

use store::Backend;

use super::*;

/// Bytes of each document.
const DOCUMENT_BYTES: usize = 60_000;
/// Documents of one round, and rounds: a quarter of a gigabyte in all.
const DOCUMENTS: usize = 64;
const ROUNDS: usize = 64;
/// The log begins anew long before everything stands in it: it is moved when it has 48 MiB, and may
/// grow while that is noticed.
const LOG_BYTES_MAX: u64 = 160 << 20;

#[tokio::test]
async fn the_log_does_not_grow_with_what_is_written() {
    let scratch = Scratch::new();
    let store = open(&scratch.file("log"));
    let mut largest = 0;
    for _ in 0..ROUNDS {
        // The same documents anew, so that the file itself stays small.
        let round = (0..DOCUMENTS).map(|at| store.submit(keep(at, DOCUMENT_BYTES)));
        for answer in all_at_once(round.collect()).await {
            answer.expect("it works").expect("accepted");
        }
        let log = std::fs::metadata(scratch.file("log-wal"));
        largest = largest.max(log.map_or(0, |log| log.len()));
    }
    let written = u64::try_from(DOCUMENT_BYTES * DOCUMENTS * ROUNDS).expect("it fits");
    assert!(LOG_BYTES_MAX < written, "otherwise this proves nothing");
    assert!(0 < largest && largest < LOG_BYTES_MAX, "{largest}");
    store.close().await;
}

#[test]
fn a_connection_that_cannot_begin_is_opened_again() {
    let scratch = Scratch::new();
    let path = scratch.file("broken");
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .expect("a runtime")
        .block_on(async { open(&path).close().await });
    let mut backend = SqliteBackend::open(&path, None).expect("opened");
    let half = "BEGIN IMMEDIATE; INSERT INTO settings (name, value) VALUES ('half', '1')";
    backend
        .connection()
        .expect("open")
        .execute_batch(half)
        .expect("begun");
    assert!(
        matches!(backend.begin(), Err(Outage::Failed { .. })),
        "it is in the middle of something"
    );
    backend.begin().expect("a new connection");
    backend.probe(1).expect_err("one write at a time");
    backend.begin().expect("and once more");
    let halves: i64 = backend
        .connection()
        .expect("open")
        .query_row(
            "SELECT count(*) FROM settings WHERE name = 'half'",
            [],
            |row| row.get(0),
        )
        .expect("counted");
    assert_eq!(halves, 0, "what was not committed is gone");
    backend.roll_back();
    backend.probe(1).expect("it writes");
}
