//! Tokens: what was agreed is written once, their use again and again.

use crate::Outage;
use payments::rows::{Token, TokenConsent};
use payments::{AccountKey, TokenKey};

use super::codec::{Fields, Keyed, Values};
use super::numbers;

/// The table `tokens`.
pub struct Tokens;

impl Keyed for Tokens {
    type Key = TokenKey;
    type Row = Token;
    const NAME: &'static str = "tokens";

    fn put_key(key: &TokenKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Token, to: &mut impl Values) -> Result<(), Outage> {
        Tokens::put_fixed(row, to)?;
        Tokens::put_changing(row, to)
    }

    fn put_fixed(row: &Token, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.nonce)?;
        to.put(row.account.0)?;
        to.put(row.installer.0)?;
        to.put_json(&*row.facts)
    }

    fn put_changing(row: &Token, to: &mut impl Values) -> Result<(), Outage> {
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

    fn read(key: &TokenKey, from: &mut impl Fields) -> Result<Token, Outage> {
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
