//! Rows that were lately read or written, so that the next batch need not ask the database.
//!
//! Only for a backend with one writer: then what it wrote last is what is there. Bounded: two
//! generations of so many rows a table; when the young one is full it becomes the old one, and what
//! was old and not asked for since is forgotten. After any failure everything is forgotten.
//!
//! Deliberately absent: rows that are looked at once or belong to nobody else's next decision
//! (caller references, works, documents, settings).

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use ledger::Balance;
use payments::rows::{AccessKey, Account, Certificate, Instrument, Token, Transaction};
use payments::tables::{KeySet, QuickHash, Table};
use payments::{
    AccessKeyId, AccountKey, ChangeSet, Fingerprint, InstrumentKey, ReadSet, TokenKey,
    TransactionKey, WorkingSet,
};

/// Rows of one table in one generation at most.
const ROWS_MAX: usize = 4_096;

/// The rows of the tables that commands ask for again and again.
#[derive(Debug, Default)]
pub struct Recent {
    accounts: Generations<AccountKey, Account>,
    access_keys: Generations<AccessKeyId, AccessKey>,
    certificates: Generations<Fingerprint, Certificate>,
    instruments: Generations<InstrumentKey, Instrument>,
    tokens: Generations<TokenKey, Token>,
    transactions: Generations<TransactionKey, Transaction>,
    balances: Generations<(AccountKey, u16), Balance>,
}

impl Recent {
    /// Puts what is known into the working set and leaves in `want` what is not.
    pub fn fill(&mut self, want: &mut ReadSet, seen: &mut WorkingSet) {
        self.accounts.fill(&mut want.accounts, &mut seen.accounts);
        self.access_keys
            .fill(&mut want.access_keys, &mut seen.access_keys);
        self.certificates
            .fill(&mut want.certificates, &mut seen.certificates);
        self.instruments
            .fill(&mut want.instruments, &mut seen.instruments);
        self.tokens.fill(&mut want.tokens, &mut seen.tokens);
        self.transactions
            .fill(&mut want.transactions, &mut seen.transactions);
        self.balances.fill(&mut want.balances, &mut seen.balances);
    }

    /// Remembers what the database has just said.
    pub fn learn_loaded(&mut self, wanted: &ReadSet, seen: &WorkingSet) {
        self.accounts.learn_loaded(&wanted.accounts, &seen.accounts);
        self.access_keys
            .learn_loaded(&wanted.access_keys, &seen.access_keys);
        self.certificates
            .learn_loaded(&wanted.certificates, &seen.certificates);
        self.instruments
            .learn_loaded(&wanted.instruments, &seen.instruments);
        self.tokens.learn_loaded(&wanted.tokens, &seen.tokens);
        self.transactions
            .learn_loaded(&wanted.transactions, &seen.transactions);
        self.balances.learn_loaded(&wanted.balances, &seen.balances);
    }

    /// Remembers what has just been committed.
    pub fn learn_written(&mut self, changes: ChangeSet) {
        self.accounts.learn_written(changes.accounts);
        self.access_keys.learn_written(changes.access_keys);
        self.certificates.learn_written(changes.certificates);
        self.instruments.learn_written(changes.instruments);
        self.tokens.learn_written(changes.tokens);
        self.transactions.learn_written(changes.transactions);
        self.balances.learn_written(changes.balances);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Recent::default();
    }
}

/// Rows by key; `None` for a key that is known to be absent.
#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, Option<Arc<V>>, QuickHash>,
    old: HashMap<K, Option<Arc<V>>, QuickHash>,
}

impl<K, V> Default for Generations<K, V> {
    fn default() -> Generations<K, V> {
        Generations {
            young: HashMap::default(),
            old: HashMap::default(),
        }
    }
}

impl<K: Eq + Hash + Ord + Clone + std::fmt::Debug, V> Generations<K, V> {
    fn fill(&mut self, want: &mut KeySet<K>, seen: &mut Table<K, V>) {
        want.retain(|key| match self.get(key) {
            Some(row) => {
                seen.remembered(key.clone(), row);
                false
            }
            None => true,
        });
    }

    #[expect(
        clippy::option_option,
        reason = "unknown, known to be absent, and there: three cases"
    )]
    fn get(&mut self, key: &K) -> Option<Option<Arc<V>>> {
        if let Some(row) = self.young.get(key) {
            return Some(row.clone());
        }
        let row = self.old.remove(key)?;
        self.put(key.clone(), row.clone());
        Some(row)
    }

    fn learn_loaded(&mut self, wanted: &KeySet<K>, seen: &Table<K, V>) {
        for key in wanted {
            self.put(key.clone(), seen.shared(key));
        }
    }

    fn learn_written(&mut self, changes: Vec<(K, Option<Arc<V>>)>) {
        for (key, row) in changes {
            self.old.remove(&key);
            self.put(key, row);
        }
    }

    fn put(&mut self, key: K, row: Option<Arc<V>>) {
        self.young.insert(key, row);
        if ROWS_MAX <= self.young.len() {
            let empty = HashMap::with_capacity_and_hasher(ROWS_MAX, QuickHash::default());
            self.old = std::mem::replace(&mut self.young, empty);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_last_is_found_and_memory_is_bounded() {
        let mut rows = Generations::<usize, usize>::default();
        for key in 0..3 * ROWS_MAX {
            rows.learn_written(vec![(key, Some(Arc::new(key)))]);
            rows.learn_written(vec![(0, Some(Arc::new(key)))]);
            assert_eq!(rows.get(&0), Some(Some(Arc::new(key))));
            assert!(rows.young.len() + rows.old.len() < 2 * ROWS_MAX);
        }
        assert_eq!(rows.get(&1), None, "long forgotten");
        rows.learn_written(vec![(0, None)]);
        assert_eq!(rows.get(&0), Some(None), "known to be absent");
    }
}
