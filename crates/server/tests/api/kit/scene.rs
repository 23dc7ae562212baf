//! The usual cast: a marketplace, a business that is paid, a person who pays, and their tokens.

use std::sync::atomic::{AtomicI64, Ordering};

use payments::commands::InstallTokens;
use payments::rows::{AccountType, PaymentMethod, RecipientTerms, TokenRole, TokenType};
use payments::{AccountKey, CallerReference, InstrumentKey, Timestamp};
use server::config::Settings;
use wire::Action;

use super::people::{accepting, person};
use super::soap::Signers;
use super::{Installed, Pairs, Reply, Shop, Signer, Wire, World, cents, pairs, rate, until, with};

/// The card that is always approved.
pub const APPROVED: &str = "4242424242424242";
/// A year that no card of a test outlives.
pub const FAR_YEAR: u16 = 2_090;

/// A server with the usual cast.
pub struct Scene {
    /// The server.
    pub world: World,
    /// The marketplace that calls.
    pub shop: Shop,
    /// The business that is paid.
    pub recipient: AccountKey,
    /// The person who pays.
    pub sender: AccountKey,
    /// Her card.
    pub card: InstrumentKey,
    /// What the business accepted.
    pub recipient_token: Installed,
    /// What the person agreed to.
    pub sender_token: Installed,
    /// How [`Scene::ask`] asks.
    pub wire: Wire,
    pub(super) signers: Signers,
    count: AtomicI64,
}

impl Scene {
    /// Sets it up.
    pub fn new() -> Scene {
        Scene::with_settings(|_| ())
    }

    /// The same with other settings.
    pub fn with_settings(change: impl FnOnce(&mut Settings)) -> Scene {
        let world = World::start_with(change);
        let mut marketplace = person(
            AccountType::Developer,
            "Test Marketplace",
            "caller@example.test",
        );
        marketplace.marketplace = true;
        let shop = world.shop(marketplace);
        let person = |kind, name, email| world.account(person(kind, name, email));
        let sender = person(AccountType::Personal, "Test Sender", "sender@example.test");
        let recipient = person(
            AccountType::Business,
            "Test Business",
            "recipient@example.test",
        );
        let card = world.card(sender, APPROVED, FAR_YEAR);
        world.deposit(shop.account, cents(100_000));
        world.deposit(sender, cents(100_000));
        let first = consent(&shop, sender, card, "sender-1");
        let mut accepted = accepting(
            InstallTokens {
                caller_reference: reference("recipient-1"),
                ..first.clone()
            },
            recipient,
        );
        accepted.terms = Some(usual_terms());
        let recipient_token = world.install(accepted);
        let sender_token = world.install(InstallTokens {
            recipients: vec![recipient_token.key],
            ..first
        });
        Scene {
            world,
            shop,
            recipient,
            sender,
            card,
            recipient_token,
            sender_token,
            wire: Wire::Query,
            signers: Signers::default(),
            count: AtomicI64::new(0),
        }
    }

    /// A number that no one else has.
    pub fn next(&self) -> i64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// A moment about now that no one else has.
    pub fn next_time(&self) -> Timestamp {
        self.world.now().plus_ms(self.next())
    }

    /// A caller reference that no one else has.
    pub fn fresh_reference(&self) -> String {
        format!("order-{}", self.next())
    }

    /// Signs as the shop.
    pub fn signer(&self) -> Signer {
        Signer::new(&self.world, &self.shop, self.next_time())
    }

    /// What a person agrees to, by a reference of its own: many uses, by card, for the usual recipient.
    pub fn consent(&self) -> InstallTokens {
        let text = self.fresh_reference();
        let recipients = vec![self.recipient_token.key];
        InstallTokens {
            recipients,
            ..consent(&self.shop, self.sender, self.card, &text)
        }
    }

    /// What a business accepts, with the usual terms.
    pub fn acceptance(&self, account: AccountKey) -> InstallTokens {
        let mut accepted = accepting(self.consent(), account);
        accepted.terms = Some(usual_terms());
        accepted
    }

    /// Makes another account.
    pub fn another(&self, kind: AccountType) -> AccountKey {
        self.world.account(self.new_person(kind))
    }

    /// Makes another caller.
    pub fn another_shop(&self, marketplace: bool) -> Shop {
        let mut new = self.new_person(AccountType::Developer);
        new.marketplace = marketplace;
        self.world.shop(new)
    }

    fn new_person(&self, kind: AccountType) -> payments::commands::CreateAccount {
        let number = self.next();
        person(
            kind,
            &format!("Person {number}"),
            &format!("person-{number}@example.test"),
        )
    }

    /// The parameters of a Pay or Reserve of 10 dollars that succeeds.
    pub fn payment(&self) -> Pairs {
        pairs(&[
            ("SenderTokenId", self.sender_token.id.as_str()),
            ("RecipientTokenId", self.recipient_token.id.as_str()),
            ("TransactionAmount.CurrencyCode", "USD"),
            ("TransactionAmount.Value", "10.00"),
            ("CallerReference", &self.fresh_reference()),
        ])
    }

    /// The same with another sender token.
    pub fn payment_by(&self, token: &Installed) -> Pairs {
        with(self.payment(), "SenderTokenId", token.id.as_str())
    }

    /// The same by a new token for another card.
    pub fn payment_by_card(&self, number: &str) -> Pairs {
        let instrument = Some(self.world.card(self.sender, number, FAR_YEAR));
        let token = self.world.install(InstallTokens {
            instrument,
            ..self.consent()
        });
        self.payment_by(&token)
    }

    /// A payment that has come to this status.
    pub fn made(&self, action: Action, asked: &Pairs, status: &str) -> String {
        let id = self.ask(action, asked).transaction();
        self.wait_for(&id, status);
        id
    }

    /// A reservation of 10 dollars.
    pub fn reserved(&self) -> String {
        self.made(Action::Reserve, &self.payment(), "Reserved")
    }

    /// A payment of 10 dollars that was charged.
    pub fn paid(&self) -> String {
        self.made(Action::Pay, &self.payment(), "Success")
    }

    /// Waits until a transaction has this status.
    pub fn wait_for(&self, id: &str, status: &str) {
        until(&format!("{id} to be {status}"), || {
            (self.status(id) == status).then_some(())
        });
    }

    /// Waits until another caller's transaction has this status.
    pub fn wait_for_as(&self, shop: &Shop, id: &str, status: &str) {
        let asked = pairs(&[("TransactionId", id)]);
        until(&format!("{id} to be {status}"), || {
            let reply = self.ask_as(shop, Action::GetTransactionStatus, &asked);
            (reply.ok().text("TransactionStatus") == Some(status)).then_some(())
        });
    }

    /// The status of a transaction.
    pub fn status(&self, id: &str) -> String {
        let asked = pairs(&[("TransactionId", id)]);
        let reply = self.ask(Action::GetTransactionStatus, &asked).ok();
        reply
            .text("TransactionStatus")
            .expect("a status")
            .to_owned()
    }

    /// Settles, cancels or looks at a transaction.
    pub fn about(&self, action: Action, id: &str) -> Reply {
        let is_settle = action == Action::Settle;
        let name = if is_settle {
            "ReserveTransactionId"
        } else {
            "TransactionId"
        };
        self.ask(action, &pairs(&[(name, id)]))
    }

    /// The parameters of a refund.
    pub fn refund(&self, id: &str) -> Pairs {
        pairs(&[
            ("TransactionId", id),
            ("CallerReference", &self.fresh_reference()),
        ])
    }
}

/// A caller reference.
pub fn reference(text: &str) -> CallerReference {
    CallerReference::parse(text).expect("a reference")
}

fn usual_terms() -> RecipientTerms {
    RecipientTerms {
        fixed_max: Some(cents(500)),
        rate_max: Some(rate("20")),
        recipient_pays_fee: true,
        methods: vec![
            PaymentMethod::Card,
            PaymentMethod::Bank,
            PaymentMethod::Balance,
        ],
    }
}

fn consent(shop: &Shop, account: AccountKey, card: InstrumentKey, text: &str) -> InstallTokens {
    InstallTokens {
        installer: shop.account,
        account,
        caller_reference: reference(text),
        kind: TokenType::MultiUse,
        role: TokenRole::Sender,
        payment_reason: Some("Sandbox purchases".to_owned()),
        method: Some(PaymentMethod::Card),
        instrument: Some(card),
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
