//! Which rows a batch will have to see, foretold from rows that were lately seen; and the rows
//! themselves, where the mark that each bears can prove them later.
//!
//! What a command must see may depend on rows it sees first: a token names the account and the
//! card. Here commands are asked with the rows that this node remembers, so that one round trip
//! reads everything. Of most tables the memory only names keys: it may be old, and nothing is decided
//! on it. Tokens and transactions are remembered with their marks: a batch may decide on them, and is
//! kept only if they still bear those marks when it is written.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use payments::rows::{Token, Transaction};
use payments::tables::{KeySet, QuickHash, Table};
use payments::{ChangeSet, Command, Decide, Lanes, ReadSet, TokenKey, TransactionKey, WorkingSet};
use store::recent::Recent;

use crate::known::{Known, Mark, Standing};

/// Rounds of asking: a reference names a transaction, it names a token, and that an account.
const ROUNDS_MAX: usize = 5;
/// Marked rows of one table in one generation at most.
const ROWS_MAX: usize = 8_192;

/// Rows that this node has seen lately, shared by its lanes.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    recent: Recent,
    tokens: Marked<TokenKey, Token>,
    transactions: Marked<TransactionKey, Transaction>,
}

/// What a batch will have to see, as far as it is known.
#[derive(Default)]
pub(crate) struct Foretold {
    /// The rows to be seen.
    pub(crate) want: ReadSet,
    /// Those remembered.
    pub(crate) hints: WorkingSet,
    /// The marks of those that bear one.
    pub(crate) tokens: Marks<TokenKey>,
    /// The same of transactions.
    pub(crate) transactions: Marks<TransactionKey>,
    /// Something besides references was not remembered: it may name more rows.
    pub(crate) has_gaps: bool,
}

/// The marks of rows.
pub(crate) type Marks<K> = HashMap<K, Mark, QuickHash>;

impl Memory {
    /// The rows to be seen, and those remembered.
    pub(crate) fn foretell(&self, commands: &[Command], lanes: Lanes) -> Foretold {
        let mut foretold = Foretold::default();
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut unknown = ReadSet::default();
        for command in commands {
            for _ in 0..ROUNDS_MAX {
                unknown.clear();
                command.reads(&foretold.hints, lanes, &mut unknown);
                unknown.retain_unknown(&foretold.hints);
                foretold.want.merge(&unknown);
                let before = unknown.len();
                remembered.fill(&mut unknown, &mut foretold);
                if unknown.len() == before {
                    break;
                }
            }
            foretold.has_gaps |= unknown.references.len() < unknown.len();
        }
        foretold
    }

    /// Remembers what was read.
    pub(crate) fn learn_loaded(&self, want: &ReadSet, seen: &WorkingSet, known: &Known) {
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.recent.learn_loaded(want, seen);
        for key in &want.tokens {
            if let (Some(Standing::Locked(mark)), Some(row)) =
                (known.tokens.get(key), seen.tokens.shared(key))
            {
                remembered.tokens.put(*key, row, *mark);
            }
        }
        for key in &want.transactions {
            if let (Some(Standing::Locked(mark)), Some(row)) =
                (known.transactions.get(key), seen.transactions.shared(key))
            {
                remembered.transactions.put(*key, row, *mark);
            }
        }
    }

    /// Remembers what was committed under a mark.
    pub(crate) fn learn_written(&self, mut changes: ChangeSet, mark: Mark) {
        let tokens = std::mem::take(&mut changes.tokens);
        let transactions = std::mem::take(&mut changes.transactions);
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, row) in tokens {
            remembered.tokens.learn(key, row, mark);
        }
        for (key, row) in transactions {
            remembered.transactions.learn(key, row, mark);
        }
        remembered.recent.learn_written(changes);
    }
}

impl Foretold {
    /// Moves rows from those to be read to those that are seen, if the batch may decide on them.
    pub(crate) fn trust(
        &mut self,
        seen: &mut WorkingSet,
        known: &mut Known,
        may_decide_on: impl Fn(&WorkingSet, TokenKey) -> bool,
    ) {
        let Foretold {
            want,
            hints,
            tokens,
            transactions,
            has_gaps: _,
        } = self;
        want.tokens.retain(|key| {
            let Some(mark) = tokens.get(key).filter(|_| may_decide_on(hints, *key)) else {
                return true;
            };
            seen.tokens.remembered(*key, hints.tokens.shared(key));
            known.tokens.insert(*key, Standing::Remembered(*mark));
            false
        });
        want.transactions.retain(|key| {
            let Some(mark) = transactions.get(key) else {
                return true;
            };
            let row = hints.transactions.shared(key);
            seen.transactions.remembered(*key, row);
            known.transactions.insert(*key, Standing::Remembered(*mark));
            false
        });
    }

    /// Takes references for absent, as those of new requests are.
    pub(crate) fn presume(&mut self, seen: &mut WorkingSet, known: &mut Known) {
        for key in std::mem::take(&mut self.want.references) {
            seen.references.loaded(key.clone(), None);
            known.references.insert(key, Standing::Presumed);
        }
    }
}

impl Remembered {
    /// Puts what is remembered into the hints and leaves in `unknown` what is not.
    fn fill(&mut self, unknown: &mut ReadSet, foretold: &mut Foretold) {
        let Foretold {
            hints,
            tokens,
            transactions,
            ..
        } = foretold;
        self.tokens
            .fill(&mut unknown.tokens, &mut hints.tokens, tokens);
        let rows = &mut hints.transactions;
        self.transactions
            .fill(&mut unknown.transactions, rows, transactions);
        self.recent.fill(unknown, hints);
    }
}

/// Rows by key, each with its mark. Bounded: when the young generation is full it becomes the old one,
/// and what was old and not asked for since is forgotten.
struct Marked<K, V> {
    young: HashMap<K, (Arc<V>, Mark), QuickHash>,
    old: HashMap<K, (Arc<V>, Mark), QuickHash>,
}

impl<K, V> Default for Marked<K, V> {
    fn default() -> Marked<K, V> {
        Marked {
            young: HashMap::default(),
            old: HashMap::default(),
        }
    }
}

impl<K: Copy + Eq + Hash + Ord + std::fmt::Debug, V> Marked<K, V> {
    fn fill(&mut self, unknown: &mut KeySet<K>, rows: &mut Table<K, V>, marks: &mut Marks<K>) {
        unknown.retain(|key| {
            let Some((row, mark)) = self.get(*key) else {
                return true;
            };
            rows.remembered(*key, Some(row));
            marks.insert(*key, mark);
            false
        });
    }

    fn get(&mut self, key: K) -> Option<(Arc<V>, Mark)> {
        if let Some(found) = self.young.get(&key) {
            return Some(found.clone());
        }
        let (row, mark) = self.old.remove(&key)?;
        self.put(key, row.clone(), mark);
        Some((row, mark))
    }

    fn learn(&mut self, key: K, row: Option<Arc<V>>, mark: Mark) {
        let Some(row) = row else {
            self.young.remove(&key);
            self.old.remove(&key);
            return;
        };
        self.put(key, row, mark);
    }

    fn put(&mut self, key: K, row: Arc<V>, mark: Mark) {
        self.old.remove(&key);
        self.young.insert(key, (row, mark));
        if ROWS_MAX <= self.young.len() {
            self.old = std::mem::take(&mut self.young);
        }
    }
}
