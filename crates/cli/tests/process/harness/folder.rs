//! A folder of a test's own, gone when the test has passed.

use std::path::{Path, PathBuf};

/// A folder that is removed at the end, unless the test fails.
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// An empty folder. Its path is short, because a socket lies in it.
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        Folder { path }
    }

    /// A path in it.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a file in it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("what is left of the test: {}", self.path.display());
        } else {
            drop(std::fs::remove_dir_all(&self.path));
        }
    }
}
