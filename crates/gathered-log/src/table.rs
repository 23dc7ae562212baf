//! Functions of ours in the table of an open file.
//!
//! A file in SQLite begins with a pointer to the table of its functions. That of a file we take part in is
//! ours, and is the first thing in an [`Ours`], so the same pointer leads to what belongs to that file.

use std::ffi::{c_int, c_void};

use rusqlite::ffi::{self, sqlite3_file, sqlite3_int64, sqlite3_io_methods};

/// What belongs to an open file.
#[repr(C)]
pub(crate) struct Ours<T> {
    /// What SQLite calls. First, so that a pointer to it is one to the whole.
    table: sqlite3_io_methods,
    /// What our functions call.
    system: *const sqlite3_io_methods,
    pub(crate) own: T,
}

/// Has SQLite call ours where we have replaced the system's functions, until the file is closed.
///
/// # Safety
/// The file is open, and the table of its functions lives until it is closed. The functions put in are made
/// for files that have a `T`, and closing calls [`close`].
pub(crate) unsafe fn replace<T>(
    file: *mut sqlite3_file,
    own: T,
    put_in: impl FnOnce(&mut sqlite3_io_methods),
) {
    // SAFETY: an open file has a table.
    let (system, mut table) = unsafe { ((*file).pMethods, *(*file).pMethods) };
    put_in(&mut table);
    let ours = Box::new(Ours { table, system, own });
    // SAFETY: SQLite reads the table by this pointer and hands it back to our functions; `close` frees it.
    unsafe { (*file).pMethods = Box::into_raw(ours).cast() };
}

/// What belongs to a file.
///
/// # Safety
/// It is open, and has been given a `T`. SQLite never uses a file twice at once: a connection
/// belongs to one thread at a time.
pub(crate) unsafe fn ours<'o, T>(file: *mut sqlite3_file) -> &'o mut Ours<T> {
    // SAFETY: the table of such a file is the beginning of an `Ours<T>`.
    unsafe { &mut *(*file).pMethods.cast_mut().cast::<Ours<T>>() }
}

/// Closes a file as the system does, and frees what belongs to it.
///
/// # Safety
/// As for [`ours`]; nothing of it is used after this.
pub(crate) unsafe fn close<T>(file: *mut sqlite3_file) -> c_int {
    // SAFETY: `replace` has put it into a box.
    let ours = unsafe { Box::from_raw(std::ptr::from_mut(ours::<T>(file))) };
    // SAFETY: the file is the system's again, which closes it.
    unsafe {
        (*file).pMethods = ours.system;
        let close = ours.system().xClose;
        close.map_or(ffi::SQLITE_IOERR, |close| close(file))
    }
}

impl<T> Ours<T> {
    /// The system's functions.
    pub(crate) fn system(&self) -> &sqlite3_io_methods {
        // SAFETY: `replace` demands that the table lives until the file is closed.
        unsafe { &*self.system }
    }

    /// Writes as the system does.
    ///
    /// # Safety
    /// The file is the one this belongs to, and there are as many bytes as is said.
    pub(crate) unsafe fn write(
        &self,
        file: *mut sqlite3_file,
        bytes: *const c_void,
        count: c_int,
        at: sqlite3_int64,
    ) -> c_int {
        let write = self.system().xWrite;
        // SAFETY: the system's function reads the bytes and keeps nothing of them.
        write.map_or(ffi::SQLITE_IOERR_WRITE, |write| unsafe {
            write(file, bytes, count, at)
        })
    }
}
