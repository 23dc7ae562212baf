//! With SQLite itself; the functions by themselves are in `functions`.

mod functions;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// Pages in the cache of the connections that are to spill.
const FEW_PAGES: i64 = 10;

/// A folder that is gone with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let name = format!("holdfast-log-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).expect("a fresh folder");
        Scratch(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("file")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn prepared(connection: Connection) -> Connection {
    let tables: Vec<String> = (0..8)
        .map(|number| format!("CREATE TABLE t{number} (key INTEGER PRIMARY KEY, value TEXT)"))
        .collect();
    let sql = format!(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA wal_autocheckpoint = 0;
        BEGIN; {}; COMMIT;",
        tables.join("; ")
    );
    connection.execute_batch(&sql).expect("prepared");
    connection
}

fn gathering(path: &Path) -> Connection {
    prepared(crate::open(path).expect("opened"))
}

/// One transaction that changes a page of each table.
fn commit(connection: &Connection, key: i64) {
    connection.execute_batch("BEGIN").expect("begun");
    for number in 0..8 {
        let sql = format!("INSERT INTO t{number} VALUES (?, 'v')");
        connection.execute(&sql, [key]).expect("written");
    }
    connection.execute_batch("COMMIT").expect("committed");
}

fn rows(connection: &Connection) -> i64 {
    let sql = "SELECT count(*) FROM t7";
    connection
        .query_row(sql, [], |row| row.get(0))
        .expect("read")
}

fn is_sound(connection: &Connection) -> bool {
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("checked");
    verdict == "ok"
}

/// Calls to the system by which this thread has written so far.
#[cfg(target_os = "linux")]
fn writes() -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").expect("the kernel counts");
    let line = io.lines().find_map(|line| line.strip_prefix("syscw: "));
    line.and_then(|count| count.parse().ok()).expect("a count")
}

#[cfg(target_os = "linux")]
#[test]
fn a_commit_is_one_write_where_it_was_two_for_each_page() {
    let scratch = Scratch::new("count");
    let plain = prepared(Connection::open(scratch.0.join("plain")).expect("opened"));
    let gathered = gathering(&scratch.file());
    let counted = |connection| {
        commit(connection, 1);
        let before = writes();
        commit(connection, 2);
        writes() - before
    };
    assert_eq!(counted(&plain), 16);
    assert_eq!(counted(&gathered), 1);
}

#[test]
fn it_flushes_at_each_commit() {
    let scratch = Scratch::new("flushes");
    let ours = crate::open(&scratch.file()).expect("opened");
    let level = || ours.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
    assert_eq!(level(), Ok(2), "FULL");
    ours.pragma_update(None, "journal_mode", "wal")
        .expect("set");
    assert_eq!(level(), Ok(2), "with a log too");
}

#[test]
fn others_see_each_commit_when_it_is_one() {
    let scratch = Scratch::new("others");
    let ours = gathering(&scratch.file());
    let other = Connection::open(scratch.file()).expect("opened");
    for key in 1..=300 {
        commit(&ours, key);
        assert_eq!(rows(&other), key);
        if key % 64 == 0 {
            let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
            let busy: i64 = other.query_row(sql, [], |row| row.get(0)).expect("moved");
            assert_eq!(busy, 0);
        }
    }
    assert!(is_sound(&other) && is_sound(&ours));
    drop((ours, other));
    let again = Connection::open(scratch.file()).expect("opened again");
    assert_eq!(rows(&again), 300);
}

#[test]
fn a_transaction_larger_than_any_cache_is_whole_or_not_at_all() {
    let scratch = Scratch::new("large");
    let ours = gathering(&scratch.file());
    let set = ours.pragma_update(None, "cache_size", FEW_PAGES);
    set.expect("set");
    let other = Connection::open(scratch.file()).expect("opened");
    let fill = "WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 4000)
        INSERT INTO t7 SELECT k, hex(zeroblob(200)) FROM n";
    let change = "UPDATE t7 SET value = value || 'x' WHERE key % 3 = 0";
    for end in ["ROLLBACK", "COMMIT"] {
        ours.execute_batch(&format!("BEGIN; {fill}; {change};"))
            .expect("written");
        assert_eq!(rows(&ours), 4_000, "it sees its own");
        assert_eq!(rows(&other), 0, "nobody else does");
        ours.execute_batch(end).expect("ended");
        assert!(is_sound(&ours) && is_sound(&other), "after {end}");
    }
    assert_eq!(rows(&other), 4_000);
    commit(&ours, 5_000);
    drop((ours, other));
    let again = Connection::open(scratch.file()).expect("opened again");
    assert_eq!(rows(&again), 4_001);
    assert!(is_sound(&again));
}

#[test]
fn what_a_stopped_process_leaves_is_read_by_anybody() {
    let scratch = Scratch::new("left");
    let ours = gathering(&scratch.file());
    for key in 1..=20 {
        commit(&ours, key);
    }
    ours.execute_batch("BEGIN; INSERT INTO t7 VALUES (21, 'not committed')")
        .expect("begun");
    // What would be on the disk if the process stopped here.
    let copy = scratch.0.join("copy");
    for end in ["", "-wal"] {
        let from = format!("{}{end}", scratch.file().display());
        std::fs::copy(from, format!("{}{end}", copy.display())).expect("copied");
    }
    let left = Connection::open(&copy).expect("opened");
    assert_eq!(rows(&left), 20);
    assert!(is_sound(&left));
}

#[cfg(target_os = "linux")]
#[test]
fn a_checkpoint_sends_its_pages_a_few_at_a_time() {
    let scratch = Scratch::new("sent");
    let ours = gathering(&scratch.file());
    let disk = crate::disk::Disk::of(&scratch.file()).expect("opened");
    let fill = "WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 4000)
        INSERT INTO t7 SELECT k, hex(zeroblob(200)) FROM n";
    ours.execute_batch(fill).expect("written");
    let before = disk.sent();
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy: i64 = ours.query_row(sql, [], |row| row.get(0)).expect("moved");
    assert_eq!(busy, 0);
    let pages: u32 = ours
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .expect("counted");
    assert!(400 < pages, "{pages}");
    // All of them and at most once each, but for what had been moved before.
    let expected = (pages - 40) / 16..=pages / 16;
    assert!(
        expected.contains(&(disk.sent() - before)),
        "{}",
        disk.sent()
    );
    drop(ours);
    let again = Connection::open(scratch.file()).expect("opened again");
    assert_eq!(rows(&again), 4_000);
    assert!(is_sound(&again));
}

/// The system lets go of all of a process's locks on a file when any way to it is closed.
#[cfg(target_os = "linux")]
#[test]
fn locks_outlive_the_connections_beside_them() {
    use std::os::unix::fs::MetadataExt;
    let scratch = Scratch::new("locks");
    let stays = gathering(&scratch.file());
    let inode = std::fs::metadata(scratch.file()).expect("there").ino();
    let locked = || {
        let locks = std::fs::read_to_string("/proc/locks").expect("the kernel lists them");
        let own = format!(" {} ", std::process::id());
        let file = format!(":{inode} ");
        locks
            .lines()
            .any(|line| line.contains(&own) && line.contains(&file))
    };
    commit(&stays, 1);
    assert!(locked());
    let goes = crate::open(&scratch.file()).expect("opened");
    assert_eq!(rows(&goes), 1);
    drop(goes);
    assert!(locked());
    commit(&stays, 2);
    drop(stays);
    assert!(!locked());
}
