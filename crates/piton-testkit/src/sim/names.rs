//! Names that are not safe yet.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use super::nodes::{Entries, Ino};

/// One change of one name.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) dir: Ino,
    pub(super) name: OsString,
    /// What the name stands for afterwards; `None` when it is free.
    pub(super) becomes: Option<Ino>,
}

impl Slot {
    pub(super) const fn new(dir: Ino, name: OsString, becomes: Option<Ino>) -> Self {
        Self { dir, name, becomes }
    }
}

/// A change of names that is lost or kept as a whole.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) slots: Vec<Slot>,
    /// The directories that must still be synced before it is safe.
    unsynced: BTreeSet<Ino>,
}

impl Change {
    fn touches(&self, other: &Change) -> bool {
        self.slots.iter().any(|mine| {
            other
                .slots
                .iter()
                .any(|theirs| mine.dir == theirs.dir && mine.name == theirs.name)
        })
    }
}

/// The safe names of all directories, with the changes that wait.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    pub(super) safe: BTreeMap<Ino, Entries>,
    pub(super) waiting: Vec<Change>,
}

impl Names {
    pub(super) fn change(&mut self, slots: Vec<Slot>) {
        let unsynced = slots.iter().map(|slot| slot.dir).collect();
        self.waiting.push(Change { slots, unsynced });
    }

    /// A directory was synced: what waited only for it is safe now, and so is
    /// everything that came before and concerns the same names.
    pub(super) fn sync(&mut self, dir: Ino) {
        for change in &mut self.waiting {
            change.unsynced.remove(&dir);
        }
        let done: Vec<bool> = self
            .waiting
            .iter()
            .map(|change| change.unsynced.is_empty())
            .collect();
        let keep = self.closed(&done);
        let safe = self.with(&keep);
        self.safe = safe;
        let mut keep = keep.into_iter();
        self.waiting.retain(|_| !keep.next().unwrap_or(false));
    }

    /// Adds to a choice of changes whatever they depend on.
    pub(super) fn closed(&self, keep: &[bool]) -> Vec<bool> {
        let mut closed = keep.to_vec();
        for later in (0..self.waiting.len()).rev() {
            if closed[later] {
                for (earlier, kept) in closed.iter_mut().enumerate().take(later) {
                    *kept |= self.waiting[later].touches(&self.waiting[earlier]);
                }
            }
        }
        closed
    }

    /// Returns the names that a crash leaves when exactly these changes are
    /// kept.
    pub(super) fn with(&self, keep: &[bool]) -> BTreeMap<Ino, Entries> {
        let mut names = self.safe.clone();
        for (change, _) in self.waiting.iter().zip(keep).filter(|(_, keep)| **keep) {
            for slot in &change.slots {
                let entries = names.entry(slot.dir).or_default();
                match slot.becomes {
                    Some(ino) => entries.insert(slot.name.clone(), ino),
                    None => entries.remove(&slot.name),
                };
            }
        }
        names
    }
}
