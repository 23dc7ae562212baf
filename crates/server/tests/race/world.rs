//! The server, its people, and what a race needs of them beside HTTP.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use accounts::keys::{self, NewKey};
use money::{Amount, Currency};
use payments::commands::{AddInstrument, CreateAccount, Deposit, InstallTokens};
use payments::rows::{AccountType, Card, PaymentMethod, TokenRole, TokenType, Transaction};
use payments::{
    AccountKey, CallerReference, Command, InstrumentKey, Outcome, ReadSet, Timestamp, TokenId,
    TransactionId, TransactionKey,
};
use server::app::App;
use server::boot::Running;
use server::config::{Flags, Settings};
use server::random;
use signing::Secret;
use store::{Found, Query};
use vault::Purpose;

use super::recorder::{Meeting, PATIENCE, Recorder, Spot};

/// The card that is always approved.
const APPROVED: &str = "4242424242424242";
/// A year that the product clock does not reach.
const FAR_YEAR: u16 = 2_090;

static NEXT_FOLDER: AtomicU64 = AtomicU64::new(0);

/// A running server with a caller and a sender.
pub struct World {
    /// The server.
    pub running: Running,
    /// What its store decides.
    pub recorder: Arc<Recorder>,
    /// Its data folder.
    pub folder: PathBuf,
    /// Host and port.
    pub host: String,
    /// The caller, a marketplace that is also paid itself.
    pub caller: AccountKey,
    /// The caller's usual key.
    pub key: Key,
    /// Somebody with a card and money.
    pub sender: AccountKey,
    /// The card.
    pub card: InstrumentKey,
    /// A token without limits for that card.
    pub token: TokenId,
}

/// An access key of the caller.
#[derive(Clone)]
pub struct Key {
    /// Its public half.
    pub id: String,
    pub(super) secret: Arc<Secret>,
}

impl World {
    /// Starts a server and sets the people up.
    pub async fn start() -> World {
        let number = NEXT_FOLDER.fetch_add(1, Ordering::Relaxed);
        let name = format!("holdfast-race-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let flags = Flags {
            data: Some(folder.clone()),
            listen: Some("127.0.0.1:0".to_owned()),
            database: test_kit::postgres::database_if_asked(),
            ..Flags::default()
        };
        let settings = Settings::load_with(&flags, &|_| None).expect("usual settings");
        let recorder: Arc<Recorder> = Arc::default();
        let running = Running::start_watched(settings, Some(recorder.watch())).await;
        let running = running.expect("a server");
        let app = running.app().clone();
        let caller = account(&app, AccountType::Developer).await;
        let sender = account(&app, AccountType::Personal).await;
        let key = new_key(&app, caller).await;
        let card = card(&app, sender).await;
        let token = TokenId::parse(&"T".repeat(TokenId::LENGTH)).expect("a text of that length");
        let mut world = World {
            host: running.address().trim_start_matches("http://").to_owned(),
            running,
            recorder,
            folder,
            caller,
            key,
            sender,
            card,
            token,
        };
        world.deposit(caller, 10_000_000).await;
        world.deposit(sender, 500_000_000).await;
        world.token = world.install(world.consent("usual")).await;
        world
    }

    /// The parts that requests share.
    pub fn app(&self) -> &Arc<App> {
        self.running.app()
    }

    /// Decides a command behind the API's back.
    pub async fn submit(&self, command: impl Into<Command>) -> Outcome {
        submit(self.app(), command).await
    }

    /// Makes another account.
    pub async fn account(&self, kind: AccountType) -> AccountKey {
        account(self.app(), kind).await
    }

    /// Makes another access key of the caller.
    pub async fn new_key(&self) -> Key {
        new_key(self.app(), self.caller).await
    }

    /// Puts cents on a balance.
    pub async fn deposit(&self, account: AccountKey, amount: i64) {
        let amount = cents(amount);
        self.submit(Deposit { account, amount }).await;
    }

    /// Installs what was agreed.
    pub async fn install(&self, consent: InstallTokens) -> TokenId {
        let installed = self.submit(consent).await;
        let Outcome::Tokens { token, .. } = installed else {
            panic!("no token: {installed:?}");
        };
        token
    }

    /// What the sender agrees to: many uses by card, to be paid to the caller.
    pub fn consent(&self, reference: &str) -> InstallTokens {
        InstallTokens {
            installer: self.caller,
            account: self.sender,
            caller_reference: CallerReference::parse(reference).expect("a reference"),
            kind: TokenType::MultiUse,
            role: TokenRole::Sender,
            payment_reason: None,
            method: Some(PaymentMethod::Card),
            instrument: Some(self.card),
            valid_from: None,
            expires_at: None,
            each: None,
            total_max: None,
            limits: Vec::new(),
            recipients: Vec::new(),
            also_caller: true,
            reserve: true,
            terms: None,
        }
    }

    /// Product time.
    pub async fn now(&self) -> Timestamp {
        let now = self.app().store.now().await;
        now.expect("both clocks").product
    }

    /// Lets other tasks work until product time is there.
    pub async fn until(&self, moment: Timestamp) {
        while self.now().await < moment {
            tokio::task::yield_now().await;
        }
    }

    /// Reads a transaction.
    pub async fn transaction(&self, key: TransactionKey) -> Transaction {
        let mut want = ReadSet::default();
        want.transactions.insert(key);
        let seen = self.app().store.see(want).await.expect("the store reads");
        let found = seen.transactions.get(&key);
        found.expect("a transaction is kept for ever").clone()
    }

    /// The statuses in the history of a transaction.
    pub async fn history(&self, key: TransactionKey) -> String {
        let found = self.app().store.find(Query::Events(key)).await;
        let Found::Events(events) = found.expect("the store finds") else {
            panic!("other things were found");
        };
        let names = events.iter().map(|event| event.status.name());
        names.collect::<Vec<_>>().join(" ")
    }

    /// Whether the first of two commands was decided first, where that is known: with several lanes
    /// nobody sees in which order two of their batches were committed.
    pub fn is_first(&self, [one, other]: &[Spot; 2]) -> Option<bool> {
        let one_lane = self.app().settings.database.is_none();
        let inside = self.recorder.meeting(one, other) == Some(Meeting::Inside);
        (one_lane || inside).then(|| self.recorder.is_first(one, other))
    }

    /// Waits until the processor has nothing more to do.
    pub async fn quiet(&self) {
        let mut batches = self.recorder.batches();
        let done = async {
            while 0 < self.calls_left().await {
                batches.changed().await.expect("the recorder lives");
            }
        };
        let waited = tokio::time::timeout(PATIENCE, done).await;
        waited.expect("the processor's work comes to an end");
    }

    async fn calls_left(&self) -> u64 {
        let found = self.app().store.find(Query::Backlog).await;
        let Found::Backlog(backlog) = found.expect("the store finds") else {
            panic!("other things were found");
        };
        let calls = backlog.iter().filter(|row| row.kind.is_processor());
        calls.map(|row| row.count).sum()
    }
}

/// Dollars and cents.
pub fn cents(cents: i64) -> Amount {
    Amount::from_cents(cents, Currency::USD).expect("an amount")
}

/// The row that an id names.
pub fn key_of(id: &str) -> TransactionKey {
    let id = TransactionId::parse(id).expect("a transaction id");
    id.key().expect("an id of ours")
}

async fn submit(app: &App, command: impl Into<Command>) -> Outcome {
    let answer = app.store.submit(command.into()).await;
    answer.expect("the store answers").expect("it is accepted")
}

async fn account(app: &App, kind: AccountType) -> AccountKey {
    let command = CreateAccount {
        kind,
        name: "Somebody".to_owned(),
        email: String::new(),
        email_verified: true,
        marketplace: kind == AccountType::Developer,
        ipn_url: None,
        password_hash: None,
        webhook_secret: None,
    };
    let made = submit(app, command).await;
    let Outcome::Account(key) = made else {
        panic!("no account: {made:?}");
    };
    key
}

async fn new_key(app: &App, caller: AccountKey) -> Key {
    let NewKey {
        id,
        secret,
        command,
    } = keys::new_access_key(&app.vault, caller, random::bytes());
    submit(app, command).await;
    Key {
        id: id.to_string(),
        secret: Arc::new(Secret::new(&secret)),
    }
}

async fn card(app: &App, account: AccountKey) -> InstrumentKey {
    let number = APPROVED.as_bytes();
    let sealed = app
        .vault
        .seal(Purpose::CardNumber, account.0, number, random::bytes());
    let card = Card {
        brand: "Visa".to_owned(),
        last_four: "4242".to_owned(),
        expiry_month: 12,
        expiry_year: FAR_YEAR,
        name: "Test Sender".to_owned(),
    };
    let sealed_number = sealed.into_bytes();
    let command = AddInstrument {
        account,
        means: payments::rows::Means::Card(card),
        sealed_number,
    };
    let added = submit(app, command).await;
    let Outcome::Instrument(key) = added else {
        panic!("no card: {added:?}");
    };
    key
}
