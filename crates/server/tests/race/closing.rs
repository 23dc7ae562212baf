//! After all rounds: the books are sound, and the processor's statement says the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use audit::{
    Books, CHUNK, FINDINGS_MAX, Options, PostgresBooks, SqliteBooks, TransactionRow, check,
};
use payments::{TransactionId, TransactionKey};
use processor::{Kind, StatementRow, statement_rows};
use tokio::runtime::Handle;

use super::world::World;

/// The numbers that the first migration documents.
const CARD: i64 = 1;
const BANK: i64 = 2;
const REFUND: i64 = 4;
const RESERVED: i64 = 2;
const SUCCEEDED: i64 = 5;
const FAILED: i64 = 6;
const CANCELLED: i64 = 7;

/// What the processor has approved for one transaction, in micro-units.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Done {
    authorized: i64,
    captured: i64,
    voided: i64,
    refunded: i64,
}

/// Stops the server and proves what it leaves behind.
pub async fn prove(world: World) {
    let World {
        running, folder, ..
    } = world;
    let database = running.app().settings.database.clone();
    running.stop().await;
    let mut books: Box<dyn Books> = match database {
        None => Box::new(SqliteBooks::open(&folder.join("holdfast.db")).expect("the store's file")),
        Some(database) => {
            let address = server::boot::address(&database).expect("an address");
            let client = address.connect().await.expect("the database answers");
            Box::new(PostgresBooks::over(client, Handle::current()))
        }
    };
    tokio::task::block_in_place(|| {
        check_books(&mut *books);
        check_statement(&mut *books, &folder.join("sandbox-processor.db"));
    });
    // What is left of a folder in the system's own place for them harms nobody.
    let _ = std::fs::remove_dir_all(&folder);
}

fn check_books(books: &mut dyn Books) {
    let options = Options {
        progress: None,
        chunk: CHUNK,
        findings_max: FINDINGS_MAX,
        on_progress: &mut |_| (),
        elapsed: &|| Duration::ZERO,
    };
    let report = check(books, options).expect("the books can be read");
    assert!(report.is_sound(), "{report}");
    let debits: i128 = report.sums.iter().map(|sum| sum.debits).sum();
    let credits: i128 = report.sums.iter().map(|sum| sum.credits).sum();
    assert_eq!(debits, credits, "what leaves arrives");
}

/// Each transaction by card or bank was asked of the processor as the books say, and nothing else was.
fn check_statement(books: &mut dyn Books, statement: &Path) {
    let mut approved: BTreeMap<String, Done> = BTreeMap::new();
    for row in statement_rows(statement).expect("the processor's statement") {
        approved
            .entry(row.key.transaction().to_owned())
            .or_default()
            .add(&row);
    }
    let mut settled = 0;
    let mut captured = 0;
    let networks = [CARD, BANK];
    for row in transactions(books)
        .iter()
        .filter(|row| networks.contains(&row.method))
    {
        let id = TransactionId::of(TransactionKey(row.key), &row.nonce).to_string();
        let done = approved.remove(&id).unwrap_or_default();
        captured += done.captured;
        if row.operation != REFUND && row.state == SUCCEEDED {
            settled += row.settled;
        }
        assert_eq!(done, expected(row, &done), "{id}: {row:?}");
    }
    assert!(approved.is_empty(), "the books do not know {approved:?}");
    assert_eq!(captured, settled, "captured is what was settled");
}

/// What the processor must have done for a transaction. Where the transaction ended while it was
/// being authorised, the authorisation may never have been sent; if it was, it is not alive.
fn expected(row: &TransactionRow, done: &Done) -> Done {
    let none = Done::default();
    let authorized = row.amount;
    if row.operation == REFUND {
        let refunded = row.settled;
        assert_eq!(row.state, SUCCEEDED, "{row:?}");
        return Done { refunded, ..none };
    }
    match row.state {
        RESERVED => Done { authorized, ..none },
        SUCCEEDED => Done {
            authorized,
            captured: row.settled,
            ..none
        },
        CANCELLED | FAILED if *done == none => none,
        CANCELLED | FAILED => Done {
            authorized,
            voided: row.amount,
            ..none
        },
        other => panic!("still under way, in state {other}: {row:?}"),
    }
}

fn transactions(books: &mut dyn Books) -> Vec<TransactionRow> {
    let mut all: Vec<TransactionRow> = Vec::new();
    loop {
        let (after, before) = (all.last().map_or(i64::MIN, |row| row.key), all.len());
        books
            .transactions(after, CHUNK, &mut all)
            .expect("the books can be read");
        if all.len() == before {
            return all;
        }
    }
}

impl Done {
    fn add(&mut self, row: &StatementRow) {
        if !row.approved() {
            return;
        }
        let sum = match row.kind() {
            Kind::Authorize => &mut self.authorized,
            Kind::Capture => &mut self.captured,
            Kind::Void => &mut self.voided,
            Kind::Refund => &mut self.refunded,
        };
        *sum += row.amount_micros;
    }
}
