//! Prepaid and credit instruments, and subscriptions.

use crate::Outage;
use money::Amount;
use payments::period::Period;
use payments::rows::{Subscription, SubscriptionStatus, Tally, TallyKind};
use payments::{AccountKey, SubscriptionKey, TallyKey, TokenKey, TransactionKey};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::codec::{Fields, Keyed, Values};

/// The table `tallies`.
pub struct Tallies;
/// The table `subscriptions`.
pub struct Subscriptions;

impl Keyed for Tallies {
    type Key = TallyKey;
    type Row = Tally;
    const NAME: &'static str = "tallies";

    fn put_key(key: &TallyKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Tally, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.nonce)?;
        to.put(row.kind as u8)?;
        to.put(row.sender.0)?;
        to.put(row.recipient.0)?;
        to.put(row.limit.currency().as_str())?;
        to.put(row.limit.micros())?;
        to.put(row.spending_token.0)?;
        to.put(row.installed_at.0)?;
        to.put(row.valid_from.0)?;
        to.put(row.expires_at.0)?;
        Tallies::put_changing(row, to)
    }

    fn put_changing(row: &Tally, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.moving_token.0)?;
        to.put(row.balance.micros())?;
        to.put(row.pending.micros())
    }

    fn is_old(key: &TallyKey, fresh_from: i64) -> bool {
        key.0 < fresh_from
    }

    fn read(key: &TallyKey, from: &mut impl Fields) -> Result<Tally, Outage> {
        let nonce = from.get()?;
        let kind = from.known_small("kind of tally", TallyKind::from_number)?;
        let [sender, recipient] = [from.get()?, from.get()?].map(AccountKey);
        let currency = from.currency()?;
        Ok(Tally {
            key: *key,
            nonce,
            kind,
            sender,
            recipient,
            limit: from.amount(currency)?,
            spending_token: from.get().map(TokenKey)?,
            installed_at: from.moment()?,
            valid_from: from.moment()?,
            expires_at: from.moment()?,
            moving_token: from.get().map(TokenKey)?,
            balance: from.amount(currency)?,
            pending: from.amount(currency)?,
        })
    }
}

/// What a subscription costs and how often; never asked about in SQL.
#[derive(Serialize, Deserialize)]
struct Plan<'a> {
    description: Cow<'a, str>,
    amount: Amount,
    promotional_amount: Option<Amount>,
    promotional_charges: u32,
    frequency: Period,
    period: Option<Period>,
}

impl Keyed for Subscriptions {
    type Key = SubscriptionKey;
    type Row = Subscription;
    const NAME: &'static str = "subscriptions";

    fn put_key(key: &SubscriptionKey, to: &mut impl Values) -> Result<(), Outage> {
        to.put(key.0)
    }

    fn put(row: &Subscription, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.nonce)?;
        to.put(row.caller.0)?;
        to.put(row.sender.0)?;
        to.put(row.token.0)?;
        to.put_json(&Plan {
            description: Cow::Borrowed(&row.description),
            amount: row.amount,
            promotional_amount: row.promotional_amount,
            promotional_charges: row.promotional_charges,
            frequency: row.frequency,
            period: row.period,
        })?;
        to.put(row.starts_at.0)?;
        to.put(&row.notify_url)?;
        Subscriptions::put_changing(row, to)
    }

    fn put_changing(row: &Subscription, to: &mut impl Values) -> Result<(), Outage> {
        to.put(row.status as u8)?;
        to.put(row.charges)?;
        to.put(row.last.map(|key| key.0))?;
        to.put(row.next_at.map(|at| at.0))
    }

    fn is_old(key: &SubscriptionKey, fresh_from: i64) -> bool {
        key.0 < fresh_from
    }

    fn read(key: &SubscriptionKey, from: &mut impl Fields) -> Result<Subscription, Outage> {
        let nonce = from.get()?;
        let [caller, sender] = [from.get()?, from.get()?].map(AccountKey);
        let token = from.get().map(TokenKey)?;
        let plan: Plan = from.json()?;
        Ok(Subscription {
            key: *key,
            nonce,
            caller,
            sender,
            token,
            description: plan.description.into_owned(),
            amount: plan.amount,
            promotional_amount: plan.promotional_amount,
            promotional_charges: plan.promotional_charges,
            frequency: plan.frequency,
            period: plan.period,
            starts_at: from.moment()?,
            notify_url: from.get()?,
            status: from
                .known_small("status of a subscription", SubscriptionStatus::from_number)?,
            charges: from.get()?,
            last: from.get::<Option<i64>>()?.map(TransactionKey),
            next_at: from.moment_if_any()?,
        })
    }
}
