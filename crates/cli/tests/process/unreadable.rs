//! A row of the books that cannot be read: its own work waits and is shown, everything else goes on.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::Value;

use crate::harness::{Folder, Options, Server};

fn write(data: &Path, sql: &str) {
    let books = Connection::open(data.join("holdfast.db")).expect("the books");
    books
        .busy_timeout(Duration::from_secs(5))
        .expect("patience");
    books.execute_batch(sql).expect(sql);
}

/// What a stopped server left over, as if that had been an hour ago.
const LAPSED: &str = "UPDATE works SET leased_until = 0, since = since - 3600000;";
const BREAKING: &str =
    "UPDATE transactions SET operation = operation + 90 WHERE reference = 'broken'";
const MENDING: &str =
    "UPDATE transactions SET operation = operation - 90 WHERE reference = 'broken'";

#[test]
fn a_row_that_cannot_be_read_holds_up_nothing_else() {
    let folder = Folder::new("unreadable");
    let data = folder.at("data");
    let paused = Options {
        config: Some(folder.write("paused.toml", "processor_calls_max = 0\n")),
        ..Options::default()
    };
    let server = Server::start(&data, &paused);
    let caller = server.env(None);
    let [broken, whole] = ["broken", "whole"].map(|name| caller.reserve(name, "10.00"));
    assert!(server.stop().success());

    write(&data, &format!("{LAPSED}{BREAKING}"));
    let server = Server::start(&data, &Options::default());
    let caller = server.again(&caller);
    caller.wait_for(&whole, "Reserved");
    let stuck = server.json(&["stuck"]);
    let [row] = &stuck.as_array().expect("a list")[..] else {
        panic!("one row is stuck: {stuck}")
    };
    let problem = row["problem"].as_str().expect("a problem");
    assert!(problem.contains("transactions"), "{stuck}");
    assert_eq!(
        (&row["work"], &row["transaction"]),
        (&Value::from("Authorize"), &Value::Null)
    );
    assert!(server.stop().success());
    let log = std::fs::read_to_string(data.with_extension("log")).expect("a log");
    let named =
        |line: &&str| line.contains("ERROR") && line.contains("corrupt row in transactions");
    assert_eq!(
        log.lines().filter(named).count(),
        1,
        "said once, and not every second: {log}"
    );

    write(&data, &format!("{LAPSED}{MENDING}"));
    let server = Server::start(&data, &Options::default());
    server.again(&caller).wait_for(&broken, "Reserved");
    assert!(server.stop().success());
}
