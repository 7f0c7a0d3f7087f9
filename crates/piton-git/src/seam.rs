//! The repository as the rest of the house sees it: a reading and a writing half.

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use piton_durable::transaction::AroundHooks;

use crate::held_ref::HeldRef;
use crate::landing::{PathChange, TreeEntry};
use crate::{
    Cleared, CommitId, Committed, GitError, IgnoreRule, StatusEntry, Tip, UnderWay, Worktree,
};

/// The reading half.
pub trait GitRead: Debug + Send + Sync {
    /// Returns the top of the working tree.
    fn top(&self) -> &Path;

    /// Returns the directory that all worktrees of the repository share.
    fn common_dir(&self) -> &Path;

    /// Returns the commit that is checked out; `None` before the first one.
    fn head(&self) -> Result<Option<CommitId>, GitError>;

    /// Returns the branch that is checked out; `None` when HEAD is detached.
    fn branch(&self) -> Result<Option<String>, GitError>;

    /// Returns where HEAD points: branch and commit.
    fn tip(&self) -> Result<Tip, GitError> {
        Ok(Tip {
            reference: self.branch()?.map(|name| format!("refs/heads/{name}")),
            commit: self.head()?,
        })
    }

    /// Returns what the user has begun in this worktree and not finished.
    fn under_way(&self) -> Result<Option<UnderWay>, GitError> {
        Ok(None)
    }

    /// Tells whether `later` is `earlier` or was built on it.
    fn contains(&self, later: &CommitId, earlier: &CommitId) -> Result<bool, GitError> {
        Ok(later == earlier)
    }

    /// Tells whether a git that piton ran has left a record of what it was at.
    fn is_anything_left(&self) -> bool {
        false
    }

    /// Returns what differs from HEAD below `scope` (everything when empty).
    fn status(&self, scope: &[&Path], with_ignored: bool) -> Result<Vec<StatusEntry>, GitError>;

    /// Looks at what is committed below a directory, without a git; `None` where
    /// that cannot be done.
    fn committed(&self, _below: &Path) -> Option<Committed> {
        None
    }

    /// Returns what differs from one commit to another, without a git; `None`
    /// where that cannot be done.
    fn differences(&self, _from: &CommitId, _to: &CommitId) -> Option<Vec<PathChange>> {
        None
    }

    /// Returns what a file of a commit holds, without a git; `None` where that
    /// cannot be done.
    fn content(&self, _of: &TreeEntry) -> Option<Vec<u8>> {
        None
    }

    /// Returns the rule because of which git would ignore a new file at `path`.
    fn ignored_by(&self, path: &Path) -> Result<Option<IgnoreRule>, GitError>;

    /// Returns the tracked files, relative to the top, in git's order.
    fn tracked_files(&self) -> Result<Vec<PathBuf>, GitError>;

    /// Returns the address of a remote, if there is one of that name.
    fn remote_url(&self, name: &str) -> Result<Option<String>, GitError>;

    /// Returns the full message of a commit.
    fn message(&self, commit: &CommitId) -> Result<String, GitError>;

    /// Returns every reference with the object it points at, sorted by name.
    fn refs(&self) -> Result<Vec<(String, CommitId)>, GitError>;

    fn worktrees(&self) -> Result<Vec<Worktree>, GitError>;
}

/// The writing half.
pub trait Git: GitRead {
    /// Commits exactly what stands at `paths` (files or directories, relative
    /// to the top) on the current branch, hooks included, durably. Other staged
    /// changes stay staged. Returns `None` when nothing there differs from HEAD.
    fn commit_paths(&self, paths: &[&Path], message: &str) -> Result<Option<CommitId>, GitError> {
        self.commit_on(&self.tip()?, paths, message, &mut |_| Ok(()))
    }

    /// The same on `tip` and nowhere else: another branch, or a branch that no
    /// longer holds that commit, refuses. What a `.gitignore` matches at the
    /// paths is committed too. Where hooks run that may change files, `around`
    /// is asked before and after; when it says why not, there is no commit.
    fn commit_on(
        &self,
        tip: &Tip,
        paths: &[&Path],
        message: &str,
        around: AroundHooks<'_>,
    ) -> Result<Option<CommitId>, GitError>;

    /// Lets a reference of piton's own name a commit, wherever it was before.
    fn hold(&self, name: &HeldRef, commit: &CommitId) -> Result<(), GitError>;

    /// Lets go of a reference of piton's own, if it still holds `commit`. What a
    /// kill leaves of it, [`Git::recover`] clears away.
    fn release(&self, name: &HeldRef, commit: &CommitId) -> Result<(), GitError>;

    /// Clears away what gits that piton ran and that were killed have left:
    /// their locks, and an index that does not show a commit that was made.
    fn recover(&self) -> Result<Vec<Cleared>, GitError> {
        Ok(Vec::new())
    }
}
