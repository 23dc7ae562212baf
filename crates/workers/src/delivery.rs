//! Notifications: composed, signed, posted, and what came of it written down.
//!
//! **Promise:** a notification is sent until its receiver answers with a 2xx or the schedule of the
//! core ends. Its bytes are made from its row and from nothing else, so every try sends the same. One
//! slow receiver has its own few places and delays nobody else.
//!
//! **Order:** of one transaction, a later notification waits for an earlier one that is not
//! delivered, for at most a minute; then it is sent all the same.

use std::sync::Arc;
use std::time::Duration;

use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use payments::commands::{Defer, Deliver, DeliveryResult};
use payments::rows::{Account, Delivery, Document, Notification};
use payments::time::SECOND_MS;
use payments::{NotificationKey, ReadSet, Timestamp};
use signing::UrlParts;
use signing::webhook::WebhookSecret;
use store::{Moment, Outage, Store, WorkItem};
use tokio::time::Instant;

use crate::desk::Desk;
use crate::failpoint;
use crate::figures::{Figures, count};
use crate::outbound::Outbound;
use crate::submit::submit;

mod deliveries;
mod order;
mod secrets;
mod signer;

pub(crate) use deliveries::{Deliveries, Recorder};
pub(crate) use order::Order;
pub(crate) use secrets::Secrets;
pub(crate) use signer::Signers;

/// What a notification says: its fields in their order, without the signature.
pub type Fields = Arc<dyn Fn(&Notification) -> Vec<(String, String)> + Send + Sync>;

/// The keys that sign notifications. Called on threads of their own, where it may take its time.
pub trait KeyRing: Send + Sync {
    /// Appends the four parameters of the signature under a certificate. `false` when there is no
    /// such certificate; then nothing is sent, and it is tried again later.
    fn sign_onto(
        &self,
        certificate: &str,
        target: &UrlParts,
        pairs: &mut Vec<(String, String)>,
    ) -> bool;

    /// The secrets of an account's webhook signatures that can be opened: its own, then the one before
    /// it, while that signs too.
    fn webhook_secrets(&self, account: &Account, earlier: Option<&Document>) -> Vec<WebhookSecret> {
        let _ = (account, earlier);
        Vec::new()
    }
}

/// How long a notification waits that cannot be sent now, for our own reasons.
const NOT_NOW_MS: i64 = 30 * SECOND_MS;
/// How long a later notification waits at first before it asks again whether the earlier one is delivered,
/// and at most: between the two, as long as it has waited already. The earlier one may just have been
/// delivered by another node, which writes it down in a moment.
const ORDER_MS: [i64; 2] = [SECOND_MS, 5 * SECOND_MS];
/// Characters of a problem that are kept in the delivery log.
const PROBLEM_LENGTH_MAX: usize = 200;

/// What every worker of deliveries shares.
pub(crate) struct Postman {
    pub(crate) desk: Arc<Desk>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) outbound: Arc<Outbound>,
    pub(crate) fields: Fields,
    pub(crate) signers: Signers,
    pub(crate) secrets: Secrets,
    pub(crate) order: Order,
    pub(crate) deliveries: Deliveries,
    pub(crate) figures: Arc<Figures>,
}

impl Postman {
    /// Works until the desk is closed.
    pub(crate) async fn run(self: Arc<Postman>) {
        while let Some(sending) = self.desk.post.next().await {
            self.work(sending.item()).await;
        }
    }

    async fn work(&self, item: &WorkItem) {
        let Ok(now) = self.store.now().await else {
            return;
        };
        let row = match &item.notification {
            // What was handed over with its row by the commit that made it is as it was.
            Some(row) if item.fresh => Some(row.clone()),
            _ => match self.read(NotificationKey(item.work.subject)).await {
                Ok(row) => row,
                Err(_) => return self.put_off(item, NOT_NOW_MS).await,
            },
        };
        let Some(row) = row.as_deref() else {
            tracing::error!(
                work.key = item.work.id.key,
                "a notification's row is missing"
            );
            let gone = "the notification is not there any more";
            return self.record(item, failed(None, gone), Instant::now()).await;
        };
        // Another row of work may have brought it home: one that was sent again while its retry waited
        // has two.
        if row.delivery == Delivery::Delivered {
            return self
                .record(item, DeliveryResult::Needless, Instant::now())
                .await;
        }
        if self
            .order
            .must_wait(&*self.store, item, row, now.real)
            .await
        {
            count(&self.figures.notifications_waited_total);
            let waited_ms = now.real.ms_since(item.work.since);
            let [first, most] = ORDER_MS;
            return self.put_off(item, waited_ms.clamp(first, most)).await;
        }
        let begun = Instant::now();
        let Some(result) = self.send(row, now).await else {
            return self.put_off(item, NOT_NOW_MS).await;
        };
        failpoint::hit(failpoint::NOTIFICATION_SENT);
        if matches!(result, DeliveryResult::Delivered { .. }) {
            self.order.delivered(row);
        }
        self.record(item, result, begun).await;
    }

    async fn read(&self, key: NotificationKey) -> Result<Option<Arc<Notification>>, Outage> {
        let mut want = ReadSet::default();
        want.notifications.insert(key);
        let seen = self.store.see(want).await?;
        Ok(seen.notifications.shared(&key))
    }

    /// One try; nothing when it could not even be signed.
    async fn send(&self, row: &Notification, now: Moment) -> Option<DeliveryResult> {
        let target = match UrlParts::parse(&row.url) {
            Ok(target) => target,
            Err(error) => return Some(failed(None, &format!("the URL cannot be used: {error}"))),
        };
        let pairs = (self.fields)(row);
        let signed = self
            .signers
            .sign(row.certificate.clone(), target.clone(), pairs)
            .await;
        let Some(form) = signed else {
            let certificate = row.certificate.as_str();
            tracing::error!(certificate, "no key for the certificate of a notification");
            return None;
        };
        let secrets = self.secrets.of(&*self.store, row.account, now.real).await;
        let headers = headers(row.key, now.real, &secrets, &form);
        count(&self.figures.notifications_tried_total);
        let result = match self.outbound.post(&target, headers, form).await {
            Ok(http_status @ 200..=299) => DeliveryResult::Delivered { http_status },
            Ok(http_status) => failed(Some(http_status), &format!("answered {http_status}")),
            Err(error) => failed(None, &error.to_string()),
        };
        Some(result)
    }

    /// Writes down what came of a try. A delivery may wait for others, which it does not hold up; of
    /// everything else the next step counts from the moment that is written.
    async fn record(&self, item: &WorkItem, result: DeliveryResult, begun: Instant) {
        let is_delivered = matches!(result, DeliveryResult::Delivered { .. });
        if matches!(result, DeliveryResult::Failed { .. }) {
            count(&self.figures.notifications_failed_total);
        }
        let outcome = Deliver {
            notification: NotificationKey(item.work.subject),
            work: item.work.id,
            result,
            took_ms: milliseconds(begun.elapsed()),
        };
        if is_delivered {
            count(&self.figures.notifications_delivered_total);
            return self.deliveries.write_down(outcome).await;
        }
        let key = outcome.notification.0;
        if let Err(outage) = submit(&*self.store, outcome.into()).await {
            // It will be tried again when its lease lapses.
            count(&self.figures.workers_outages_total);
            tracing::warn!(notification.key = key, %outage, "what came of a delivery was not written down");
        }
    }

    async fn put_off(&self, item: &WorkItem, after_ms: i64) {
        count(&self.figures.workers_deferred_total);
        let work = item.work.id;
        let defer = Defer {
            work,
            after_ms,
            looked_at: None,
        };
        if let Err(outage) = submit(&*self.store, defer.into()).await {
            count(&self.figures.workers_outages_total);
            tracing::warn!(work.key = work.key, %outage, "a notification could not be put off");
        }
    }
}

/// The media type, and the headers of the Standard Webhooks convention: the id is the same in every
/// try, the time is this try's, and there is a signature for each secret.
fn headers(
    key: NotificationKey,
    real: Timestamp,
    secrets: &[WebhookSecret],
    form: &[u8],
) -> HeaderMap {
    let form_type = "application/x-www-form-urlencoded; charset=utf-8";
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form_type));
    let (id, seconds) = (key.to_string(), u64::try_from(real.seconds()).unwrap_or(0));
    let signatures = secrets.iter().map(|secret| secret.sign(&id, seconds, form));
    let signatures: Vec<_> = signatures.collect();
    let signature = (!signatures.is_empty()).then(|| signatures.join(" "));
    let lines = [
        ("webhook-id", Some(id)),
        ("webhook-timestamp", Some(seconds.to_string())),
        ("webhook-signature", signature),
    ];
    for (name, value) in lines {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    headers
}

fn failed(http_status: Option<u16>, problem: &str) -> DeliveryResult {
    let problem = problem.chars().take(PROBLEM_LENGTH_MAX).collect();
    DeliveryResult::Failed {
        http_status,
        problem,
    }
}

fn milliseconds(span: Duration) -> u32 {
    u32::try_from(span.as_millis()).unwrap_or(u32::MAX)
}
