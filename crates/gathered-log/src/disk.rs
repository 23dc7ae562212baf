//! Sending what was written to a file to the disk, before anybody flushes it.

use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
#[cfg(test)]
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// A way of our own to a file. It stays open for as long as the process lives: closing it would let go
/// of the locks that SQLite holds through its own, for the system counts them by process and file.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    #[cfg(test)]
    sent: AtomicU32,
}

impl Disk {
    /// The way to a file, one for each file.
    pub(crate) fn of(path: &Path) -> std::io::Result<&'static Disk> {
        type Ways = Mutex<Option<HashMap<(u64, u64), &'static Disk>>>;
        static WAYS: Ways = Mutex::new(None);
        let mut ways = WAYS.lock().unwrap_or_else(PoisonError::into_inner);
        let ways = ways.get_or_insert_default();
        let known = std::fs::metadata(path)?;
        if let Some(disk) = ways.get(&(known.dev(), known.ino())) {
            return Ok(disk);
        }
        let file = File::open(path)?;
        let opened = file.metadata()?;
        let disk: &'static Disk = Box::leak(Box::new(Disk {
            file,
            #[cfg(test)]
            sent: AtomicU32::new(0),
        }));
        ways.insert((opened.dev(), opened.ino()), disk);
        Ok(disk)
    }

    /// Sends what was written and waits until the disk has taken it. That is no flush: the disk may still
    /// lose it, and where the file's pages lie is not written down. A failure is not told here: the flush tells it.
    pub(crate) fn send(&self) {
        const ALL: libc::off64_t = 0;
        let flags = libc::SYNC_FILE_RANGE_WRITE | libc::SYNC_FILE_RANGE_WAIT_AFTER;
        // SAFETY: an open file, and no memory.
        unsafe { libc::sync_file_range(self.file.as_raw_fd(), 0, ALL, flags) };
        #[cfg(test)]
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    /// How often it has sent.
    #[cfg(test)]
    pub(crate) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }
}
