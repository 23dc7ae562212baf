//! A hasher for row keys: a multiplication and a rotation a word.

use std::hash::Hasher;

/// An odd number with its bits well spread: 2⁶⁴ divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes short keys quickly. It withstands no one who chooses keys to collide.
#[derive(Clone, Copy, Debug, Default)]
pub struct QuickHasher {
    state: u64,
}

impl QuickHasher {
    fn mix(&mut self, word: u64) {
        self.state = (self.state.rotate_left(5) ^ word).wrapping_mul(SPREAD);
    }
}

impl Hasher for QuickHasher {
    fn finish(&self) -> u64 {
        // The high bits are the best mixed; the map uses the low ones too.
        self.state ^ (self.state >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.mix(u64::from(number));
    }

    fn write_u16(&mut self, number: u16) {
        self.mix(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.mix(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.mix(number);
    }

    fn write_i64(&mut self, number: i64) {
        self.mix(number.cast_unsigned());
    }

    fn write_usize(&mut self, number: usize) {
        self.mix(u64::try_from(number).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::QuickHasher;

    #[test]
    fn neighbouring_keys_spread() {
        let build = BuildHasherDefault::<QuickHasher>::default();
        let hashes: HashSet<u64> = (0..10_000_i64)
            .map(|key| build.hash_one(key << 11))
            .collect();
        assert_eq!(hashes.len(), 10_000);
        let low: HashSet<u64> = hashes.iter().map(|hash| hash & 0xfff).collect();
        assert!(
            3_000 < low.len(),
            "the low bits take many values: {}",
            low.len()
        );
    }
}
