//! Rows that are no part of the books and have an end: sessions, visits to the Co-Branded pages, secrets
//! that have a successor.

use serde::{Deserialize, Serialize};

use crate::{AccountKey, Timestamp};

/// Names a document: its kind and a random id (only its digest, where it is a secret).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId {
    /// `session`, `visit`, …
    pub kind: String,
    /// The id in text.
    pub id: String,
}

impl DocumentId {
    /// Names the secret that signed an account's webhooks before the present one.
    pub fn earlier_webhook_secret(account: AccountKey) -> DocumentId {
        DocumentId {
            kind: "webhook-secret".to_owned(),
            id: account.0.to_string(),
        }
    }
}

/// A small document with an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its content as JSON.
    pub content: String,
    /// When it may be forgotten, in real time.
    pub expires_at: Timestamp,
}

impl Document {
    /// Keeps a sealed secret that has a successor.
    pub fn of_earlier_secret(sealed: &[u8], expires_at: Timestamp) -> Document {
        let content = serde_json::to_string(sealed).expect("bytes are a list of numbers");
        Document {
            content,
            expires_at,
        }
    }

    /// The sealed secret that was kept; none when the document keeps something else.
    pub fn earlier_secret(&self) -> Option<Vec<u8>> {
        serde_json::from_str(&self.content).ok()
    }
}
