//! Subscriptions and their payments.

use payments::period::{Period, PeriodUnit};
use payments::rows::{Account, Subscription, SubscriptionStatus, Transaction};
use xml::Writer;

use super::write_amount;
use crate::instant;

/// Hours in a day.
const DAY_HOURS: u16 = 24;

/// A subscription and its two parties.
#[derive(Clone, Copy, Debug)]
pub struct SubscriptionView<'a> {
    /// The subscription.
    pub subscription: &'a Subscription,
    /// Who is paid.
    pub recipient: &'a Account,
    /// Who pays.
    pub sender: &'a Account,
}

pub(super) fn write(writer: &mut Writer, view: &SubscriptionView) {
    let plan = view.subscription;
    let goes_on = plan.status == SubscriptionStatus::Active;
    let next_at = plan.next_at.filter(|_| goes_on);
    let promotional = plan.promotional_amount;
    let next = promotional.filter(|_| plan.charges < plan.promotional_charges);
    let next = next_at.map(|_| next.unwrap_or(plan.amount));
    let ends_at = plan.period.map(|period| period.after(plan.starts_at, 1));
    let moment = |at: Option<payments::Timestamp>| at.map(instant::write);
    writer
        .open("SubscriptionDetails")
        .element("SubscriptionId", plan.id().as_str())
        .element("Description", &plan.description);
    write_amount(writer, "SubscriptionAmount", plan.amount);
    for (name, amount) in [
        ("NextTransactionAmount", next),
        ("PromotionalAmount", promotional),
    ] {
        if let Some(amount) = amount {
            write_amount(writer, name, amount);
        }
    }
    let promotional_charges = plan.promotional_charges.to_string();
    writer
        .element("NumberOfPromotionalTransactions", &promotional_charges)
        .element("StartDate", &instant::write(plan.starts_at))
        .optional("EndDate", moment(ends_at).as_deref());
    if let Some(period) = plan.period {
        write_duration(writer, "SubscriptionPeriod", period);
    }
    write_duration(writer, "SubscriptionFrequency", plan.frequency);
    writer
        .optional("OverrideIPNUrl", plan.notify_url.as_deref())
        .element("SubscriptionStatus", status(plan.status))
        .element("NumberOfTransactionsProcessed", &plan.charges.to_string())
        .element("RecipientEmail", &view.recipient.email)
        .element("RecipientName", &view.recipient.name)
        .element("SenderEmail", &view.sender.email)
        .element("SenderName", &view.sender.name)
        .optional("NextTransactionDate", moment(next_at).as_deref())
        .close("SubscriptionDetails");
}

/// One payment of a subscription; the first has serial number 1.
pub(super) fn write_payment(
    writer: &mut Writer,
    plan: &Subscription,
    serial: u32,
    payment: &Transaction,
) {
    writer
        .open("SubscriptionTransaction")
        .element("TransactionId", payment.id().as_str())
        .element("TransactionDate", &instant::write(payment.received_at))
        .element("TransactionSerialNumber", &serial.to_string());
    write_amount(writer, "TransactionAmount", payment.amount_shown());
    writer
        .element("Description", &plan.description)
        .element("TransactionStatus", payment.status().name())
        .close("SubscriptionTransaction");
}

/// The schema has no hours: a plan by the hour is shown by the day, rounded up.
fn write_duration(writer: &mut Writer, name: &str, period: Period) {
    let (count, unit) = match period.unit {
        PeriodUnit::Hour => (period.count.div_ceil(DAY_HOURS), "day"),
        PeriodUnit::Day => (period.count, "day"),
        PeriodUnit::Week => (period.count, "week"),
        PeriodUnit::Month => (period.count, "month"),
        PeriodUnit::Year => (period.count, "year"),
    };
    writer
        .open(name)
        .element("Value", &count.to_string())
        .element("TimeUnit", unit)
        .close(name);
}

const fn status(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Active => "Active",
        SubscriptionStatus::Cancelled => "Cancelled",
        SubscriptionStatus::Completed => "Completed",
    }
}
