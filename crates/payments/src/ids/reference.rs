//! What callers name things by.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The caller's own name for a request: its idempotency key, 1 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallerReference(Arc<str>);

/// Why a text is not a caller reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadReference {
    /// There is nothing.
    Empty,
    /// More than [`CallerReference::LENGTH_MAX`] characters.
    TooLong {
        /// Characters found.
        length: usize,
    },
    /// A character that cannot be printed.
    ControlCharacter,
}

impl CallerReference {
    /// Characters at most.
    pub const LENGTH_MAX: usize = 128;

    /// Reads a caller reference.
    pub fn parse(text: &str) -> Result<CallerReference, BadReference> {
        if text.is_empty() {
            return Err(BadReference::Empty);
        }
        let length = text.chars().count();
        if CallerReference::LENGTH_MAX < length {
            return Err(BadReference::TooLong { length });
        }
        if text.chars().any(char::is_control) {
            return Err(BadReference::ControlCharacter);
        }
        Ok(CallerReference(Arc::from(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CallerReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The public half of an access key: 20 capital letters and digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessKeyId(Arc<str>);

impl AccessKeyId {
    /// Characters at most; ours have exactly 20.
    pub const LENGTH_MAX: usize = 128;

    /// Reads an access key id; `None` when it cannot be one.
    pub fn parse(text: &str) -> Option<AccessKeyId> {
        let fits = (1..=AccessKeyId::LENGTH_MAX).contains(&text.len());
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
        (fits && plain).then(|| AccessKeyId(Arc::from(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
