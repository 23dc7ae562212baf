//! What callers name things by: caller references of transactions and of tokens.

use store::rows::{References, TokenReferences};

use crate::row::Sql;

impl Sql for References {
    const SELECT: &'static str = "SELECT transaction_key, refused \
        FROM caller_references WHERE caller = ? AND reference = ?";
    const UPSERT: &'static str = "REPLACE INTO caller_references \
        (caller, reference, transaction_key, refused) VALUES (?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM caller_references WHERE caller = ? AND reference = ?";
}

impl Sql for TokenReferences {
    const SELECT: &'static str = "SELECT token FROM token_references \
        WHERE installer = ? AND role = ? AND reference = ?";
    const UPSERT: &'static str =
        "REPLACE INTO token_references (installer, role, reference, token) VALUES (?, ?, ?, ?)";
    const DELETE: &'static str =
        "DELETE FROM token_references WHERE installer = ? AND role = ? AND reference = ?";
}
