//! Many payments through the store's own interface: no HTTP, no signature, the processor always
//! says yes. So stores are filled, and measured alone.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use payments::command::{By, Credential, Outcome};
use payments::commands::{AnswerFromProcessor, ProcessorSaid, Reserve, Settle};
use payments::rows::{Transaction, WorkKind};
use payments::{
    AccessKeyId, AccountKey, CallerReference, Command, PaymentAsked, ReadSet, Terms, TokenId,
    TransactionId, TransactionKey,
};
use store::{Clock, Handover, Store, SystemClock, WorkItem};
use store_postgres::PostgresStore;
use store_sqlite::SqliteStore;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::histogram::Histogram;
use super::load::reference;
use super::measure::References;
use super::world::Caller;
use crate::run::Failure;

/// Commands that may wait in a store while it is filled.
const QUEUE_COMMANDS_MAX: usize = 65_536;
/// What each reservation is about, in cents.
const AMOUNT_CENTS: i64 = 1_000;
/// How many transactions of a run are named afterwards.
const SAMPLES: u64 = 1_000;

/// An open store, and the work that it hands over.
pub struct Stock {
    /// The store.
    pub store: Arc<dyn Store>,
    work: UnboundedReceiver<WorkItem>,
}

struct Passing(UnboundedSender<WorkItem>);

impl Handover for Passing {
    fn take(&self, items: Vec<WorkItem>) {
        for item in items {
            // Nobody listens any more once a run is over; the row stays in the store.
            drop(self.0.send(item));
        }
    }
}

/// A clock ahead of the machine's.
pub struct Ahead {
    clock: SystemClock,
    ms: i64,
}

impl Ahead {
    /// By so many milliseconds.
    pub fn by(ms: i64) -> Ahead {
        Ahead {
            clock: SystemClock::default(),
            ms,
        }
    }
}

impl Clock for Ahead {
    fn real(&self) -> payments::Timestamp {
        payments::Timestamp(self.clock.real().0.saturating_add(self.ms))
    }
}

/// Opens the embedded store in a file.
pub fn open_sqlite(file: &Path, clock: Arc<dyn Clock>) -> Result<Stock, Failure> {
    let (sender, work) = unbounded_channel();
    let options = store_sqlite::Options {
        clock,
        queue: QUEUE_COMMANDS_MAX,
        ..store_sqlite::Options::new(Terms::sandbox(), Arc::new(Passing(sender)))
    };
    let store = SqliteStore::open(file, options).map_err(failed)?;
    Ok(Stock {
        store: Arc::new(store),
        work,
    })
}

/// Opens the store on a PostgreSQL database.
pub async fn open_postgres(address: &str) -> Result<Stock, Failure> {
    let (sender, work) = unbounded_channel();
    let options = store_postgres::Options::new(Terms::sandbox(), Arc::new(Passing(sender)));
    let address = store_postgres::Address::parse(address, None).map_err(failed)?;
    let store = PostgresStore::open(&address, options)
        .await
        .map_err(failed)?;
    Ok(Stock {
        store: Arc::new(store),
        work,
    })
}

/// A caller as the store knows it.
#[derive(Clone)]
pub struct Party {
    /// Its account.
    pub account: AccountKey,
    key: AccessKeyId,
    tokens: Vec<TokenId>,
}

/// Finds the callers of a world in the store.
pub async fn parties(store: &dyn Store, callers: &[Caller]) -> Result<Vec<Party>, Failure> {
    let mut parties = Vec::new();
    for caller in callers {
        let key = AccessKeyId::parse(&caller.key);
        let key = key.ok_or_else(|| Failure::because("a caller's key is no access key"))?;
        let mut want = ReadSet::default();
        want.access_keys.insert(key.clone());
        let seen = store.see(want).await.map_err(failed)?;
        let row = seen.access_keys.get(&key);
        let row = row.ok_or_else(|| Failure::because("the store lacks a caller's key"))?;
        let tokens: Result<Vec<_>, _> = caller.tokens.iter().map(|id| TokenId::parse(id)).collect();
        parties.push(Party {
            account: row.account,
            key,
            tokens: tokens.map_err(|_| Failure::because("a caller's token is no token id"))?,
        });
    }
    Ok(parties)
}

/// What is driven through a store.
#[derive(Clone)]
pub struct Run {
    /// Who asks.
    pub parties: Vec<Party>,
    /// Whether each reservation is settled.
    pub lives: bool,
    /// Payments under way at once.
    pub at_once: u32,
    /// How many at most.
    pub most: u64,
    /// How long new ones begin.
    pub seconds: Duration,
    /// The number of the first.
    pub first: u64,
    /// How references follow each other.
    pub references: References,
}

/// What a run came to.
pub struct Driven {
    /// Payments, each answered by the processor to its end.
    pub done: u64,
    /// How long all of it took.
    pub took: Duration,
    /// How long each Reserve took.
    pub latency: Histogram,
    /// Some of the transactions, spread over the run.
    pub samples: Vec<TransactionId>,
}

/// What the tasks of a run share.
struct Shared {
    store: Arc<dyn Store>,
    run: Run,
    accounts: HashMap<AccountKey, usize>,
    /// A permit for each payment that may begin. Closed by the first failure.
    free: Semaphore,
    failure: Mutex<Option<String>>,
    reserved: Mutex<(Histogram, Vec<TransactionId>)>,
    done: AtomicU64,
}

impl Run {
    /// Drives it; `progress` is told now and then how many have begun.
    pub async fn drive(self, stock: &mut Stock, progress: impl Fn(u64)) -> Result<Driven, Failure> {
        let accounts = self.parties.iter().enumerate();
        let shared = Arc::new(Shared {
            store: stock.store.clone(),
            accounts: accounts.map(|(at, party)| (party.account, at)).collect(),
            free: Semaphore::new(usize::try_from(self.at_once).unwrap_or(1)),
            failure: Mutex::default(),
            reserved: Mutex::new((Histogram::new(), Vec::new())),
            done: AtomicU64::new(0),
            run: self,
        });
        let begun = Instant::now();
        let begins = shared.clone().begin(begun, progress);
        let answers = shared.clone().answer(&mut stock.work);
        tokio::select! {
            () = begins => {}
            () = answers => {}
        }
        let took = begun.elapsed();
        if let Some(reason) = lock(&shared.failure).take() {
            return Err(Failure::because(reason));
        }
        let (latency, samples) = lock(&shared.reserved).clone();
        let done = shared.done.load(Ordering::Relaxed);
        Ok(Driven {
            done,
            took,
            latency,
            samples,
        })
    }
}

impl Shared {
    /// Begins payments, and ends when the last of them is done.
    async fn begin(self: Arc<Shared>, begun: Instant, progress: impl Fn(u64)) {
        let mut number = 0;
        while number < self.run.most && begun.elapsed() < self.run.seconds {
            let Ok(permit) = self.free.acquire().await else {
                return;
            };
            permit.forget();
            tokio::spawn(self.clone().reserve(number));
            number += 1;
            if number.is_multiple_of(SAMPLES * 10) {
                progress(number);
            }
        }
        // Fails only when a payment has failed, and that is told by itself.
        drop(self.free.acquire_many(self.run.at_once).await);
    }

    /// Plays the processor, for as long as it is asked.
    async fn answer(self: Arc<Shared>, work: &mut UnboundedReceiver<WorkItem>) {
        while let Some(item) = work.recv().await {
            tokio::spawn(self.clone().go_on(item));
        }
    }

    async fn reserve(self: Arc<Shared>, number: u64) {
        let at = usize::try_from(number).unwrap_or(0);
        let party = &self.run.parties[at % self.run.parties.len()];
        let token = &party.tokens[at / self.run.parties.len() % party.tokens.len()];
        let text = reference(self.run.references, self.run.first + number);
        let command = reserve(party, token, &text);
        let begun = Instant::now();
        let Some(Outcome::Transaction { id, .. }) = self.submit(command).await else {
            return;
        };
        let mut reserved = lock(&self.reserved);
        reserved.0.record(begun.elapsed());
        if number.is_multiple_of((self.run.most / SAMPLES).max(1)) {
            reserved.1.push(id);
        }
    }

    async fn go_on(self: Arc<Shared>, item: WorkItem) {
        let Some(transaction) = &item.transaction else {
            return;
        };
        let answer = AnswerFromProcessor {
            transaction: transaction.key,
            call: item.work.kind,
            work: Some(item.work.id),
            said: ProcessorSaid::Approved,
        };
        if self.submit(answer.into()).await.is_none() {
            return;
        }
        if self.run.lives && item.work.kind == WorkKind::Authorize {
            self.settle(transaction).await;
        } else {
            self.done.fetch_add(1, Ordering::Relaxed);
            self.free.add_permits(1);
        }
    }

    async fn settle(&self, transaction: &Transaction) {
        if let Some(at) = self.accounts.get(&transaction.caller) {
            let command = Settle {
                by: by(&self.run.parties[*at], transaction.key),
                transaction: transaction.id(),
                amount: None,
                ipn_url: None,
            };
            self.submit(command.into()).await;
        }
    }

    /// Submits what must succeed; the first failure ends the run.
    async fn submit(&self, command: Command) -> Option<Outcome> {
        let reason = match self.store.submit(command).await {
            Ok(Ok(outcome)) => return Some(outcome),
            Ok(Err(refusal)) => format!("the store refused: {refusal:?}"),
            Err(outage) => format!("the store failed: {outage}"),
        };
        lock(&self.failure).get_or_insert(reason);
        self.free.close();
        None
    }
}

fn by(party: &Party, mark: TransactionKey) -> By {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&mark.0.to_le_bytes());
    By {
        caller: party.account,
        credential: Credential::AccessKey(party.key.clone()),
        date: super::machine::now(),
        mark: bytes,
    }
}

/// A reservation to be made.
pub fn reserve(party: &Party, token: &TokenId, text: &str) -> Command {
    let amount = money::Amount::from_cents(AMOUNT_CENTS, money::Currency::USD);
    Command::from(Reserve {
        by: by(party, TransactionKey(0)),
        reference: CallerReference::parse(text).expect("a short text of letters and digits"),
        asked: PaymentAsked {
            sender_token: token.clone(),
            recipient_token: None,
            amount: amount.expect("ten dollars are in range"),
            charge_fee_to: None,
            caller_description: Some("Order of the benchmark".to_owned()),
            sender_description: None,
            descriptor: None,
            timeout_mins: None,
            marketplace_fixed: None,
            marketplace_rate: None,
            ipn_url: None,
        },
    })
}

/// What a store could not do, in words.
pub fn failed(problem: impl std::fmt::Display) -> Failure {
    Failure::because(format!("the store: {problem}"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
