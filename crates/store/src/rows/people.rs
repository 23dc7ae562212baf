//! Accounts, e-mail addresses, access keys and cards: written rarely, as a whole.

use crate::Outage;
use payments::rows::{AccessKey, Account, Card, Instrument};
use payments::{AccessKeyId, AccountKey, InstrumentKey};

use super::codec::{Fields, Keyed, Values};
use super::numbers;

/// The table `accounts`.
pub struct Accounts;
/// The table `emails`.
pub struct Emails;
/// The table `access_keys`.
pub struct AccessKeys;
/// The table `instruments`.
pub struct Instruments;

impl Keyed for Accounts {
    type Key = AccountKey;
    type Row = Account;
    const NAME: &'static str = "accounts";

    fn put_key(key: &AccountKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Account, to: &mut impl Values) -> Result<(), Outage> {
        to.put(numbers::account_type(row.kind))?;
        to.put(&row.name)?;
        to.put(&row.email)?;
        to.put(row.email_verified)?;
        to.put(numbers::account_status(row.status))?;
        to.put(row.marketplace)?;
        to.put(&row.ipn_url)?;
        to.put_json(&row.return_origins)?;
        to.put(&row.descriptor)?;
        to.put(&row.password_hash)?;
        to.put(&row.webhook_secret)?;
        to.put(row.created_at.0)
    }

    fn read(key: &AccountKey, from: &mut impl Fields) -> Result<Account, Outage> {
        Ok(Account {
            key: *key,
            kind: from.known("kind of account", numbers::account_type_of)?,
            name: from.get()?,
            email: from.get()?,
            email_verified: from.get()?,
            status: from.known("status of an account", numbers::account_status_of)?,
            marketplace: from.get()?,
            ipn_url: from.get()?,
            return_origins: from.json()?,
            descriptor: from.get()?,
            password_hash: from.get()?,
            webhook_secret: from.get()?,
            created_at: from.moment()?,
        })
    }
}

impl Keyed for Emails {
    type Key = String;
    type Row = AccountKey;
    const NAME: &'static str = "emails";

    fn put_key(key: &String, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key)
    }

    fn put(row: &AccountKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.0)
    }

    fn read(_key: &String, from: &mut impl Fields) -> Result<AccountKey, Outage> {
        from.get().map(AccountKey)
    }
}

impl Keyed for AccessKeys {
    type Key = AccessKeyId;
    type Row = AccessKey;
    const NAME: &'static str = "access_keys";

    fn put_key(key: &AccessKeyId, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.as_str())
    }

    fn put(row: &AccessKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.account.0)?;
        to.put(&row.sealed_secret)?;
        to.put(row.active)?;
        to.put(row.created_at.0)
    }

    fn read(key: &AccessKeyId, from: &mut impl Fields) -> Result<AccessKey, Outage> {
        Ok(AccessKey {
            id: key.clone(),
            account: from.get().map(AccountKey)?,
            sealed_secret: from.get()?,
            active: from.get()?,
            created_at: from.moment()?,
        })
    }
}

impl Keyed for Instruments {
    type Key = InstrumentKey;
    type Row = Instrument;
    const NAME: &'static str = "instruments";

    fn put_key(key: &InstrumentKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Instrument, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.account.0)?;
        to.put(&row.card.brand)?;
        to.put(&row.card.last_four)?;
        to.put(row.card.expiry_month)?;
        to.put(row.card.expiry_year)?;
        to.put(&row.card.name)?;
        to.put(&row.sealed_number)?;
        to.put(row.removed)?;
        to.put(row.created_at.0)
    }

    fn read(key: &InstrumentKey, from: &mut impl Fields) -> Result<Instrument, Outage> {
        Ok(Instrument {
            key: *key,
            account: from.get().map(AccountKey)?,
            card: Card {
                brand: from.get()?,
                last_four: from.get()?,
                expiry_month: from.get()?,
                expiry_year: from.get()?,
                name: from.get()?,
            },
            sealed_number: from.get()?,
            removed: from.get()?,
            created_at: from.moment()?,
        })
    }
}
