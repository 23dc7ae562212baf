//! The books as a file, read the way an auditor would, and compared with the processor's statement.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use payments::{TransactionId, TransactionKey};
use processor::{Booked, Kind, ProcessorKey, StatementRow, reconcile, statement_rows};
use rusqlite::{Connection, OpenFlags};

/// The numbers that the migration documents.
const CARD: i64 = 1;
const REFUND: i64 = 4;
const RESERVED: i64 = 2;
const SUCCEEDED: i64 = 5;
const FAILED: i64 = 6;
const CANCELLED: i64 = 7;
const RELEASED: i64 = 2;
/// The names of the statuses 1 to 5.
const STATUSES: [&str; 5] = ["Pending", "Reserved", "Success", "Failure", "Cancelled"];

/// One transaction, as far as the processor knows of it.
struct Row {
    id: String,
    operation: i64,
    method: i64,
    state: i64,
    release: i64,
    amount: i64,
    settled: i64,
    currency: String,
    was_reserved: bool,
}

/// What became of a transaction.
#[derive(Debug)]
pub struct Past {
    /// The caller's reference.
    pub reference: String,
    /// What was charged, in micro-units.
    pub settled: i64,
    /// Its statuses, oldest first: `Pending Reserved Cancelled`.
    pub history: String,
}

/// The books of a data folder.
pub struct Books {
    data: PathBuf,
    connection: Connection,
}

impl Books {
    /// Opens them for reading; the server may be running.
    pub fn open(data: &Path) -> Books {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(data.join("holdfast.db"), flags);
        Books {
            data: data.to_owned(),
            connection: connection.expect("books"),
        }
    }

    /// A number.
    pub fn number(&self, sql: &str) -> i64 {
        self.connection
            .query_row(sql, [], |row| row.get(0))
            .expect(sql)
    }

    /// Work that is neither done nor waiting for its time: calls and notifications.
    pub fn work_left(&self) -> i64 {
        self.number("SELECT count(*) FROM works WHERE kind IN (1, 2, 3, 4, 7)")
    }

    /// Notifications that nobody has taken yet.
    pub fn untold(&self) -> i64 {
        self.number("SELECT count(*) FROM notifications WHERE delivery <> 2")
    }

    /// The ids of all transactions by the reference they were made under.
    pub fn by_reference(&self) -> BTreeMap<String, Vec<String>> {
        let sql = "SELECT reference, key, nonce FROM transactions";
        let mut select = self.connection.prepare(sql).expect(sql);
        let rows = select.query_map([], |row| Ok((row.get(0)?, id_of(row.get(1)?, row.get(2)?))));
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows.expect(sql) {
            let (reference, id) = row.expect(sql);
            found.entry(reference).or_default().push(id);
        }
        found
    }

    /// What became of every transaction, by its id.
    pub fn pasts(&self) -> BTreeMap<String, Past> {
        let sql = "SELECT key, nonce, reference, settled, (SELECT group_concat(status, '') FROM \
            (SELECT status FROM events WHERE transaction_key = key ORDER BY number)) \
            FROM transactions JOIN transaction_states USING (key)";
        let mut select = self.connection.prepare(sql).expect(sql);
        let rows = select.query_map([], |row| {
            let history: String = row.get(4)?;
            let names = history
                .bytes()
                .map(|status| STATUSES[usize::from(status - b'1')]);
            let past = Past {
                reference: row.get(2)?,
                settled: row.get(3)?,
                history: names.collect::<Vec<_>>().join(" "),
            };
            Ok((id_of(row.get(0)?, row.get(1)?), past))
        });
        rows.expect(sql).collect::<Result<_, _>>().expect(sql)
    }

    /// The books and the processor's statement agree, one to one. Nothing may be under way.
    pub fn assert_reconciled(&self) {
        let differences = self.differences();
        assert!(
            differences.is_empty(),
            "the statement differs from the books: {differences:#?}"
        );
    }

    /// Where the books and the processor's statement differ.
    pub fn differences(&self) -> Vec<String> {
        let statement =
            statement_rows(&self.data.join("sandbox-processor.db")).expect("a statement");
        let rows = self.rows();
        // Of a payment that ended while it was being authorised, the books say only that nothing is
        // left of it; that is held against the statement apart.
        let silent: BTreeSet<&str> = rows
            .iter()
            .filter(|row| row.is_silent())
            .map(|row| row.id.as_str())
            .collect();
        let (apart, statement): (Vec<_>, Vec<_>) = statement
            .into_iter()
            .partition(|row| silent.contains(transaction_of(row)));
        let mut booked: Vec<Booked> = rows.iter().flat_map(Row::booked).collect();
        booked.sort_by(|one, other| one.key.cmp(&other.key));
        let mut found: Vec<String> = reconcile(statement, booked)
            .iter()
            .map(|one| format!("{one:?}"))
            .collect();
        for id in silent {
            let left: i64 = apart
                .iter()
                .filter(|row| transaction_of(row) == id)
                .map(held)
                .sum();
            if left != 0 {
                found.push(format!(
                    "{id} has ended, and {left} are held at the network"
                ));
            }
        }
        found
    }

    fn rows(&self) -> Vec<Row> {
        let sql = "SELECT key, nonce, operation, method, state, release, amount, settled, currency, \
            EXISTS (SELECT 1 FROM events WHERE transaction_key = key AND status = 2) \
            FROM transactions JOIN transaction_states USING (key) ORDER BY key";
        let mut select = self.connection.prepare(sql).expect(sql);
        let rows = select.query_map([], |row| {
            Ok(Row {
                id: id_of(row.get(0)?, row.get(1)?),
                operation: row.get(2)?,
                method: row.get(3)?,
                state: row.get(4)?,
                release: row.get(5)?,
                amount: row.get(6)?,
                settled: row.get(7)?,
                currency: row.get(8)?,
                was_reserved: row.get(9)?,
            })
        });
        rows.expect(sql).collect::<Result<_, _>>().expect(sql)
    }
}

impl Row {
    fn is_silent(&self) -> bool {
        self.method == CARD && self.state == CANCELLED && !self.was_reserved
    }

    /// What the processor must have been asked, and what it must have said.
    fn booked(&self) -> Vec<Booked> {
        let call = |kind, amount_micros, approved| Booked {
            key: ProcessorKey::first(&self.id, kind).expect("a key"),
            amount_micros,
            currency: self.currency.clone(),
            approved,
        };
        let authorized = call(Kind::Authorize, self.amount, true);
        if self.method != CARD || self.is_silent() {
            return Vec::new();
        }
        if self.operation == REFUND {
            return vec![call(Kind::Refund, self.amount, self.state == SUCCEEDED)];
        }
        match self.state {
            RESERVED => vec![authorized],
            SUCCEEDED => vec![authorized, call(Kind::Capture, self.settled, true)],
            CANCELLED => vec![authorized, call(Kind::Void, self.amount, true)],
            FAILED if self.release == RELEASED => vec![
                authorized,
                call(Kind::Capture, self.settled, false),
                call(Kind::Void, self.amount, true),
            ],
            FAILED => vec![call(Kind::Authorize, self.amount, false)],
            other => panic!("{} is still under way: state {other}", self.id),
        }
    }
}

fn id_of(key: i64, nonce: [u8; 13]) -> String {
    TransactionId::of(TransactionKey(key), &nonce).to_string()
}

fn transaction_of(row: &StatementRow) -> &str {
    row.key.as_str().split('/').next().unwrap_or_default()
}

/// What a line of the statement adds to what is held.
fn held(row: &StatementRow) -> i64 {
    match (row.kind(), row.approved()) {
        (Kind::Authorize, true) => row.amount_micros,
        (Kind::Void | Kind::Capture, true) => -row.amount_micros,
        (Kind::Refund, true) | (_, false) => 0,
    }
}
