//! Where things are: programs, the tree, and the disk that is measured.

use std::path::{Path, PathBuf};

use super::child::Folder;
use crate::run::Failure;

/// Where things are.
pub struct Place {
    /// The root of the work tree.
    pub root: PathBuf,
    /// The server under test.
    pub binary: PathBuf,
    /// This program.
    pub own: PathBuf,
    /// Where everything that is measured is written: the disk that holds `target`.
    pub work: PathBuf,
    /// Whether folders are kept.
    pub keep: bool,
}

impl Place {
    /// Finds everything beside this program, and makes the folder.
    pub fn find(root: &Path, keep: bool) -> Result<Place, Failure> {
        let own = std::env::current_exe()
            .map_err(|error| Failure::because(format!("where this program lies: {error}")))?;
        let built = own.parent().unwrap_or(Path::new(".")).to_owned();
        let work = built.parent().unwrap_or(&built).join("bench");
        std::fs::create_dir_all(&work).map_err(|error| at(&work, &error))?;
        Ok(Place {
            root: root.to_owned(),
            binary: built.join("holdfast"),
            own,
            work,
            keep,
        })
    }

    /// An empty folder for one turn of a measure.
    pub fn folder(&self, measure: &str) -> Result<Folder, Failure> {
        let name = format!("{}-{measure}", std::process::id());
        Folder::make(self.work.join(name), self.keep)
    }
}

/// Where something failed.
pub fn at(path: &Path, error: &std::io::Error) -> Failure {
    Failure::because(format!("{}: {error}", path.display()))
}
