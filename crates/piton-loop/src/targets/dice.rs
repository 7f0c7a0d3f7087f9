//! Choices that look random and can be made again.
//!
//! A dry run and the run after it must choose the same target, so nothing here
//! asks the machine for randomness: the seed comes from the commit that is
//! worked on, or from the user.

/// A sequence of numbers that its seed decides.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Returns the sequence of the `round`-th choice made with a seed.
    pub(crate) fn new(seed: u64, round: u32) -> Self {
        let mut dice = Self(seed ^ u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.roll();
        dice
    }

    /// Returns the next number (splitmix64).
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 where there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let Ok(end) = u64::try_from(end) else {
            return 0;
        };
        let number = self.roll().checked_rem(end).unwrap_or(0);
        usize::try_from(number).unwrap_or(0)
    }

    /// Returns up to `count` different numbers below `end`, in no order.
    pub(crate) fn distinct(&mut self, count: usize, end: usize) -> Vec<usize> {
        let mut chosen = Vec::new();
        // Floyd's algorithm: one roll for each number, however large `end` is.
        for last in end.saturating_sub(count)..end {
            let number = self.below(last + 1);
            chosen.push(if chosen.contains(&number) {
                last
            } else {
                number
            });
        }
        chosen
    }

    /// Puts things in another order.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

/// Returns the seed that a commit's name, or any other text, stands for.
pub fn seed_of(text: &str) -> u64 {
    use sha2::{Digest, Sha256};

    let hash = Sha256::digest(text.as_bytes());
    hash.iter()
        .take(8)
        .fold(0, |seed, byte| (seed << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distinct_numbers_are_distinct_and_in_range(seed: u64, round: u32, count in 0usize..9, end in 0usize..40) {
            let mut chosen = Dice::new(seed, round).distinct(count, end);
            prop_assert_eq!(chosen.len(), count.min(end));
            prop_assert!(chosen.iter().all(|number| *number < end));
            chosen.sort_unstable();
            chosen.dedup();
            prop_assert_eq!(chosen.len(), count.min(end));
        }
    }

    /// The numbers that are published for splitmix64: whoever notes a seed gets the
    /// same choice from every version.
    #[test]
    fn a_seed_gives_the_numbers_that_are_known_for_it() {
        let mut dice = Dice(1_234_567);
        let rolled: Vec<u64> = (0..3).map(|_| dice.roll()).collect();
        assert_eq!(
            rolled,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn each_text_has_a_seed_of_its_own() {
        let seeds: std::collections::BTreeSet<u64> =
            (0..1000).map(|n| seed_of(&n.to_string())).collect();
        assert_eq!(seeds.len(), 1000);
    }

    #[test]
    fn the_same_seed_gives_the_same_choice_and_rounds_differ() {
        let choose = |seed, round| Dice::new(seed, round).below(1_000_000);
        assert_eq!(choose(seed_of("abc"), 0), choose(seed_of("abc"), 0));
        assert_ne!(choose(seed_of("abc"), 0), choose(seed_of("abc"), 1));
        assert_ne!(choose(seed_of("abc"), 0), choose(seed_of("abd"), 0));
    }
}
