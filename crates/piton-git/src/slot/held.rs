//! References of piton's own in the user's repository.
//!
//! They hold objects that nothing of the user's names, so that no `git gc`
//! takes them away: the commit that a slot shows, and work that was accepted
//! and has not landed.

pub use crate::held_ref::{HeldRef, InvalidName};
use crate::{CommitId, Git, GitError, GitRead, loose, stale};

const PLACE: &str = "refs/piton";

/// Tells whether a reference is piton's own.
pub fn is_reserved_reference(reference: &str) -> bool {
    reference.starts_with("refs/piton/")
}

/// Returns the work that was accepted and has not landed, by name.
pub fn unlanded(git: &dyn GitRead) -> Result<Vec<(HeldRef, CommitId)>, GitError> {
    let all = git.refs()?.into_iter();
    Ok(all
        .filter_map(|(name, id)| Some((HeldRef::of_work(name)?, id)))
        .collect())
}

/// Lets a reference of piton's own name a commit, wherever it was before.
pub fn hold(git: &dyn Git, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
    let update = || {
        // What a slot shows goes with the slot; work must last.
        let set = match name.work() {
            Some(_) => loose::set_durably,
            None => loose::set,
        };
        if let Some(done) = set(git.common_dir(), name.as_str(), commit) {
            return done;
        }
        git.hold(name, commit)
    };
    match update() {
        // Only who holds the slot or the run moves its reference, so this is
        // the lock of a git that was killed.
        Err(GitError::Locked { lock }) if lock.starts_with(git.common_dir().join(PLACE)) => {
            stale::remove(&lock);
            update()
        }
        done => done,
    }
}

/// Removes a reference of piton's own, whatever it names.
pub(super) fn forget(git: &dyn Git, name: &HeldRef) -> Result<(), GitError> {
    let mut all = git.refs()?.into_iter();
    match all.find(|(other, _)| other == name.as_str()) {
        Some((_, commit)) => git.release(name, &commit),
        None => Ok(()),
    }
}
