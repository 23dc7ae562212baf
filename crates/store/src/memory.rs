//! A store in memory, over the same engine: for tests and simulation.
//!
//! Every submit is its own batch unless [`Store::submit_all`] is used. Nothing survives the
//! process, so "durable" means: applied. Deliberately absent: a queue, and a copy to a file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ledger::Balance;
use payments::command::Answer;
use payments::rows::{
    AccessKey, Account, Certificate, Document, DocumentId, Instrument, Notification, Reference,
    Subscription, Tally, Token, Transaction, Work, WorkKind,
};
use payments::tables::{Added, TokenReference, written};
use payments::{
    AccessKeyId, AccountKey, CallerReference, ChangeSet, Command, Fingerprint, InstrumentKey,
    NotificationKey, ReadSet, SubscriptionKey, TallyKey, Timestamp, TokenKey, TransactionKey,
    WorkId, WorkingSet,
};

use crate::door::{Boxed, Moment};
use crate::figures::Figures;
use crate::{Backend, BatchRow, Clocks, Found, Outage, Query, Setup, Store, WorkItem, Writer};

mod find;

macro_rules! memory_tables {
    ($($table:ident: $key:ty => $row:ty;)*) => {
        /// All rows, in the order of their keys.
        #[derive(Debug, Default)]
        struct Rows {
            $($table: BTreeMap<$key, $row>,)*
            added: Added,
            batches: Vec<BatchRow>,
        }

        impl Rows {
            fn load(&self, want: &ReadSet, seen: &mut WorkingSet) {
                $(for key in &want.$table {
                    seen.$table.loaded(key.clone(), self.$table.get(key).cloned());
                })*
            }

            fn apply(&mut self, changes: ChangeSet) {
                $(for (key, row) in changes.$table {
                    match row {
                        Some(row) => drop(self.$table.insert(key, Arc::unwrap_or_clone(row))),
                        None => drop(self.$table.remove(&key)),
                    }
                })*
                let Added { mut events, mut postings, mut attempts, mut relations } = changes.added;
                self.added.events.append(&mut events);
                self.added.postings.append(&mut postings);
                self.added.attempts.append(&mut attempts);
                self.added.relations.append(&mut relations);
            }
        }
    };
}

memory_tables! {
    accounts: AccountKey => Account;
    emails: String => AccountKey;
    access_keys: AccessKeyId => AccessKey;
    certificates: Fingerprint => Certificate;
    instruments: InstrumentKey => Instrument;
    tokens: TokenKey => Token;
    token_references: TokenReference => TokenKey;
    transactions: TransactionKey => Transaction;
    references: (AccountKey, CallerReference) => Reference;
    balances: (AccountKey, u16) => Balance;
    tallies: TallyKey => Tally;
    subscriptions: SubscriptionKey => Subscription;
    works: WorkId => Work;
    notifications: NotificationKey => Notification;
    documents: DocumentId => Document;
    settings: String => String;
}

/// The backend in memory.
#[derive(Debug, Default)]
pub struct MemoryBackend {
    rows: Rows,
    pending: Vec<(ChangeSet, Option<BatchRow>)>,
    begun: bool,
    writes_to_fail: u32,
}

impl MemoryBackend {
    /// Makes the next writes fail: how a full disk looks from above.
    pub fn fail_writes(&mut self, count: u32) {
        self.writes_to_fail = count;
    }

    /// Every batch, in order.
    pub fn batches(&self) -> &[BatchRow] {
        &self.rows.batches
    }

    /// Keys of work that is due and free, in the order it is due.
    fn due(&self, kinds: &[WorkKind], now: Moment, most: usize) -> Vec<WorkId> {
        let due = self.rows.works.values().filter(|work| {
            work.id.due <= now.product
                && work.leased_until <= now.real
                && kinds.contains(&work.kind)
        });
        due.take(most).map(|work| work.id).collect()
    }
}

impl Backend for MemoryBackend {
    fn begin(&mut self) -> Result<(), Outage> {
        assert!(!self.begun, "one transaction at a time");
        self.begun = true;
        Ok(())
    }

    fn load(&mut self, want: &ReadSet, seen: &mut WorkingSet) -> Result<(), Outage> {
        assert!(self.begun, "rows are read inside a transaction");
        self.rows.load(want, seen);
        Ok(())
    }

    fn write(&mut self, changes: &ChangeSet, batch: Option<&BatchRow>) -> Result<(), Outage> {
        assert!(self.begun, "rows are written inside a transaction");
        if 0 < self.writes_to_fail {
            self.writes_to_fail -= 1;
            return Err(Outage::Failed {
                doing: "writing",
                reason: "told to fail".to_owned(),
            });
        }
        self.pending.push((changes.clone(), batch.cloned()));
        Ok(())
    }

    fn put_aside(&mut self, works: &[WorkId], leased_until: Timestamp) -> Result<(), Outage> {
        let found = works.iter().filter_map(|id| self.rows.works.get(id));
        let leased = found.map(|work| Work {
            leased_until,
            ..work.clone()
        });
        let mut changes = ChangeSet::default();
        changes
            .works
            .extend(leased.map(|work| (work.id, written(work))));
        self.write(&changes, None)
    }

    fn commit(&mut self) -> Result<(), Outage> {
        assert!(self.begun, "only what was begun can be committed");
        self.begun = false;
        for (changes, batch) in std::mem::take(&mut self.pending) {
            self.rows.apply(changes);
            self.rows.batches.extend(batch);
        }
        Ok(())
    }

    fn roll_back(&mut self) {
        self.begun = false;
        self.pending.clear();
    }

    fn last_batch(&mut self, lane: u16) -> Result<Option<BatchRow>, Outage> {
        let of_lane = |row: &&BatchRow| row.lane == lane;
        Ok(self.rows.batches.iter().rev().find(of_lane).cloned())
    }
}

/// A store in memory.
pub struct MemoryStore {
    writer: Mutex<Writer<MemoryBackend>>,
    clocks: Arc<Clocks>,
    figures: Arc<Figures>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new(setup: Setup) -> MemoryStore {
        let opened = Writer::open(MemoryBackend::default(), setup);
        let writer = opened.expect("an empty memory can be opened");
        let (clocks, figures) = (writer.clocks(), writer.figures());
        MemoryStore {
            writer: Mutex::new(writer),
            clocks,
            figures,
        }
    }

    /// Looks at or changes the backend itself.
    pub fn with_backend<T>(&self, look: impl FnOnce(&mut MemoryBackend) -> T) -> T {
        look(self.writer().backend())
    }

    fn writer(&self) -> MutexGuard<'_, Writer<MemoryBackend>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn submit(&self, command: Command) -> Boxed<'_, Result<Answer, Outage>> {
        Box::pin(async move {
            let answer = self.writer().run(std::slice::from_ref(&command)).pop();
            answer.expect("one command, one answer")
        })
    }

    fn submit_all(&self, commands: Vec<Command>) -> Boxed<'_, Vec<Result<Answer, Outage>>> {
        Box::pin(async move { self.writer().run(&commands) })
    }

    fn see(&self, want: ReadSet) -> Boxed<'_, Result<WorkingSet, Outage>> {
        Box::pin(async move {
            let mut seen = WorkingSet::default();
            self.with_backend(|backend| backend.rows.load(&want, &mut seen));
            Ok(seen)
        })
    }

    fn find(&self, query: Query) -> Boxed<'_, Result<Found, Outage>> {
        Box::pin(async move {
            let now = self.clocks.now();
            Ok(self.with_backend(|backend| backend.rows.find(&query, now)))
        })
    }

    fn claim(&self, kinds: Vec<WorkKind>, most: usize) -> Boxed<'_, Result<Vec<WorkItem>, Outage>> {
        Box::pin(async move {
            let mut writer = self.writer();
            let ids = writer.backend().due(&kinds, self.clocks.now(), most);
            writer.claim(&ids, &kinds)
        })
    }

    fn now(&self) -> Boxed<'_, Result<Moment, Outage>> {
        Box::pin(async move { Ok(self.clocks.now()) })
    }

    fn backup(&self, _to: PathBuf) -> Boxed<'_, Result<(), Outage>> {
        let reason = "a store in memory has no copy".to_owned();
        Box::pin(async move {
            Err(Outage::Failed {
                doing: "copying",
                reason,
            })
        })
    }

    fn ready(&self) -> Boxed<'_, Result<(), Outage>> {
        Box::pin(async { Ok(()) })
    }

    fn figures(&self) -> Vec<(&'static str, u64)> {
        self.figures.list()
    }

    fn close(&self) -> Boxed<'_, ()> {
        Box::pin(async {})
    }
}
