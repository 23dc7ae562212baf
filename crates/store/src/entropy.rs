//! Where random bytes come from.

/// A source of random bytes for ids.
pub trait Entropy: Send {
    /// Fills the bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Bytes drawn at a time.
const BYTES_AT_ONCE: usize = 4_096;

/// The crypto library's generator, which the system seeds, asked for many bytes at a time: whole
/// blocks of them cost little, a few alone as much as many.
#[derive(Default)]
pub struct SystemEntropy {
    unused: Vec<u8>,
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(BYTES_AT_ONCE) {
            if self.unused.len() < chunk.len() {
                self.unused.resize(BYTES_AT_ONCE, 0);
                aws_lc_rs::rand::fill(&mut self.unused).expect("the system has randomness");
            }
            let kept = self.unused.len() - chunk.len();
            chunk.copy_from_slice(&self.unused[kept..]);
            self.unused[kept..].fill(0);
            self.unused.truncate(kept);
        }
    }
}

impl std::fmt::Debug for SystemEntropy {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter
            .debug_struct("SystemEntropy")
            .finish_non_exhaustive()
    }
}

/// The same bytes for the same seed: for tests and simulation, never for a server.
#[derive(Debug)]
pub struct SeededEntropy(u64);

impl SeededEntropy {
    /// Starts from a seed.
    pub fn new(seed: u64) -> SeededEntropy {
        SeededEntropy(seed)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            // SplitMix64.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            let length = chunk.len();
            chunk.copy_from_slice(&mixed.to_le_bytes()[..length]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_random_bytes_are_given_twice() {
        let mut entropy = SystemEntropy::default();
        let mut given = std::collections::HashSet::new();
        for length in [16, 4_080, 16, 5_000, 32, 4_096, 4_095].repeat(3) {
            let mut bytes = vec![0; length];
            entropy.fill(&mut bytes);
            for piece in bytes.chunks_exact(16) {
                assert!(given.insert(piece.to_vec()), "{piece:?} came before");
            }
        }
    }
}
