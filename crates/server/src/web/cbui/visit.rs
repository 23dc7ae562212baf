//! A visit: what is asked and how far the person has come. A document of the store.

use accounts::secrets;
use payments::commands::Keep;
use payments::rows::{Document, DocumentId};
use payments::time::{MINUTE_MS, SECOND_MS};
use payments::{AccountKey, InstrumentKey, ReadSet, Timestamp};
use serde::{Deserialize, Serialize};
use store::Outage;

use super::VISIT;
use super::payees::Payee;
use super::wish::{Address, Methods, Wish};
use crate::web::host::random;
use crate::web::return_url::ReturnUrl;
use crate::web::{Host, WebRequest, cookie};

/// How long a visit lasts: half an hour of real time.
pub(super) const VISIT_MS: i64 = 30 * MINUTE_MS;
/// The kind of document that a visit is.
const KIND: &str = "visit";
/// Random bytes of a visit's id, and of each of its secrets.
const RANDOM_BYTES: usize = 24;
/// No id is longer.
const ID_LENGTH_MAX: usize = 64;

/// Somebody's way through the pages.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Visit {
    /// Its id, in the address of its pages.
    #[serde(skip)]
    pub(super) id: String,
    /// When it ends, in real time.
    #[serde(skip)]
    ends: Timestamp,
    /// The digest of the cookie of its browser.
    browser: String,
    /// What its forms post back before anybody is signed in.
    pub(super) csrf: String,
    /// Who asks.
    pub(super) caller: AccountKey,
    /// Their name.
    pub(super) caller_name: String,
    /// The name and logo that the pages bear.
    #[serde(default)]
    pub(super) brand: Brand,
    /// Where it returns to.
    return_url: String,
    /// What is asked.
    pub(super) wish: Wish,
    /// Who is to be paid.
    pub(super) payees: Vec<Payee>,
    /// What the sender may pay with.
    pub(super) offered: Methods,
    /// When it began, in product time.
    pub(super) began: Timestamp,
    /// Who has taken it up.
    pub(super) account: Option<AccountKey>,
    /// What the sender pays with.
    pub(super) method: Option<Chosen>,
    /// Where it is to be sent, as entered here.
    pub(super) address: Option<Address>,
    /// The signed return URL, once it has ended.
    pub(super) result: Option<String>,
}

/// Whose pages they are, as far as a person sees.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Brand {
    /// The recipients' names, where they stand instead of the caller's.
    pub(super) name: Option<String>,
    /// The path of the logo.
    pub(super) logo: Option<String>,
}

/// What the sender pays with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Chosen {
    /// This card.
    Card(InstrumentKey),
    /// This bank account.
    Bank(InstrumentKey),
    /// The account balance.
    Balance,
}

/// What a visit begins with.
pub(super) struct Beginning {
    pub(super) caller: AccountKey,
    pub(super) caller_name: String,
    pub(super) brand: Brand,
    pub(super) return_url: ReturnUrl,
    pub(super) wish: Wish,
    pub(super) payees: Vec<Payee>,
    pub(super) offered: Methods,
    pub(super) now: Timestamp,
}

impl Visit {
    /// Begins a visit: the visit, and its browser's cookie.
    pub(super) fn begin(
        host: &dyn Host,
        request: &WebRequest,
        beginning: Beginning,
    ) -> (Visit, String) {
        let fresh = || secrets::token(&random::<RANDOM_BYTES>(host));
        let (id, browser) = (fresh(), fresh());
        let life_s = VISIT_MS / SECOND_MS;
        let cookie = cookie::set(request, &cookie::of_visit(&id), &browser, Some(life_s));
        let visit = Visit {
            id,
            ends: host.real_now().plus_ms(VISIT_MS),
            browser: secrets::digest(&browser),
            csrf: fresh(),
            caller: beginning.caller,
            caller_name: beginning.caller_name,
            brand: beginning.brand,
            return_url: beginning.return_url.as_str().to_owned(),
            wish: beginning.wish,
            payees: beginning.payees,
            offered: beginning.offered,
            began: beginning.now,
            account: None,
            method: None,
            address: None,
            result: None,
        };
        (visit, cookie)
    }

    /// The visit of an id, if it has not ended and was begun in this browser.
    pub(super) async fn find(
        host: &dyn Host,
        request: &WebRequest,
        id: &str,
    ) -> Result<Option<Visit>, Outage> {
        if id.is_empty() || ID_LENGTH_MAX < id.len() {
            return Ok(None);
        }
        let name = document_id(id);
        let mut want = ReadSet::default();
        want.documents.insert(name.clone());
        let seen = host.store().see(want).await?;
        let document = seen.documents.get(&name);
        let Some(document) = document.filter(|row| host.real_now() < row.expires_at) else {
            return Ok(None);
        };
        let visit: Visit = serde_json::from_str(&document.content)
            .map_err(|error| corrupt(id, &error.to_string()))?;
        let browser = cookie::read(request, &cookie::of_visit(id)).unwrap_or_default();
        if !secrets::same(&secrets::digest(browser), &visit.browser) {
            return Ok(None);
        }
        let ends = document.expires_at;
        let id = id.to_owned();
        Ok(Some(Visit { id, ends, ..visit }))
    }

    /// Keeps the visit as it is now.
    pub(super) async fn keep(&self, host: &dyn Host) -> Result<(), Outage> {
        let content =
            serde_json::to_string(self).map_err(|error| corrupt(&self.id, &error.to_string()))?;
        let document = Document {
            content,
            expires_at: self.ends,
        };
        let id = document_id(&self.id);
        let kept = host.store().submit(Keep { id, document }.into()).await?;
        kept.map(drop)
            .map_err(|refusal| corrupt(&self.id, &format!("{refusal:?}")))
    }

    /// Where it returns to.
    pub(super) fn return_url(&self) -> Result<ReturnUrl, Outage> {
        ReturnUrl::parse(&self.return_url).map_err(|error| corrupt(&self.id, &error.to_string()))
    }

    /// The path of its next step.
    pub(super) fn href(&self) -> String {
        format!("{VISIT}?visit={}", self.id)
    }

    /// The path of a certain step.
    pub(super) fn href_of(&self, step: &str) -> String {
        format!("{}&step={step}", self.href())
    }

    /// Forgets what the person before has entered.
    pub(super) fn start_over(&mut self) {
        self.account = None;
        self.method = None;
        self.address = None;
    }
}

fn document_id(id: &str) -> DocumentId {
    DocumentId {
        kind: KIND.to_owned(),
        id: id.to_owned(),
    }
}

fn corrupt(id: &str, reason: &str) -> Outage {
    Outage::Corrupt {
        table: "documents",
        key: id.to_owned(),
        reason: reason.to_owned(),
    }
}
