//! What a decision writes, drawn up step by step: events, postings, balances, work, notifications.

use std::collections::BTreeMap;

use ledger::{AccountKind, Balance, Entry, Layer, LedgerAccount};
use money::Amount;

use crate::command::{Answer, LEASE_MS, Lanes, Outcome, Stamp, Verdict};
use crate::rows::{
    Account, Delivery, Event, Notification, Subject, Tally, Transaction, TransactionFacts, Work,
    WorkKind,
};
use crate::tables::{PostingRow, Reason, written};
use crate::{
    AccountKey, ChangeSet, NotificationKey, ReadSet, TallyKey, Timestamp, WorkId, WorkingSet,
};

/// Adds to a read set what an event of this transaction needs: whoever listens, and the names.
pub(super) fn want_listeners(seen: &WorkingSet, transaction: &Transaction, want: &mut ReadSet) {
    want.accounts.insert(transaction.caller);
    if let Some(parent) = transaction.parent {
        want.transactions.insert(parent);
    }
    let caller = seen.accounts.peek(&transaction.caller);
    let listens = caller.is_some_and(|caller| caller.ipn_url.is_some());
    if listens || transaction.notify_url.is_some() {
        want.accounts.insert(transaction.sender);
        want.accounts.insert(transaction.recipient);
    }
}

/// Adds the balance in one's own lane: enough for a credit.
pub(super) fn want_credit(account: AccountKey, lanes: Lanes, want: &mut ReadSet) {
    want.balances.insert((account, lanes.own));
}

/// Adds the balances in all lanes: a debit has to see them.
pub(super) fn want_debit(account: AccountKey, lanes: Lanes, want: &mut ReadSet) {
    want.balances
        .extend((0..lanes.count).map(|lane| (account, lane)));
}

/// An account's available money.
pub(super) fn available(owner: AccountKey) -> LedgerAccount {
    LedgerAccount::of(AccountKind::Available, owner.0)
}

/// An account's money on its way in.
pub(super) fn pending_in(owner: AccountKey) -> LedgerAccount {
    LedgerAccount::of(AccountKind::PendingIn, owner.0)
}

/// An account's money that is set aside.
pub(super) fn pending_out(owner: AccountKey) -> LedgerAccount {
    LedgerAccount::of(AccountKind::PendingOut, owner.0)
}

/// An account of the provider.
pub(super) fn system(kind: AccountKind) -> LedgerAccount {
    LedgerAccount::system(kind)
}

/// Whether a transaction tells its caller about an event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tell {
    /// It does, if somebody listens.
    Listeners,
    /// The event is for the history only.
    Nobody,
}

/// Which side of a posting.
#[derive(Clone, Copy)]
enum Way {
    /// It leaves.
    Off,
    /// It arrives.
    On,
}

/// What a decision writes.
pub(super) struct Draft<'a> {
    pub(super) seen: &'a WorkingSet,
    pub(super) stamp: &'a Stamp<'a>,
    pub(super) changes: ChangeSet,
    balances: BTreeMap<AccountKey, Balance>,
    tallies: BTreeMap<TallyKey, Tally>,
    keys_used: u8,
}

impl<'a> Draft<'a> {
    pub(super) fn new(seen: &'a WorkingSet, stamp: &'a Stamp<'a>) -> Draft<'a> {
        let changes = ChangeSet::default();
        Draft {
            seen,
            stamp,
            changes,
            balances: BTreeMap::new(),
            tallies: BTreeMap::new(),
            keys_used: 0,
        }
    }

    /// The next fresh key.
    pub(super) fn key(&mut self) -> i64 {
        let key = self.stamp.key(self.keys_used);
        self.keys_used += 1;
        key
    }

    /// What an account can spend: the sum over all lanes, with what this draft has moved.
    pub(super) fn spendable(&self, owner: AccountKey, currency: money::Currency) -> Amount {
        let lanes = self.stamp.lanes;
        let others = (0..lanes.count).filter(|lane| *lane != lanes.own);
        let stored = others.filter_map(|lane| self.seen.balances.get(&(owner, lane)));
        let own = self.own_balance(owner).available;
        let sum = stored.fold(own, |sum, balance| sum.saturating_add(balance.available));
        // A balance may grow beyond the largest amount; no single debit does.
        let spendable = sum.clamp(0, Amount::MICROS_MAX);
        Amount::from_micros(spendable, currency).expect("clamped into the range of amounts")
    }

    fn own_balance(&self, owner: AccountKey) -> Balance {
        let lane = (owner, self.stamp.lanes.own);
        let stored = || self.seen.balances.get(&lane).copied().unwrap_or_default();
        self.balances.get(&owner).copied().unwrap_or_else(stored)
    }

    /// Books an entry on a transaction: its postings, and the balances they leave.
    pub(super) fn post(&mut self, transaction: &mut Transaction, reason: Reason, entry: Entry) {
        for posting in entry.into_postings() {
            transaction.postings += 1;
            self.changes.added.postings.push(PostingRow {
                transaction: transaction.key,
                line: transaction.postings,
                event: transaction.events,
                reason,
                posting,
            });
            // One side at a time: a posting between two parts of one account touches it twice.
            for (side, way) in [(posting.debit, Way::Off), (posting.credit, Way::On)] {
                match posting.layer {
                    Layer::Money => self.move_balance(side, way, posting.amount),
                    Layer::Claim => self.move_tally(side, way, posting.amount),
                    Layer::Hold => {}
                }
            }
        }
    }

    fn move_balance(&mut self, side: LedgerAccount, way: Way, amount: Amount) {
        if side.kind.is_system() {
            return;
        }
        let owner = AccountKey(side.owner);
        let balance = self.own_balance(owner);
        let after = match way {
            Way::Off => balance.debited(side.kind, amount),
            Way::On => balance.credited(side.kind, amount),
        };
        self.balances
            .insert(owner, after.expect("a balance stays in its range"));
    }

    fn move_tally(&mut self, side: LedgerAccount, way: Way, amount: Amount) {
        let is_pending = match side.kind {
            AccountKind::Prepaid | AccountKind::Debt => false,
            AccountKind::PrepaidPending | AccountKind::DebtPending => true,
            // The recipient's side is summed from its tallies.
            AccountKind::Liability | AccountKind::Receivable => return,
            AccountKind::ProcessorClearing
            | AccountKind::Incoming
            | AccountKind::Outgoing
            | AccountKind::FpsFees
            | AccountKind::Funding
            | AccountKind::Authorised
            | AccountKind::Available
            | AccountKind::PendingIn
            | AccountKind::PendingOut
            | AccountKind::Held => unreachable!("no claim moves money or holds"),
        };
        let key = TallyKey(side.owner);
        let mut tally = self.tally(key).clone();
        let part = if is_pending {
            &mut tally.pending
        } else {
            &mut tally.balance
        };
        let after = match way {
            Way::Off => part.minus(amount),
            Way::On => part.plus(amount),
        };
        *part = after.expect("claims were checked before they are booked");
        self.tallies.insert(key, tally);
    }

    /// A tally as this draft leaves it.
    pub(super) fn tally(&self, key: TallyKey) -> &Tally {
        let stored = || self.seen.tallies.get(&key);
        let tally = self.tallies.get(&key).or_else(stored);
        tally.expect("a tally is kept for ever")
    }

    /// Writes the transaction's present status into its history, and tells who listens.
    pub(super) fn event(&mut self, transaction: &mut Transaction, tell: Tell) {
        transaction.events += 1;
        let settled = !transaction.settled.is_zero();
        let event = Event {
            transaction: transaction.key,
            number: transaction.events,
            at: self.stamp.now,
            operation: transaction.operation_shown(),
            status: transaction.status(),
            code: transaction.code,
            amount: if settled {
                transaction.settled
            } else {
                transaction.amount
            },
            message: transaction.message.clone(),
        };
        if tell == Tell::Listeners {
            self.notify(transaction, &event);
        }
        self.changes.added.events.push(event);
    }

    fn notify(&mut self, transaction: &Transaction, event: &Event) {
        let caller = self.seen.accounts.get(&transaction.caller);
        let url = transaction.notify_url.clone();
        let Some(url) = url.or_else(|| caller.and_then(|caller| caller.ipn_url.clone())) else {
            return;
        };
        let sender = self.seen.accounts.get(&transaction.sender);
        let recipient = self.seen.accounts.get(&transaction.recipient);
        // In a marketplace the buyer's address is not the caller's to know.
        let is_own = transaction.recipient == transaction.caller;
        let is_party = [transaction.sender, transaction.recipient].contains(&transaction.caller);
        let parent = transaction
            .parent
            .and_then(|key| self.seen.transactions.get(&key));
        let text = |of: Option<&Account>, part: fn(&Account) -> &String| {
            of.map(part).cloned().unwrap_or_default()
        };
        let facts = TransactionFacts {
            transaction: transaction.id(),
            number: event.number,
            date: transaction.received_at,
            operation: event.operation,
            status: event.status,
            code: event.code,
            message: event.message.clone(),
            amount: event.amount,
            method: transaction.method,
            caller_reference: transaction.caller_reference.clone(),
            reason: transaction.asked.caller_description().map(str::to_owned),
            parent: parent.map(Transaction::id),
            buyer_name: text(sender, |account| &account.name),
            buyer_email: is_own.then(|| text(sender, |account| &account.email)),
            recipient_name: text(recipient, |account| &account.name),
            // A refund's recipient is the buyer: no business of a marketplace that is no party.
            recipient_email: if parent.is_none() || is_party {
                text(recipient, |account| &account.email)
            } else {
                String::new()
            },
        };
        self.tell(
            transaction.caller,
            url,
            Subject::Transaction(Box::new(facts)),
        );
    }

    /// Writes a notification and the work to deliver it.
    pub(super) fn tell(&mut self, account: AccountKey, url: String, subject: Subject) {
        let key = NotificationKey(self.key());
        let notification = Notification {
            key,
            account,
            url,
            certificate: self.stamp.terms.certificate.clone(),
            subject,
            created_at: self.stamp.now,
            delivery: Delivery::Due,
            tries: 0,
        };
        self.changes
            .notifications
            .push((key, written(notification)));
        self.work(WorkKind::Notify, key.0, self.stamp.now);
    }

    /// Writes work. What is due now is leased to this node at once; it is handed over in memory.
    pub(super) fn work(&mut self, kind: WorkKind, subject: i64, due: Timestamp) {
        let id = WorkId {
            due,
            key: self.key(),
        };
        let is_due = due <= self.stamp.now;
        let leased_until = if is_due {
            self.stamp.real.plus_ms(LEASE_MS)
        } else {
            Timestamp::default()
        };
        let work = Work {
            id,
            kind,
            subject,
            tries: 0,
            since: self.stamp.real,
            leased_until,
        };
        self.changes.works.push((id, written(work)));
    }

    /// Takes work off the list.
    pub(super) fn done(&mut self, work: Option<WorkId>) {
        self.changes.works.extend(work.map(|id| (id, None)));
    }

    /// Writes the transaction as it is now.
    pub(super) fn put(&mut self, transaction: Transaction) {
        self.changes
            .transactions
            .push((transaction.key, written(transaction)));
    }

    /// The verdict: the answer and everything drawn up.
    pub(super) fn verdict(mut self, answer: Answer) -> Verdict {
        let lane = self.stamp.lanes.own;
        let balances = std::mem::take(&mut self.balances);
        let rows = balances
            .into_iter()
            .map(|(owner, balance)| ((owner, lane), written(balance)));
        self.changes.balances.extend(rows);
        let tallies = std::mem::take(&mut self.tallies).into_iter();
        self.changes
            .tallies
            .extend(tallies.map(|(key, tally)| (key, written(tally))));
        Verdict {
            answer,
            changes: self.changes,
        }
    }

    /// The verdict that answers with a transaction and writes it.
    pub(super) fn answer_with(mut self, transaction: Transaction) -> Verdict {
        let outcome = Outcome::Transaction {
            id: transaction.id(),
            status: transaction.status(),
        };
        self.put(transaction);
        self.verdict(Ok(outcome))
    }
}
