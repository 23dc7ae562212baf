//! Requests about subscriptions: plans that the server charges by itself.

use std::sync::Arc;

use money::Amount;
use payments::command::Credential;
use payments::commands::{CancelSubscription, StartSubscription};
use payments::period::Period;
use payments::rows::{Reference, Subscription};
use payments::{
    By, CallerReference, Outcome, ReadSet, SubscriptionId, SubscriptionKey, TokenId, WorkingSet,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Found, Query};

use super::show::{date, find_account};
use super::{NotDone, not_done};
use crate::app::App;

/// Subscriptions of a list at most, and payments of one.
const LIST_MAX: usize = 1_000;

/// What can be asked about subscriptions.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "subscription", rename_all = "kebab-case")]
pub enum AskSubscription {
    /// Start one.
    Create(Box<NewSubscription>),
    /// List those of an account, newest first.
    List {
        /// The account's number or e-mail.
        account: String,
    },
    /// Show one with its payments.
    Show {
        /// Its id.
        id: String,
    },
    /// Cancel one, on behalf of its caller.
    Cancel {
        /// Its id.
        id: String,
        /// How much of the last payment is given back, in dollars.
        refund: Option<String>,
        /// The reference of the refund; needed with one.
        reference: Option<String>,
        /// Why.
        reason: Option<String>,
    },
}

/// What a new subscription is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewSubscription {
    /// The caller's number or e-mail.
    pub caller: String,
    /// A recurring token of the sender.
    pub token: String,
    /// What it is for.
    pub description: String,
    /// What each charge costs, in dollars.
    pub amount: String,
    /// How often it is charged: `1 month`.
    pub every: String,
    /// How long it lasts; without it, until it is cancelled.
    pub lasts: Option<String>,
    /// In how many milliseconds it begins.
    pub begins_in_ms: Option<i64>,
    /// What each of the first charges costs, in dollars.
    pub promotional_amount: Option<String>,
    /// How many charges are promotional.
    pub promotional_charges: Option<u32>,
    /// Where its notifications go.
    pub ipn_url: Option<String>,
}

pub(super) async fn execute(app: &Arc<App>, ask: AskSubscription) -> Result<Value, NotDone> {
    match ask {
        AskSubscription::Create(new) => create(app, *new).await,
        AskSubscription::List { account } => list(app, &account).await,
        AskSubscription::Show { id } => show(app, &id).await,
        AskSubscription::Cancel {
            id,
            refund,
            reference,
            reason,
        } => {
            let refund = match (refund, reference) {
                (None, _) => None,
                (Some(amount), Some(reference)) => {
                    let reference = CallerReference::parse(&reference);
                    let reference = reference.or_else(|bad| not_done(format!("{bad:?}")))?;
                    Some((reference, dollars(app, &amount)?))
                }
                (Some(_), None) => return not_done("a refund needs a caller reference"),
            };
            cancel(app, &id, refund, reason).await
        }
    }
}

async fn create(app: &Arc<App>, new: NewSubscription) -> Result<Value, NotDone> {
    let caller = find_account(app, &new.caller).await?.key;
    let Ok(token) = TokenId::parse(&new.token) else {
        return not_done(format!("`{}` is no token id", new.token));
    };
    let promotion = match (new.promotional_amount, new.promotional_charges) {
        (None, None) => None,
        (Some(amount), Some(charges)) => Some((dollars(app, &amount)?, charges)),
        (Some(_), None) | (None, Some(_)) => {
            return not_done("a promotion has an amount and a number of charges");
        }
    };
    let now = app.store.now().await?.product;
    let command = StartSubscription {
        caller,
        token,
        description: new.description,
        amount: dollars(app, &new.amount)?,
        promotion,
        frequency: period(&new.every)?,
        period: new.lasts.as_deref().map(period).transpose()?,
        starts_at: new.begins_in_ms.map(|ms| now.plus_ms(ms)),
        notify_url: new
            .ipn_url
            .map(|url| super::accounts::checked_url(&url))
            .transpose()?,
    };
    match app.store.submit(command.into()).await?? {
        Outcome::Subscription(id) => Ok(json!({ "subscription": id.as_str() })),
        Outcome::Transaction { .. }
        | Outcome::Tokens { .. }
        | Outcome::Tally { .. }
        | Outcome::Account(_)
        | Outcome::Instrument(_)
        | Outcome::WebhookSecret { .. }
        | Outcome::Done => not_done("the store gave another answer"),
    }
}

async fn list(app: &Arc<App>, account: &str) -> Result<Value, NotDone> {
    let account = find_account(app, account).await?.key;
    let most = LIST_MAX;
    let found = app.store.find(Query::SubscriptionsOf { account, most });
    let Found::Subscriptions(found) = found.await? else {
        return not_done("the store gave another answer");
    };
    Ok(Value::Array(found.iter().map(line).collect()))
}

async fn show(app: &Arc<App>, id: &str) -> Result<Value, NotDone> {
    let (_, row) = find(app, id).await?;
    let mut shown = line(&row);
    let most = u32::try_from(LIST_MAX).unwrap_or(u32::MAX);
    let serials = row.charges.saturating_sub(most).saturating_add(1)..=row.charges;
    let mut want = ReadSet::default();
    want.references.extend(
        serials
            .clone()
            .map(|serial| (row.caller, row.reference(serial))),
    );
    let seen = app.store.see(want).await?;
    let mut want = ReadSet::default();
    for serial in serials.clone() {
        want.transactions.extend(made(&seen, &row, serial));
    }
    let transactions = app.store.see(want).await?;
    let payment = |serial| {
        let found = made(&seen, &row, serial);
        let found = found.and_then(|key| transactions.transactions.peek(&key));
        json!({
            "serial": serial,
            "transaction": found.map(|row| row.id().to_string()),
            "status": found.map_or("Refused", |row| row.status().name()),
        })
    };
    shown["payments"] = Value::Array(serials.map(payment).collect());
    Ok(shown)
}

fn made(seen: &WorkingSet, row: &Subscription, serial: u32) -> Option<payments::TransactionKey> {
    match seen.references.peek(&(row.caller, row.reference(serial)))? {
        Reference::Transaction(key) => Some(*key),
        Reference::Refused { .. } | Reference::Bound { .. } => None,
    }
}

async fn cancel(
    app: &Arc<App>,
    id: &str,
    refund: Option<(CallerReference, Amount)>,
    reason: Option<String>,
) -> Result<Value, NotDone> {
    let (subscription, row) = find(app, id).await?;
    let by = By {
        caller: row.caller,
        credential: Credential::None,
        date: app.real_now(),
        mark: [0; 16],
    };
    let command = CancelSubscription {
        by,
        subscription,
        refund,
        reason,
    };
    let refund = match app.store.submit(command.into()).await?? {
        Outcome::Transaction { id, .. } => Some(id.to_string()),
        Outcome::Subscription(_)
        | Outcome::Tokens { .. }
        | Outcome::Tally { .. }
        | Outcome::Account(_)
        | Outcome::Instrument(_)
        | Outcome::WebhookSecret { .. }
        | Outcome::Done => None,
    };
    Ok(json!({ "subscription": id, "cancelled": true, "refund": refund }))
}

async fn find(app: &Arc<App>, id: &str) -> Result<(SubscriptionId, Subscription), NotDone> {
    let unknown = || not_done(format!("there is no subscription `{id}`"));
    let parsed = SubscriptionId::parse(id).ok();
    let Some((parsed, key)) = parsed.and_then(|id| id.key().map(|key| (id, key))) else {
        return unknown();
    };
    let key: SubscriptionKey = key;
    let mut want = ReadSet::default();
    want.subscriptions.insert(key);
    let seen = app.store.see(want).await?;
    let found = seen.subscriptions.get(&key);
    match found.filter(|row| parsed.names(row.key, &row.nonce)) {
        Some(row) => Ok((parsed, row.clone())),
        None => unknown(),
    }
}

fn line(row: &Subscription) -> Value {
    json!({
        "subscription": row.id().as_str(),
        "description": row.description,
        "caller": row.caller.0,
        "sender": row.sender.0,
        "amount": row.amount.to_six_decimals(),
        "promotional_amount": row.promotional_amount.map(Amount::to_six_decimals),
        "promotional_charges": row.promotional_charges,
        "every": row.frequency.describe(),
        "lasts": row.period.map(Period::describe),
        "starts": date(row.starts_at),
        "status": format!("{:?}", row.status),
        "charges": row.charges,
        "next": row.next_at.map(date),
    })
}

fn dollars(app: &App, text: &str) -> Result<Amount, NotDone> {
    Amount::parse(text, app.settings.amount_max.currency()).or_else(not_done)
}

fn period(text: &str) -> Result<Period, NotDone> {
    match Period::parse(text) {
        Some(period) => Ok(period),
        None => not_done(format!("`{text}`: a number and day, week, month or year")),
    }
}
