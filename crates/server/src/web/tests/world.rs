//! A server without sockets: a store in memory, a caller with a key, people.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use accounts::keys;
use accounts::password::Password;
use accounts::people::{self, Email, NewPerson};
use accounts::throttle::Throttle;
use payments::commands::{ChangeAccount, Deposit};
use payments::rows::{Account, AccountType, Token};
use payments::{AccountKey, Command, Mode, ReadSet, Terms, Timestamp, TokenId};
use signing::hosts::PublicNames;
use signing::request::{self, Method};
use signing::verification::{PublishedKey, Verdict, verify_message};
use signing::{Secret, SigningKey, UrlParts, Verb, form};
use store::{
    Boxed, Clock, Entropy, Handover, ManualClock, MemoryStore, Outage, SeededEntropy, Setup, Store,
    WorkItem,
};
use vault::MasterKeys;

use crate::web::{Caller, Host};

/// When every test begins: 14 November 2023.
pub(in crate::web) const BEGIN: Timestamp = Timestamp(1_700_000_000_000);
pub(in crate::web) const HOST: &str = "pay.example";
pub(in crate::web) const RETURN: &str = "https://shop.example/back?cart=7";
pub(in crate::web) const PASSWORD: &str = "correct horse";
const CERTIFICATE_URL: &str = "https://pay.example/certs/231114/PKICert.pem";
const MASTER: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub(in crate::web) struct World {
    pub(in crate::web) store: MemoryStore,
    pub(in crate::web) clock: Arc<ManualClock>,
    pub(in crate::web) terms: Terms,
    pub(in crate::web) version_1: bool,
    /// Images by their address.
    pub(in crate::web) images: Mutex<BTreeMap<String, Asked>>,
    vault: MasterKeys,
    names: PublicNames,
    throttle: Throttle,
    entropy: Mutex<SeededEntropy>,
}

/// A caller's account and key.
pub(in crate::web) struct Shop {
    pub(in crate::web) account: AccountKey,
    pub(in crate::web) id: String,
    pub(in crate::web) secret: String,
}

/// How often an image was asked for, and what is there.
type Asked = (u32, Option<Vec<u8>>);

struct Nobody;

impl Handover for Nobody {
    fn take(&self, _items: Vec<WorkItem>) {}
}

/// One pair of keys for all tests: making one takes long.
fn signing_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = signing::certificate::generate("test", 0, 4_000_000_000).unwrap();
        SigningKey::load(pair.certificate_pem.clone(), &pair.private_key_der).unwrap()
    })
}

impl World {
    pub(in crate::web) fn new() -> World {
        World::with(Terms::sandbox())
    }

    pub(in crate::web) fn production() -> World {
        World::with(Terms {
            mode: Mode::Production,
            ..Terms::sandbox()
        })
    }

    fn with(terms: Terms) -> World {
        let clock = Arc::new(ManualClock::at(BEGIN));
        let store = MemoryStore::new(Setup {
            terms: terms.clone(),
            clock: clock.clone(),
            entropy: Box::new(SeededEntropy::new(1)),
            handover: Arc::new(Nobody),
            watch: None,
        });
        World {
            store,
            clock,
            terms,
            version_1: false,
            images: Mutex::default(),
            vault: MasterKeys::parse(MASTER).unwrap(),
            names: PublicNames::default(),
            throttle: Throttle::new(),
            entropy: Mutex::new(SeededEntropy::new(2)),
        }
    }

    pub(in crate::web) async fn submit(&self, command: impl Into<Command>) -> payments::Outcome {
        let answer = self.store.submit(command.into()).await.unwrap();
        answer.unwrap()
    }

    /// Somebody with [`PASSWORD`].
    pub(in crate::web) async fn person(&self, email: &str, kind: AccountType) -> AccountKey {
        let person = NewPerson {
            kind,
            name: email.split('@').next().unwrap().to_owned(),
            email: Email::parse(email).unwrap(),
            email_verified: true,
            marketplace: false,
            ipn_url: None,
            password: Password::parse(PASSWORD).unwrap(),
            webhook_secret: None,
        };
        let made = people::sign_up(&self.store, person, [3; 16]).await;
        made.unwrap().unwrap()
    }

    /// A marketplace called `shop` with an access key.
    pub(in crate::web) async fn shop(&self) -> Shop {
        let account = self
            .person("shop@shop.example", AccountType::Developer)
            .await;
        let mut change = ChangeAccount::of(account);
        change.marketplace = Some(true);
        self.submit(change).await;
        let mut random = [0; keys::KEY_RANDOM_BYTES];
        self.fill_random(&mut random);
        let key = keys::new_access_key(&self.vault, account, random);
        self.submit(key.command).await;
        Shop {
            account,
            id: key.id.to_string(),
            secret: key.secret,
        }
    }

    pub(in crate::web) async fn deposit(&self, account: AccountKey, amount: money::Amount) {
        self.submit(Deposit { account, amount }).await;
    }

    pub(in crate::web) async fn account(&self, key: AccountKey) -> Account {
        people::by_key(&self.store, key).await.unwrap().unwrap()
    }

    pub(in crate::web) async fn token(&self, id: &str) -> Token {
        let id = TokenId::parse(id).unwrap();
        let mut want = ReadSet::default();
        want.tokens.extend(id.key());
        let seen = self.store.see(want).await.unwrap();
        seen.tokens.get(&id.key().unwrap()).unwrap().clone()
    }

    /// The parameters of a signed return URL, after its signature has been verified.
    pub(in crate::web) fn verified(location: &str) -> Vec<(String, String)> {
        let (end_point, query) = location.split_once('?').unwrap();
        let keys = [PublishedKey {
            certificate_url: CERTIFICATE_URL.to_owned(),
            public_key: signing_key().public_key(),
        }];
        assert_eq!(
            verify_message(&keys, end_point, query),
            Ok(Verdict::Success),
            "{location}"
        );
        UrlParts::parse(location).unwrap().query
    }
}

impl Shop {
    /// A signed link for a browser.
    pub(in crate::web) fn link(&self, pairs: &[(&str, &str)]) -> String {
        let mut all = self.all(pairs);
        all.push(("signatureVersion".to_owned(), "2".to_owned()));
        all.push(("signatureMethod".to_owned(), "HmacSHA256".to_owned()));
        let secret = Secret::new(&self.secret);
        let path = request::CBUI_PATH;
        let signed = request::sign_v2(&secret, Method::HmacSha256, Verb::Get, HOST, path, &all);
        all.push(("signature".to_owned(), signed));
        format!("{path}?{}", form::encode(&all))
    }

    /// The same, not signed.
    pub(in crate::web) fn unsigned(&self, pairs: &[(&str, &str)]) -> String {
        format!("{}?{}", request::CBUI_PATH, form::encode(&self.all(pairs)))
    }

    /// Key, return URL and these.
    pub(in crate::web) fn all(&self, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut all = vec![
            ("callerKey".to_owned(), self.id.clone()),
            ("version".to_owned(), "2009-01-09".to_owned()),
        ];
        if !pairs
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("returnURL"))
        {
            all.push(("returnURL".to_owned(), RETURN.to_owned()));
        }
        all.extend(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        );
        all
    }
}

impl Host for World {
    fn store(&self) -> &dyn Store {
        &self.store
    }

    fn vault(&self) -> &MasterKeys {
        &self.vault
    }

    fn names(&self) -> &PublicNames {
        &self.names
    }

    fn terms(&self) -> Terms {
        self.terms.clone()
    }

    fn provider(&self) -> &'static str {
        "Holdfast"
    }

    fn takes_version_1(&self) -> bool {
        self.version_1
    }

    fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    fn caller<'a>(&'a self, access_key: &'a str) -> Boxed<'a, Result<Option<Caller>, Outage>> {
        Box::pin(async move {
            let Some(id) = payments::AccessKeyId::parse(access_key) else {
                return Ok(None);
            };
            let mut want = ReadSet::default();
            want.access_keys.insert(id.clone());
            let seen = self.store.see(want).await?;
            let row = seen.access_keys.get(&id).filter(|row| row.active);
            Ok(row.map(|row| {
                let opened = keys::open_access_key(&self.vault, row.account, &row.sealed_secret);
                Caller {
                    account: row.account,
                    secret: Secret::new(&opened.unwrap()),
                }
            }))
        })
    }

    fn sign_return(&self, pairs: &mut Vec<(String, String)>, target: &UrlParts) {
        signing_key().sign_onto(pairs, Verb::Get, target, CERTIFICATE_URL);
    }

    fn fetch_image<'a>(&'a self, address: &'a str) -> Boxed<'a, Option<Vec<u8>>> {
        let mut images = self.images.lock().unwrap();
        let given = images.get_mut(address).map(|(asked, image)| {
            *asked += 1;
            image.clone()
        });
        Box::pin(std::future::ready(given.flatten()))
    }

    fn real_now(&self) -> Timestamp {
        self.clock.real()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.entropy.lock().unwrap().fill(bytes);
    }
}
