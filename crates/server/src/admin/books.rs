//! Requests that touch the books or the clock.

use std::path::PathBuf;
use std::sync::Arc;

use payments::commands::{Advance, Resend, Resolve};
use payments::rows::Work;
use payments::{Mode, NotificationKey, TransactionId, TransactionKey};
use serde_json::{Value, json};
use store::{Found, Query};

use super::show::signing_key_line;
use super::{Ask, NotDone, not_done};
use crate::app::App;

pub(super) async fn execute(app: &Arc<App>, ask: Ask) -> Result<Value, NotDone> {
    match ask {
        Ask::TransactionResolve { id, approved, note } => resolve(app, &id, approved, note).await,
        Ask::ClockAdvance { ms } => advance(app, ms).await,
        Ask::NotificationResend { notification } => {
            let notification = NotificationKey(notification);
            app.store.submit(Resend { notification }.into()).await??;
            Ok(json!({ "notification": notification.0, "sent": "again" }))
        }
        Ask::SigningKeyRotate => {
            let _alone = crate::boot::alone(&app.settings).await.or_else(not_done)?;
            let ring = &app.keyring;
            let rotated = ring.rotate(&*app.store, &app.vault, app.real_now()).await;
            Ok(signing_key_line(&*rotated.or_else(not_done)?, true))
        }
        Ask::Backup { to } => backup(app, PathBuf::from(to)).await,
        Ask::AccountCreate { .. }
        | Ask::AccountList { .. }
        | Ask::AccountShow { .. }
        | Ask::AccountSet { .. }
        | Ask::AccountDeposit { .. }
        | Ask::AccountVerifyBank { .. }
        | Ask::KeyCreate { .. }
        | Ask::KeyList { .. }
        | Ask::KeyDisable { .. }
        | Ask::TransactionShow { .. }
        | Ask::ClockShow
        | Ask::WebhookSecretShow { .. }
        | Ask::WebhookSecretRotate { .. }
        | Ask::SigningKeyList
        | Ask::Stuck { .. }
        | Ask::NotificationList { .. }
        | Ask::Ledger
        | Ask::Certificate(_)
        | Ask::Subscription(_)
        | Ask::Export { .. }
        | Ask::SandboxEnv { .. }
        | Ask::SandboxWorld { .. } => unreachable!("these are answered elsewhere"),
    }
}

async fn resolve(app: &Arc<App>, id: &str, approved: bool, note: String) -> Result<Value, NotDone> {
    let Ok(transaction) = TransactionId::parse(id) else {
        return not_done(format!("`{id}` is no transaction id"));
    };
    let Some(key) = transaction.key() else {
        return not_done(format!("there is no transaction {id}"));
    };
    let work = parked_work(app, key).await?.map(|work| work.id);
    let command = Resolve {
        transaction: transaction.clone(),
        approved,
        note,
        work,
    };
    app.store.submit(command.into()).await??;
    Ok(json!({ "transaction": id, "resolved": if approved { "approved" } else { "declined" } }))
}

async fn parked_work(app: &Arc<App>, key: TransactionKey) -> Result<Option<Work>, NotDone> {
    let query = Query::Stuck {
        before: app.real_now(),
        most: 10_000,
    };
    let Found::Works(works) = app.store.find(query).await? else {
        return Ok(None);
    };
    let mut unreadable = None;
    for work in works {
        match work {
            Ok(work) if work.subject == key.0 && work.kind.is_processor() => return Ok(Some(work)),
            Ok(_) => {}
            Err(outage) => unreadable = unreadable.or(Some(outage)),
        }
    }
    // It may be the one that is looked for, which would go on after the transaction has ended.
    match unreadable {
        Some(outage) => Err(outage.into()),
        None => Ok(None),
    }
}

async fn advance(app: &Arc<App>, ms: i64) -> Result<Value, NotDone> {
    if app.settings.mode == Mode::Production {
        return not_done("only a sandbox's clock can be moved");
    }
    app.store.submit(Advance { ms }.into()).await??;
    let moment = app.store.now().await?;
    Ok(json!({ "product": moment.product.0, "real": moment.real.0 }))
}

async fn backup(app: &Arc<App>, to: PathBuf) -> Result<Value, NotDone> {
    if to.exists() {
        return not_done(format!("{} is there already", to.display()));
    }
    app.store.backup(to.clone()).await?;
    let bytes = std::fs::metadata(&to).map_or(0, |file| file.len());
    Ok(json!({ "backup": to.display().to_string(), "bytes": bytes }))
}
