//! Work with what is needed to do it.
//!
//! **Promise:** a row that cannot be read holds up no other work. Work that needs it is leased like the
//! rest, so that it is not asked for again and again, and is not handed over: each try names the row in
//! an error and counts it, the work grows old in the list of what is stuck, and goes on by itself when
//! the row can be read again.

use std::sync::Arc;

use payments::rows::{Notification, Transaction, Work, WorkKind};
use payments::{InstrumentKey, NotificationKey, ReadSet, TransactionKey, WorkingSet};

use crate::figures::{Figures, count};
use crate::{Outage, WorkItem};

/// What is kept in reserve of a lease, in milliseconds. Who takes work counts its lease from when it
/// came, and begins nothing that would go on into the reserve; so a store hands nothing over that was
/// leased longer ago than this: another node may have it before it is begun here.
pub const LEASE_SPARE_MS: i64 = 5_000;

/// Adds what has to be seen to do the work. Runs in rounds, like the reads of a command.
pub fn wants(work: &Work, seen: &WorkingSet, want: &mut ReadSet) {
    if work.kind == WorkKind::Notify {
        want.notifications.insert(NotificationKey(work.subject));
        return;
    }
    // The command that charges reads what it needs.
    if work.kind == WorkKind::Charge {
        return;
    }
    let key = TransactionKey(work.subject);
    want.transactions.insert(key);
    let Some(transaction) = seen.transactions.peek(&key) else {
        return;
    };
    match work.kind {
        WorkKind::Authorize => {
            want.accounts.insert(transaction.recipient);
            want.instruments.extend(transaction.instrument);
        }
        WorkKind::Refund => want.transactions.extend(transaction.parent),
        WorkKind::Capture
        | WorkKind::Void
        | WorkKind::TimeOut
        | WorkKind::Deadline
        | WorkKind::Charge
        | WorkKind::Notify => {}
    }
}

/// The item, with everything that the working set has for it.
///
/// Work that was tried before may have been begun by somebody: it is never fresh.
pub fn item(work: &Work, seen: &WorkingSet, fresh: bool) -> WorkItem {
    let transaction = transaction_of(work, seen);
    let instrument: Option<InstrumentKey> = transaction.as_ref().and_then(|found| found.instrument);
    let parent = transaction.as_ref().and_then(|found| found.parent);
    let recipient = transaction.as_ref().map(|found| found.recipient);
    WorkItem {
        work: work.clone(),
        instrument: instrument.and_then(|key| seen.instruments.shared(&key)),
        parent: parent.and_then(|key| seen.transactions.shared(&key)),
        recipient: recipient.and_then(|key| seen.accounts.shared(&key)),
        notification: notification_of(work, seen),
        transaction,
        fresh: fresh && work.tries == 0,
    }
}

/// Says that work was claimed and not handed over, because something it needs cannot be read. `work`
/// is its own key, or what is known of it.
pub fn unreadable(figures: &Figures, work: impl std::fmt::Display, outage: &Outage) {
    count(&figures.store_unreadable_total, 1);
    tracing::error!(%work, %outage, "work is stuck: what it needs cannot be read");
}

fn transaction_of(work: &Work, seen: &WorkingSet) -> Option<Arc<Transaction>> {
    let about = work.kind != WorkKind::Notify && work.kind != WorkKind::Charge;
    about
        .then(|| seen.transactions.shared(&TransactionKey(work.subject)))
        .flatten()
}

fn notification_of(work: &Work, seen: &WorkingSet) -> Option<Arc<Notification>> {
    let about = work.kind == WorkKind::Notify;
    about
        .then(|| seen.notifications.shared(&NotificationKey(work.subject)))
        .flatten()
}
