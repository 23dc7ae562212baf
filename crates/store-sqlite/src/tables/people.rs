//! Accounts, e-mail addresses, access keys, certificates and cards: written rarely, as a whole.

use store::rows::{AccessKeys, Accounts, Certificates, Emails, Instruments};

use crate::row::Sql;

impl Sql for Accounts {
    const SELECT: &'static str = "SELECT kind, name, email, email_verified, status, marketplace, \
        ipn_url, return_origins, descriptor, password_hash, webhook_secret, created_at, \
        verification \
        FROM accounts WHERE key = ?";
    const UPSERT: &'static str = "REPLACE INTO accounts (key, kind, name, email, email_verified, \
        status, marketplace, ipn_url, return_origins, descriptor, password_hash, webhook_secret, \
        created_at, verification) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM accounts WHERE key = ?";
}

impl Sql for Emails {
    const SELECT: &'static str = "SELECT account FROM emails WHERE email = ?";
    const UPSERT: &'static str = "REPLACE INTO emails (email, account) VALUES (?, ?)";
    const DELETE: &'static str = "DELETE FROM emails WHERE email = ?";
}

impl Sql for AccessKeys {
    const SELECT: &'static str =
        "SELECT account, sealed_secret, active, created_at FROM access_keys WHERE id = ?";
    const UPSERT: &'static str = "REPLACE INTO access_keys \
        (id, account, sealed_secret, active, created_at) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM access_keys WHERE id = ?";
}

impl Sql for Certificates {
    const SELECT: &'static str =
        "SELECT account, der, active, created_at FROM certificates WHERE fingerprint = ?";
    const UPSERT: &'static str = "REPLACE INTO certificates \
        (fingerprint, account, der, active, created_at) VALUES (?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM certificates WHERE fingerprint = ?";
}

impl Sql for Instruments {
    const SELECT: &'static str = "SELECT account, kind, last_four, name, brand, expiry_month, \
        expiry_year, routing_number, verified, sealed_number, removed, created_at \
        FROM instruments WHERE key = ?";
    const UPSERT: &'static str = "REPLACE INTO instruments (key, account, kind, last_four, \
        name, brand, expiry_month, expiry_year, routing_number, verified, sealed_number, removed, \
        created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const DELETE: &'static str = "DELETE FROM instruments WHERE key = ?";
}
