//! Tokens: what was agreed is written once, their use again and again.

use payments::rows::{Token, TokenConsent};
use payments::{AccountKey, TokenKey};
use store::Outage;

use crate::numbers;
use crate::row::{Fields, Keyed, Values};

pub(crate) struct Tokens;

impl Keyed for Tokens {
    type Key = TokenKey;
    type Row = Token;
    const NAME: &'static str = "tokens";
    const SELECT: &'static str = "SELECT t.nonce, t.account, t.installer, t.facts, u.status, \
        u.currency, u.used, u.uses, u.windows, u.used_at, u.successor \
        FROM tokens t CROSS JOIN token_uses u ON u.key = t.key WHERE t.key = ?";
    const UPSERT: &'static str =
        "INSERT INTO tokens (key, nonce, account, installer, facts) VALUES (?, ?, ?, ?, ?)";
    const UPDATE: Option<&'static str> = Some(
        "UPDATE token_uses SET status = ?, currency = ?, used = ?, uses = ?, windows = ?, \
        used_at = ?, successor = ? WHERE key = ?",
    );
    const DELETE: &'static str = "DELETE FROM tokens WHERE key = ?";
    const UPSERT_CHANGING: Option<&'static str> = Some(
        "INSERT INTO token_uses (key, status, currency, used, uses, windows, used_at, \
        successor) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    const DELETE_CHANGING: &'static str = "DELETE FROM token_uses WHERE key = ?";

    fn put_key(key: &TokenKey, to: &mut Values) -> rusqlite::Result<()> {
        to.put(key.0)
    }

    fn put(row: &Token, to: &mut Values) -> rusqlite::Result<()> {
        to.put(row.nonce)?;
        to.put(row.account.0)?;
        to.put(row.installer.0)?;
        to.put_json(&*row.facts)
    }

    fn put_changing(row: &Token, to: &mut Values) -> rusqlite::Result<()> {
        to.put(numbers::token_status(row.status))?;
        to.put(row.used.currency().as_str())?;
        to.put(row.used.micros())?;
        to.put(row.uses)?;
        to.put_json(&row.windows)?;
        to.put(row.used_at.map(|at| at.0))?;
        to.put(row.successor.map(|key| key.0))
    }

    fn is_old(key: &TokenKey, fresh_from: i64) -> bool {
        key.0 < fresh_from
    }

    fn read(key: &TokenKey, from: &mut Fields) -> Result<Token, Outage> {
        let nonce = from.get()?;
        let account = from.get().map(AccountKey)?;
        let installer = from.get().map(AccountKey)?;
        let facts = from.json::<TokenConsent>()?.into();
        let status = from.known("status of a token", numbers::token_status_of)?;
        let currency = from.currency()?;
        Ok(Token {
            key: *key,
            nonce,
            account,
            installer,
            facts,
            status,
            used: from.amount(currency)?,
            uses: from.get()?,
            windows: from.json()?,
            used_at: from.moment_if_any()?,
            successor: from.get::<Option<i64>>()?.map(TokenKey),
        })
    }
}
