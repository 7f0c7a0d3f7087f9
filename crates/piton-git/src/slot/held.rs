//! References of piton's own in the user's repository.
//!
//! They hold objects that nothing of the user's names, so that no `git gc`
//! takes them away: the commit that a slot shows, and work that was accepted
//! and has not landed.

use std::path::Path;

use super::home::short_digest;
use crate::program::GitCommand;
use crate::{CommitId, Git, GitError, GitRead, loose, stale};

const PLACE: &str = "refs/piton";
const BASE: &str = "refs/piton/base/";
const UNLANDED: &str = "refs/piton/unlanded/";

/// A reference below `refs/piton/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeldRef(String);

/// A name that a reference cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} cannot name work; use letters, digits, `-`, `_` and single dots inside")]
pub struct InvalidName(String);

impl HeldRef {
    /// Names what keeps the commit of the slot at `path`.
    pub(super) fn base(path: &Path) -> Self {
        Self(format!("{BASE}{}", short_digest(path)))
    }

    /// Names work that was accepted and has not landed.
    pub fn unlanded(name: &str) -> Result<Self, InvalidName> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let good = !name.is_empty()
            && name.len() <= 200
            && name.chars().all(plain)
            && !name.starts_with(['.', '-'])
            && !name.ends_with('.')
            && !name.contains("..")
            && Path::new(name).extension().is_none_or(|end| end != "lock");
        if good {
            Ok(Self(format!("{UNLANDED}{name}")))
        } else {
            Err(InvalidName(name.to_owned()))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of the work, if this holds work.
    pub fn work(&self) -> Option<&str> {
        self.0.strip_prefix(UNLANDED)
    }
}

/// Tells whether a reference is piton's own.
pub fn is_reserved_reference(reference: &str) -> bool {
    reference.starts_with("refs/piton/")
}

/// Returns the work that was accepted and has not landed, by name.
pub fn unlanded(git: &dyn GitRead) -> Result<Vec<(HeldRef, CommitId)>, GitError> {
    let all = git.refs()?.into_iter();
    Ok(all
        .filter(|(name, _)| name.starts_with(UNLANDED))
        .map(|(name, id)| (HeldRef(name), id))
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
        GitCommand::quietly(git.top())
            .args(["update-ref", name.as_str(), commit.as_str()])
            .run()
            .map(drop)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_git_takes_name_work() {
        assert_eq!(
            HeldRef::unlanded("add-api.20260601").unwrap().as_str(),
            "refs/piton/unlanded/add-api.20260601"
        );
        for wrong in [
            "", "a/b", "..", ".a", "a.", "a..b", "a.lock", "-d", "a b", "a\n",
        ] {
            assert!(HeldRef::unlanded(wrong).is_err(), "{wrong:?}");
        }
    }
}
