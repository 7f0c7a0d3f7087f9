//! A set of list positions that gives up its smallest first.

/// A set of integers below a bound, kept as a tree of bits: each level has one
/// bit for each word of the level below. A million positions take 128 kB and
/// four steps, where a heap would take twenty and miss the cache on each.
#[derive(Debug)]
pub(crate) struct PositionSet {
    /// The bits themselves first, the root word last.
    levels: Vec<Vec<u64>>,
}

impl PositionSet {
    pub(crate) fn new(bound: usize) -> Self {
        let mut levels = Vec::new();
        let mut words = bound.div_ceil(64).max(1);
        loop {
            levels.push(vec![0; words]);
            if words == 1 {
                return Self { levels };
            }
            words = words.div_ceil(64);
        }
    }

    pub(crate) fn insert(&mut self, position: u32) {
        let mut at = position as usize;
        for level in &mut self.levels {
            let word = &mut level[at / 64];
            let was_empty = *word == 0;
            *word |= 1 << (at % 64);
            if !was_empty {
                return;
            }
            at /= 64;
        }
    }

    pub(crate) fn pop_first(&mut self) -> Option<u32> {
        let mut at = 0;
        for level in self.levels.iter().rev() {
            let word = level[at];
            if word == 0 {
                return None;
            }
            at = at * 64 + word.trailing_zeros() as usize;
        }
        let first = u32::try_from(at).ok()?;
        for level in &mut self.levels {
            level[at / 64] &= !(1 << (at % 64));
            if level[at / 64] != 0 {
                break;
            }
            at /= 64;
        }
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_comes_first_whatever_the_order_of_insertion() {
        for bound in [1, 63, 64, 65, 4096, 4097, 300_000] {
            let mut set = PositionSet::new(bound);
            let bound = u32::try_from(bound).unwrap();
            let mut wanted: Vec<u32> = (0..200).map(|i| (i * 7919 + 13) % bound).collect();
            for position in &wanted {
                set.insert(*position);
            }
            wanted.sort_unstable();
            wanted.dedup();
            let found: Vec<u32> = std::iter::from_fn(|| set.pop_first()).collect();
            assert_eq!(found, wanted);
        }
    }
}
