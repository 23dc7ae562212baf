//! The caller's logo: fetched once by us, kept, and served from here.
//!
//! **Promise:** a browser in a visit asks nobody but this server for anything, and whatever the
//! caller's server does, the visit goes on: a logo that cannot be had is not shown. Only signed
//! requests name one, because fetching on anybody's word would lend out our network.
//!
//! A logo is a document of its own, shared by the visits of the same address; so is the knowledge that
//! an address has none, for a short while.

use accounts::secrets;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use payments::commands::Keep;
use payments::rows::{Document, DocumentId};
use payments::time::{HOUR_MS, MINUTE_MS};
use payments::{ReadSet, Timestamp};
use serde::{Deserialize, Serialize};
use store::Outage;

use super::visit::VISIT_MS;
use crate::web::image::{self, Kind};
use crate::web::{Host, WebResponse};

/// Where logos are served.
pub(in crate::web) const LOGO: &str = "/cobranded-ui/logo/";
/// The kind of document that a logo is.
const KIND: &str = "logo";
/// How long a logo is kept: its caller may have drawn a new one.
const KEPT_MS: i64 = HOUR_MS;
/// How long an address is left in peace after it gave none.
const ABSENT_MS: i64 = MINUTE_MS;
/// Characters of a logo's address at most.
const ADDRESS_CHARACTERS_MAX: usize = 2_048;
/// How long a browser keeps a logo: no longer than a visit.
const BROWSER_CACHE: &str = "private, max-age=1800";

/// What is kept of an address.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The image; none where the address gave no image that we show.
    image: Option<String>,
}

/// The path of the logo at an address, if there is one to show for as long as a visit lasts.
pub(super) async fn path_of(host: &dyn Host, address: &str) -> Result<Option<String>, Outage> {
    if address.is_empty() || ADDRESS_CHARACTERS_MAX < address.len() {
        return Ok(None);
    }
    let id = secrets::digest(address);
    let path = format!("{LOGO}{id}");
    let now = host.real_now();
    if let Some((kept, expires_at)) = find(host, &id).await? {
        let lasts = now.plus_ms(VISIT_MS) < expires_at;
        match kept.image {
            Some(_) if lasts => return Ok(Some(path)),
            None if now < expires_at => return Ok(None),
            Some(_) | None => {}
        }
    }
    let fetched = host.fetch_image(address).await;
    let image = fetched.filter(|bytes| image::kind_of(bytes).is_some());
    let kept = Kept {
        image: image.map(|bytes| STANDARD.encode(bytes)),
    };
    let life_ms = match kept.image {
        Some(_) => KEPT_MS,
        None => ABSENT_MS,
    };
    keep(host, &id, &kept, now.plus_ms(life_ms)).await?;
    Ok(kept.image.map(|_| path))
}

/// The image at a path of ours; `None` when there is none.
pub(in crate::web) async fn serve(
    host: &dyn Host,
    path: &str,
) -> Result<Option<WebResponse>, Outage> {
    let Some(id) = path.strip_prefix(LOGO) else {
        return Ok(None);
    };
    let found = find(host, id).await?;
    let found = found.filter(|(_, expires_at)| host.real_now() < *expires_at);
    let bytes = found.and_then(|(kept, _)| STANDARD.decode(kept.image?).ok());
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let Some(kind) = image::kind_of(&bytes) else {
        return Ok(None);
    };
    Ok(Some(reply(kind, bytes)))
}

fn reply(kind: Kind, body: Vec<u8>) -> WebResponse {
    let policy = "default-src 'none'; sandbox";
    WebResponse {
        status: 200,
        headers: vec![
            ("content-type", kind.content_type().to_owned()),
            ("cache-control", BROWSER_CACHE.to_owned()),
            ("x-content-type-options", "nosniff".to_owned()),
            ("content-security-policy", policy.to_owned()),
        ],
        body,
    }
}

async fn find(host: &dyn Host, id: &str) -> Result<Option<(Kept, Timestamp)>, Outage> {
    let name = document_id(id);
    let mut want = ReadSet::default();
    want.documents.insert(name.clone());
    let seen = host.store().see(want).await?;
    let Some(document) = seen.documents.get(&name) else {
        return Ok(None);
    };
    let kept = serde_json::from_str(&document.content).map_err(|error| corrupt(id, &error))?;
    Ok(Some((kept, document.expires_at)))
}

async fn keep(host: &dyn Host, id: &str, kept: &Kept, expires_at: Timestamp) -> Result<(), Outage> {
    let content = serde_json::to_string(kept).map_err(|error| corrupt(id, &error))?;
    let document = Document {
        content,
        expires_at,
    };
    let id = document_id(id);
    let answer = host.store().submit(Keep { id, document }.into()).await?;
    if let Err(refusal) = answer {
        tracing::warn!(?refusal, "a logo was not kept");
    }
    Ok(())
}

fn document_id(id: &str) -> DocumentId {
    DocumentId {
        kind: KIND.to_owned(),
        id: id.to_owned(),
    }
}

fn corrupt(id: &str, reason: &serde_json::Error) -> Outage {
    Outage::Corrupt {
        table: "documents",
        key: id.to_owned(),
        reason: reason.to_string(),
    }
}
