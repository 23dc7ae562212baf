//! Secrets at rest: sealed under a master key, useless without it and useless elsewhere.
//!
//! A sealed secret is bound to its purpose and to the row that owns it, so that neither a changed
//! byte nor a value copied from another row or column opens. It names the master key it needs in
//! its first byte, so that the master key can be changed while old secrets are sealed anew one by
//! one.
//!
//! Deliberately absent: passwords (they are hashed, not sealed), randomness (nonces and new keys
//! are arguments) and storage (a sealed secret is bytes in a row of the store).

mod file;
mod key;
mod seal;

pub use file::{FileError, load_or_create};
pub use key::{BadKey, MasterKey, MasterKeys};
pub use seal::{NONCE_LENGTH, Purpose, Sealed, VaultError};
