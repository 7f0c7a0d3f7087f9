//! Hashing short names fast.

use std::hash::{BuildHasher, RandomState};

/// An odd number without a pattern: the fraction of the golden ratio.
const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The secret of one table. Names come from files too, and nobody should be
/// able to choose them so that they all fall into one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(u64, u64);

impl Seed {
    pub(crate) fn new() -> Self {
        let state = RandomState::new();
        Self(state.hash_one(0_u8), state.hash_one(1_u8))
    }

    /// Hashes a category with a target, eight bytes in each step; the standard
    /// hash takes as long as the rest of the check together.
    pub(crate) fn hash(self, category: &str, target: &str) -> u64 {
        let state = self.absorb(self.0, category.as_bytes());
        self.absorb(state, target.as_bytes())
    }

    fn absorb(self, mut state: u64, bytes: &[u8]) -> u64 {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            state = mix(state ^ word, self.1 ^ MIXER);
        }
        let mut last = [0; 8];
        last[..words.remainder().len()].copy_from_slice(words.remainder());
        // The length tells `a` from `a` with a zero byte after it.
        let last = u64::from_le_bytes(last) ^ (bytes.len() as u64).rotate_left(56);
        mix(state ^ last, self.1.rotate_left(32) ^ MIXER)
    }
}

/// Multiplies and folds the upper half onto the lower, so that every bit of
/// the product counts.
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b | 1);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "both halves are used, one after the other"
    )]
    let folded = product as u64 ^ (product >> 64) as u64;
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_names_of_many_lengths_fall_into_different_places() {
        let seed = Seed::new();
        let mut seen = std::collections::HashSet::new();
        for length in 0..40 {
            for last in ["", "a", "b", "\0"] {
                let target = format!("{}{last}", "x".repeat(length));
                for category in ["file", "gist", "filex"] {
                    seen.insert(seed.hash(category, &target));
                }
            }
        }
        let places = 40 * 4 * 3;
        assert_eq!(seen.len(), places);
        let upper: std::collections::HashSet<u64> = seen.iter().map(|h| h >> 40).collect();
        assert!(upper.len() > places - 5, "the upper bits choose the slot");
    }
}
