//! Questions about many rows, answered by looking at all of them.

use std::collections::BTreeMap;

use ledger::{Balance, Layer, LedgerAccount};
use payments::ids::key_time;
use payments::rows::{
    DocumentId, Notification, PARKED, PaymentMethod, State, Subject, TallyKind, Transaction, Work,
    WorkKind,
};
use payments::tables::PostingRow;
use payments::{AccountKey, Timestamp, TransactionKey};

use super::Rows;
use crate::activity::{Activity, Pager};
use crate::query::{Backlog, Booked, LedgerSum};
use crate::{Found, Moment, Query};

impl Rows {
    #[expect(clippy::too_many_lines, reason = "one arm a question")]
    pub(super) fn find(&self, query: &Query, now: Moment) -> Found {
        match query {
            Query::Events(key) => {
                Found::Events(those(&self.added.events, |row| row.transaction == *key))
            }
            Query::Postings(key) => {
                Found::Postings(those(&self.added.postings, |row| row.transaction == *key))
            }
            Query::RefundsOf(key) => self.refunds_of(*key),
            Query::TokensOf(account) => {
                let newest_first = self.tokens.values().rev();
                Found::Tokens(those(newest_first, |row| row.account == *account))
            }
            Query::InstrumentsOf(account) => {
                let rows = self.instruments.values();
                Found::Instruments(those(rows, |row| row.account == *account))
            }
            Query::SubscriptionsOf { account, most } => {
                let rows = self.subscriptions.values().rev();
                let rows = rows.filter(|row| [row.caller, row.sender].contains(account));
                Found::Subscriptions(rows.take(*most).cloned().collect())
            }
            Query::AccessKeysOf(account) => {
                let rows = self.access_keys.values();
                Found::AccessKeys(those(rows, |row| row.account == *account))
            }
            Query::CertificatesOf(account) => {
                let rows = self.certificates.values();
                Found::Certificates(those(rows, |row| row.account == *account))
            }
            Query::ActivityOf { account, most } => {
                let found = self.transactions.values().rev();
                let found = found.filter(|row| takes_part(row, *account)).take(*most);
                Found::Transactions(found.cloned().collect())
            }
            Query::Activity(asked) => self.activity(asked),
            Query::TallyTotals { recipient, kind } => self.tally_totals(*recipient, *kind),
            Query::Accounts { most } => {
                let named = self.accounts.values().filter(|row| !row.name.is_empty());
                Found::Accounts(named.take(*most).cloned().collect())
            }
            Query::BalanceOf(account) => Found::Balance(self.sum_of(*account)),
            Query::LedgerSums => self.ledger_sums(),
            Query::OpenBetween { after, to, most } => self.open_between(*after, *to, *most),
            Query::Stuck { before, most } => {
                let stuck =
                    |work: &&Work| work.id.due == PARKED || self.is_late(work, *before, now);
                let works = self.works.values().filter(stuck).take(*most);
                Found::Works(works.cloned().map(Ok).collect())
            }
            Query::Backlog => self.backlog(now),
            Query::NotificationsOf(key) => self.notifications_of(*key),
            Query::NotificationsTo { account, most } => {
                let rows = self.notifications.values().rev();
                let rows = rows.filter(|row| row.account == *account).take(*most);
                Found::Notifications(rows.cloned().collect())
            }
            Query::Attempts(key) => {
                Found::Attempts(those(&self.added.attempts, |row| row.notification == *key))
            }
            Query::TransactionsBetween { after, to, most } => {
                let rows = self.transactions.values();
                let rows = rows.filter(|row| *after < row.key.0 && row.key.0 <= *to);
                Found::Transactions(rows.take(*most).cloned().collect())
            }
            Query::PostingsBetween { after, to, most } => self.booked(*after, *to, *most),
            Query::EndedDocuments {
                after,
                before,
                most,
            } => self.ended_documents(after.as_ref(), *before, *most),
            Query::BalancesAbove { after, most } => self.balances_above(*after, *most),
        }
    }

    fn refunds_of(&self, key: TransactionKey) -> Found {
        let children = self.added.relations.iter().filter(|row| row.parent == key);
        let rows = children.filter_map(|row| self.transactions.get(&row.child));
        Found::Transactions(rows.cloned().collect())
    }

    fn tally_totals(&self, recipient: AccountKey, kind: TallyKind) -> Found {
        let rows = self.tallies.values();
        let own = rows.filter(|row| row.recipient == recipient && row.kind == kind);
        let (balance, pending) = own.fold((0, 0), |(balance, pending), row| {
            (
                balance + row.balance.micros(),
                pending + row.pending.micros(),
            )
        });
        Found::TallyTotals { balance, pending }
    }

    fn activity(&self, asked: &Activity) -> Found {
        let mut pager = Pager::new(asked);
        let rows = self.transactions.values();
        let in_range = |row: &&Transaction| (asked.from..=asked.to).contains(&row.key.0);
        for row in rows
            .filter(in_range)
            .filter(|row| takes_part(row, asked.account))
        {
            if !pager.look_at(row.clone()) {
                break;
            }
        }
        Found::Activity(pager.finish())
    }

    fn sum_of(&self, account: AccountKey) -> Balance {
        let lanes = self.balances.range((account, 0)..=(account, u16::MAX));
        lanes.fold(Balance::default(), |sum, (_, lane)| {
            sum.plus(*lane).expect("balances in memory stay small")
        })
    }

    fn ledger_sums(&self) -> Found {
        let mut sums: BTreeMap<(Layer, LedgerAccount), (i64, i64)> = BTreeMap::new();
        for row in &self.added.postings {
            let micros = row.posting.amount.micros();
            sums.entry((row.posting.layer, row.posting.debit))
                .or_default()
                .0 += micros;
            sums.entry((row.posting.layer, row.posting.credit))
                .or_default()
                .1 += micros;
        }
        let sums = sums
            .into_iter()
            .map(|((layer, account), (debits, credits))| LedgerSum {
                layer,
                account,
                debits,
                credits,
            });
        Found::Sums(sums.collect())
    }

    fn booked(&self, after: (i64, u16), to: i64, most: usize) -> Found {
        let place = |row: &PostingRow| (row.transaction.0, row.line);
        let mut rows = those(&self.added.postings, |row| {
            after < place(row) && row.transaction.0 <= to
        });
        rows.sort_by_key(place);
        rows.truncate(most);
        let booked = rows.into_iter().map(|posting| Booked {
            posting,
            at: self.made_at(&posting),
            transaction: self
                .transactions
                .get(&posting.transaction)
                .map(Transaction::id),
        });
        Found::Booked(booked.collect())
    }

    /// When the event was that made a posting; a posting without one was made with its key.
    fn made_at(&self, posting: &PostingRow) -> Timestamp {
        let mut events = self.added.events.iter();
        let event = events.find(|event| {
            (event.transaction, event.number) == (posting.transaction, posting.event)
        });
        event.map_or(key_time(posting.transaction.0), |event| event.at)
    }

    fn balances_above(&self, after: i64, most: usize) -> Found {
        let mut accounts: Vec<_> = self.balances.keys().map(|(account, _)| *account).collect();
        accounts.dedup();
        let accounts = accounts.into_iter().filter(|account| after < account.0);
        let sum = |account| (account, self.sum_of(account));
        Found::Balances(accounts.take(most).map(sum).collect())
    }

    fn ended_documents(&self, after: Option<&DocumentId>, before: Timestamp, most: usize) -> Found {
        let above = |id: &&DocumentId| after.is_none_or(|after| after < *id);
        let walked: Vec<_> = self.documents.keys().filter(above).take(most).collect();
        let ended = |id: &&DocumentId| self.documents[*id].expires_at < before;
        Found::Ended {
            ids: walked.iter().copied().filter(ended).cloned().collect(),
            scanned_to: walked
                .last()
                .filter(|_| walked.len() == most)
                .map(|id| (*id).clone()),
        }
    }

    fn open_between(&self, after: i64, to: i64, most: usize) -> Found {
        if to <= after {
            return Found::Keys {
                keys: Vec::new(),
                scanned_to: to,
            };
        }
        let range = self
            .transactions
            .range(TransactionKey(after)..=TransactionKey(to));
        let walked: Vec<_> = range.filter(|(key, _)| after < key.0).take(most).collect();
        let scanned_to = match walked.last() {
            Some((key, _)) if walked.len() == most => key.0,
            Some(_) | None => to,
        };
        let open = walked.into_iter().filter(|(_, row)| is_open(row.state));
        Found::Keys {
            keys: open.map(|(key, _)| *key).collect(),
            scanned_to,
        }
    }

    /// Whether a row of work has waited since before that moment.
    fn is_late(&self, work: &Work, before: Timestamp, now: Moment) -> bool {
        if self.waits_for_its_time(work) {
            self.waits_since(work, now) < before.min(now.real)
        } else {
            work.since < before
        }
    }

    /// Since when a row of work waits to be done.
    fn waits_since(&self, work: &Work, now: Moment) -> Timestamp {
        let due = work.id.due.plus_ms(now.real.ms_since(now.product));
        if self.waits_for_its_time(work) {
            work.since.max(due)
        } else {
            work.since
        }
    }

    /// A time limit, the charge of a plan, or a question to a bank that takes days to answer.
    fn waits_for_its_time(&self, work: &Work) -> bool {
        match work.kind {
            WorkKind::TimeOut | WorkKind::Deadline | WorkKind::Charge => true,
            WorkKind::Authorize => {
                let about = self.transactions.get(&TransactionKey(work.subject));
                0 < work.tries
                    && about.is_some_and(|row| {
                        row.method == PaymentMethod::Bank && row.state == State::Authorising
                    })
            }
            WorkKind::Capture | WorkKind::Void | WorkKind::Refund | WorkKind::Notify => false,
        }
    }

    fn backlog(&self, now: Moment) -> Found {
        let mut kinds: BTreeMap<_, Backlog> = BTreeMap::new();
        for work in self
            .works
            .values()
            .filter(|work| work.id.due <= now.product)
        {
            let fresh = Backlog {
                kind: work.kind,
                count: 0,
                oldest: Timestamp::NEVER,
            };
            let entry = kinds.entry(work.kind).or_insert(fresh);
            entry.count += 1;
            entry.oldest = entry.oldest.min(self.waits_since(work, now));
        }
        Found::Backlog(kinds.into_values().collect())
    }

    fn notifications_of(&self, key: TransactionKey) -> Found {
        let rows = self.notifications.values();
        let numbered = rows.filter_map(|row| Some((event_of(row, key)?, row)));
        let mut numbered: Vec<_> = numbered.collect();
        numbered.sort_by_key(|(number, row)| (*number, row.key));
        Found::Notifications(numbered.into_iter().map(|(_, row)| row.clone()).collect())
    }
}

fn those<'a, T: Clone + 'a>(
    rows: impl IntoIterator<Item = &'a T>,
    keep: impl Fn(&T) -> bool,
) -> Vec<T> {
    rows.into_iter().filter(|row| keep(row)).cloned().collect()
}

fn takes_part(row: &Transaction, account: AccountKey) -> bool {
    [row.caller, row.sender, row.recipient].contains(&account)
}

/// Whether time can still end it: authorising or reserved.
fn is_open(state: State) -> bool {
    match state {
        State::Authorising | State::Reserved { .. } => true,
        State::Capturing
        | State::Refunding
        | State::Succeeded
        | State::Failed
        | State::Cancelled => false,
    }
}

fn event_of(row: &Notification, key: TransactionKey) -> Option<u16> {
    match &row.subject {
        Subject::Transaction(facts) if facts.transaction.key() == Some(key) => Some(facts.number),
        Subject::Transaction(_) | Subject::Token(_) => None,
    }
}
