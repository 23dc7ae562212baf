//! Accounts, e-mail addresses, access keys, certificates and cards: written rarely, as a whole.

use crate::Outage;
use payments::rows::{
    AccessKey, Account, BankAccount, Card, Certificate, Instrument, Means, Verification,
};
use payments::{AccessKeyId, AccountKey, Fingerprint, InstrumentKey};

use super::codec::{Fields, Keyed, Values};
use super::numbers;

/// The table `accounts`.
pub struct Accounts;
/// The table `emails`.
pub struct Emails;
/// The table `access_keys`.
pub struct AccessKeys;
/// The table `certificates`.
pub struct Certificates;
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
        to.put(row.created_at.0)?;
        to.put(row.verification as u8)
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
            verification: from.known_small("verification", Verification::from_number)?,
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

impl Keyed for Certificates {
    type Key = Fingerprint;
    type Row = Certificate;
    const NAME: &'static str = "certificates";

    fn put_key(key: &Fingerprint, to: &mut impl Values) -> Result<(), Outage> {
        to.put(&key.0[..])
    }

    fn put(row: &Certificate, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.account.0)?;
        to.put(&row.der)?;
        to.put(row.active)?;
        to.put(row.created_at.0)
    }

    fn read(key: &Fingerprint, from: &mut impl Fields) -> Result<Certificate, Outage> {
        Ok(Certificate {
            fingerprint: *key,
            account: from.get().map(AccountKey)?,
            der: from.get()?,
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
        put_means(&row.means, to)?;
        to.put(&row.sealed_number)?;
        to.put(row.removed)?;
        to.put(row.created_at.0)
    }

    fn read(key: &InstrumentKey, from: &mut impl Fields) -> Result<Instrument, Outage> {
        Ok(Instrument {
            key: *key,
            account: from.get().map(AccountKey)?,
            means: read_means(from)?,
            sealed_number: from.get()?,
            removed: from.get()?,
            created_at: from.moment()?,
        })
    }
}

/// The number of a card among the kinds of instruments.
const CARD: i64 = 1;
/// The number of a bank account.
const BANK: i64 = 2;

fn put_means(means: &Means, to: &mut impl Values) -> Result<(), Outage> {
    match means {
        Means::Card(card) => {
            to.put(CARD)?;
            to.put(&card.last_four)?;
            to.put(&card.name)?;
            to.put(&card.brand)?;
            to.put(card.expiry_month)?;
            to.put(card.expiry_year)?;
            to.put(None::<&str>)?;
            to.put(None::<bool>)
        }
        Means::Bank(bank) => {
            to.put(BANK)?;
            to.put(&bank.last_four)?;
            to.put(&bank.name)?;
            to.put(None::<&str>)?;
            to.put(None::<i64>)?;
            to.put(None::<i64>)?;
            to.put(&bank.routing_number)?;
            to.put(bank.verified)
        }
    }
}

fn read_means(from: &mut impl Fields) -> Result<Means, Outage> {
    let kind: i64 = from.get()?;
    let (last_four, name) = (from.get()?, from.get()?);
    let (brand, month, year) = (from.get()?, from.get()?, from.get()?);
    let (routing_number, verified) = (from.get()?, from.get()?);
    match (kind, brand, month, year, routing_number, verified) {
        (
            CARD,
            Some(brand),
            Some(expiry_month),
            Some(expiry_year),
            None::<String>,
            None::<bool>,
        ) => Ok(Means::Card(Card {
            brand,
            last_four,
            expiry_month,
            expiry_year,
            name,
        })),
        (BANK, None, None, None, Some(routing_number), Some(verified)) => {
            Ok(Means::Bank(BankAccount {
                routing_number,
                last_four,
                name,
                verified,
            }))
        }
        _ => Err(from.corrupt("neither a card nor a bank account")),
    }
}
