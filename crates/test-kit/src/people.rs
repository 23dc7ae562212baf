//! Personas, their cards and their tokens.

use money::{Amount, Currency, Rate};
use payments::commands::{AddInstrument, CreateAccount, CreateKey, Deposit, InstallTokens};
use payments::rows::{
    AccountType, BankAccount, Card, Means, PaymentMethod, RecipientTerms, Token, TokenRole,
    TokenType,
};
use payments::{
    AccessKeyId, AccountKey, CallerReference, InstrumentKey, Outcome, TokenId, TokenKey,
};

use crate::World;

/// Somebody in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub account: AccountKey,
    /// Their card, if they have one.
    pub card: Option<InstrumentKey>,
}

/// So many dollars and cents, from text.
pub fn usd(text: &str) -> Amount {
    Amount::parse(text, Currency::USD).expect("a test writes amounts well")
}

/// A caller reference, from text.
pub fn reference(text: &str) -> CallerReference {
    CallerReference::parse(text).expect("a test writes references well")
}

impl World {
    /// A merchant that calls for itself, with an access key.
    pub fn shop(&mut self) -> Person {
        let person = self.person("shop", AccountType::Business, false);
        self.key_for(person);
        person
    }

    /// A caller that may call for others, with an access key.
    pub fn marketplace(&mut self) -> Person {
        let person = self.person("marketplace", AccountType::Developer, true);
        self.key_for(person);
        person
    }

    /// A merchant without a key of its own.
    pub fn merchant(&mut self) -> Person {
        self.person("merchant", AccountType::Business, false)
    }

    /// A buyer with a card.
    pub fn buyer_with_card(&mut self) -> Person {
        let mut person = self.person("buyer", AccountType::Personal, false);
        person.card = Some(self.card_of(person, 12, 2030));
        person
    }

    /// A new account of that name, with a fresh address.
    pub fn person(&mut self, name: &str, kind: AccountType, marketplace: bool) -> Person {
        let email = format!("{}@example.com", self.fresh_name(name));
        let made = self.run(CreateAccount {
            kind,
            name: name.to_owned(),
            email,
            email_verified: true,
            marketplace,
            ipn_url: None,
            password_hash: None,
            webhook_secret: None,
        });
        match made {
            Ok(Outcome::Account(account)) => Person {
                account,
                card: None,
            },
            other => panic!("an account is made: {other:?}"),
        }
    }

    /// A fresh access key for somebody.
    pub fn key_for(&mut self, person: Person) -> AccessKeyId {
        self.names += 1;
        let id = AccessKeyId::parse(&format!("AK{:018}", self.names)).expect("well formed");
        let (account, sealed_secret) = (person.account, vec![1, 2, 3]);
        let made = self.run(CreateKey {
            id: id.clone(),
            account,
            sealed_secret,
        });
        assert_eq!(made, Ok(Outcome::Done));
        id
    }

    /// A fresh card for somebody, good until the end of a month.
    pub fn card_of(&mut self, person: Person, month: u8, year: u16) -> InstrumentKey {
        let card = Card {
            brand: "Visa".to_owned(),
            last_four: "1111".to_owned(),
            expiry_month: month,
            expiry_year: year,
            name: "A. Buyer".to_owned(),
        };
        let (account, sealed_number) = (person.account, vec![4; 16]);
        match self.run(AddInstrument {
            account,
            means: Means::Card(card),
            sealed_number,
        }) {
            Ok(Outcome::Instrument(key)) => key,
            other => panic!("a card is added: {other:?}"),
        }
    }

    /// A fresh bank account for somebody.
    pub fn bank_of(&mut self, person: Person, verified: bool) -> InstrumentKey {
        let bank = BankAccount {
            routing_number: "021000021".to_owned(),
            last_four: "6789".to_owned(),
            name: "A. Buyer".to_owned(),
            verified,
        };
        let (account, sealed_number) = (person.account, vec![5; 16]);
        match self.run(AddInstrument {
            account,
            means: Means::Bank(bank),
            sealed_number,
        }) {
            Ok(Outcome::Instrument(key)) => key,
            other => panic!("a bank account is added: {other:?}"),
        }
    }

    /// Money on somebody's balance.
    pub fn deposit(&mut self, person: Person, amount: Amount) {
        let account = person.account;
        assert_eq!(self.run(Deposit { account, amount }), Ok(Outcome::Done));
    }

    /// A token as it would be agreed by card, single-use, to the caller itself: change what a test
    /// is about, then [`World::install`] it.
    pub fn consent(&mut self, sender: Person, caller: Person) -> InstallTokens {
        InstallTokens {
            installer: caller.account,
            account: sender.account,
            caller_reference: reference(&self.fresh_name("consent")),
            kind: TokenType::SingleUse,
            role: TokenRole::Sender,
            payment_reason: None,
            method: Some(PaymentMethod::Card),
            instrument: sender.card,
            valid_from: None,
            expires_at: None,
            each: None,
            total_max: None,
            limits: Vec::new(),
            recipients: Vec::new(),
            reserve: true,
            terms: None,
            also_caller: false,
        }
    }

    /// A recipient's acceptance of a marketplace's terms: fees up to 1.00 and 10 %, the recipient
    /// pays the provider's fee, cards, bank accounts and balances.
    pub fn acceptance(&mut self, recipient: Person, caller: Person) -> InstallTokens {
        let terms = RecipientTerms {
            fixed_max: Some(usd("1.00")),
            rate_max: Some(Rate::parse_percent("10").expect("a rate")),
            recipient_pays_fee: true,
            methods: vec![
                PaymentMethod::Card,
                PaymentMethod::Bank,
                PaymentMethod::Balance,
            ],
        };
        InstallTokens {
            kind: TokenType::Unrestricted,
            role: TokenRole::Recipient,
            method: None,
            instrument: None,
            reserve: false,
            terms: Some(terms),
            ..self.consent(recipient, caller)
        }
    }

    /// Installs what was agreed.
    pub fn install(&mut self, consent: InstallTokens) -> TokenId {
        match self.run(consent) {
            Ok(Outcome::Tokens { token, .. }) => token,
            other => panic!("a token is installed: {other:?}"),
        }
    }

    /// A token as it is now.
    pub fn token(&self, id: &TokenId) -> &Token {
        self.rows
            .tokens
            .get(&key_of(id))
            .expect("the token was installed here")
    }
}

/// The row that a token's id names.
pub fn key_of(token: &TokenId) -> TokenKey {
    token.key().expect("an id of ours names a row")
}
