//! The file that holds the master keys: text, one key a line, the current one first.
//!
//! It is readable by its owner alone, or it is refused: a key that others could read is no secret
//! any more, and silently narrowing the mode would hide that. It is made whole or not at all, so
//! that a crash at the first start leaves no half-written key behind.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::{Zeroize as _, Zeroizing};

use crate::key::{BadKey, MasterKey, MasterKeys};

/// A longer file is not a file of keys.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// What the name of a file being made is derived from, beside the key.
const NEW_FILE_LABEL: &[u8] = b"holdfast vault new key file";

/// The mode bits that would let others in.
const MODE_OTHERS: u32 = 0o077;

/// Why the file gives no master keys.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("reading the master key file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be made.
    #[error("making the master key file {}", path.display())]
    Create {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The group or everybody has rights to the file.
    #[error(
        "the master key file {} has mode {mode:04o}: nobody but its owner may have rights to it \
         (chmod 600)",
        path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The path names a folder, a device or the like.
    #[error("the master key file {} is not a plain file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file is far longer than keys could be.
    #[error("the master key file {} is over {FILE_BYTES_MAX} bytes long", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// The content is not a list of keys.
    #[error("the master key file {}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: BadKey,
    },
}

/// Reads the master keys from `path`. When there is no file, makes one with mode 0600 that holds
/// one key of the given random bytes.
pub fn load_or_create(
    path: &Path,
    mut random: [u8; MasterKey::LENGTH],
) -> Result<MasterKeys, FileError> {
    let found = open(path)?;
    let made = if found.is_none() {
        create(path, &random)
    } else {
        Ok(())
    };
    random.zeroize();
    made.map_err(|source| FileError::Create {
        path: path.to_owned(),
        source,
    })?;
    match found {
        Some(file) => load(path, file),
        // Reading back proves that the file is what the next start will need.
        None => match open(path)? {
            Some(file) => load(path, file),
            None => Err(failed(path, io::ErrorKind::NotFound.into())),
        },
    }
}

fn open(path: &Path) -> Result<Option<File>, FileError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, error)),
    }
}

/// The checks are made on the open file, so that no other file can take its place in between.
fn load(path: &Path, file: File) -> Result<MasterKeys, FileError> {
    let path = path.to_owned();
    let metadata = file.metadata().map_err(|source| failed(&path, source))?;
    let mode = metadata.permissions().mode() & 0o7777;
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path });
    }
    if mode & MODE_OTHERS != 0 {
        return Err(FileError::Exposed { path, mode });
    }
    if FILE_BYTES_MAX < metadata.len() {
        return Err(FileError::TooLong { path });
    }
    let mut text = Zeroizing::new(String::new());
    let read = file.take(FILE_BYTES_MAX).read_to_string(&mut text);
    read.map_err(|source| failed(&path, source))?;
    MasterKeys::parse(&text).map_err(|source| FileError::Content { path, source })
}

/// Writes beside the path and then links it there, which fails when another process was faster;
/// the file of that process is then as good.
fn create(path: &Path, random: &[u8; MasterKey::LENGTH]) -> io::Result<()> {
    let beside = beside(path, random).ok_or(io::ErrorKind::InvalidInput)?;
    write_new(&beside, random)?;
    let linked = match fs::hard_link(&beside, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    let removed = fs::remove_file(&beside);
    linked.and(removed)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// A name that no other attempt has, not even one that a crash cut short. It follows from the
/// random bytes by a one-way function, so that it does not reveal them.
fn beside(path: &Path, random: &[u8; MasterKey::LENGTH]) -> Option<PathBuf> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, random), NEW_FILE_LABEL);
    let tag = u64::from_be_bytes(*tag.as_ref().first_chunk()?);
    let mut name = path.file_name()?.to_owned();
    name.push(format!(".{tag:016x}.new"));
    Some(path.with_file_name(name))
}

fn write_new(beside: &Path, random: &[u8; MasterKey::LENGTH]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(beside)?;
    let mut text = Zeroizing::new(STANDARD.encode(random));
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn failed(path: &Path, source: io::Error) -> FileError {
    FileError::Read {
        path: path.to_owned(),
        source,
    }
}
