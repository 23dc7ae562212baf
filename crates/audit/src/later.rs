//! Work that must exist. Rows of work have no index by what they are about, so what the walk finds
//! to need some is gathered, then looked for in one snapshot: there each is read again (it may have
//! been done meanwhile) and all rows of work are passed over once.

use crate::books::Books;
use crate::numbers::NOTIFY;
use crate::progress::Progress;
use crate::{Code, Outage, Standing};

/// So many subjects are gathered at most before they are looked for: 8 bytes each.
pub(crate) const SUBJECTS_MAX: usize = 500_000;

/// Transactions and notifications that need work.
#[derive(Default)]
pub(crate) struct Later {
    transactions: Vec<i64>,
    notifications: Vec<i64>,
}

/// A subject, the kinds of work that would do, what it means when there is none.
struct Wanted {
    subject: i64,
    kinds: &'static [i64],
    code: Code,
    found: bool,
}

impl Later {
    /// Notes a transaction, if it needs work where it stands.
    pub(crate) fn needs_work(&mut self, transaction: i64, standing: Standing) {
        if standing.needs().is_some() {
            self.transactions.push(transaction);
        }
    }

    /// Notes a notification that is due.
    pub(crate) fn is_due(&mut self, notification: i64) {
        self.notifications.push(notification);
    }

    /// Whether it is time to look.
    pub(crate) fn is_full(&self) -> bool {
        SUBJECTS_MAX <= self.transactions.len() + self.notifications.len()
    }

    /// Looks for the work of everything gathered.
    pub(crate) fn look(
        &mut self,
        books: &mut dyn Books,
        progress: &mut Progress,
    ) -> Result<(), Outage> {
        if self.transactions.is_empty() && self.notifications.is_empty() {
            return Ok(());
        }
        books.fresh()?;
        let mut transactions = Vec::new();
        for subject in self.transactions.drain(..) {
            let needs = books
                .standing(subject)?
                .and_then(|standing| standing.needs());
            let wanted = |(kinds, code)| Wanted {
                subject,
                kinds,
                code,
                found: false,
            };
            transactions.extend(needs.map(wanted));
        }
        let mut notifications = Vec::new();
        for subject in self.notifications.drain(..) {
            if books.is_due(subject)? {
                let code = Code::NotificationWithoutWork;
                notifications.push(Wanted {
                    subject,
                    kinds: &[NOTIFY],
                    code,
                    found: false,
                });
            }
        }
        transactions.sort_unstable_by_key(|wanted| wanted.subject);
        notifications.sort_unstable_by_key(|wanted| wanted.subject);
        books.works(&mut |work| {
            let list = if work.kind == NOTIFY {
                &mut notifications
            } else {
                &mut transactions
            };
            if let Ok(place) = list.binary_search_by_key(&work.subject, |wanted| wanted.subject) {
                list[place].found |= list[place].kinds.contains(&work.kind);
            }
        })?;
        for wanted in transactions
            .iter()
            .chain(&notifications)
            .filter(|wanted| !wanted.found)
        {
            let text = format!("no work of kind {:?} is about it", wanted.kinds);
            progress.findings.about(wanted.code, wanted.subject, text);
            if wanted.code == Code::OpenWithoutWork {
                progress.strays.push(wanted.subject);
            }
        }
        Ok(())
    }
}
