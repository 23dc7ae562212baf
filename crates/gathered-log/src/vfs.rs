//! The file system: the system's own, but for how the log is written, and when the disk gets the file.

use std::ffi::{CStr, c_int};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

use rusqlite::ffi;

use crate::log;

const NAME: &CStr = c"gathered-log";

/// The system's own. Written once, before SQLite knows of ours.
static SYSTEM: AtomicPtr<ffi::sqlite3_vfs> = AtomicPtr::new(ptr::null_mut());

/// The name under which SQLite knows it, from the first time this is asked.
pub(crate) fn name() -> rusqlite::Result<&'static CStr> {
    static REGISTERED: OnceLock<c_int> = OnceLock::new();
    match *REGISTERED.get_or_init(register) {
        ffi::SQLITE_OK => Ok(NAME),
        code => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)),
    }
}

fn register() -> c_int {
    // SAFETY: no name asks for the default, which stays registered for as long as the process lives.
    let system = unsafe { ffi::sqlite3_vfs_find(ptr::null()) };
    // SAFETY: SQLite gave the pointer; it is null or leads to a table that nobody changes.
    let Some(table) = (unsafe { system.as_ref() }) else {
        return ffi::SQLITE_NOTFOUND;
    };
    SYSTEM.store(system, Ordering::Release);
    // Those of SQLite's own functions that open no file do not look at the table they are reached by,
    // so ours takes them as they are.
    let ours = Box::leak(Box::new(ffi::sqlite3_vfs {
        zName: NAME.as_ptr(),
        pNext: ptr::null_mut(),
        xOpen: Some(open),
        ..*table
    }));
    // SAFETY: the table is leaked, so it lives for as long as SQLite may use it.
    unsafe { ffi::sqlite3_vfs_register(ours, 0) }
}

/// Opens a file with the system's own, and has it gather if it is a log, and send early if it is the
/// database.
unsafe extern "C" fn open(
    _ours: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    let system = SYSTEM.load(Ordering::Acquire);
    // SAFETY: SQLite calls this only once it is registered, and `SYSTEM` was written before that.
    let Some(open) = (unsafe { (*system).xOpen }) else {
        return ffi::SQLITE_CANTOPEN;
    };
    // SAFETY: the arguments are SQLite's own; the file has as much room as the system's asks for.
    let opened = unsafe { open(system, name, file, flags, out) };
    if opened != ffi::SQLITE_OK {
        return opened;
    }
    if flags & ffi::SQLITE_OPEN_WAL != 0 {
        // SAFETY: the system's own has just opened it.
        unsafe { log::gather(file) };
    }
    #[cfg(target_os = "linux")]
    if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 && !name.is_null() {
        use std::os::unix::ffi::OsStrExt;
        // SAFETY: SQLite's names end with a zero and live while the file is open.
        let path = unsafe { CStr::from_ptr(name) };
        let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path.to_bytes()));
        // A file that cannot be opened once more is written as SQLite writes it.
        if let Ok(disk) = crate::disk::Disk::of(path) {
            // SAFETY: the system's own has just opened it.
            unsafe { crate::database::send_early(file, disk) };
        }
    }
    opened
}
