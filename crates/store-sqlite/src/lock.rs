//! One process a data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The name of the file that is locked.
const LOCK_FILE: &str = "lock";

/// Holds a directory until it is dropped, or the process ends, however it ends.
#[derive(Debug)]
pub struct DirectoryLock {
    _file: File,
}

/// Takes a directory for this process.
///
/// # Errors
/// [`std::io::ErrorKind::WouldBlock`] when another process has it.
pub fn lock_directory(directory: &Path) -> std::io::Result<DirectoryLock> {
    let path = directory.join(LOCK_FILE);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(DirectoryLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(std::io::ErrorKind::WouldBlock.into()),
        Err(TryLockError::Error(problem)) => Err(problem),
    }
}
