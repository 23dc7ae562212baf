//! The keys of one table that must be seen: few, sorted, each once.

/// A set of keys in their order. It is for a handful of keys at a time: they lie side by side, and the
/// room for them is kept from one command to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet<K> {
    sorted: Vec<K>,
}

impl<K> Default for KeySet<K> {
    fn default() -> KeySet<K> {
        KeySet { sorted: Vec::new() }
    }
}

impl<K> KeySet<K> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The keys in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, K> {
        self.sorted.iter()
    }

    /// Leaves only some.
    pub fn retain(&mut self, keeps: impl FnMut(&K) -> bool) {
        // Of all the tables a command reads a few.
        if !self.sorted.is_empty() {
            self.sorted.retain(keeps);
        }
    }

    /// Forgets all and keeps the room for others.
    pub fn clear(&mut self) {
        self.sorted.clear();
    }
}

impl<K: Ord> KeySet<K> {
    /// Adds a key, unless it is there.
    pub fn insert(&mut self, key: K) {
        // Keys mostly come in their order.
        if self.sorted.last().is_none_or(|last| *last < key) {
            self.sorted.push(key);
        } else if let Err(place) = self.sorted.binary_search(&key) {
            self.sorted.insert(place, key);
        }
    }
}

impl<K: Ord> Extend<K> for KeySet<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        for key in keys {
            self.insert(key);
        }
    }
}

impl<K: Ord> FromIterator<K> for KeySet<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> KeySet<K> {
        let mut set = KeySet::default();
        set.extend(keys);
        set
    }
}

impl<'a, K> IntoIterator for &'a KeySet<K> {
    type Item = &'a K;
    type IntoIter = std::slice::Iter<'a, K>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.iter()
    }
}

impl<K> IntoIterator for KeySet<K> {
    type Item = K;
    type IntoIter = std::vec::IntoIter<K>;

    fn into_iter(self) -> Self::IntoIter {
        self.sorted.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::KeySet;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_holds_what_a_tree_would(keys in proptest::collection::vec(0..40_u8, 0..60)) {
            let tree: BTreeSet<u8> = keys.iter().copied().collect();
            let mut set: KeySet<u8> = keys.into_iter().collect();
            prop_assert!(set.iter().eq(tree.iter()));
            prop_assert_eq!(set.len(), tree.len());
            set.retain(|key| key % 2 == 0);
            prop_assert!(set.iter().eq(tree.iter().filter(|key| **key % 2 == 0)));
            set.clear();
            prop_assert!(set.is_empty());
        }
    }
}
