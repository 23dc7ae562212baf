//! Requests that show something.

use std::sync::Arc;

use payments::rows::{Account, Instrument, Means, Notification, Transaction};
use payments::{AccountKey, ReadSet, Timestamp, TransactionId, TransactionKey};
use serde_json::{Value, json};
use store::{Found, Query};

use super::{Ask, NotDone, not_done, stuck};
use crate::app::App;
use crate::keyring::RingKey;

/// Rows of a list at most.
pub(super) const LIST_MAX: usize = 1_000;

pub(super) async fn execute(app: &Arc<App>, ask: Ask) -> Result<Value, NotDone> {
    match ask {
        Ask::AccountList { most } => accounts(app, most.min(LIST_MAX)).await,
        Ask::AccountShow { account } => account_in_full(app, &account).await,
        Ask::KeyList { account } => keys(app, find_account(app, &account).await?.key).await,
        Ask::TransactionShow { id } => transaction(app, &id).await,
        Ask::NotificationList { of } => notifications(app, &of).await,
        Ask::Stuck { older_s } => stuck::list(app, older_s).await,
        Ask::ClockShow => {
            let moment = app.store.now().await?;
            Ok(json!({ "product": moment.product.0, "real": moment.real.0 }))
        }
        Ask::WebhookSecretShow { account } => webhook_secret(app, &account).await,
        Ask::SigningKeyList => {
            let keys = app.keyring.all();
            let lines = keys
                .iter()
                .map(|(ring, current)| signing_key_line(ring, *current));
            Ok(Value::Array(lines.collect()))
        }
        Ask::Ledger => ledger(app).await,
        Ask::AccountCreate { .. }
        | Ask::AccountSet { .. }
        | Ask::AccountDeposit { .. }
        | Ask::AccountVerifyBank { .. }
        | Ask::KeyCreate { .. }
        | Ask::KeyDisable { .. }
        | Ask::TransactionResolve { .. }
        | Ask::ClockAdvance { .. }
        | Ask::WebhookSecretRotate { .. }
        | Ask::SigningKeyRotate
        | Ask::NotificationResend { .. }
        | Ask::Backup { .. }
        | Ask::Certificate(_)
        | Ask::Subscription(_)
        | Ask::Export { .. }
        | Ask::SandboxEnv { .. }
        | Ask::SandboxWorld { .. } => unreachable!("these are answered elsewhere"),
    }
}

/// Finds an account by its number or its e-mail address.
pub(super) async fn find_account(app: &Arc<App>, name: &str) -> Result<Account, NotDone> {
    let key = if let Ok(key) = name.parse::<i64>() {
        Some(AccountKey(key))
    } else {
        let email = name.trim().to_lowercase();
        let mut want = ReadSet::default();
        want.emails.insert(email.clone());
        app.store.see(want).await?.emails.get(&email).copied()
    };
    let Some(key) = key else {
        return not_done(format!("there is no account `{name}`"));
    };
    let mut want = ReadSet::default();
    want.accounts.insert(key);
    let seen = app.store.see(want).await?;
    match seen.accounts.get(&key) {
        Some(account) => Ok(account.clone()),
        None => not_done(format!("there is no account `{name}`")),
    }
}

fn account_line(account: &Account) -> Value {
    json!({
        "account": account.key.0,
        "kind": format!("{:?}", account.kind),
        "name": account.name,
        "email": account.email,
        "verified": account.email_verified,
        "status": format!("{:?}", account.status),
        "verification": format!("{:?}", account.verification),
        "marketplace": account.marketplace,
        "ipn_url": account.ipn_url,
    })
}

async fn accounts(app: &Arc<App>, most: usize) -> Result<Value, NotDone> {
    let Found::Accounts(found) = app.store.find(Query::Accounts { most }).await? else {
        return not_done("the store gave another answer");
    };
    Ok(Value::Array(found.iter().map(account_line).collect()))
}

async fn account_in_full(app: &Arc<App>, name: &str) -> Result<Value, NotDone> {
    let account = find_account(app, name).await?;
    let key = account.key;
    let mut shown = account_line(&account);
    if let Found::Balance(balance) = app.store.find(Query::BalanceOf(key)).await? {
        shown["balance"] = json!({
            "available": micros(balance.available),
            "pending_in": micros(balance.pending_in),
            "pending_out": micros(balance.pending_out),
        });
    }
    shown["keys"] = keys(app, key).await?;
    if let Found::Instruments(found) = app.store.find(Query::InstrumentsOf(key)).await? {
        shown["instruments"] = Value::Array(found.iter().map(instrument_line).collect());
    }
    if let Found::Tokens(tokens) = app.store.find(Query::TokensOf(key)).await? {
        let line = |token: &payments::rows::Token| {
            json!({
                "token": token.id().as_str(),
                "type": format!("{:?}", token.facts.kind),
                "role": format!("{:?}", token.facts.role),
                "status": format!("{:?}", token.status),
                "used": token.used.to_six_decimals(),
                "uses": token.uses,
            })
        };
        shown["tokens"] = Value::Array(tokens.iter().map(line).collect());
    }
    Ok(shown)
}

fn instrument_line(instrument: &Instrument) -> Value {
    let (kind, last_four, verified) = match &instrument.means {
        Means::Card(card) => (card.brand.as_str(), &card.last_four, None),
        Means::Bank(bank) => ("Bank account", &bank.last_four, Some(bank.verified)),
    };
    json!({
        "instrument": instrument.key.0,
        "kind": kind,
        "last_four": last_four,
        "verified": verified,
        "removed": instrument.removed,
    })
}

async fn webhook_secret(app: &Arc<App>, name: &str) -> Result<Value, NotDone> {
    let account = find_account(app, name).await?;
    let Some(sealed) = &account.webhook_secret else {
        return not_done(format!("account `{name}` has no webhook secret: rotate it"));
    };
    let opened = ::accounts::keys::open_webhook_secret(&app.vault, sealed);
    let bytes = opened.or_else(|_| not_done("the secret cannot be opened with this master key"))?;
    let shown = signing::webhook::secret_text(&bytes);
    Ok(json!({ "account": account.key.0, "webhook_secret": shown }))
}

/// A signing key, without its private half.
pub(super) fn signing_key_line(ring: &RingKey, current: bool) -> Value {
    json!({
        "id": ring.id,
        "current": current,
        "made": ring.made.map(date),
        "certificate": ring.url,
    })
}

async fn keys(app: &Arc<App>, account: AccountKey) -> Result<Value, NotDone> {
    let Found::AccessKeys(found) = app.store.find(Query::AccessKeysOf(account)).await? else {
        return not_done("the store gave another answer");
    };
    let line = |key: &payments::rows::AccessKey| json!({ "id": key.id.as_str(), "active": key.active, "created": date(key.created_at) });
    Ok(Value::Array(found.iter().map(line).collect()))
}

async fn transaction(app: &Arc<App>, id: &str) -> Result<Value, NotDone> {
    let (key, row) = find_transaction(app, id).await?;
    let mut shown = json!({
        "transaction": id,
        "operation": format!("{:?}", row.operation_shown()),
        "status": row.status().name(),
        "code": format!("{:?}", row.code),
        "message": row.message,
        "caller_reference": row.caller_reference.as_str(),
        "amount": row.amount.to_six_decimals(),
        "settled": row.settled.to_six_decimals(),
        "fps_fee": row.fees.fps_fee.to_six_decimals(),
        "marketplace_fee": row.fees.marketplace_fee.to_six_decimals(),
        "refunded": row.refunds.refunded.to_six_decimals(),
        "caller": row.caller.0,
        "sender": row.sender.0,
        "recipient": row.recipient.0,
        "received": date(row.received_at),
        "deadline": row.deadline().map(date),
        "release": format!("{:?}", row.release),
    });
    if let Found::Events(events) = app.store.find(Query::Events(key)).await? {
        let line = |event: &payments::rows::Event| {
            json!({
                "at": date(event.at),
                "operation": format!("{:?}", event.operation),
                "status": event.status.name(),
                "code": format!("{:?}", event.code),
                "amount": event.amount.to_six_decimals(),
                "message": event.message,
            })
        };
        shown["history"] = Value::Array(events.iter().map(line).collect());
    }
    if let Found::Postings(postings) = app.store.find(Query::Postings(key)).await? {
        let line = |row: &payments::tables::PostingRow| {
            let posting = &row.posting;
            json!({
                "reason": format!("{:?}", row.reason),
                "layer": format!("{:?}", posting.layer),
                "from": posting.debit.kind.name(),
                "from_account": posting.debit.owner,
                "to": posting.credit.kind.name(),
                "to_account": posting.credit.owner,
                "amount": posting.amount.to_six_decimals(),
            })
        };
        shown["postings"] = Value::Array(postings.iter().map(line).collect());
    }
    let told = app.store.find(Query::NotificationsOf(key)).await?;
    shown["notifications"] = notification_lines(app, told).await?;
    Ok(shown)
}

async fn find_transaction(
    app: &Arc<App>,
    id: &str,
) -> Result<(TransactionKey, Transaction), NotDone> {
    let parsed = TransactionId::parse(id).ok();
    let Some((parsed, key)) = parsed.and_then(|id| id.key().map(|key| (id, key))) else {
        return not_done(format!("there is no transaction `{id}`"));
    };
    let mut want = ReadSet::default();
    want.transactions.insert(key);
    let seen = app.store.see(want).await?;
    let found = seen.transactions.get(&key);
    match found.filter(|row| parsed.names(row.key, &row.nonce)) {
        Some(row) => Ok((key, row.clone())),
        None => not_done(format!("there is no transaction `{id}`")),
    }
}

async fn notifications(app: &Arc<App>, of: &str) -> Result<Value, NotDone> {
    let query = if let Ok((key, _)) = find_transaction(app, of).await {
        Query::NotificationsOf(key)
    } else {
        let account = find_account(app, of).await?.key;
        Query::NotificationsTo {
            account,
            most: LIST_MAX,
        }
    };
    let found = app.store.find(query).await?;
    notification_lines(app, found).await
}

async fn notification_lines(app: &Arc<App>, found: Found) -> Result<Value, NotDone> {
    let Found::Notifications(found) = found else {
        return not_done("the store gave another answer");
    };
    let mut lines = Vec::new();
    for notification in &found {
        lines.push(notification_line(app, notification).await?);
    }
    Ok(Value::Array(lines))
}

async fn notification_line(app: &Arc<App>, row: &Notification) -> Result<Value, NotDone> {
    let mut line = json!({
        "notification": row.key.0,
        "url": row.url,
        "delivery": format!("{:?}", row.delivery),
        "created": date(row.created_at),
        "tries": row.tries,
    });
    if let payments::rows::Subject::Transaction(facts) = &row.subject {
        line["transaction"] = json!(facts.transaction.as_str());
        line["operation"] = json!(format!("{:?}", facts.operation));
        line["status"] = json!(facts.status.name());
    }
    if let Found::Attempts(attempts) = app.store.find(Query::Attempts(row.key)).await? {
        let attempt = |attempt: &payments::rows::Attempt| {
            json!({
                "at": date(attempt.at),
                "took_ms": attempt.took_ms,
                "http_status": attempt.http_status,
                "problem": attempt.problem,
            })
        };
        line["attempts"] = Value::Array(attempts.iter().map(attempt).collect());
    }
    Ok(line)
}

async fn ledger(app: &Arc<App>) -> Result<Value, NotDone> {
    let Found::Sums(sums) = app.store.find(Query::LedgerSums).await? else {
        return not_done("the store gave another answer");
    };
    let line = |sum: &store::query::LedgerSum| {
        json!({
            "layer": format!("{:?}", sum.layer).to_lowercase(),
            "ledger_account": sum.account.kind.name(),
            "owner": sum.account.owner,
            "debits": micros(sum.debits),
            "credits": micros(sum.credits),
            "balance": micros(sum.credits.saturating_sub(sum.debits)),
        })
    };
    Ok(Value::Array(sums.iter().map(line).collect()))
}

/// Micro-units as a decimal text.
pub(super) fn micros(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:06}", value / 1_000_000, value % 1_000_000)
}

/// A moment for people and scripts: ISO 8601 in UTC.
pub(super) fn date(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0);
    moment.map_or_else(|_| "never".to_owned(), |moment| moment.to_string())
}
