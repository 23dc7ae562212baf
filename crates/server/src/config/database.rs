//! Where the books are kept, when not in the embedded store.

use std::path::{Path, PathBuf};

use super::{BadSetting, File, bad, bounded};

/// Lanes of a node, unless the setting says otherwise.
const LANES: usize = 2;
/// Lanes of a node at most.
const LANES_MAX: usize = 16;

/// A database on PostgreSQL.
#[derive(Clone)]
pub struct Database {
    /// Its address, which may hold a password.
    pub address: String,
    /// A PEM file of the authorities to trust instead of the usual ones.
    pub authorities: Option<PathBuf>,
    /// Writing connections of this node.
    pub lanes: usize,
}

impl std::fmt::Debug for Database {
    /// Without the address.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a database with {} lanes", self.lanes)
    }
}

/// Whether a text is an address of PostgreSQL.
pub fn is_postgres(text: &str) -> bool {
    ["postgres://", "postgresql://"]
        .iter()
        .any(|scheme| text.starts_with(scheme))
}

pub(super) fn database(file: &File) -> Result<Option<Database>, BadSetting> {
    let Some(address) = &file.database else {
        return Ok(None);
    };
    if !is_postgres(address) {
        let reason = "is no address such as postgres://user@host/name";
        return Err(bad("database", reason));
    }
    let authorities = file.database_ca.as_ref().map(PathBuf::from);
    if let Some(path) = authorities.as_deref().filter(|path| !Path::is_file(path)) {
        return Err(bad(
            "database_ca",
            format!("`{}` is no file", path.display()),
        ));
    }
    let lanes = bounded("database_lanes", file.database_lanes, LANES, 1..=LANES_MAX)?;
    Ok(Some(Database {
        address: address.clone(),
        authorities,
        lanes,
    }))
}
