//! An open database: the system's file, of which the disk gets what is written a little at a time.
//!
//! A checkpoint writes hundreds of pages all over the file and then flushes it. Until then the system
//! keeps them; then the disk gets all at once, and a commit, which has to flush the log, waits behind them
//! for milliseconds. So what a checkpoint writes is sent to the disk every few pages, and each time it
//! waits until they are there. The flush stays SQLite's own; it finds little left to do.

use std::ffi::{c_int, c_void};

use rusqlite::ffi::{sqlite3_file, sqlite3_int64};

use crate::disk::Disk;
use crate::table::{close, ours, replace};

/// Pages after which the disk gets them: 64 KiB, which a commit waits behind for a fraction of its flush.
const PAGES: u32 = 16;

/// What belongs to an open database.
struct Database {
    disk: &'static Disk,
    /// Pages written and not sent.
    written: u32,
}

/// Has an open file send what is written to it, until it is closed.
///
/// # Safety
/// The file is open, and the table of its functions lives until it is closed.
pub(crate) unsafe fn send_early(file: *mut sqlite3_file, disk: &'static Disk) {
    let database = Database { disk, written: 0 };
    // SAFETY: the caller's file, and functions made for it.
    unsafe {
        replace(file, database, |table| {
            table.xWrite = Some(write);
            table.xClose = Some(close_database);
        });
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls this only with an open database, and bytes of its own.
    let (database, written) = unsafe {
        let database = ours::<Database>(file);
        let written = database.write(file, bytes, count, at);
        (&mut database.own, written)
    };
    database.written += 1;
    if PAGES <= database.written {
        database.written = 0;
        database.disk.send();
    }
    written
}

unsafe extern "C" fn close_database(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open database once.
    unsafe { close::<Database>(file) }
}
