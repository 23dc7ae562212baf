//! Delivery of notifications: what a try achieved, and sending again.

use super::draft::Draft;
use crate::command::{Decide, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{Attempt, Delivery, Notification, Work, WorkKind};
use crate::tables::written;
use crate::time::SECOND_MS;
use crate::{NotificationKey, ReadSet, Refusal, Timestamp, WorkId, WorkingSet};

/// How long to wait after each failed try, in seconds: close together at first, a day in all. After
/// the last the notification is parked for a person.
pub const RETRY_DELAYS_S: [i64; 10] =
    [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 36_000];

/// What a try to deliver achieved.
#[derive(Clone, Debug)]
pub struct Deliver {
    /// Which notification.
    pub notification: NotificationKey,
    /// The row of work that tried.
    pub work: WorkId,
    /// What came of it.
    pub result: DeliveryResult,
    /// How long it took.
    pub took_ms: u32,
}

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryResult {
    /// Answered with a 2xx.
    Delivered {
        /// The status.
        http_status: u16,
    },
    /// Not delivered.
    Failed {
        /// The status, if there was an answer.
        http_status: Option<u16>,
        /// What went wrong, in words without secrets.
        problem: String,
    },
    /// Not tried: it has been delivered by another row of work.
    Needless,
}

/// Sends a notification again, now.
#[derive(Clone, Debug)]
pub struct Resend {
    /// Which.
    pub notification: NotificationKey,
}

impl Decide for Deliver {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.notifications.insert(self.notification);
        want.works.insert(self.work);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let mut draft = Draft::new(seen, stamp);
        let Some(found) = seen.notifications.get(&self.notification) else {
            draft.done(Some(self.work));
            return draft.verdict(Ok(Outcome::Done));
        };
        let tries = found.tries.saturating_add(1);
        let (http_status, problem) = match &self.result {
            DeliveryResult::Needless => {
                self.needless(&mut draft, found);
                return draft.verdict(Ok(Outcome::Done));
            }
            DeliveryResult::Delivered { http_status } => (Some(*http_status), None),
            DeliveryResult::Failed {
                http_status,
                problem,
            } => (*http_status, Some(problem.clone())),
        };
        let took_ms = self.took_ms;
        let (notification, at) = (self.notification, stamp.now);
        let attempt = Attempt {
            notification,
            number: tries,
            at,
            took_ms,
            http_status,
            problem,
        };
        draft.changes.added.attempts.push(attempt);
        let delivery = self.after(&mut draft, found);
        let after = Notification {
            delivery,
            tries,
            ..found.clone()
        };
        draft
            .changes
            .notifications
            .push((self.notification, written(after)));
        draft.verdict(Ok(Outcome::Done))
    }
}

impl Deliver {
    /// Ends this row of work, unless somebody has asked for the notification anew meanwhile.
    fn needless(&self, draft: &mut Draft, found: &Notification) {
        draft.done(Some(self.work));
        let work = draft.seen.works.get(&self.work);
        if let (Delivery::Due, Some(work)) = (found.delivery, work.cloned()) {
            let (due, key) = (draft.stamp.now, self.work.key);
            let id = WorkId { due, key };
            let leased_until = Timestamp::default();
            let again = Work {
                id,
                leased_until,
                ..work
            };
            draft.changes.works.push((id, written(again)));
        }
    }

    fn after(&self, draft: &mut Draft, found: &Notification) -> Delivery {
        draft.done(Some(self.work));
        if matches!(self.result, DeliveryResult::Delivered { .. }) {
            return Delivery::Delivered;
        }
        if found.delivery == Delivery::Delivered {
            return Delivery::Delivered;
        }
        let Some(work) = draft.seen.works.get(&self.work) else {
            return found.delivery;
        };
        // The schedule counts this row's tries: sending again begins it anew, while the
        // notification's own tries number the attempts and never start over.
        let index = usize::try_from(work.tries).unwrap_or(usize::MAX);
        let Some(delay) = RETRY_DELAYS_S.get(index) else {
            return Delivery::Parked;
        };
        let due = draft.stamp.now.plus_ms(delay * SECOND_MS);
        let id = WorkId {
            due,
            key: self.work.key,
        };
        let leased_until = Timestamp::default();
        let again = Work {
            id,
            tries: work.tries.saturating_add(1),
            leased_until,
            ..work.clone()
        };
        draft.changes.works.push((id, written(again)));
        Delivery::Due
    }
}

impl Decide for Resend {
    fn reads(&self, _seen: &WorkingSet, _lanes: Lanes, want: &mut ReadSet) {
        want.notifications.insert(self.notification);
    }

    fn decide(&self, seen: &WorkingSet, stamp: &Stamp) -> Verdict {
        let Some(found) = seen.notifications.get(&self.notification) else {
            return Verdict::refuse(Refusal::NotFound);
        };
        let mut draft = Draft::new(seen, stamp);
        let again = Notification {
            delivery: Delivery::Due,
            ..found.clone()
        };
        draft
            .changes
            .notifications
            .push((self.notification, written(again)));
        draft.work(WorkKind::Notify, self.notification.0, stamp.now);
        draft.verdict(Ok(Outcome::Done))
    }
}
