//! Requests that make or change accounts and access keys.

use std::sync::Arc;

use ::accounts::keys::{self, NewKey};
use ::accounts::password::{self, Password};
use ::accounts::people::{self, Email};
use ::accounts::webhooks;
use money::Amount;
use payments::command::Outcome;
use payments::commands::{ChangeAccount, CreateAccount, Deposit, DisableKey, VerifyInstrument};
use payments::rows::{AccountStatus, AccountType, Verification};
use payments::{AccessKeyId, AccountKey, InstrumentKey};
use serde_json::{Value, json};

use super::show::{date, find_account};
use super::{Ask, NotDone, not_done};
use crate::app::App;
use crate::random;

/// What a new account is made of.
pub(super) struct New<'a> {
    pub(super) kind: AccountType,
    pub(super) name: &'a str,
    pub(super) email: Option<&'a str>,
    pub(super) password: Option<&'a str>,
    pub(super) marketplace: bool,
    pub(super) ipn_url: Option<String>,
}

pub(super) async fn execute(app: &Arc<App>, ask: Ask) -> Result<Value, NotDone> {
    match ask {
        Ask::AccountCreate {
            kind,
            name,
            email,
            password,
            marketplace,
            ipn_url,
        } => {
            let new = New {
                kind: account_type(&kind)?,
                name: &name,
                email: email.as_deref(),
                password: password.as_deref(),
                marketplace,
                ipn_url: ipn_url.map(|url| checked_url(&url)).transpose()?,
            };
            let account = create(app, new).await?;
            Ok(json!({ "account": account.0 }))
        }
        Ask::AccountSet { .. } => set(app, ask).await,
        Ask::AccountDeposit { account, amount } => {
            let account = find_account(app, &account).await?.key;
            deposit(app, account, &amount).await
        }
        Ask::AccountVerifyBank {
            instrument,
            verified,
        } => {
            let verify = VerifyInstrument {
                instrument: InstrumentKey(instrument),
                verified,
            };
            app.store.submit(verify.into()).await??;
            Ok(json!({ "instrument": instrument, "verified": verified }))
        }
        Ask::WebhookSecretRotate { account } => rotate_webhook_secret(app, &account).await,
        Ask::KeyCreate { account } => {
            let account = find_account(app, &account).await?.key;
            let key = create_key(app, account).await?;
            Ok(json!({ "id": key.0, "secret": key.1 }))
        }
        Ask::KeyDisable { id } => disable_key(app, &id).await,
        Ask::AccountList { .. }
        | Ask::AccountShow { .. }
        | Ask::KeyList { .. }
        | Ask::TransactionShow { .. }
        | Ask::TransactionResolve { .. }
        | Ask::ClockShow
        | Ask::WebhookSecretShow { .. }
        | Ask::SigningKeyList
        | Ask::SigningKeyRotate
        | Ask::ClockAdvance { .. }
        | Ask::Stuck { .. }
        | Ask::NotificationList { .. }
        | Ask::NotificationResend { .. }
        | Ask::Ledger
        | Ask::Export { .. }
        | Ask::Backup { .. }
        | Ask::Certificate(_)
        | Ask::Subscription(_)
        | Ask::SandboxEnv { .. }
        | Ask::SandboxWorld { .. } => unreachable!("these are answered elsewhere"),
    }
}

async fn disable_key(app: &Arc<App>, id: &str) -> Result<Value, NotDone> {
    let Some(id) = AccessKeyId::parse(id) else {
        return not_done(format!("`{id}` is no access key id"));
    };
    let shown = id.to_string();
    let command = DisableKey { id, owner: None };
    app.store.submit(command.into()).await??;
    Ok(json!({ "id": shown, "active": false }))
}

async fn deposit(app: &Arc<App>, account: AccountKey, amount: &str) -> Result<Value, NotDone> {
    let currency = app.settings.amount_max.currency();
    let amount = Amount::parse(amount, currency).or_else(not_done)?;
    let command = Deposit { account, amount };
    app.store.submit(command.into()).await??;
    Ok(json!({ "account": account.0, "deposited": amount.to_six_decimals() }))
}

/// Makes an account. Its e-mail address counts as verified: the operator vouches for it.
pub(super) async fn create(app: &Arc<App>, new: New<'_>) -> Result<AccountKey, NotDone> {
    let Some(name) = people::name(new.name) else {
        return not_done("a name has 1 to 128 characters");
    };
    let email = match new.email {
        None => String::new(),
        Some(text) => match Email::parse(text) {
            Some(email) => email.as_str().to_owned(),
            None => return not_done(format!("`{text}` is no e-mail address")),
        },
    };
    let password_hash = match new.password {
        None => None,
        Some(text) => {
            let password = Password::parse(text).or_else(not_done)?;
            Some(password::hash(password, random::bytes()).await?)
        }
    };
    let (_, webhook_secret) = keys::new_webhook_secret(&app.vault, random::bytes());
    let command = CreateAccount {
        kind: new.kind,
        name,
        email,
        email_verified: true,
        marketplace: new.marketplace,
        ipn_url: new.ipn_url,
        password_hash,
        webhook_secret: Some(webhook_secret),
    };
    match app.store.submit(command.into()).await?? {
        Outcome::Account(key) => Ok(key),
        Outcome::Transaction { .. }
        | Outcome::Tokens { .. }
        | Outcome::Tally { .. }
        | Outcome::Instrument(_)
        | Outcome::Subscription(_)
        | Outcome::WebhookSecret { .. }
        | Outcome::Done => not_done("the store gave another answer"),
    }
}

/// Makes an access key; gives its id and, once, its secret.
pub(super) async fn create_key(
    app: &Arc<App>,
    account: AccountKey,
) -> Result<(String, String), NotDone> {
    let NewKey {
        id,
        secret,
        command,
    } = keys::new_access_key(&app.vault, account, random::bytes());
    app.store.submit(command.into()).await??;
    Ok((id.to_string(), secret))
}

async fn rotate_webhook_secret(app: &Arc<App>, account: &str) -> Result<Value, NotDone> {
    let account = find_account(app, account).await?;
    let (store, real) = (&*app.store, app.real_now());
    let rotated = webhooks::rotate(store, &app.vault, account.key, real, random::bytes());
    let rotated = rotated.await??;
    Ok(json!({
        "account": account.key.0,
        "webhook_secret": rotated.secret,
        "earlier_signs_until": rotated.earlier_until.map(date),
    }))
}

async fn set(app: &Arc<App>, ask: Ask) -> Result<Value, NotDone> {
    let Ask::AccountSet {
        account,
        status,
        verified,
        verification,
        marketplace,
        ipn_url,
        return_origin,
        descriptor,
    } = ask
    else {
        return not_done("another request");
    };
    let found = find_account(app, &account).await?;
    let mut change = ChangeAccount::of(found.key);
    change.status = status.as_deref().map(account_status).transpose()?;
    change.email_verified = verified;
    change.verification = verification.as_deref().map(standing).transpose()?;
    change.marketplace = marketplace;
    change.ipn_url = match ipn_url.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(url) => Some(Some(checked_url(url)?)),
    };
    if let Some(origin) = return_origin {
        let mut origins = found.return_origins.clone();
        origins.push(checked_url(&origin)?.trim_end_matches('/').to_owned());
        change.return_origins = Some(origins);
    }
    change.descriptor = descriptor.map(|text| Some(text).filter(|text| !text.is_empty()));
    app.store.submit(change.into()).await??;
    Ok(json!({ "account": found.key.0, "changed": true }))
}

fn account_type(text: &str) -> Result<AccountType, NotDone> {
    match text {
        "personal" => Ok(AccountType::Personal),
        "business" => Ok(AccountType::Business),
        "developer" => Ok(AccountType::Developer),
        other => not_done(format!("`{other}`: personal, business or developer")),
    }
}

fn account_status(text: &str) -> Result<AccountStatus, NotDone> {
    match text {
        "active" => Ok(AccountStatus::Active),
        "suspended" => Ok(AccountStatus::Suspended),
        "closed" => Ok(AccountStatus::Closed),
        other => not_done(format!("`{other}`: active, suspended or closed")),
    }
}

fn standing(text: &str) -> Result<Verification, NotDone> {
    match text {
        "pending" => Ok(Verification::Pending),
        "complete" => Ok(Verification::Complete),
        "no-limits" => Ok(Verification::NoLimits),
        other => not_done(format!("`{other}`: pending, complete or no-limits")),
    }
}

pub(super) fn checked_url(url: &str) -> Result<String, NotDone> {
    match signing::UrlParts::parse(url) {
        Ok(_) => Ok(url.trim().to_owned()),
        Err(error) => not_done(format!("`{url}`: {error}")),
    }
}
