//! Personas: accounts, keys, cards and tokens, made without the pages.

use accounts::keys::{self, NewKey};
use money::{Amount, Currency, Rate};
use payments::commands::{AddInstrument, ChangeAccount, CreateAccount, Deposit, InstallTokens};
use payments::rows::{
    AccountStatus, AccountType, BankAccount, Card, Means, TokenRole, Verification,
};
use payments::{AccountKey, InstrumentKey, Outcome, TokenId, TokenKey};
use server::random;
use vault::Purpose;

use super::World;

/// A caller with an access key.
#[derive(Clone)]
pub struct Shop {
    /// Its account.
    pub account: AccountKey,
    /// The access key.
    pub key: String,
    /// Its secret.
    pub secret: String,
}

/// A token, and a recipient's refund token.
#[derive(Clone)]
pub struct Installed {
    /// Its id.
    pub id: TokenId,
    /// Its row.
    pub key: TokenKey,
    /// The refund token.
    pub refund: Option<TokenId>,
}

/// Dollars and cents.
pub fn cents(cents: i64) -> Amount {
    Amount::from_cents(cents, Currency::USD).expect("an amount")
}

/// So many percent.
pub fn rate(percent: &str) -> Rate {
    Rate::parse_percent(percent).expect("a rate")
}

/// An account that may do everything its kind can do.
pub fn person(kind: AccountType, name: &str, email: &str) -> CreateAccount {
    CreateAccount {
        kind,
        name: name.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        marketplace: false,
        ipn_url: None,
        password_hash: None,
        webhook_secret: None,
    }
}

impl World {
    /// Makes an account.
    pub fn account(&self, new: CreateAccount) -> AccountKey {
        let Outcome::Account(key) = self.submit(new) else {
            panic!("no account was made");
        };
        key
    }

    /// Makes a caller with an access key.
    pub fn shop(&self, new: CreateAccount) -> Shop {
        let account = self.account(new);
        let NewKey {
            id,
            secret,
            command,
        } = keys::new_access_key(&self.app().vault, account, random::bytes());
        self.submit(command);
        Shop {
            account,
            key: id.to_string(),
            secret,
        }
    }

    /// Adds a card.
    pub fn card(&self, account: AccountKey, number: &str, expiry_year: u16) -> InstrumentKey {
        let vault = &self.app().vault;
        let sealed = vault.seal(
            Purpose::CardNumber,
            account.0,
            number.as_bytes(),
            random::bytes(),
        );
        let card = Card {
            brand: "Visa".to_owned(),
            last_four: number[12..].to_owned(),
            expiry_month: 12,
            expiry_year,
            name: "Test Sender".to_owned(),
        };
        let sealed_number = sealed.into_bytes();
        let command = AddInstrument {
            account,
            means: Means::Card(card),
            sealed_number,
        };
        let Outcome::Instrument(key) = self.submit(command) else {
            panic!("no card was added");
        };
        key
    }

    /// Adds a bank account.
    pub fn bank(&self, account: AccountKey, number: &str, verified: bool) -> InstrumentKey {
        let vault = &self.app().vault;
        let sealed = vault.seal(
            Purpose::BankNumber,
            account.0,
            number.as_bytes(),
            random::bytes(),
        );
        let bank = BankAccount {
            routing_number: "021000021".to_owned(),
            last_four: number[number.len() - 4..].to_owned(),
            name: "Test Sender".to_owned(),
            verified,
        };
        let sealed_number = sealed.into_bytes();
        let command = AddInstrument {
            account,
            means: Means::Bank(bank),
            sealed_number,
        };
        let Outcome::Instrument(key) = self.submit(command) else {
            panic!("no bank account was added");
        };
        key
    }

    /// Says what the provider knows of an account's owner.
    pub fn verify(&self, account: AccountKey, verification: Verification) {
        let verification = Some(verification);
        self.submit(ChangeAccount {
            verification,
            ..ChangeAccount::of(account)
        });
    }

    /// Installs what was agreed.
    pub fn install(&self, consent: InstallTokens) -> Installed {
        let Outcome::Tokens { token, refund } = self.submit(consent) else {
            panic!("no token was made");
        };
        Installed {
            key: token.key().expect("an id of ours"),
            id: token,
            refund,
        }
    }

    /// Puts money on a balance.
    pub fn deposit(&self, account: AccountKey, amount: Amount) {
        self.submit(Deposit { account, amount });
    }

    /// Suspends or closes an account.
    pub fn set_status(&self, account: AccountKey, status: AccountStatus) {
        let status = Some(status);
        self.submit(ChangeAccount {
            status,
            ..ChangeAccount::of(account)
        });
    }

    /// Takes an account's e-mail address as not verified.
    pub fn set_unverified(&self, account: AccountKey) {
        let email_verified = Some(false);
        self.submit(ChangeAccount {
            email_verified,
            ..ChangeAccount::of(account)
        });
    }
}

/// Turns a consent into a recipient's acceptance of no terms.
pub fn accepting(consent: InstallTokens, account: AccountKey) -> InstallTokens {
    InstallTokens {
        account,
        role: TokenRole::Recipient,
        method: None,
        instrument: None,
        total_max: None,
        recipients: Vec::new(),
        also_caller: false,
        reserve: false,
        ..consent
    }
}
