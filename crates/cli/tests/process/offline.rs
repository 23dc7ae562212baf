//! Books at rest: broken ones are noticed, copies made under load are whole and can be lived on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rusqlite::Connection;

use crate::harness::{Books, Folder, Options, Said, Server, holdfast, wait};

#[test]
fn check_says_what_is_wrong_with_broken_books() {
    let folder = Folder::new("broken");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    let id = caller.reserved("one", "10.00");
    caller.settled(&id);
    let check = |arguments: &[&str]| {
        Said::of(
            holdfast()
                .args(["check", "--data"])
                .arg(&data)
                .args(arguments),
        )
    };
    assert_eq!(check(&[]).code, 0);

    for (breaking, mending, code) in [
        (
            "UPDATE balances SET available = available + 1 WHERE 0 < available",
            "UPDATE balances SET available = available - 1 WHERE 0 < available",
            "balance-differs",
        ),
        (
            "UPDATE transaction_states SET settled = settled + 1",
            "UPDATE transaction_states SET settled = settled - 1",
            "settled-above-amount",
        ),
        (
            "UPDATE events SET status = 4 WHERE number = 4",
            "UPDATE events SET status = 3 WHERE number = 4",
            "state-disagrees",
        ),
    ] {
        let write = |sql: &str| {
            let books = Connection::open(data.join("holdfast.db")).expect("the books");
            books
                .busy_timeout(Duration::from_secs(5))
                .expect("patience");
            assert_ne!(books.execute(sql, []).expect(sql), 0, "{sql}");
        };
        write(breaking);
        let said = check(&["--json"]);
        let report: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(
            (said.code, &report["sound"]),
            (1, &serde_json::Value::from(false))
        );
        let findings = report["findings"].as_array().expect("findings");
        assert!(
            findings.iter().any(|finding| finding["code"] == code),
            "{code}: {report}"
        );
        let said = check(&[]);
        assert!(
            said.code == 1 && said.out.contains(code),
            "{code}: {said:?}"
        );
        write(mending);
        assert_eq!(check(&[]).code, 0, "{code} is mended");
    }
    let nowhere = Said::of(
        holdfast()
            .args(["check", "--data"])
            .arg(folder.at("nothing")),
    );
    assert_eq!(nowhere.code, 2, "{nowhere:?}");
}

#[test]
fn a_copy_made_under_load_is_whole() {
    let folder = Folder::new("backup");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    let (stop, made) = (AtomicBool::new(false), AtomicUsize::new(0));
    let kept = std::thread::scope(|scope| {
        for number in 0..8 {
            let (caller, stop, made) = (&caller, &stop, &made);
            scope.spawn(move || {
                for count in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    caller.reserve(&format!("{number}-{count}"), "5.00");
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let busy = |more: usize| {
            let before = made.load(Ordering::Relaxed);
            wait::until("some load", Duration::from_secs(20), || {
                (before + more <= made.load(Ordering::Relaxed)).then_some(())
            });
        };
        busy(20);
        // Known before the copy begins, so it must be in it.
        let kept = caller.reserve("kept", "7.00");
        server
            .command(&["backup", &folder.at("copy.db").display().to_string()])
            .ok();
        busy(20);
        stop.store(true, Ordering::Relaxed);
        kept
    });
    server.kill9();
    live_on_a_copy(&folder, &caller, &kept);
}

fn live_on_a_copy(folder: &Folder, caller: &crate::harness::Caller, kept: &str) {
    let copy = folder.at("copy.db").display().to_string();
    let data = folder.at("elsewhere");
    let checked = Said::of(holdfast().args(["check", "--database", &copy]));
    assert_eq!(checked.code, 0, "{checked:?}");
    let run = |arguments: &[&str]| Said::of(holdfast().arg("--data").arg(&data).args(arguments));
    run(&["restore", &copy]).ok();
    run(&["check"]).ok();
    // The master key is never part of a copy; without it nothing sealed can be opened.
    let Err(status) = Server::try_start(&data, &Options::default()) else {
        panic!("a server without its master key");
    };
    assert_ne!(status.code(), Some(0));
    std::fs::copy(
        folder.at("data").join("master.key"),
        data.join("master.key"),
    )
    .expect("a key");
    let server = Server::start(&data, &Options::default());
    let caller = server.again(caller);
    assert!(["Pending", "Reserved"].contains(&caller.status(kept).as_str()));
    caller.reserved("after", "3.00");
    assert!(server.stop().success());
    assert_eq!(Books::open(&data).by_reference()["kept"], [kept]);
    run(&["check"]).ok();
}

#[test]
fn a_statement_that_differs_from_the_books_is_noticed() {
    let folder = Folder::new("statement");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    let id = caller.reserved("one", "10.00");
    caller.settled(&id);
    caller.wait_for(&caller.reserve("two", "9.61"), "Failure");
    let cancelled = caller.reserved("three", "8.00");
    caller.must("Cancel", &[("TransactionId", &cancelled)]);
    wait::until("the hold to be released", Duration::from_secs(20), || {
        (Books::open(&data).work_left() == 0).then_some(())
    });
    assert!(server.stop().success());
    Books::open(&data).assert_reconciled();
    for (spoiling, count) in [
        (
            "UPDATE statement SET amount_micros = 9 WHERE key LIKE '%/capture'",
            1,
        ),
        (
            "UPDATE statement SET code = NULL, message = NULL WHERE code IS NOT NULL",
            2,
        ),
        ("DELETE FROM statement WHERE key LIKE '%/void'", 3),
        ("DELETE FROM statement", 5),
    ] {
        let statement = Connection::open(data.join("sandbox-processor.db")).expect("a statement");
        assert_ne!(statement.execute(spoiling, []).expect(spoiling), 0);
        let found = Books::open(&data).differences();
        assert_eq!(found.len(), count, "{spoiling}: {found:#?}");
    }
}
