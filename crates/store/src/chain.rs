//! The chain of batches: dense numbers, each digest over the one before it.
//!
//! A follower reads batches by number and knows from `touched` what to look at; a copy of the books
//! can be compared with the original by one digest.

mod bytes;
mod link;

use aws_lc_rs::digest::{Context, SHA256};
use payments::{ChangeSet, TransactionKey};

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 32;

/// One commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// The lane that wrote it.
    pub lane: u16,
    /// Its number in the lane; 1 is the first, and none is left out.
    pub number: i64,
    /// The first key that was allotted to it.
    pub first_key: i64,
    /// The last key that was allotted to it.
    pub last_key: i64,
    /// SHA-256 of the digest before it and of its changes.
    pub digest: [u8; DIGEST_BYTES],
    /// The keys of the transactions it wrote, as [`pack_keys`] packs them.
    pub touched: Vec<u8>,
}

/// Where a lane's chain stands.
#[derive(Debug)]
pub struct Chain {
    lane: u16,
    number: i64,
    digest: [u8; DIGEST_BYTES],
    scratch: Vec<u8>,
}

impl Chain {
    /// Goes on after the last batch, if there was one.
    pub fn after(lane: u16, last: Option<&BatchRow>) -> Chain {
        let (number, digest) = last.map_or((0, [0; DIGEST_BYTES]), |row| (row.number, row.digest));
        Chain {
            lane,
            number,
            digest,
            scratch: Vec::new(),
        }
    }

    /// The lane.
    pub fn lane(&self) -> u16 {
        self.lane
    }

    /// The number of the last link.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The next link, over these changes. It counts only after [`Chain::linked`].
    pub fn link(&mut self, changes: &ChangeSet, first_key: i64, last_key: i64) -> BatchRow {
        let mut bytes = std::mem::take(&mut self.scratch);
        bytes.clear();
        link::write(changes, first_key, &mut bytes);
        let mut context = Context::new(&SHA256);
        context.update(&self.digest);
        context.update(&bytes);
        self.scratch = bytes;
        let mut digest = [0; DIGEST_BYTES];
        digest.copy_from_slice(context.finish().as_ref());
        let touched = changes.transactions.iter().map(|(key, _)| *key);
        BatchRow {
            lane: self.lane,
            number: self.number + 1,
            first_key,
            last_key,
            digest,
            touched: pack_keys(touched),
        }
    }

    /// The link was committed.
    pub fn linked(&mut self, row: &BatchRow) {
        assert_eq!(row.number, self.number + 1, "batches are dense");
        self.number = row.number;
        self.digest = row.digest;
    }
}

/// Packs growing keys: each as its distance from the one before, seven bits a byte, low bits first.
pub fn pack_keys(keys: impl Iterator<Item = TransactionKey>) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for TransactionKey(key) in keys {
        let mut distance = u64::try_from(key - before).expect("keys are packed in growing order");
        before = key;
        while 0x7f < distance {
            bytes.push(low_bits(distance) | 0x80);
            distance >>= 7;
        }
        bytes.push(low_bits(distance));
    }
    bytes
}

/// Unpacks what [`pack_keys`] packed; `None` when the bytes are something else.
pub fn unpack_keys(bytes: &[u8]) -> Option<Vec<TransactionKey>> {
    let (mut keys, mut before, mut distance, mut shift) = (Vec::new(), 0_i64, 0_u64, 0_u32);
    for byte in bytes {
        if 56 < shift {
            return None;
        }
        distance |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            before = before.checked_add(i64::try_from(distance).ok()?)?;
            keys.push(TransactionKey(before));
            (distance, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(keys)
}

fn low_bits(bits: u64) -> u8 {
    u8::try_from(bits & 0x7f).expect("seven bits")
}

#[cfg(test)]
mod tests {
    use payments::tables::written;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_digest_depends_on_the_one_before() {
        let mut changes = ChangeSet::default();
        changes
            .settings
            .push(("name".to_owned(), written("value".to_owned())));
        let mut chain = Chain::after(0, None);
        let first = chain.link(&changes, 1, 8);
        assert_eq!(
            first,
            chain.link(&changes, 1, 8),
            "an unused link leaves no trace"
        );
        chain.linked(&first);
        let second = chain.link(&changes, 9, 16);
        assert_eq!((first.number, second.number), (1, 2));
        assert_ne!(first.digest, second.digest);
        let mut again = Chain::after(0, Some(&first));
        assert_eq!(again.link(&changes, 9, 16), second);
        changes.settings.clear();
        assert_ne!(again.link(&changes, 9, 16).digest, second.digest);
    }

    proptest! {
        #[test]
        fn packed_keys_come_back(keys in proptest::collection::btree_set(0..i64::MAX, 0..50)) {
            let keys: Vec<_> = keys.into_iter().map(TransactionKey).collect();
            prop_assert_eq!(unpack_keys(&pack_keys(keys.iter().copied())), Some(keys));
        }

        #[test]
        fn foreign_bytes_do_not_panic(bytes: Vec<u8>) {
            let _ = unpack_keys(&bytes);
        }
    }
}
