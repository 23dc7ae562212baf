//! What finance gets adds up to what the books say.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Folder, Options, Said, Server, holdfast};

/// Micro-units by ledger account: debits and credits.
type Sums = BTreeMap<(String, String, String), (i64, i64)>;

fn say(data: &Path, arguments: &[&str]) -> Said {
    Said::of(holdfast().arg("--data").arg(data).args(arguments))
}

/// The rows of an export as JSON lines.
fn rows(data: &Path, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["export"], arguments, &["--format", "jsonl"]].concat();
    let said = say(data, &arguments).ok();
    let rows = said.out.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().expect("JSON lines")
}

fn text(row: &Value, name: &str) -> String {
    let field = row.get(name).unwrap_or_else(|| panic!("no {name}: {row}"));
    field
        .as_str()
        .map_or_else(|| field.to_string(), str::to_owned)
}

/// Micro-units of a decimal text with six decimals.
fn micros(row: &Value, name: &str) -> i64 {
    let text = text(row, name);
    let (_, decimals) = text.split_once('.').expect("a point");
    assert_eq!(decimals.len(), 6, "{row}");
    text.replace('.', "").parse().expect("an amount")
}

fn sums_of_postings(rows: &[Value]) -> Sums {
    let mut sums = Sums::new();
    for row in rows {
        let account = |side: &str, owner: &str| {
            let owner = text(row, owner).replace("null", "0");
            (text(row, "layer"), text(row, side), owner)
        };
        let amount = micros(row, "amount");
        sums.entry(account("from", "from_account")).or_default().0 += amount;
        sums.entry(account("to", "to_account")).or_default().1 += amount;
    }
    sums
}

fn sums_of_ledger(data: &Path) -> Sums {
    let ledger = say(data, &["ledger", "--json"]).json();
    let lines = ledger.as_array().expect("a list").iter();
    let line = |line: &Value| {
        let account = ["layer", "ledger_account", "owner"].map(|name| text(line, name));
        let [layer, kind, owner] = account;
        let sums = (micros(line, "debits"), micros(line, "credits"));
        ((layer, kind, owner), sums)
    };
    lines.map(line).collect()
}

/// What the accounts of a kind have in the ledger.
fn ledger_balance(sums: &Sums, kind: &str) -> i64 {
    let of_kind = sums.iter().filter(|((_, name, _), _)| name == kind);
    of_kind.map(|(_, (debits, credits))| credits - debits).sum()
}

fn total(rows: &[Value], name: &str) -> i64 {
    rows.iter().map(|row| micros(row, name)).sum()
}

/// Everything that an export says of the books, held against what the ledger says.
fn holds_together(data: &Path) {
    let ledger = sums_of_ledger(data);
    assert_eq!(sums_of_postings(&rows(data, &["postings"])), ledger);

    let transactions = rows(data, &["transactions"]);
    let refunds = |row: &Value| text(row, "operation") == "Refund";
    let (refunds, payments): (Vec<Value>, Vec<Value>) = transactions.into_iter().partition(refunds);
    let (charged, returned) = (total(&payments, "fps_fee"), total(&refunds, "fps_fee"));
    assert!(0 < returned && returned < charged);
    assert_eq!(total(&payments, "fps_fee_returned"), returned);
    assert_eq!(charged - returned, ledger_balance(&ledger, "fps fees"));

    let balances = rows(data, &["balances"]);
    for (column, kind) in [
        ("available", "available"),
        ("pending_in", "pending in"),
        ("pending_out", "pending out"),
    ] {
        assert_eq!(
            total(&balances, column),
            ledger_balance(&ledger, kind),
            "{kind}"
        );
    }

    let holds = rows(data, &["holds"]);
    assert_eq!(holds.len(), 2, "{holds:?}");
    assert_eq!(total(&holds, "amount"), ledger_balance(&ledger, "held"));
    let ages: Vec<String> = holds.iter().map(|hold| text(hold, "age_days")).collect();
    assert_eq!(ages, ["2", "0"], "the oldest comes first");
}

#[test]
fn exports_add_up_to_the_books() {
    let folder = Folder::new("export");
    let data = folder.at("data");
    let server = Server::start(&data, &Options::default());
    let caller = server.env(None);
    caller.reserved("old", "30.00");
    let settled = caller.reserved("settled", "20.00");
    caller.settled(&settled);
    let middle = server.json(&["clock", "advance", "2d"]);
    let middle = middle["product"].as_i64().expect("a moment") - 86_400_000;
    caller.reserved("=cmd(),\"young\"", "10.00");
    let cancelled = caller.reserved("cancelled", "5.00");
    caller.must("Cancel", &[("TransactionId", &cancelled)]);
    let refund = [
        ("TransactionId", settled.as_str()),
        ("CallerReference", "back"),
        ("RefundAmount.CurrencyCode", "USD"),
        ("RefundAmount.Value", "7.00"),
    ];
    let refund = caller.must("Refund", &refund).must("TransactionId");
    caller.wait_for(&refund, "Success");

    holds_together(&data);
    split_by_time(&data, middle);
    let csv = say(&data, &["export", "transactions"]).ok().out;
    let mut lines = csv.lines();
    let names = lines.next().expect("names");
    assert!(
        names.starts_with("transaction,received,operation,"),
        "{names}"
    );
    assert_eq!(lines.clone().count(), 5, "{csv}");
    assert!(
        csv.contains(",\"'=cmd(),\"\"young\"\"\",USD,10.000000,"),
        "{csv}"
    );
    let back = lines
        .find(|line| line.starts_with(&refund))
        .expect("the refund");
    assert!(back.contains(&settled), "it names what it refunds: {back}");

    assert!(server.stop().success());
    holds_together(&data);
    assert_eq!(say(&data, &["export", "transactions"]).ok().out, csv);
    assert_eq!(say(&data, &["check"]).code, 0);
    for wrong in [
        &["export", "transactions", "--from", "soon"][..],
        &["export", "balances", "--to", "2026-01-01"],
        &["export", "secrets"],
    ] {
        assert_eq!(say(&data, wrong).code, 2, "{wrong:?}");
    }
}

/// What came before a moment and what came after it is everything, each once.
fn split_by_time(data: &Path, middle: i64) {
    let middle = jiff::Timestamp::from_millisecond(middle)
        .expect("a moment")
        .to_string();
    for (table, earlier) in [("transactions", 2), ("postings", 0)] {
        let before = rows(data, &[table, "--to", &middle]);
        let after = rows(data, &[table, "--from", &middle]);
        if 0 < earlier {
            assert_eq!(before.len(), earlier, "{before:?}");
        }
        assert!(!before.is_empty() && !after.is_empty());
        let mut both: Vec<String> = before.iter().chain(&after).map(Value::to_string).collect();
        let mut all: Vec<String> = rows(data, &[table]).iter().map(Value::to_string).collect();
        both.sort();
        all.sort();
        assert_eq!(both, all);
    }
}
