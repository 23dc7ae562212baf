//! `restore`: a backup takes the place of the store of a stopped server.

use std::path::Path;

use crate::arguments::Place;
use crate::{Done, Failure, check, serve};

/// Proves the backup first, keeps what was there beside it, and puts the backup in its place.
pub fn run(place: &Place, from: &Path) -> Done {
    let settings = serve::settings(place, None)?;
    if settings.database.is_some() {
        let reason = "a database on PostgreSQL is restored by its own tools: pg_restore, or a base \
            backup with the archived log";
        return Err(Failure::untried(reason));
    }
    let report = check::prove(from, None, false)?;
    if !report.is_sound() {
        return Err(Failure::wrong(format!(
            "the books of {} are wrong; nothing was restored",
            from.display()
        )));
    }
    std::fs::create_dir_all(&settings.data).map_err(Failure::untried)?;
    let lock = store_sqlite::lock_directory(&settings.data).map_err(Failure::untried)?;
    let store = settings.store_path();
    let part = store.with_extension("restoring");
    std::fs::copy(from, &part).map_err(Failure::untried)?;
    for ending in ["db", "db-wal", "db-shm"] {
        let old = store.with_extension(ending);
        if old.exists() {
            let kept = store.with_extension(format!("{ending}.before-restore"));
            std::fs::rename(&old, &kept).map_err(Failure::untried)?;
        }
    }
    std::fs::rename(&part, &store).map_err(Failure::untried)?;
    drop(lock);
    println!("restored {} from {}", store.display(), from.display());
    Ok(())
}
