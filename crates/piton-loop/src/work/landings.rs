//! What a run itself brought to branches, so that no job takes it for somebody
//! else's doing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use piton_git::CommitId;

/// The landings of a run, the oldest first. While one goes on, nobody looks at
/// the user's tree: half of it would be seen.
#[derive(Debug, Default)]
pub struct Landings(Mutex<Vec<Landing>>);

#[derive(Debug)]
struct Landing {
    base: CommitId,
    commit: CommitId,
}

/// Nothing lands while this is held.
#[derive(Debug)]
pub(super) struct Still<'l>(MutexGuard<'l, Vec<Landing>>);

impl Landings {
    /// Waits until nothing is landing.
    pub(super) fn still(&self) -> Still<'_> {
        Still(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Still<'_> {
    /// Notes that a branch went from one commit to another.
    pub(super) fn landed(&mut self, base: &CommitId, commit: &CommitId) {
        self.0.push(Landing {
            base: base.clone(),
            commit: commit.clone(),
        });
    }

    /// Returns how many landings brought a branch from one commit to another,
    /// where nothing else did.
    pub(super) fn between(&self, from: &CommitId, to: &CommitId) -> Option<usize> {
        let (mut at, mut count) = (to, 0);
        for landing in self.0.iter().rev() {
            if at == from {
                break;
            }
            if landing.commit == *at {
                at = &landing.base;
                count += 1;
            }
        }
        (at == from).then_some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_that_a_run_moved_itself_is_known_and_any_other_is_not() {
        let id = |digit: char| -> CommitId { digit.to_string().repeat(40).parse().unwrap() };
        let landings = Landings::default();
        let mut still = landings.still();
        still.landed(&id('1'), &id('2'));
        still.landed(&id('2'), &id('3'));
        // Somebody else committed 4 in between.
        still.landed(&id('4'), &id('5'));
        for (from, to, count) in [
            ('1', '2', Some(1)),
            ('1', '3', Some(2)),
            ('2', '3', Some(1)),
            ('4', '5', Some(1)),
            ('3', '5', None),
            ('1', '5', None),
            ('3', '1', None),
            ('1', '9', None),
        ] {
            assert_eq!(still.between(&id(from), &id(to)), count, "{from} to {to}");
        }
    }
}
