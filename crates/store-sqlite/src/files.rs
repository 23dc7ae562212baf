//! Files that only their owner reads: the database, and copies of it.

use std::path::Path;

use store::Outage;

use crate::backend;
use crate::row::failed;

/// Makes a file that only its owner can read, unless there is one.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Writes a copy as of one moment, and makes it durable.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), Outage> {
    if to.exists() {
        return Err(copying(std::io::ErrorKind::AlreadyExists));
    }
    create_private(to).map_err(copying)?;
    let connection = backend::open_reading(from).map_err(failed("copying"))?;
    let name = to
        .to_str()
        .ok_or_else(|| copying(std::io::ErrorKind::InvalidFilename))?;
    connection
        .execute("VACUUM INTO ?", [name])
        .map_err(failed("copying"))?;
    std::fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(copying)?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    std::fs::File::open(parent)
        .and_then(|file| file.sync_all())
        .map_err(copying)
}

pub(crate) fn copying(problem: impl std::fmt::Display) -> Outage {
    Outage::Failed {
        doing: "copying",
        reason: problem.to_string(),
    }
}
