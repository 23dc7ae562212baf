//! Magic amounts, and the rules of effect under arbitrary calls.

use proptest::prelude::*;

use super::*;
use crate::key::ProcessorKey;

const RULES: Rules = Rules {
    magic_amounts: true,
    verification: Duration::from_mins(1),
};

#[test]
fn magic_amounts_have_a_six_in_the_tenths() {
    for (micros, magic) in [
        (100_600_000, true),
        (600_000, true),
        (2_610_000, true),
        (690_000, true),
        (60_000, false),
        (6_000_000, false),
        (590_000, false),
        (700_000, false),
    ] {
        assert_eq!(is_magic(micros), magic, "{micros}");
    }
}

/// Takes a call as the writer does, with a list in the place of the file.
fn take(rows: &mut Vec<StatementRow>, ask: &Ask, now_ms: i64) {
    let referred = ask.refers_to().and_then(|(key, kind)| {
        rows.iter()
            .find(|row| row.key == *key && row.kind() == kind)
            .cloned()
    });
    let refers = |row: &&StatementRow| {
        row.approved() && row.refers_to.as_ref() == ask.refers_to().map(|(key, _)| key)
    };
    let siblings = rows.iter().filter(refers).cloned().collect();
    let scene = Scene {
        referred,
        siblings,
        now_ms,
        rules: &RULES,
    };
    rows.push(decide(ask, &scene).row);
}

fn total(rows: &[StatementRow], kind: Kind, refers_to: &ProcessorKey) -> (usize, i64) {
    let wanted = rows.iter().filter(|row| {
        row.approved() && row.kind() == kind && row.refers_to.as_ref() == Some(refers_to)
    });
    wanted.fold((0, 0), |(count, micros), row| {
        (count + 1, micros + row.amount_micros)
    })
}

fn asks() -> impl Strategy<Value = (usize, usize, i64)> {
    (
        0..4_usize,
        0..3_usize,
        prop_oneof![Just(0_i64), 1..6_i64, Just(i64::MAX)],
    )
}

proptest! {
    #[test]
    fn no_order_of_calls_takes_or_returns_too_much(
        calls in proptest::collection::vec(asks(), 1..40),
    ) {
        let key = |transaction: usize, kind, n: usize| {
            ProcessorKey::nth(&format!("T{transaction}"), kind, u32::try_from(n).unwrap()).unwrap()
        };
        let mut rows = Vec::new();
        for (n, (kind, transaction, amount_micros)) in calls.into_iter().enumerate() {
            let kind = Kind::ALL[kind];
            let n = n + 1;
            let currency = "USD".to_owned();
            let authorization = key(transaction, Kind::Authorize, 1);
            let captured = rows.iter().rev().find(|row: &&StatementRow| row.kind() == Kind::Capture);
            let capture = captured.map_or_else(
                || key(transaction, Kind::Capture, 1),
                |row| row.key.clone(),
            );
            let face =
                Face { last_four: "4242".to_owned(), network: Network::Card(Brand::Visa), rule: String::new() };
            let asks = match kind {
                Kind::Authorize => Asks::Authorize { amount_micros, currency, face },
                Kind::Capture => Asks::Capture { authorization, amount_micros, currency },
                Kind::Void => Asks::Void { authorization },
                Kind::Refund => Asks::Refund { capture, amount_micros, currency },
            };
            let n = if kind == Kind::Authorize { 1 } else { n };
            let ask = Ask { key: key(transaction, kind, n), asks };
            if rows.iter().all(|row| row.key != ask.key) {
                take(&mut rows, &ask, 0);
            }
        }
        for row in rows.iter().filter(|row| row.kind() == Kind::Authorize) {
            let (captures, captured) = total(&rows, Kind::Capture, &row.key);
            let (voids, _) = total(&rows, Kind::Void, &row.key);
            prop_assert!(captures + voids <= 1);
            prop_assert!(captured <= row.amount_micros.max(0));
            prop_assert!(row.approved() || captures + voids == 0);
        }
        for row in rows.iter().filter(|row| row.kind() == Kind::Capture && row.approved()) {
            prop_assert!(total(&rows, Kind::Refund, &row.key).1 <= row.amount_micros);
        }
    }
}
