//! Accounts, what signs for them, and what they pay with.

use payments::rows::{
    AccessKey, Account, AccountStatus, AccountType, BankAccount, Certificate, Instrument, Means,
    Tally, TallyKind, Verification,
};
use payments::{
    AccessKeyId, AccountKey, Fingerprint, InstrumentKey, TallyKey, Timestamp, TokenKey,
};

use super::super::world::{cents, visa};

pub(super) fn account() -> Account {
    Account {
        key: AccountKey(1_001),
        kind: AccountType::Developer,
        name: "Näme".to_owned(),
        email: "n@example.com".to_owned(),
        email_verified: true,
        status: AccountStatus::Suspended,
        marketplace: true,
        ipn_url: Some("https://example.com/ipn".to_owned()),
        return_origins: vec!["https://example.com".to_owned()],
        descriptor: Some("SHOP".to_owned()),
        password_hash: Some("hash".to_owned()),
        webhook_secret: Some(vec![0, 255]),
        created_at: Timestamp(11),
        verification: Verification::NoLimits,
    }
}

pub(super) fn access_key() -> AccessKey {
    AccessKey {
        id: AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").expect("an access key id"),
        account: AccountKey(1_001),
        sealed_secret: vec![1, 0, 2],
        active: false,
        created_at: Timestamp(12),
    }
}

pub(super) fn certificate() -> Certificate {
    Certificate {
        fingerprint: Fingerprint(std::array::from_fn(|at| u8::try_from(at * 8).unwrap_or(0))),
        account: AccountKey(1_001),
        der: vec![0x30, 0, 255],
        active: false,
        created_at: Timestamp(12),
    }
}

pub(super) fn instruments() -> [Instrument; 2] {
    let instrument = |key, means| Instrument {
        key: InstrumentKey(key),
        account: AccountKey(1_001),
        means,
        sealed_number: vec![9; 40],
        removed: true,
        created_at: Timestamp(13),
    };
    let bank = BankAccount {
        routing_number: "110000000".to_owned(),
        last_four: "6789".to_owned(),
        name: "Näme".to_owned(),
        verified: true,
    };
    [
        instrument(1_002, Means::Card(visa())),
        instrument(1_003, Means::Bank(bank)),
    ]
}

pub(super) fn tally() -> Tally {
    Tally {
        key: TallyKey(1_030),
        nonce: [202; 31],
        kind: TallyKind::Credit,
        sender: AccountKey(31),
        recipient: AccountKey(1_001),
        limit: cents(5_000),
        spending_token: TokenKey(1_004),
        moving_token: TokenKey(8),
        installed_at: Timestamp(30),
        valid_from: Timestamp(31),
        expires_at: Timestamp(32),
        balance: cents(33),
        pending: cents(34),
    }
}
