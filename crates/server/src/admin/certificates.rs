//! Requests about the certificates that callers sign under.

use std::sync::Arc;

use payments::Fingerprint;
use payments::commands::{AddCertificate, DisableCertificate};
use payments::rows::Certificate;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signing::x509::{self, CertificateKey};
use store::{Found, Query};

use super::show::{date, find_account};
use super::{NotDone, not_done};
use crate::app::App;

/// What can be asked about certificates.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "certificate", rename_all = "kebab-case")]
pub enum AskCertificate {
    /// Register a certificate.
    Add {
        /// The account's number or e-mail.
        account: String,
        /// The certificate in PEM.
        pem: String,
    },
    /// List an account's certificates.
    List {
        /// The account's number or e-mail.
        account: String,
    },
    /// Disable a certificate.
    Disable {
        /// Its fingerprint: the SHA-256 of its DER in hexadecimal digits.
        fingerprint: String,
    },
}

pub(super) async fn execute(app: &Arc<App>, ask: AskCertificate) -> Result<Value, NotDone> {
    match ask {
        AskCertificate::Add { account, pem } => add(app, &account, &pem).await,
        AskCertificate::List { account } => list(app, &account).await,
        AskCertificate::Disable { fingerprint } => {
            let Some(name) = Fingerprint::parse(&fingerprint) else {
                return not_done(format!(
                    "`{fingerprint}` is no fingerprint: 64 hexadecimal digits"
                ));
            };
            let owner = None;
            let fingerprint = name;
            app.store
                .submit(DisableCertificate { fingerprint, owner }.into())
                .await??;
            Ok(json!({ "fingerprint": name.to_string(), "active": false }))
        }
    }
}

async fn add(app: &Arc<App>, account: &str, pem: &str) -> Result<Value, NotDone> {
    let account = find_account(app, account).await?.key;
    let Some(der) = x509::from_pem(pem) else {
        return not_done("there is no certificate in PEM; a key without one is no certificate");
    };
    // Whatever could not verify a message is refused now, not when the first message comes.
    CertificateKey::from_der(&der).or_else(not_done)?;
    let fingerprint = Fingerprint(x509::fingerprint(&der));
    let command = AddCertificate {
        fingerprint,
        account,
        der,
    };
    app.store.submit(command.into()).await??;
    Ok(json!({ "fingerprint": fingerprint.to_string(), "active": true }))
}

async fn list(app: &Arc<App>, account: &str) -> Result<Value, NotDone> {
    let account = find_account(app, account).await?.key;
    let found = app.store.find(Query::CertificatesOf(account)).await?;
    let Found::Certificates(found) = found else {
        return not_done("the store gave another answer");
    };
    let line = |row: &Certificate| {
        json!({
            "fingerprint": row.fingerprint.to_string(),
            "active": row.active,
            "registered": date(row.created_at),
        })
    };
    Ok(Value::Array(found.iter().map(line).collect()))
}
