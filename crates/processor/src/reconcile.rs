//! Compares a statement with the books, one to one.
//!
//! Both sides come sorted by key, and are merged in one pass; nothing is kept but the differences.

use std::cmp::Ordering;

use crate::key::ProcessorKey;
use crate::statement::StatementRow;

/// What the books say about one processor call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// The call's key.
    pub key: ProcessorKey,
    /// The amount, in micro-units; for a void, the amount released.
    pub amount_micros: i64,
    /// The currency's three letters.
    pub currency: String,
    /// Whether the books count the call as done.
    pub approved: bool,
}

/// One disagreement between statement and books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The processor did or refused something that the books do not know.
    MissingInBooks(StatementRow),
    /// The books have a call that the processor never decided.
    MissingInStatement(Booked),
    /// Both have the call and say different things about it.
    Contradiction {
        /// The first field that differs.
        field: &'static str,
        /// The processor's row.
        statement: StatementRow,
        /// Our row.
        booked: Booked,
    },
    /// A side names a key twice, or is not sorted, so that nothing after it can be trusted.
    OutOfOrder(ProcessorKey),
}

/// Every difference between the two sides, in order of their keys.
pub fn reconcile(
    statement: impl IntoIterator<Item = StatementRow>,
    books: impl IntoIterator<Item = Booked>,
) -> Vec<Difference> {
    let mut statement = statement.into_iter().peekable();
    let mut books = books.into_iter().peekable();
    let mut differences = Vec::new();
    loop {
        let order = match (statement.peek(), books.peek()) {
            (None, None) => return differences,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(row), Some(booked)) => row.key.cmp(&booked.key),
        };
        let row = if order.is_le() {
            statement.next()
        } else {
            None
        };
        let booked = if order.is_ge() { books.next() } else { None };
        let row_key = row.as_ref().map(|row| row.key.clone());
        let booked_key = booked.as_ref().map(|booked| booked.key.clone());
        differences.extend(compare(row, booked));
        let unsorted = unsorted(row_key, statement.peek().map(|row| &row.key))
            .or_else(|| unsorted(booked_key, books.peek().map(|booked| &booked.key)));
        if let Some(key) = unsorted {
            differences.push(Difference::OutOfOrder(key));
            return differences;
        }
    }
}

/// The key just passed, when the next one of its side does not follow it.
fn unsorted(passed: Option<ProcessorKey>, next: Option<&ProcessorKey>) -> Option<ProcessorKey> {
    passed.filter(|passed| next.is_some_and(|next| next <= passed))
}

fn compare(row: Option<StatementRow>, booked: Option<Booked>) -> Option<Difference> {
    let (statement, booked) = match (row, booked) {
        (None, None) => return None,
        (Some(row), None) => return Some(Difference::MissingInBooks(row)),
        (None, Some(booked)) => return Some(Difference::MissingInStatement(booked)),
        (Some(row), Some(booked)) => (row, booked),
    };
    let field = if statement.approved() != booked.approved {
        "approved"
    } else if statement.amount_micros != booked.amount_micros {
        "amount_micros"
    } else if statement.currency != booked.currency {
        "currency"
    } else {
        return None;
    };
    Some(Difference::Contradiction {
        field,
        statement,
        booked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::Brand;
    use crate::statement::{Network, approval};

    fn row(key: &str) -> StatementRow {
        let key = ProcessorKey::parse(key).unwrap();
        StatementRow {
            refers_to: None,
            amount_micros: 5_000_000,
            currency: "USD".to_owned(),
            last_four: "4242".to_owned(),
            network: Network::Card(Brand::Visa),
            rule: String::new(),
            answer: approval(&key),
            at_ms: 0,
            known_at_ms: 0,
            key,
        }
    }

    fn booked(key: &str) -> Booked {
        let StatementRow {
            key,
            amount_micros,
            currency,
            ..
        } = row(key);
        Booked {
            key,
            amount_micros,
            currency,
            approved: true,
        }
    }

    type Change = fn(&mut Booked);

    #[test]
    fn agreement_is_silent() {
        let both = ["A/authorize", "A/capture", "B/authorize"];
        assert_eq!(reconcile(both.map(row), both.map(booked)), []);
    }

    #[test]
    fn each_kind_of_difference_is_named() {
        let found = reconcile(
            ["A/authorize", "B/authorize"].map(row),
            ["A/authorize", "C/authorize"].map(booked),
        );
        let want = [
            Difference::MissingInBooks(row("B/authorize")),
            Difference::MissingInStatement(booked("C/authorize")),
        ];
        assert_eq!(found, want);

        let changes: [(&str, Change); 3] = [
            ("approved", |b| b.approved = false),
            ("amount_micros", |b| b.amount_micros += 1),
            ("currency", |b| b.currency = "EUR".to_owned()),
        ];
        for (name, change) in changes {
            let mut ours = booked("A/void");
            change(&mut ours);
            let found = reconcile([row("A/void")], [ours]);
            let [Difference::Contradiction { field, .. }] = &found[..] else {
                panic!("{found:?}");
            };
            assert_eq!(*field, name);
        }
    }

    #[test]
    fn an_unsorted_side_is_noticed() {
        let key = ProcessorKey::parse("A/void").unwrap();
        let twice = reconcile([row("A/void")], [booked("A/void"), booked("A/void")]);
        assert_eq!(twice, [Difference::OutOfOrder(key.clone())]);
        let twice = reconcile([row("A/void"), row("A/void")], [booked("A/void")]);
        assert_eq!(twice, [Difference::OutOfOrder(key)]);
    }
}
