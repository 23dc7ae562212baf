//! The command line: every command, against a running server and on the closed store.

use std::path::Path;

use serde_json::Value;

use crate::harness::{Folder, Options, Receiver, Said, Server, holdfast, wait};

/// Runs a command on a data folder, wherever its server is.
fn say(data: &Path, arguments: &[&str]) -> Said {
    Said::of(holdfast().arg("--data").arg(data).args(arguments))
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    say(data, &[arguments, &["--json"]].concat()).json()
}

/// A field as it is written in JSON.
fn number(value: &Value, name: &str) -> String {
    value
        .get(name)
        .unwrap_or_else(|| panic!("no {name} in {value}"))
        .to_string()
}

/// Whether some row of a list has a field of that value.
fn lists(list: &Value, name: &str, wanted: &Value) -> bool {
    let rows = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    rows.iter().any(|row| row.get(name) == Some(wanted))
}

/// Accounts, their settings, balances and keys.
fn keep_accounts(data: &Path, tag: &str) {
    let email = format!("{tag}@shop.example");
    let made = json(
        data,
        &[
            "account",
            "create",
            "--name",
            "Shop",
            "--email",
            &email,
            "--password",
            "correct horse",
            "--marketplace",
            "--ipn-url",
            "http://127.0.0.1:9/ipn",
        ],
    );
    let account = number(&made, "account");
    assert!(lists(
        &json(data, &["account", "list"]),
        "account",
        &made["account"]
    ));
    let shown = json(data, &["account", "show", &email]);
    assert_eq!(shown, json(data, &["account", "show", &account]));
    assert_eq!(
        (&shown["status"], &shown["marketplace"]),
        (&Value::from("Active"), &Value::from(true))
    );

    let set = |arguments: &[&str]| json(data, &[&["account", "set", &account], arguments].concat());
    set(&[
        "--status",
        "suspended",
        "--ipn-url",
        "",
        "--verified",
        "false",
    ]);
    let shown = json(data, &["account", "show", &account]);
    assert_eq!(
        (&shown["status"], &shown["ipn_url"]),
        (&Value::from("Suspended"), &Value::Null)
    );
    set(&[
        "--status",
        "active",
        "--verified",
        "true",
        "--descriptor",
        "SHOP",
    ]);
    set(&[
        "--return-origin",
        "https://shop.example",
        "--marketplace",
        "false",
    ]);

    json(data, &["account", "deposit", &email, "12.50"]);
    let shown = json(data, &["account", "show", &account]);
    assert_eq!(shown["balance"]["available"], "12.500000");

    let key = json(data, &["key", "create", &account]);
    let id = key["id"].as_str().expect("an id");
    assert!(!key["secret"].as_str().expect("a secret").is_empty());
    json(data, &["key", "disable", id]);
    let keys = json(data, &["key", "list", &email]);
    assert_eq!(keys[0]["id"], key["id"]);
    assert_eq!(keys[0]["active"], Value::from(false));
    assert_eq!(keys[0].get("secret"), None, "a secret is shown once");
}

/// Worlds, clocks, sums, proofs and copies.
fn look_after(data: &Path, backup: &Path) {
    let environment = json(
        data,
        &["sandbox", "env", "--ipn-url", "http://127.0.0.1:9/"],
    );
    assert!(
        environment["SENDER_TOKEN"]
            .as_str()
            .is_some_and(|token| token.len() == 64)
    );
    let world = json(
        data,
        &["sandbox", "world", "--callers", "2", "--tokens", "5"],
    );
    let callers = world["callers"].as_array().expect("callers");
    let tokens = |caller: &Value| caller["SENDER_TOKENS"].as_array().map(Vec::len);
    assert_eq!(
        callers.iter().map(tokens).collect::<Vec<_>>(),
        [Some(3), Some(2)]
    );

    let ahead = |clocks: &Value| {
        let clock = |name: &str| clocks[name].as_i64().expect("milliseconds");
        clock("product") - clock("real")
    };
    let before = ahead(&json(data, &["clock", "show"]));
    json(data, &["clock", "advance", "1h30m"]);
    let moved = ahead(&json(data, &["clock", "show"])) - before;
    assert!((5_390_000..=5_410_000).contains(&moved), "{moved}");

    assert!(
        json(data, &["ledger"])
            .as_array()
            .is_some_and(|sums| !sums.is_empty())
    );
    let checked = json(data, &["check"]);
    assert_eq!(checked["sound"], Value::from(true), "{checked}");
    let to = backup.display().to_string();
    assert!(
        json(data, &["backup", &to])["bytes"]
            .as_u64()
            .is_some_and(|bytes| 0 < bytes)
    );
    assert_eq!(
        say(data, &["backup", &to]).code,
        1,
        "a file is never overwritten"
    );
    assert_eq!(say(data, &["check", "--database", &to]).code, 0);
}

/// Transactions and notifications that a server has made.
fn look_up(data: &Path, id: &str) {
    let shown = json(data, &["transaction", "show", id]);
    assert_eq!(shown["status"], "Success");
    assert_eq!(shown["settled"], "8.000000");
    assert_eq!(
        shown["history"].as_array().map(Vec::len),
        Some(4),
        "{shown}"
    );
    assert!(
        shown["postings"]
            .as_array()
            .is_some_and(|postings| !postings.is_empty())
    );
    let told = json(data, &["notification", "list", id]);
    assert_eq!(shown["notifications"], told);
    assert_eq!(told[0]["attempts"][0]["http_status"], Value::from(200));
    assert_eq!(json(data, &["stuck"]), Value::Array(Vec::new()));
    let resolved = say(
        data,
        &["transaction", "resolve", id, "approved", "--note", "seen"],
    );
    assert_eq!(
        resolved.code, 1,
        "there is nothing to resolve: {resolved:?}"
    );
}

/// What is wrong is told by the exit code: 1 when it was refused, 2 when it could not be tried.
fn refuse(data: &Path) {
    let cases: [(&[&str], i32); 10] = [
        (&["account", "show", "nobody@nowhere.example"], 1),
        (&["account", "create", "--name", "x", "--kind", "king"], 1),
        (&["account", "deposit", "nobody@nowhere.example", "1"], 1),
        (&["key", "disable", "no key"], 1),
        (&["transaction", "show", "FAKE"], 1),
        (&["notification", "resend", "1"], 1),
        (
            &["transaction", "resolve", "FAKE", "perhaps", "--note", "x"],
            2,
        ),
        (&["clock", "advance", "soon"], 2),
        (&["fly"], 2),
        (&["clock", "advance", "1h", "--config", "/nowhere.toml"], 2),
    ];
    for (arguments, code) in cases {
        let said = say(data, arguments);
        assert_eq!(said.code, code, "{arguments:?}: {said:?}");
        assert!(
            said.out.is_empty() && !said.err.is_empty(),
            "{arguments:?}: {said:?}"
        );
    }
}

/// The same for people: tables and lines instead of JSON.
fn print(data: &Path, id: &str) {
    for arguments in [
        &["account", "list"][..],
        &["clock", "show"],
        &["ledger"],
        &["check"],
        &["stuck"],
        &["transaction", "show", id],
        &["notification", "list", id],
    ] {
        let said = say(data, arguments).ok();
        assert!(
            !said.out.trim().is_empty() && !said.out.starts_with(['{', '[']),
            "{said:?}"
        );
    }
}

#[test]
fn every_command_works_on_a_running_server_and_on_the_closed_store() {
    let folder = Folder::new("commands");
    let data = folder.at("data");
    let receiver = Receiver::start();
    let server = Server::start(&data, &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));
    let id = caller.reserved("one", "10.00");
    caller.must(
        "Settle",
        &[
            ("ReserveTransactionId", &id),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", "8.00"),
        ],
    );
    receiver.wait_for(&id, "SETTLE", "SUCCESS");
    wait::until(
        "the delivery to be recorded",
        std::time::Duration::from_secs(10),
        || {
            let told = json(&data, &["notification", "list", &id]);
            let all = told.as_array().expect("a list");
            all.iter()
                .all(|one| one["delivery"] == "Delivered")
                .then_some(())
        },
    );

    let everything = |state: &str| {
        keep_accounts(&data, state);
        look_after(&data, &folder.at(&format!("{state}.backup")));
        look_up(&data, &id);
        refuse(&data);
        print(&data, &id);
    };
    everything("running");
    let resent = json(&data, &["notification", "list", &id])[0]["notification"].to_string();
    json(&data, &["notification", "resend", &resent]);
    wait::until(
        "the notification to come again",
        std::time::Duration::from_secs(10),
        || {
            let again = receiver
                .all()
                .iter()
                .filter(|one| one.header("webhook-id").ends_with(&resent))
                .count();
            (again == 2).then_some(())
        },
    );
    assert_eq!(
        say(&data, &["migrate"]).code,
        2,
        "a running server has the store to itself"
    );
    assert!(server.stop().success());
    say(&data, &["migrate"]).ok();
    everything("closed");
}

#[test]
fn a_data_folder_has_one_server() {
    let folder = Folder::new("twice");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let Err(status) = Server::try_start(&data, &Options::default()) else {
        panic!("two servers on one folder");
    };
    assert_eq!(status.code(), Some(2));
    let restored = say(
        &data,
        &["restore", &data.join("holdfast.db").display().to_string()],
    );
    assert_ne!(
        restored.code, 0,
        "a running server's store is not replaced: {restored:?}"
    );
    assert!(server.env(None).call("GetAccountBalance", &[]).is_ok());
}

#[test]
fn the_clock_ends_what_its_time_has_come_for() {
    let folder = Folder::new("clock");
    let receiver = Receiver::start();
    let server = Server::start(&folder.at("data"), &Options::default());
    let caller = server.env(Some(&receiver.url("/ipn")));
    let id = caller.reserved("one", "10.00");
    server.json(&["clock", "advance", "8d"]);
    caller.wait_for(&id, "Cancelled");
    let told = receiver.wait_for(&id, "RESERVE", "CANCELLED");
    assert_eq!(told.field("statusCode").as_deref(), Some("Expired"));
    let refused = caller.call("Settle", &[("ReserveTransactionId", &id)]);
    assert_eq!(
        refused.text("Code").as_deref(),
        Some("InvalidTransactionState"),
        "{refused:?}"
    );
    assert_eq!(server.command(&["check"]).code, 0);
}
