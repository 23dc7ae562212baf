//! A small world: a caller who is paid, a sender with a card, a store in memory, workers.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "any other outcome fails the test"
)]

use crate::ring::{Ring, ring};
use crate::wait;
use std::sync::Arc;

use money::{Amount, Currency};
use payments::commands::{
    AddInstrument, Advance, CreateAccount, InstallTokens, Pay, Reserve, Settle,
};
use payments::rows::{
    AccountType, BankAccount, Card, Means, Notification, PaymentMethod, TokenRole, TokenType,
    Transaction,
};
use payments::{
    AccountKey, By, CallerReference, Command, InstrumentKey, Outcome, PaymentAsked, ReadSet, Terms,
    Timestamp, TokenId, TransactionId, TransactionKey,
};
use processor::{SandboxOptions, SandboxProcessor, StatementRow};
use store::{Clock, Found, ManualClock, MemoryStore, Query, SeededEntropy, Setup, Store};
use vault::{MasterKey, MasterKeys, Purpose};
use workers::{Desk, card_owner};

/// Where the clocks start.
pub const START: Timestamp = Timestamp(1_700_000_000_000);

/// The id of the only certificate.
pub const CERTIFICATE: &str = "000000";
/// Where it is served.
pub const CERTIFICATE_URL: &str = "https://pay.example/certs/000000/PKICert.pem";

pub struct World {
    pub store: Arc<MemoryStore>,
    pub desk: Arc<Desk>,
    pub clock: Arc<ManualClock>,
    pub cards: Arc<MasterKeys>,
    pub processor: Arc<SandboxProcessor>,
    pub ring: Arc<Ring>,
    pub caller: AccountKey,
    pub sender: AccountKey,
    #[expect(dead_code, reason = "the folder goes when the world does")]
    folder: tempfile::TempDir,
}

impl World {
    /// A world whose caller's notifications go to a URL, if one is given.
    pub async fn new(ipn_url: Option<String>, options: SandboxOptions) -> World {
        World::at(Desk::new(), ipn_url, options).await
    }

    /// The same around another desk.
    pub async fn at(desk: Arc<Desk>, ipn_url: Option<String>, options: SandboxOptions) -> World {
        let clock = Arc::new(ManualClock::at(START));
        let setup = Setup {
            terms: Terms::sandbox(),
            clock: clock.clone(),
            entropy: Box::new(SeededEntropy::new(7)),
            handover: desk.clone(),
            watch: None,
        };
        let folder = tempfile::tempdir().unwrap();
        let ticking = clock.clone();
        let processor = SandboxProcessor::open(
            &folder.path().join("statement.db"),
            Arc::new(move || ticking.real().0),
            options,
        );
        let mut world = World {
            store: Arc::new(MemoryStore::new(setup)),
            desk,
            clock,
            cards: Arc::new(MasterKeys::only(MasterKey::new([7; 32]))),
            processor: Arc::new(processor.unwrap()),
            ring: ring(),
            caller: AccountKey(0),
            sender: AccountKey(0),
            folder,
        };
        world.caller = world.account(AccountType::Business, "Shop", ipn_url).await;
        world.sender = world.account(AccountType::Personal, "Buyer", None).await;
        world
    }

    pub async fn plain() -> World {
        World::new(None, SandboxOptions::default()).await
    }

    async fn account(&self, kind: AccountType, name: &str, ipn_url: Option<String>) -> AccountKey {
        let made = CreateAccount {
            kind,
            name: name.to_owned(),
            email: format!("{}@example.com", name.to_lowercase()),
            email_verified: true,
            marketplace: false,
            ipn_url,
            password_hash: None,
            webhook_secret: Some(vec![9; 32]),
        };
        match self.submit(made).await {
            Outcome::Account(key) => key,
            other => panic!("no account: {other:?}"),
        }
    }

    /// Submits a command that has to be accepted.
    pub async fn submit(&self, command: impl Into<Command>) -> Outcome {
        self.store.submit(command.into()).await.unwrap().unwrap()
    }

    /// A multi-use token that pays with a card of this number.
    pub async fn token(&self, number: &str) -> TokenId {
        let nonce = [1; vault::NONCE_LENGTH];
        let owner = card_owner(self.sender);
        let sealed = self
            .cards
            .seal(Purpose::CardNumber, owner, number.as_bytes(), nonce);
        let card = Card {
            brand: "Visa".to_owned(),
            last_four: number[number.len() - 4..].to_owned(),
            expiry_month: 12,
            expiry_year: 2031,
            name: "A. Buyer".to_owned(),
        };
        self.token_of(Means::Card(card), sealed.into_bytes()).await
    }

    /// A recurring token that pays with a card of this number.
    pub async fn recurring_token(&self, number: &str) -> TokenId {
        let card = self.token(number).await;
        let mut want = ReadSet::default();
        want.tokens.extend(card.key());
        let seen = self.store.see(want).await.unwrap();
        let instrument = seen
            .tokens
            .get(&card.key().unwrap())
            .unwrap()
            .facts
            .instrument;
        self.install(
            instrument,
            PaymentMethod::Card,
            TokenType::Recurring,
            "recurring",
        )
        .await
    }

    /// A multi-use token that pays from a bank account of this number.
    pub async fn bank_token(&self, number: &str) -> TokenId {
        let nonce = [2; vault::NONCE_LENGTH];
        let owner = card_owner(self.sender);
        let sealed = self
            .cards
            .seal(Purpose::BankNumber, owner, number.as_bytes(), nonce);
        let bank = BankAccount {
            routing_number: "021000021".to_owned(),
            last_four: number[number.len() - 4..].to_owned(),
            name: "A. Buyer".to_owned(),
            verified: true,
        };
        self.token_of(Means::Bank(bank), sealed.into_bytes()).await
    }

    async fn token_of(&self, means: Means, sealed_number: Vec<u8>) -> TokenId {
        let method = match &means {
            Means::Card(_) => PaymentMethod::Card,
            Means::Bank(_) => PaymentMethod::Bank,
        };
        let account = self.sender;
        let added = self
            .submit(AddInstrument {
                account,
                means,
                sealed_number,
            })
            .await;
        let Outcome::Instrument(instrument) = added else {
            panic!("no instrument: {added:?}");
        };
        let name = format!("token {instrument}");
        self.install(Some(instrument), method, TokenType::MultiUse, &name)
            .await
    }

    pub async fn install(
        &self,
        instrument: Option<InstrumentKey>,
        method: PaymentMethod,
        kind: TokenType,
        name: &str,
    ) -> TokenId {
        let installed = self.submit(InstallTokens {
            installer: self.caller,
            account: self.sender,
            caller_reference: CallerReference::parse(name).unwrap(),
            kind,
            role: TokenRole::Sender,
            payment_reason: None,
            method: Some(method),
            instrument,
            valid_from: None,
            expires_at: None,
            each: None,
            total_max: None,
            limits: Vec::new(),
            recipients: Vec::new(),
            reserve: true,
            terms: None,
            also_caller: false,
        });
        match installed.await {
            Outcome::Tokens { token, .. } => token,
            other => panic!("no token: {other:?}"),
        }
    }

    pub fn by(&self) -> By {
        By {
            caller: self.caller,
            credential: payments::Credential::None,
            date: START,
            mark: [0; 16],
        }
    }

    pub async fn reserve(&self, token: &TokenId, reference: &str) -> TransactionId {
        let asked = asked(token);
        let reference = CallerReference::parse(reference).unwrap();
        match self
            .submit(Reserve {
                by: self.by(),
                reference,
                asked,
            })
            .await
        {
            Outcome::Transaction { id, .. } => id,
            other => panic!("no transaction: {other:?}"),
        }
    }

    pub async fn pay(&self, token: &TokenId, reference: &str) -> TransactionId {
        let (by, asked) = (self.by(), asked(token));
        let reference = CallerReference::parse(reference).unwrap();
        match self
            .submit(Pay {
                by,
                reference,
                asked,
            })
            .await
        {
            Outcome::Transaction { id, .. } => id,
            other => panic!("no transaction: {other:?}"),
        }
    }

    pub async fn settle(&self, id: &TransactionId, amount: Amount) {
        let (by, transaction) = (self.by(), id.clone());
        self.submit(Settle {
            by,
            transaction,
            amount: Some(amount),
            ipn_url: None,
        })
        .await;
    }

    pub async fn advance(&self, ms: i64) {
        self.submit(Advance { ms }).await;
    }

    pub async fn transaction(&self, key: TransactionKey) -> Transaction {
        let mut want = ReadSet::default();
        want.transactions.insert(key);
        self.store
            .see(want)
            .await
            .unwrap()
            .transactions
            .get(&key)
            .unwrap()
            .clone()
    }

    /// Waits until a transaction is as it should be.
    pub async fn until(
        &self,
        id: &TransactionId,
        is: impl Fn(&Transaction) -> bool,
    ) -> Transaction {
        let key = id.key().unwrap();
        for _ in 0..4_000 {
            let row = self.transaction(key).await;
            if is(&row) {
                return row;
            }
            wait::a_little().await;
        }
        panic!("it never came to that: {:?}", self.transaction(key).await);
    }

    pub async fn notifications(&self, id: &TransactionId) -> Vec<Notification> {
        match self
            .store
            .find(Query::NotificationsOf(id.key().unwrap()))
            .await
            .unwrap()
        {
            Found::Notifications(rows) => rows,
            other => panic!("no notifications: {other:?}"),
        }
    }

    pub fn statement(&self) -> Vec<StatementRow> {
        self.processor
            .statement()
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    /// Each call of the statement: its key without the id, and whether it was approved.
    pub fn calls(&self) -> Vec<(String, bool)> {
        let rows = self.statement();
        rows.iter()
            .map(|row| (row.kind().as_str().to_owned(), row.approved()))
            .collect()
    }
}

pub fn asked(token: &TokenId) -> PaymentAsked {
    PaymentAsked {
        sender_token: token.clone(),
        recipient_token: None,
        amount: dollars(20),
        charge_fee_to: None,
        caller_description: None,
        sender_description: None,
        descriptor: None,
        timeout_mins: None,
        marketplace_fixed: None,
        marketplace_rate: None,
        ipn_url: None,
    }
}

/// What the notifications of these tests say.
pub fn fields(row: &Notification) -> Vec<(String, String)> {
    let payments::rows::Subject::Transaction(facts) = &row.subject else {
        return Vec::new();
    };
    let pair = |name: &str, value: String| (name.to_owned(), value);
    vec![
        pair("transactionId", facts.transaction.to_string()),
        pair("number", facts.number.to_string()),
        pair("transactionStatus", facts.status.name().to_uppercase()),
        pair("buyerName", facts.buyer_name.clone()),
    ]
}

pub fn dollars(whole: i64) -> Amount {
    Amount::from_cents(whole * 100, Currency::USD).unwrap()
}
