//! Finding actions by what they act on.

use std::collections::HashMap;

use crate::action::Action;
use crate::id::ActionId;
use crate::operation::Operation;
use crate::parts::{WORTH_SORTING, by_part};
use crate::seed::Seed;

/// Actions by category and target.
///
/// One table answers three questions, since an id is category, verb and
/// target: which action has this id, which ids occur twice, and which actions
/// act on the same thing. It holds positions only, and so owns no text.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    seed: Seed,
    /// The lower half of the hash above the position plus one; zero is free.
    slots: Vec<u64>,
    /// The first action on a thing, and the later ones on the same thing.
    shared: HashMap<u32, Vec<u32>>,
}

/// Collects the hashes of actions on their way into an index, so that whoever
/// walks over the actions anyway need not do it twice.
#[derive(Debug)]
pub(crate) struct Hashes {
    seed: Seed,
    list: Vec<u64>,
}

impl Hashes {
    pub(crate) fn with_capacity(actions: usize) -> Self {
        Self {
            seed: Seed::new(),
            list: Vec::with_capacity(actions),
        }
    }

    /// Adds the next action.
    pub(crate) fn push(&mut self, category: &str, target: &str) {
        self.list.push(self.seed.hash(category, target));
    }

    /// Puts all positions into one table. Large tables are filled part by
    /// part: a table that misses the cache on each of a million inserts takes
    /// most of the time that the whole check takes.
    pub(crate) fn index<O: Operation>(self, actions: &[Action<O>]) -> Index {
        let mut index = Index {
            seed: self.seed,
            slots: vec![0; (self.list.len() * 2).next_power_of_two().max(4)],
            shared: HashMap::new(),
        };
        let hashed = self.list.iter().copied().zip(0_u32..);
        if self.list.len() < WORTH_SORTING {
            hashed.for_each(|(hash, position)| index.insert(actions, hash, position));
        } else {
            // The upper bits are those that choose the slot.
            for (hash, position) in by_part(hashed, u64::BITS, |(hash, _)| *hash) {
                index.insert(actions, hash, position);
            }
        }
        index
    }
}

impl Index {
    fn insert<O: Operation>(&mut self, actions: &[Action<O>], hash: u64, position: u32) {
        let operation = &actions[position as usize].operation;
        let same = |other: u32| {
            let (a, b) = (actions[other as usize].operation.key(), operation.key());
            a.category == b.category && a.target == b.target
        };
        match self.probe(hash, same) {
            Ok(first) => self.shared.entry(first).or_default().push(position),
            Err(slot) => self.slots[slot] = hash << 32 | u64::from(position + 1),
        }
    }

    /// Returns the position of the action with this id.
    pub(crate) fn get<O: Operation>(&self, actions: &[Action<O>], id: &ActionId) -> Option<u32> {
        let (category, _, target) = id.parts();
        let acts_on = |position: u32| {
            let key = actions[position as usize].operation.key();
            key.category == category && key.target == target
        };
        let hash = self.seed.hash(category, target);
        let first = self.probe(hash, acts_on).ok()?;
        let is = |position: &u32| actions[*position as usize].id == *id;
        if is(&first) {
            return Some(first);
        }
        self.shared.get(&first)?.iter().copied().find(is)
    }

    /// Returns the groups of actions that act on one thing, in list order.
    pub(crate) fn groups(&self) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = self
            .shared
            .iter()
            .map(|(first, later)| {
                std::iter::once(*first)
                    .chain(later.iter().copied())
                    .collect()
            })
            .collect();
        groups.sort_unstable();
        groups
    }

    /// Finds the first action on a thing, or the slot where it would stand.
    fn probe(&self, hash: u64, same: impl Fn(u32) -> bool) -> Result<u32, usize> {
        let bits = self.slots.len().trailing_zeros();
        let mut slot = usize::try_from(hash >> (u64::BITS - bits)).unwrap_or(0);
        loop {
            let found = self.slots[slot];
            if found == 0 {
                return Err(slot);
            }
            if found >> 32 == hash & u64::from(u32::MAX) {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the low half is the position"
                )]
                let position = found as u32 - 1;
                if same(position) {
                    return Ok(position);
                }
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}
