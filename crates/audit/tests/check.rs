//! `check` finds nothing in correct books, and finds what is broken in broken ones.

mod books;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audit::{Code, Options, Progress, Report, SqliteBooks, check};
use books::World;
use books::broken::{BROKEN, TOGETHER};
use rusqlite::Connection;

fn run(books: &mut SqliteBooks, chunk: usize, progress: Option<Progress>) -> (Report, Vec<String>) {
    let mut written = Vec::new();
    let mut on_progress = |progress: &Progress| {
        let mut text = Vec::new();
        progress
            .write_to(&mut text)
            .expect("memory takes everything");
        written.push(String::from_utf8(text).expect("text"));
    };
    let options = Options {
        progress,
        chunk,
        findings_max: 100,
        on_progress: &mut on_progress,
        elapsed: &|| Duration::from_secs(1),
    };
    let report = check(books, options).expect("the books can be read");
    (report, written)
}

/// The full world with names in the SQL replaced by keys.
fn broken(mutations: &str) -> Report {
    let world = World::full();
    let mut names: Vec<(&&str, &i64)> = world.keys.iter().collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut sql = mutations.to_owned();
    for (name, key) in names {
        sql = sql.replace(&format!(":{name}"), &key.to_string());
    }
    world
        .connection
        .execute_batch(&sql)
        .expect("the mutation is valid SQL");
    assert!(
        0 < world.connection.total_changes(),
        "the mutation changes nothing"
    );
    run(&mut SqliteBooks::over(world.connection), 7, None).0
}

#[test]
fn every_way_of_being_wrong_is_found() {
    for (code, sql) in BROKEN {
        let report = broken(sql);
        let found = report.findings.counts;
        assert_eq!(
            found,
            BTreeMap::from([(*code, 1)]),
            "{sql}: {:?}",
            report.findings.kept
        );
    }
}

#[test]
fn what_breaks_two_things_is_found_by_both() {
    for (codes, sql) in TOGETHER {
        let report = broken(sql);
        let expected: BTreeMap<Code, u64> = codes.iter().copied().collect();
        let kept = &report.findings.kept;
        assert_eq!(report.findings.counts, expected, "{sql}: {kept:?}");
    }
}

#[test]
fn every_code_has_a_test_that_breaks_the_books_so() {
    for code in Code::ALL {
        let alone = BROKEN.iter().any(|(tested, _)| tested == code);
        let mut others = TOGETHER.iter().flat_map(|(codes, _)| *codes);
        let tested = alone || others.any(|(tested, _)| tested == code);
        assert!(tested, "{}", code.text());
        assert_eq!(Code::parse(code.text()), Some(*code));
    }
}

#[test]
fn correct_books_are_sound_whatever_the_chunk() {
    for chunk in [1, 2, 7, 2_000] {
        let (report, _) = run(
            &mut SqliteBooks::over(World::full().connection),
            chunk,
            None,
        );
        assert!(report.is_sound(), "{report}");
        assert!(10 < report.counts.transactions && 0 < report.counts.batches);
        assert_eq!((report.counts.tallies, report.counts.subscriptions), (2, 3));
        let all: i128 = report.sums.iter().map(audit::KindSum::balance).sum();
        assert_eq!(all, 0, "the table adds up");
        let text = report.to_string();
        assert!(text.contains("The books are sound."), "{text}");
    }
}

#[test]
fn a_check_can_be_taken_up_where_it_was_written_down() {
    let (whole, written) = run(&mut SqliteBooks::over(World::full().connection), 1, None);
    assert!(1 < written.len());
    for text in written {
        let progress = Progress::read_from(&text).expect("it was written whole");
        let (rest, _) = run(
            &mut SqliteBooks::over(World::full().connection),
            1,
            Some(progress),
        );
        assert!(rest.is_sound(), "{rest}");
        assert_eq!((rest.counts, &rest.sums), (whole.counts, &whole.sums));
        let cut = &text[..text.len() / 2];
        assert!(Progress::read_from(cut).is_err());
        let older = text.replacen("holdfast-check ", "holdfast-check 0", 1);
        assert!(Progress::read_from(&older).is_err(), "of another release");
    }
}

#[test]
fn findings_survive_being_written_down() {
    let world = World::full();
    let sql = "UPDATE postings SET amount = 0 WHERE transaction_key = (SELECT min(key) FROM transaction_states WHERE state = 2)";
    world.connection.execute_batch(sql).expect("sql");
    let (whole, written) = run(&mut SqliteBooks::over(world.connection), 1, None);
    let progress = Progress::read_from(&written[0]).expect("it was written whole");
    assert_eq!(progress.findings().kept, whole.findings.kept);
    assert_eq!(progress.findings().counts, whole.findings.counts);
}

#[test]
fn nothing_at_all_is_sound() {
    let world = World::on(Connection::open_in_memory().expect("memory"));
    let (report, _) = run(&mut SqliteBooks::over(world.connection), 100, None);
    assert!(report.is_sound() && report.counts.transactions == 0);
}

struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

fn file(name: &str) -> File {
    let file = File(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
    let _ = std::fs::remove_file(&file.0);
    file
}

#[test]
fn books_that_are_being_written_are_sound() {
    let file = file("live.db");
    let connection = Connection::open(&file.0).expect("a file");
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
        .expect("WAL");
    let mut world = World::on(connection);
    world.deposit(books::CALLER, 1_000_000_000);
    world.settled(2, None);
    let writer = std::thread::spawn(move || {
        let mut held = Vec::new();
        for round in 0..1_500 {
            world.connection.execute_batch("BEGIN").expect("begin");
            held.push(world.reserved(None));
            if round % 3 == 2 {
                // Old reservations move while the walk is past them.
                let mut tx = held.swap_remove(round % held.len());
                world.settle(&mut tx, 1);
                world
                    .connection
                    .execute_batch("COMMIT; BEGIN")
                    .expect("commit");
                world.capture(&mut tx);
            }
            world.deposit(books::SENDER, 5);
            world.connection.execute_batch("COMMIT").expect("commit");
        }
    });
    let mut checks = 0;
    while !writer.is_finished() || checks == 0 {
        let mut books = SqliteBooks::open(&file.0).expect("the file is there");
        let (report, _) = run(&mut books, 5, None);
        assert!(report.is_sound(), "{report}");
        checks += 1;
    }
    writer.join().expect("the writer is well");
    let mut books = SqliteBooks::open(&file.0).expect("the file is there");
    let (report, _) = run(&mut books, 100, None);
    assert!(
        report.is_sound() && report.counts.transactions == 1_501,
        "{report}"
    );
}
