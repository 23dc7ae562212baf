//! An open database: the system's file, of which the disk gets what is written a little at a time.
//!
//! A checkpoint writes hundreds of pages all over the file and then flushes it. Until then the system
//! keeps them; then the disk gets all at once, and a commit, which has to flush the log, waits behind them
//! for milliseconds. So what a checkpoint writes is sent to the disk every few pages, and each time it
//! waits until they are there. The flush stays SQLite's own; it finds little left to do.

use std::ffi::{c_int, c_void};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

use crate::disk::Disk;

/// Pages after which the disk gets them: 64 KiB, which a commit waits behind for a fraction of its flush.
const PAGES: u32 = 16;

/// What belongs to an open database.
#[repr(C)]
struct Database {
    /// What SQLite calls. First, so that a pointer to it is one to the whole.
    ours: sqlite3_io_methods,
    /// What those functions call.
    system: *const sqlite3_io_methods,
    disk: &'static Disk,
    /// Pages written and not sent.
    written: u32,
}

/// Has an open file send what is written to it, until it is closed.
///
/// # Safety
/// The file is open, and the table of its functions lives until it is closed.
pub(crate) unsafe fn send_early(file: *mut sqlite3_file, disk: &'static Disk) {
    // SAFETY: an open file has a table.
    let system = unsafe { (*file).pMethods };
    let database = Box::new(Database {
        ours: sqlite3_io_methods {
            xClose: Some(close),
            xWrite: Some(write),
            // SAFETY: as above.
            ..unsafe { *system }
        },
        system,
        disk,
        written: 0,
    });
    // SAFETY: SQLite reads the table by this pointer and hands it back to our functions; `close` frees it.
    unsafe { (*file).pMethods = Box::into_raw(database).cast() };
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite calls our functions only with files whose table is the beginning of a `Database`, and
    // never twice at once with the same one: a connection belongs to one thread at a time.
    let database = unsafe { &mut *(*file).pMethods.cast_mut().cast::<Database>() };
    // SAFETY: `send_early` demands that the table lives until the file is closed.
    let Some(write) = (unsafe { (*database.system).xWrite }) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: the arguments are SQLite's own.
    let written = unsafe { write(file, bytes, count, at) };
    database.written += 1;
    if PAGES <= database.written {
        database.written = 0;
        database.disk.send();
    }
    written
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: an open database, which `send_early` has put into a box. It is not used after this.
    let database = unsafe { Box::from_raw((*file).pMethods.cast_mut().cast::<Database>()) };
    // SAFETY: the file is the system's again, which closes it; its table lives until then.
    unsafe {
        (*file).pMethods = database.system;
        (*database.system)
            .xClose
            .map_or(ffi::SQLITE_IOERR, |close| close(file))
    }
}
