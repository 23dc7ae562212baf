//! Rows of the web pages that are no part of the books: sessions, visits to the Co-Branded pages.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Names a document: its kind and a random id (only its digest, where it is a secret).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId {
    /// `session`, `visit`, …
    pub kind: String,
    /// The id in text.
    pub id: String,
}

/// A small document with an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its content as JSON.
    pub content: String,
    /// When it may be forgotten, in real time.
    pub expires_at: Timestamp,
}
