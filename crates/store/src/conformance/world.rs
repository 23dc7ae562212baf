//! A small world: a caller with a key, a sender with a card, a token between them.

use money::{Amount, Currency};
use payments::command::{By, Credential, Outcome};
use payments::commands::{
    AddInstrument, AnswerFromProcessor, CreateAccount, CreateKey, InstallTokens, ProcessorSaid,
    Reserve, Settle,
};
use payments::rows::{
    AccountType, Card, Means, PaymentMethod, Status, TokenRole, TokenType, WorkKind,
};
use payments::{
    AccessKeyId, AccountKey, CallerReference, Command, InstrumentKey, PaymentAsked, TokenId,
    TransactionId, WorkId,
};

use super::START;
use crate::{Store, WorkItem};

/// Who is there.
#[derive(Clone, Debug)]
pub struct World {
    /// Calls, and is paid.
    pub caller: AccountKey,
    /// Signs for the caller.
    pub access_key: AccessKeyId,
    /// Pays.
    pub sender: AccountKey,
    /// The sender's card.
    pub card: InstrumentKey,
    /// The sender's consent.
    pub token: TokenId,
}

/// An amount in dollars and cents.
pub fn cents(cents: i64) -> Amount {
    Amount::from_cents(cents, Currency::USD).expect("a small amount")
}

/// A caller reference.
pub fn reference(text: &str) -> CallerReference {
    CallerReference::parse(text).expect("a reference")
}

/// An account to be made.
pub fn account(name: &str, email: &str) -> Command {
    Command::from(CreateAccount {
        kind: AccountType::Business,
        name: name.to_owned(),
        email: email.to_owned(),
        email_verified: true,
        marketplace: false,
        ipn_url: None,
        password_hash: None,
        webhook_secret: None,
    })
}

impl World {
    /// Makes everybody.
    pub async fn make(store: &dyn Store) -> World {
        let caller = made(store, account("Caller", "caller@example.com")).await;
        let sender = made(store, account("Sender", "sender@example.com")).await;
        let access_key = AccessKeyId::parse("AKIAIOSFODNN7EXAMPLE").expect("an access key id");
        let key = CreateKey {
            id: access_key.clone(),
            account: caller,
            sealed_secret: vec![1, 2],
        };
        assert_eq!(submit(store, key.into()).await, Outcome::Done);
        let card = AddInstrument {
            account: sender,
            means: Means::Card(visa()),
            sealed_number: vec![3, 4],
        };
        let Outcome::Instrument(card) = submit(store, card.into()).await else {
            panic!("a card was added");
        };
        let token = sender_token(caller, sender, card, "token");
        let Outcome::Tokens { token, .. } = submit(store, token.into()).await else {
            panic!("a token was installed");
        };
        World {
            caller,
            access_key,
            sender,
            card,
            token,
        }
    }

    /// The caller, signing.
    pub fn by(&self) -> By {
        By {
            caller: self.caller,
            credential: Credential::AccessKey(self.access_key.clone()),
            date: START,
            mark: [7; 16],
        }
    }

    /// A reservation to be made.
    pub fn reserve(&self, name: &str, amount_cents: i64) -> Command {
        Command::from(Reserve {
            by: self.by(),
            reference: reference(name),
            asked: asked(&self.token, amount_cents),
        })
    }

    /// A reservation to be settled in full.
    pub fn settle(&self, transaction: &TransactionId) -> Command {
        Command::from(Settle {
            by: self.by(),
            transaction: transaction.clone(),
            amount: None,
            ipn_url: None,
        })
    }
}

/// What a payment by a token asks for.
pub fn asked(token: &TokenId, amount_cents: i64) -> PaymentAsked {
    PaymentAsked {
        sender_token: token.clone(),
        recipient_token: None,
        amount: cents(amount_cents),
        charge_fee_to: None,
        caller_description: Some("a book".to_owned()),
        sender_description: None,
        descriptor: None,
        timeout_mins: None,
        marketplace_fixed: None,
        marketplace_rate: None,
        ipn_url: None,
    }
}

/// The processor's yes to a piece of work.
pub fn approved(item: &WorkItem) -> Command {
    let transaction = item
        .transaction
        .as_ref()
        .expect("work of the processor has a transaction");
    yes(transaction.key, item.work.kind, item.work.id)
}

/// The processor's yes.
pub fn yes(transaction: payments::TransactionKey, call: WorkKind, work: WorkId) -> Command {
    let said = ProcessorSaid::Approved;
    Command::from(AnswerFromProcessor {
        transaction,
        call,
        work: Some(work),
        said,
    })
}

/// Submits a command that must succeed.
pub async fn submit(store: &dyn Store, command: Command) -> Outcome {
    let answer = store.submit(command).await.expect("the store works");
    answer.expect("the command is accepted")
}

/// Submits a command that must give a transaction.
pub async fn transact(store: &dyn Store, command: Command) -> (TransactionId, Status) {
    let Outcome::Transaction { id, status } = submit(store, command).await else {
        panic!("the command gives a transaction");
    };
    (id, status)
}

/// A multi-use token of a card.
pub fn sender_token(
    installer: AccountKey,
    account: AccountKey,
    card: InstrumentKey,
    name: &str,
) -> InstallTokens {
    InstallTokens {
        installer,
        account,
        caller_reference: reference(name),
        kind: TokenType::MultiUse,
        role: TokenRole::Sender,
        payment_reason: None,
        method: Some(PaymentMethod::Card),
        instrument: Some(card),
        valid_from: None,
        expires_at: None,
        each: None,
        total_max: None,
        limits: Vec::new(),
        recipients: Vec::new(),
        also_caller: false,
        reserve: true,
        terms: None,
    }
}

/// A card that does not expire soon.
pub fn visa() -> Card {
    Card {
        brand: "Visa".to_owned(),
        last_four: "4242".to_owned(),
        expiry_month: 12,
        expiry_year: 2099,
        name: "S. Ender".to_owned(),
    }
}

async fn made(store: &dyn Store, command: Command) -> AccountKey {
    let Outcome::Account(key) = submit(store, command).await else {
        panic!("an account was made");
    };
    key
}
