//! An open log: the system's file, with some functions of ours.

use std::ffi::{c_int, c_void};
use std::slice;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

use crate::gathered::Gathered;
use crate::table::{self, Ours, ours, replace};

/// What belongs to an open log.
type Log = Ours<Gathered>;

/// Has an open file gather what is written to it, until it is closed.
///
/// # Safety
/// The file is open, and the table of its functions lives until it is closed.
pub(crate) unsafe fn gather(file: *mut sqlite3_file) {
    // SAFETY: the caller's file, and functions made for it.
    unsafe {
        replace(file, Gathered::default(), |table| {
            table.xClose = Some(close);
            table.xRead = Some(read);
            table.xWrite = Some(write);
            table.xTruncate = Some(truncate);
            table.xSync = Some(sync);
            table.xFileSize = Some(size);
        });
    }
}

impl Log {
    /// Gives the system what it does not have yet. Whatever comes of it, nothing is kept: after a
    /// failure SQLite gives the transaction up, and the next one writes there anew.
    unsafe fn pass_on(&mut self, file: *mut sqlite3_file) -> c_int {
        let Some((at, bytes)) = self.own.kept() else {
            return ffi::SQLITE_OK;
        };
        let Ok(count) = c_int::try_from(bytes.len()) else {
            return ffi::SQLITE_IOERR_WRITE;
        };
        // SAFETY: the caller's file, and bytes that live until after the call.
        let written = unsafe { self.write(file, bytes.as_ptr().cast(), count, at) };
        self.own.forget();
        written
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let Ok(length) = usize::try_from(count) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite calls our functions only with open logs, and there are as many bytes as it says.
    let (log, piece) = unsafe {
        let piece = slice::from_raw_parts(bytes.cast::<u8>(), length);
        (ours::<Gathered>(file), piece)
    };
    if log.own.keep(at, piece) {
        return ffi::SQLITE_OK;
    }
    // SAFETY: the same log.
    let passed = unsafe { log.pass_on(file) };
    if passed != ffi::SQLITE_OK || log.own.keep(at, piece) {
        return passed;
    }
    // SAFETY: the same log. There is never room for so much.
    unsafe { log.write(file, bytes, count, at) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: an open log.
    unsafe { after_passing_on(file, |system| system.xSync, |sync| sync(file, flags)) }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    // SAFETY: an open log, and room for as many bytes as SQLite says.
    unsafe {
        after_passing_on(
            file,
            |system| system.xRead,
            |read| read(file, into, count, at),
        )
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    // SAFETY: an open log.
    unsafe { after_passing_on(file, |system| system.xTruncate, |cut| cut(file, size)) }
}

unsafe extern "C" fn size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    // SAFETY: an open log, and room for the answer.
    unsafe { after_passing_on(file, |system| system.xFileSize, |tell| tell(file, size)) }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: SQLite closes an open log once. What a transaction wrote that did not commit may be lost, so
    // nobody is told.
    unsafe {
        ours::<Gathered>(file).pass_on(file);
        table::close::<Gathered>(file)
    }
}

/// Calls one of the system's functions when the system has all that was written.
unsafe fn after_passing_on<F>(
    file: *mut sqlite3_file,
    function: impl FnOnce(&sqlite3_io_methods) -> Option<F>,
    call: impl FnOnce(F) -> c_int,
) -> c_int {
    // SAFETY: the caller's file is an open log.
    let (log, passed) = unsafe {
        let log = ours::<Gathered>(file);
        let passed = log.pass_on(file);
        (log, passed)
    };
    if passed != ffi::SQLITE_OK {
        return passed;
    }
    function(log.system()).map_or(ffi::SQLITE_IOERR, call)
}
