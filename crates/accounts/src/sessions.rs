//! Sessions: who is signed in, in which browser.
//!
//! A session is a document of the store, named by the digest of the token that the browser keeps. It
//! ends after [`SESSION_MS`] of real time, whatever happens in it.

use payments::commands::{Forget, Keep};
use payments::rows::{Document, DocumentId};
use payments::time::HOUR_MS;
use payments::{AccountKey, ReadSet, Timestamp};
use serde::{Deserialize, Serialize};
use store::{Outage, Store};

use crate::secrets;

/// How long a session lasts: twelve hours.
pub const SESSION_MS: i64 = 12 * HOUR_MS;
/// Random bytes of a token.
const TOKEN_BYTES: usize = 32;
/// Random bytes that a session is made from: the token's and those against forged forms.
pub const SESSION_RANDOM_BYTES: usize = 2 * TOKEN_BYTES;
/// The kind of document that a session is.
pub const KIND: &str = "session";
/// No token is longer; anything longer is no token.
const TOKEN_TEXT_MAX: usize = 64;

/// Somebody is signed in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who.
    pub account: AccountKey,
    /// What every form of this session posts back.
    pub csrf: String,
    /// Since when, in real time.
    pub created: Timestamp,
}

/// Opens a session: the token for the browser, and the session.
pub async fn open(
    store: &dyn Store,
    account: AccountKey,
    random: [u8; SESSION_RANDOM_BYTES],
    real: Timestamp,
) -> Result<(String, Session), Outage> {
    let (token, csrf) = random.split_at(TOKEN_BYTES);
    let token = secrets::token(token);
    let session = Session {
        account,
        csrf: secrets::token(csrf),
        created: real,
    };
    let content = serde_json::to_string(&session).expect("a session is plain text and numbers");
    let expires_at = real.plus_ms(SESSION_MS);
    let document = Document {
        content,
        expires_at,
    };
    let id = document_id(&token);
    let kept = store.submit(Keep { id, document }.into()).await?;
    kept.map_err(|refusal| Outage::Failed {
        doing: "keeping a session",
        reason: format!("{refusal:?}"),
    })?;
    Ok((token, session))
}

/// The session of a token that has not ended.
pub async fn find(
    store: &dyn Store,
    token: &str,
    real: Timestamp,
) -> Result<Option<Session>, Outage> {
    if token.is_empty() || TOKEN_TEXT_MAX < token.len() {
        return Ok(None);
    }
    let id = document_id(token);
    let mut want = ReadSet::default();
    want.documents.insert(id.clone());
    let seen = store.see(want).await?;
    let found = seen
        .documents
        .get(&id)
        .filter(|document| real < document.expires_at);
    let Some(document) = found else {
        return Ok(None);
    };
    let session = serde_json::from_str(&document.content);
    session.map(Some).map_err(|error| Outage::Corrupt {
        table: "documents",
        key: id.id,
        reason: error.to_string(),
    })
}

/// Closes the session of a token, if there is one.
pub async fn close(store: &dyn Store, token: &str) -> Result<(), Outage> {
    let id = document_id(token);
    store.submit(Forget { id }.into()).await.map(drop)
}

fn document_id(token: &str) -> DocumentId {
    DocumentId {
        kind: KIND.to_owned(),
        id: secrets::digest(token),
    }
}
