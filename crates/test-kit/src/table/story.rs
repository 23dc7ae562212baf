//! The names of a story, and the world it plays in.

use std::collections::BTreeMap;

use payments::command::Answer;
use payments::rows::{Tally, TokenType, Transaction, Work, WorkKind};
use payments::{By, Outcome, TallyId, TokenId, TransactionId, TransactionKey};

use crate::people::key_of;
use crate::world::BEGINNING;
use crate::{Person, World};

/// A world and the names that a story has given to what is in it.
#[derive(Debug)]
pub struct Story {
    /// The world.
    pub world: World,
    pub(super) people: BTreeMap<String, Person>,
    pub(super) tokens: BTreeMap<String, TokenId>,
    pub(super) tallies: BTreeMap<String, TallyId>,
    pub(super) transactions: BTreeMap<String, TransactionId>,
    /// The requests that a later one may send again, by verb and name.
    pub(super) requests: BTreeMap<(String, String), By>,
}

impl Default for Story {
    fn default() -> Story {
        let mut world = World::default();
        let people = [
            ("shop", world.shop()),
            ("market", world.marketplace()),
            ("merchant", world.merchant()),
            ("buyer", world.buyer_with_card()),
        ];
        Story {
            world,
            people: people
                .into_iter()
                .map(|(name, person)| (name.to_owned(), person))
                .collect(),
            tokens: BTreeMap::new(),
            tallies: BTreeMap::new(),
            transactions: BTreeMap::new(),
            requests: BTreeMap::new(),
        }
    }
}

impl Story {
    /// Moves the clocks to a moment counted from the beginning.
    pub(super) fn move_to(&mut self, since_ms: i64) -> Result<(), String> {
        let ms = BEGINNING.plus_ms(since_ms).ms_since(self.world.now);
        if ms < 0 {
            return Err("it is later than that already".to_owned());
        }
        self.world.wait_ms(ms);
        Ok(())
    }

    /// Somebody of the story.
    pub(super) fn person(&self, name: &str) -> Result<Person, String> {
        self.people
            .get(name)
            .copied()
            .ok_or_else(|| format!("nobody is called `{name}`"))
    }

    /// The id of a token by its name in the story.
    pub fn token_id(&self, name: &str) -> Result<TokenId, String> {
        self.tokens
            .get(name)
            .cloned()
            .ok_or_else(|| format!("no token is called `{name}`"))
    }

    /// The id of a prepaid or credit instrument by its name in the story.
    pub fn tally_id(&self, name: &str) -> Result<TallyId, String> {
        self.tallies
            .get(name)
            .cloned()
            .ok_or_else(|| format!("no instrument is called `{name}`"))
    }

    /// A prepaid or credit instrument as it is now, by its name in the story.
    pub fn tally(&self, name: &str) -> Result<&Tally, String> {
        let key = self.tally_id(name)?.key();
        let found = key.and_then(|key| self.world.rows.tallies.get(&key));
        found.ok_or_else(|| format!("`{name}` has no row"))
    }

    /// The id of a transaction by its name in the story.
    pub fn transaction_id(&self, name: &str) -> Result<TransactionId, String> {
        let found = self.transactions.get(name).cloned();
        found.ok_or_else(|| format!("no transaction is called `{name}`"))
    }

    /// The row of a transaction by its name in the story.
    pub fn transaction(&self, name: &str) -> Result<&Transaction, String> {
        let key = self.key(name)?;
        self.world
            .rows
            .transactions
            .get(&key)
            .ok_or_else(|| format!("`{name}` has no row"))
    }

    pub(super) fn key(&self, name: &str) -> Result<TransactionKey, String> {
        self.transaction_id(name)?
            .key()
            .ok_or_else(|| format!("`{name}` is no id of ours"))
    }

    /// The work of a kind that waits for a transaction.
    pub(super) fn work(&self, name: &str, kind: WorkKind) -> Result<Option<Work>, String> {
        let works = self.world.rows.works_of(self.key(name)?.0);
        Ok(works.into_iter().find(|work| work.kind == kind).cloned())
    }

    /// The sender's token of that name, or one without limits that a person gives on the way.
    pub(super) fn sender_token(
        &mut self,
        name: &str,
        caller: &str,
        to: Option<&TokenId>,
    ) -> Result<TokenId, String> {
        if let Some(token) = self.tokens.get(name) {
            return Ok(token.clone());
        }
        let made = format!("{name} to {caller} for {to:?}");
        if let Some(token) = self.tokens.get(&made) {
            return Ok(token.clone());
        }
        let (sender, caller) = (self.person(name)?, self.person(caller)?);
        let mut consent = self.world.consent(sender, caller);
        consent.kind = TokenType::Unrestricted;
        consent.recipients = to.map(key_of).into_iter().collect();
        let token = self.world.install(consent);
        self.tokens.insert(made, token.clone());
        Ok(token)
    }

    /// The recipient's token of that name, or one that a person gives on the way.
    pub(super) fn recipient_token(&mut self, name: &str, caller: &str) -> Result<TokenId, String> {
        if let Some(token) = self.tokens.get(name) {
            return Ok(token.clone());
        }
        let made = format!("{name} at {caller}");
        if let Some(token) = self.tokens.get(&made) {
            return Ok(token.clone());
        }
        let (recipient, caller) = (self.person(name)?, self.person(caller)?);
        let acceptance = self.world.acceptance(recipient, caller);
        let token = self.world.install(acceptance);
        self.tokens.insert(made, token.clone());
        Ok(token)
    }

    /// Remembers what a name stands for; a name never changes its transaction.
    pub(super) fn name(&mut self, name: &str, answer: &Answer) -> Result<(), String> {
        let Ok(Outcome::Transaction { id, .. }) = answer else {
            return Ok(());
        };
        let before = self.transactions.insert(name.to_owned(), id.clone());
        match before {
            Some(before) if before != *id => Err(format!("`{name}` is another transaction now")),
            Some(_) | None => Ok(()),
        }
    }
}

/// An answer as the tables write it.
pub(super) fn words_of(answer: &Answer) -> String {
    match answer {
        Ok(Outcome::Transaction { status, .. }) => status.name().to_lowercase(),
        Ok(
            Outcome::Done
            | Outcome::Tokens { .. }
            | Outcome::Tally { .. }
            | Outcome::Account(_)
            | Outcome::Instrument(_)
            | Outcome::Subscription(_)
            | Outcome::WebhookSecret { .. },
        ) => "done".to_owned(),
        Err(refusal) => format!("refused {refusal:?}"),
    }
}
