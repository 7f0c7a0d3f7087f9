//! Finding actions by what they act on.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::action::Action;
use crate::id::ActionId;
use crate::operation::Operation;

/// Actions by category and target.
///
/// One table answers three questions, since an id is category, verb and
/// target: which action has this id, which ids occur twice, and which actions
/// act on the same thing. It holds positions only, and so owns no text.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    hasher: RandomState,
    /// The upper half of the hash above the position plus one; zero is free.
    slots: Vec<u64>,
    /// The first action on a thing, and the later ones on the same thing.
    shared: HashMap<u32, Vec<u32>>,
}

impl Index {
    pub(crate) fn build<O: Operation>(actions: &[Action<O>]) -> Self {
        let mut index = Self {
            hasher: RandomState::new(),
            slots: vec![0; (actions.len() * 2).next_power_of_two().max(4)],
            shared: HashMap::new(),
        };
        for (position, action) in (0_u32..).zip(actions) {
            let operation = &action.operation;
            let (category, target) = (operation.category(), operation.target());
            match index.probe(actions, category, &target) {
                Ok(first) => index.shared.entry(first).or_default().push(position),
                Err((slot, tag)) => index.slots[slot] = tag | u64::from(position + 1),
            }
        }
        index
    }

    /// Returns the position of the action with this id.
    pub(crate) fn get<O: Operation>(&self, actions: &[Action<O>], id: &ActionId) -> Option<u32> {
        let (category, _, target) = id.parts();
        let first = self.probe(actions, category, target).ok()?;
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

    /// Finds the first action on a thing, or the slot where it would stand
    /// together with the tag that it would bear.
    fn probe<O: Operation>(
        &self,
        actions: &[Action<O>],
        category: &str,
        target: &str,
    ) -> Result<u32, (usize, u64)> {
        let hash = self.hasher.hash_one((category, target));
        let tag = hash & (u64::from(u32::MAX) << 32);
        let mask = self.slots.len() - 1;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only the low bits are wanted"
        )]
        let mut slot = hash as usize & mask;
        loop {
            let found = self.slots[slot];
            if found == 0 {
                return Err((slot, tag));
            }
            if found & !u64::from(u32::MAX) == tag {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "the low half is the position"
                )]
                let position = found as u32 - 1;
                let operation = &actions[position as usize].operation;
                if operation.category() == category && operation.target() == target {
                    return Ok(position);
                }
            }
            slot = (slot + 1) & mask;
        }
    }
}
