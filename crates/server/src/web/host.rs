//! What the pages need of the server.

use std::sync::LazyLock;

use accounts::throttle::Throttle;
use ledger::Balance;
use payments::{AccountKey, Terms, Timestamp};
use signing::hosts::PublicNames;
use signing::{Secret, UrlParts, Verb};
use store::{Boxed, Found, Outage, Query, Store};
use vault::MasterKeys;

use crate::access::NoAccess;
use crate::app::App;

/// Whoever signed a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account of the access key.
    pub account: AccountKey,
    /// The secret of the access key.
    pub secret: Secret,
}

/// The server, as far as the pages know it.
pub trait Host: Send + Sync {
    /// Where everything is kept.
    fn store(&self) -> &dyn Store;
    /// Seals card numbers and secrets.
    fn vault(&self) -> &MasterKeys;
    /// The names that requests may be signed for.
    fn names(&self) -> &PublicNames;
    /// Mode, currency and fees.
    fn terms(&self) -> Terms;
    /// The provider's name.
    fn provider(&self) -> &str;
    /// Whether signatures of version 1 are taken.
    fn takes_version_1(&self) -> bool;
    /// Counts tries to sign in.
    fn throttle(&self) -> &Throttle;
    /// The caller with an active access key of that id.
    fn caller<'a>(&'a self, access_key: &'a str) -> Boxed<'a, Result<Option<Caller>, Outage>>;
    /// Appends the parameters of a signature to those of a return URL.
    fn sign_return(&self, pairs: &mut Vec<(String, String)>, target: &UrlParts);
    /// The bytes at an address of somebody else's, if they can be had quickly and are few.
    fn fetch_image<'a>(&'a self, address: &'a str) -> Boxed<'a, Option<Vec<u8>>>;
    /// Real time.
    fn real_now(&self) -> Timestamp;
    /// Fills in random bytes.
    fn fill_random(&self, bytes: &mut [u8]);
}

/// Fresh random bytes.
pub(super) fn random<const N: usize>(host: &dyn Host) -> [u8; N] {
    let mut bytes = [0; N];
    host.fill_random(&mut bytes);
    bytes
}

/// The balance of an account.
pub(super) async fn balance(host: &dyn Host, account: AccountKey) -> Result<Balance, Outage> {
    let found = host.store().find(Query::BalanceOf(account)).await?;
    let Found::Balance(balance) = found else {
        return Err(another_answer());
    };
    Ok(balance)
}

/// The store answered another question than it was asked.
pub(super) fn another_answer() -> Outage {
    Outage::Failed {
        doing: "asking the store",
        reason: "it answered another question".to_owned(),
    }
}

/// One for the process: whoever guesses does so through any door.
static THROTTLE: LazyLock<Throttle> = LazyLock::new(Throttle::new);

impl Host for App {
    fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    fn vault(&self) -> &MasterKeys {
        &self.vault
    }

    fn names(&self) -> &PublicNames {
        &self.names
    }

    fn terms(&self) -> Terms {
        self.settings.terms(self.keyring.current().url.clone())
    }

    fn provider(&self) -> &str {
        &self.settings.provider
    }

    fn takes_version_1(&self) -> bool {
        self.settings.signature_version_1
    }

    fn throttle(&self) -> &Throttle {
        &THROTTLE
    }

    fn caller<'a>(&'a self, access_key: &'a str) -> Boxed<'a, Result<Option<Caller>, Outage>> {
        Box::pin(async move {
            let access = self.access.find(self, access_key).await;
            let access = access.map_err(|no_access| match no_access {
                NoAccess::Outage(outage) => outage,
                sealed @ NoAccess::Sealed => Outage::Failed {
                    doing: "reading an access key",
                    reason: sealed.to_string(),
                },
            })?;
            let access = access.filter(|access| access.active);
            Ok(access.map(|access| Caller {
                account: access.account,
                secret: access.secret.clone(),
            }))
        })
    }

    fn sign_return(&self, pairs: &mut Vec<(String, String)>, target: &UrlParts) {
        let ring = self.keyring.current();
        ring.key.sign_onto(pairs, Verb::Get, target, &ring.url);
    }

    fn fetch_image<'a>(&'a self, address: &'a str) -> Boxed<'a, Option<Vec<u8>>> {
        Box::pin(self.images.fetch(address))
    }

    fn real_now(&self) -> Timestamp {
        App::real_now(self)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(64) {
            let fresh: [u8; 64] = crate::random::bytes();
            chunk.copy_from_slice(&fresh[..chunk.len()]);
        }
    }
}
