//! One table of a working set.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use super::QuickHash;

/// One table of a working set: rows by key, `None` for a key that is known to be absent.
#[derive(Clone, Debug)]
pub struct Table<K, V> {
    rows: HashMap<K, Slot<V>, QuickHash>,
}

#[derive(Clone, Debug)]
struct Slot<V> {
    row: Option<Arc<V>>,
    changed: bool,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Table<K, V> {
        Table {
            rows: HashMap::default(),
        }
    }
}

impl<K: Eq + Hash + Ord + Clone + std::fmt::Debug, V> Table<K, V> {
    /// The row, or `None` when there is none.
    ///
    /// Asking for a key that was never read is a bug: absence would be a guess.
    pub fn get(&self, key: &K) -> Option<&V> {
        let slot = self.rows.get(key);
        assert!(
            slot.is_some(),
            "a row was decided on without being read: {key:?}"
        );
        slot.and_then(|slot| slot.row.as_deref())
    }

    /// The row if it was read and is there: for `reads`, which runs in rounds.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.rows.get(key).and_then(|slot| slot.row.as_deref())
    }

    /// The same, to be kept beyond this working set.
    pub fn shared(&self, key: &K) -> Option<Arc<V>> {
        self.rows.get(key).and_then(|slot| slot.row.clone())
    }

    /// Whether the key was read.
    pub fn knows(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    /// Puts in what a store has read.
    pub fn loaded(&mut self, key: K, row: Option<V>) {
        self.remembered(key, row.map(Arc::new));
    }

    /// Puts in what is known from before.
    pub fn remembered(&mut self, key: K, row: Option<Arc<V>>) {
        let changed = false;
        self.rows.insert(key, Slot { row, changed });
    }

    /// Lays a change over the table.
    pub fn lay(&mut self, key: K, row: Option<Arc<V>>) {
        self.rows.insert(key, Slot { row, changed: true });
    }
}

impl<K: Ord, V> Table<K, V> {
    /// The changed rows in the order of their keys: what has to be written.
    pub fn into_changed(self) -> Vec<(K, Option<Arc<V>>)> {
        let changed = self.rows.into_iter().filter(|(_, slot)| slot.changed);
        let mut changed: Vec<_> = changed.map(|(key, slot)| (key, slot.row)).collect();
        changed.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        changed
    }
}
