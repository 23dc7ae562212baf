//! Writes SQLite's write-ahead log in one piece a commit.
//!
//! SQLite hands each page of a commit to the system in two calls: 24 bytes that describe it, and the
//! page. A Reserve alone changes eight or nine pages, so its commit was seventeen calls, and they
//! took a quarter of the writer's time that was not the flush itself. The file system of this crate (a VFS, in
//! SQLite's words) is the system's own but for the log: there, what is written is gathered, and passed
//! on in one call when it must be. And what a checkpoint moves into the database is sent to the disk a
//! little at a time before it is flushed, so that commits do not wait behind all of it.
//!
//! **Invariant:** whatever SQLite wrote is with the system before anybody could miss it: before the
//! log is flushed, read, measured, cut or closed, and before anything is written that is not the next
//! byte. The flush is SQLite's own and follows the write, so a commit is durable exactly when it was.
//! What is not yet passed on belongs to a transaction that has not committed; a process that dies loses
//! it as it would lose the transaction anyway. A write that fails fails the flush that needed it.
//!
//! Its connections flush at each commit (`synchronous=FULL`), and must not be told otherwise: others see
//! a commit as soon as SQLite has announced it, and it is the flush before that which puts it into the log.

#![expect(
    unsafe_code,
    reason = "SQLite's file systems are tables of C functions"
)]

#[cfg(target_os = "linux")]
mod database;
#[cfg(target_os = "linux")]
mod disk;
mod gathered;
mod log;
mod table;
mod vfs;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Opens a database whose log is gathered, and flushed at each commit.
pub fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs::name()?)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

#[cfg(test)]
mod tests;
