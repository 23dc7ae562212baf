//! An open log: the system's file, with some functions of ours in its table.
//!
//! A file in SQLite begins with a pointer to the table of its functions. The table of a log is ours,
//! and is the first thing in a [`Log`], so the same pointer leads to what belongs to that log.

use std::ffi::{c_int, c_void};
use std::slice;

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

use crate::gathered::Gathered;

/// What belongs to an open log.
#[repr(C)]
struct Log {
    /// What SQLite calls. First, so that a pointer to it is one to the whole.
    ours: sqlite3_io_methods,
    /// What those functions call.
    system: *const sqlite3_io_methods,
    gathered: Gathered,
}

/// Has an open file gather what is written to it, until it is closed.
///
/// # Safety
/// The file is open, and the table of its functions lives until it is closed.
pub(crate) unsafe fn gather(file: *mut sqlite3_file) {
    // SAFETY: an open file has a table.
    let system = unsafe { (*file).pMethods };
    let log = Box::new(Log {
        ours: sqlite3_io_methods {
            xClose: Some(close),
            xRead: Some(read),
            xWrite: Some(write),
            xTruncate: Some(truncate),
            xSync: Some(sync),
            xFileSize: Some(size),
            // SAFETY: as above.
            ..unsafe { *system }
        },
        system,
        gathered: Gathered::default(),
    });
    // SAFETY: SQLite reads the table by this pointer and hands it back to our functions; `close` frees it.
    unsafe { (*file).pMethods = Box::into_raw(log).cast() };
}

impl Log {
    /// Gives the system what it does not have yet. Whatever comes of it, nothing is kept: after a
    /// failure SQLite gives the transaction up, and the next one writes there anew.
    unsafe fn pass_on(&mut self, file: *mut sqlite3_file) -> c_int {
        let Some((at, bytes)) = self.gathered.kept() else {
            return ffi::SQLITE_OK;
        };
        // SAFETY: the caller's file, and bytes that live until after the call.
        let written = unsafe { self.write(file, bytes, at) };
        self.gathered.forget();
        written
    }

    unsafe fn write(&self, file: *mut sqlite3_file, bytes: &[u8], at: sqlite3_int64) -> c_int {
        let (Some(write), Ok(count)) = (self.system().xWrite, c_int::try_from(bytes.len())) else {
            return ffi::SQLITE_IOERR_WRITE;
        };
        // SAFETY: the caller's file; the system's function reads the bytes and keeps nothing of them.
        unsafe { write(file, bytes.as_ptr().cast(), count, at) }
    }

    fn system(&self) -> &sqlite3_io_methods {
        // SAFETY: `gather` demands that the table lives until the file is closed.
        unsafe { &*self.system }
    }
}

/// What belongs to a log that is open.
unsafe fn log<'l>(file: *mut sqlite3_file) -> &'l mut Log {
    // SAFETY: SQLite calls our functions only with files whose table is the beginning of a `Log`, and
    // never twice at once with the same one: a connection belongs to one thread at a time.
    unsafe { &mut *(*file).pMethods.cast_mut().cast::<Log>() }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    count: c_int,
    at: sqlite3_int64,
) -> c_int {
    let Ok(count) = usize::try_from(count) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: an open log, and as many bytes as SQLite says.
    let (log, bytes) = unsafe { (log(file), slice::from_raw_parts(bytes.cast::<u8>(), count)) };
    if log.gathered.keep(at, bytes) {
        return ffi::SQLITE_OK;
    }
    // SAFETY: the same log.
    let passed = unsafe { log.pass_on(file) };
    if passed != ffi::SQLITE_OK || log.gathered.keep(at, bytes) {
        return passed;
    }
    // SAFETY: the same log. There is never room for so much.
    unsafe { log.write(file, bytes, at) }
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
    // SAFETY: an open log, which `gather` has put into a box. It is not used after this.
    let mut log = unsafe { Box::from_raw(log(file)) };
    // SAFETY: the same log. What a transaction wrote that did not commit may be lost, so nobody is told.
    unsafe { log.pass_on(file) };
    // SAFETY: the file is the system's again, which closes it.
    unsafe {
        (*file).pMethods = log.system;
        log.system()
            .xClose
            .map_or(ffi::SQLITE_IOERR, |close| close(file))
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
        let log = log(file);
        let passed = log.pass_on(file);
        (log, passed)
    };
    if passed != ffi::SQLITE_OK {
        return passed;
    }
    function(log.system()).map_or(ffi::SQLITE_IOERR, call)
}
