//! Stores with many settled transactions, made once and copied for each turn.
//!
//! They are made through the store's own interface, so that `check` accepts them as it accepts every
//! other, and proved before anything is measured on them. One is kept until the code that writes rows
//! changes; its references are random, so that a load with random references meets full index pages.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use payments::TransactionId;
use store::{Query, SystemClock};

use super::child::Folder;
use super::holdfast::Home;
use super::measure::{References, Size};
use super::place::{Place, at};
use super::stock::{self, Run, open_sqlite, parties};
use crate::run::Failure;

/// Transactions of a small store.
pub const SMALL: u64 = 10_000;
/// Payments under way while a store is filled: large batches, and few flushes.
const AT_ONCE: u32 = 4_096;
/// How long filling may take.
const SECONDS_MAX: Duration = Duration::from_hours(4);
/// The file that names some of the transactions.
const SAMPLES: &str = "samples";
/// The code that decides what rows look like.
const WRITERS: [&str; 3] = [
    "crates/payments/src",
    "crates/store/src",
    "crates/store-sqlite",
];
/// The number of a load's first request, beyond those of every filled store.
pub const FIRST: u64 = 1 << 40;

/// How many transactions a store has before the load.
pub const fn transactions(size: Size, filled: u64) -> u64 {
    match size {
        Size::Fresh => 0,
        Size::Small => SMALL,
        Size::Filled => filled,
    }
}

/// A folder for one turn: empty, or a copy of a filled one, flushed so that copying does not go on
/// under the load.
pub fn home(place: &Place, measure: &str, transactions: u64) -> Result<Home, Failure> {
    let folder = place.folder(measure)?;
    if 0 < transactions {
        let source = source(place, transactions)?;
        copy(&source, folder.path()).map_err(|error| at(&source, &error))?;
    }
    Ok(Home::new(&place.binary, folder))
}

/// Makes what a run will need before its first round.
pub fn prepare(place: &Place, transactions: u64) -> Result<(), Failure> {
    source(place, transactions).map(drop)
}

/// Some of the transactions of a filled store.
pub fn samples(home: &Home) -> Result<Vec<TransactionId>, Failure> {
    let path = home.path().join(SAMPLES);
    let text = std::fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
    let ids: Result<Vec<_>, _> = text.lines().map(TransactionId::parse).collect();
    ids.map_err(|_| Failure::because("a sample is no transaction id"))
}

/// The filled folder that is copied; made when there is none.
fn source(place: &Place, transactions: u64) -> Result<PathBuf, Failure> {
    let print = fingerprint(&place.root).map_err(|error| at(&place.root, &error))?;
    let prefix = format!("filled-{transactions}-");
    let path = place.work.join(format!("{prefix}{print:0>16x}"));
    if path.is_dir() {
        return Ok(path);
    }
    remove_older(&place.work, &prefix).map_err(|error| at(&place.work, &error))?;
    eprintln!("  filling a store with {transactions} transactions");
    let unfinished = place.work.join(format!("filling-{transactions}"));
    let folder = Folder::make(unfinished.clone(), place.keep)?;
    let home = Home::new(&place.binary, folder);
    let server = home.start(true)?;
    let callers = server.make_world()?;
    let home = server.stop()?;
    let runtime = tokio::runtime::Runtime::new().map_err(stock::failed)?;
    runtime.block_on(fill(&home, &callers, transactions))?;
    home.prove(transactions..=transactions)?;
    std::fs::rename(&unfinished, &path).map_err(|error| at(&path, &error))?;
    Ok(path)
}

async fn fill(
    home: &Home,
    callers: &[super::world::Caller],
    transactions: u64,
) -> Result<(), Failure> {
    let mut stock = open_sqlite(&home.database(), Arc::new(SystemClock::default()))?;
    let parties = parties(&*stock.store, callers).await?;
    let run = Run {
        parties: parties.clone(),
        lives: true,
        at_once: AT_ONCE,
        most: transactions,
        seconds: SECONDS_MAX,
        first: 0,
        references: References::Random,
    };
    let progress = |begun: u64| {
        if begun.is_multiple_of(100_000) {
            eprintln!("    {begun} of {transactions}");
        }
    };
    let driven = run.drive(&mut stock, progress).await?;
    // The first page makes the store index every account's activity.
    for party in &parties {
        let query = Query::ActivityOf {
            account: party.account,
            most: 1,
        };
        stock.store.find(query).await.map_err(stock::failed)?;
    }
    stock.store.close().await;
    let names: Vec<&str> = driven.samples.iter().map(TransactionId::as_str).collect();
    let path = home.path().join(SAMPLES);
    std::fs::write(&path, names.join("\n")).map_err(|error| at(&path, &error))
}

fn remove_older(folder: &Path, prefix: &str) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Copies the files below a folder, and waits until they are on the disk.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            copy(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), &target)?;
            std::fs::File::open(&target)?.sync_all()?;
        }
    }
    Ok(())
}

/// A number that changes when the code that writes rows does (FNV-1a over its files).
fn fingerprint(root: &Path) -> std::io::Result<u64> {
    let mut files = Vec::new();
    for folder in WRITERS {
        list(&root.join(folder), &mut files)?;
    }
    files.sort();
    let mut print: u64 = 0xcbf2_9ce4_8422_2325;
    for file in files {
        for byte in std::fs::read(file)? {
            print = (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(print)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_every_file_and_the_fingerprint_follows_the_code() {
        let root = std::env::temp_dir().join(format!("xtask-filled-{}", std::process::id()));
        let folder = Folder::make(root.clone(), false).expect("a folder");
        for name in WRITERS {
            std::fs::create_dir_all(root.join(name).join("deep")).expect("a folder");
            std::fs::write(root.join(name).join("deep/a.rs"), name).expect("a file");
        }
        let before = fingerprint(&root).expect("readable");
        assert_eq!(fingerprint(&root).expect("readable"), before);
        std::fs::write(root.join(WRITERS[0]).join("deep/a.rs"), "other").expect("a file");
        assert_ne!(fingerprint(&root).expect("readable"), before);

        copy(&root.join("crates"), &root.join("copy")).expect("copied");
        let copied = std::fs::read_to_string(root.join("copy/payments/src/deep/a.rs"));
        assert_eq!(copied.expect("a file"), "other");
        drop(folder);
        assert!(!root.exists());
    }
}
