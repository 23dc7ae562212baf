//! Writes books of a given size into a file, checks them, and prints how fast that was:
//! `cargo run --release -p audit --example measure -- FILE TRANSACTIONS`.

#[path = "../tests/books/mod.rs"]
#[expect(dead_code, reason = "the tests tell every story, this one tells one")]
mod books;

use std::path::Path;
use std::time::Instant;

use audit::{CHUNK, FINDINGS_MAX, Options, SqliteBooks, check};
use books::{CALLER, SENDER, World};
use rusqlite::Connection;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().expect("the name of a file");
    let count: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .expect("a number");
    if !Path::new(&file).exists() {
        write(&file, count);
    }
    let start = Instant::now();
    let mut books = SqliteBooks::open(Path::new(&file)).expect("a database");
    let options = Options {
        progress: None,
        chunk: CHUNK,
        findings_max: FINDINGS_MAX,
        on_progress: &mut |_| {},
        elapsed: &|| start.elapsed(),
    };
    let report = check(&mut books, options).expect("the books can be read");
    println!("{report}");
    let each = report.took.as_nanos() / u128::from(report.counts.transactions.max(1));
    println!("{each} ns a transaction");
}

/// Three settled reservations with fees to one refunded payment.
fn write(file: &str, count: u64) {
    let connection = Connection::open(file).expect("a file");
    let fast = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000";
    connection.execute_batch(fast).expect("settings");
    let mut world = World::on(connection);
    world.deposit(CALLER, 1_000_000_000_000);
    world.deposit(SENDER, 1_000_000_000_000);
    world.connection.execute_batch("BEGIN").expect("begin");
    for at in 0..count {
        let payer = if at % 2 == 0 { 1 } else { 2 };
        world.settled(payer, None);
        if at % 10_000 == 9_999 {
            world
                .connection
                .execute_batch("COMMIT; BEGIN")
                .expect("commit");
        }
    }
    world.connection.execute_batch("COMMIT").expect("commit");
}
