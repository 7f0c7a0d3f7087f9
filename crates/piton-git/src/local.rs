//! The two halves, of a repository on this machine.

use std::path::{Path, PathBuf};

use piton_durable::transaction::AroundHooks;

use crate::held_ref::HeldRef;
use crate::objects::{self, Object, ObjectKind, PathChange, TreeEntry};
use crate::program::GitCommand;
use crate::repository::names;
use crate::{
    Cleared, CommitId, Committed, Git, GitError, GitRead, IgnoreRule, Repository, StatusEntry, Tip,
    UnderWay, Worktree, commit, ignore, landing, loose, plain, status, undertaking, worktree,
};

impl GitRead for Repository {
    fn top(&self) -> &Path {
        Self::top(self)
    }

    fn common_dir(&self) -> &Path {
        self.common()
    }

    fn head(&self) -> Result<Option<CommitId>, GitError> {
        Self::head(self)
    }

    fn branch(&self) -> Result<Option<String>, GitError> {
        GitCommand::reading(self.top())
            .args(["symbolic-ref", "--quiet", "--short", "HEAD"])
            .found_line()
    }

    fn tip(&self) -> Result<Tip, GitError> {
        Self::tip(self)
    }

    fn under_way(&self) -> Result<Option<UnderWay>, GitError> {
        Self::under_way(self)
    }

    fn contains(&self, later: &CommitId, earlier: &CommitId) -> Result<bool, GitError> {
        Self::contains(self, later, earlier)
    }

    fn is_anything_left(&self) -> bool {
        undertaking::is_anything_left(self.common())
    }

    fn status(&self, scope: &[&Path], with_ignored: bool) -> Result<Vec<StatusEntry>, GitError> {
        status::read(self, scope, with_ignored)
    }

    fn committed(&self, below: &Path) -> Option<Committed> {
        Committed::below(self, below)
    }

    fn differences(&self, from: &CommitId, to: &CommitId) -> Option<Vec<PathChange>> {
        objects::changes(self.objects(), from.as_str(), to.as_str()).ok()
    }

    fn content(&self, of: &TreeEntry) -> Option<Vec<u8>> {
        let found = self.objects().read(&of.object).ok()??;
        (found.kind == ObjectKind::Blob).then_some(found.bytes)
    }

    fn ignored_by(&self, path: &Path) -> Result<Option<IgnoreRule>, GitError> {
        ignore::rule_for(self.top(), path)
    }

    fn tracked_files(&self) -> Result<Vec<PathBuf>, GitError> {
        let stdout = GitCommand::reading(self.top())
            .args(["ls-files", "-z"])
            .run()?;
        Ok(names(&stdout))
    }

    fn remote_url(&self, name: &str) -> Result<Option<String>, GitError> {
        if let Some(url) = plain::remote_url(self.common(), name) {
            return Ok(Some(url));
        }
        let key = format!("remote.{name}.url");
        GitCommand::reading(self.top())
            .args(["config", "--get", &key])
            .found_line()
    }

    fn message(&self, commit: &CommitId) -> Result<String, GitError> {
        let found = self.objects().read(commit.as_str())?;
        if let Some(text) = found.as_ref().and_then(message_in) {
            return Ok(text.trim_end_matches('\n').to_owned());
        }
        GitCommand::reading(self.top())
            .args(["show", "--no-patch", "--format=%B", commit.as_str()])
            .line()
    }

    fn refs(&self) -> Result<Vec<(String, CommitId)>, GitError> {
        if let Some(refs) = loose::all(self.git_dir(), self.common()) {
            return Ok(refs);
        }
        let command = GitCommand::reading(self.top()).args([
            "for-each-ref",
            "--sort=refname",
            "--format=%(objectname) %(refname)",
        ]);
        let shown = command.shown().to_owned();
        let text = command.line()?;
        text.lines()
            .map(|line| {
                let unreadable = || GitError::Unreadable {
                    command: shown.clone(),
                    what: format!("line {line:?}"),
                };
                let (id, name) = line.split_once(' ').ok_or_else(unreadable)?;
                Ok((name.to_owned(), id.parse().map_err(|_| unreadable())?))
            })
            .collect()
    }

    fn worktrees(&self) -> Result<Vec<Worktree>, GitError> {
        worktree::list(self.top())
    }
}

impl Git for Repository {
    fn commit_on(
        &self,
        tip: &Tip,
        paths: &[&Path],
        message: &str,
        around: AroundHooks<'_>,
    ) -> Result<Option<CommitId>, GitError> {
        commit::exactly(self, tip, paths, message, around)
    }

    fn hold(&self, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
        landing::hold(self, name, commit)
    }

    fn release(&self, name: &HeldRef, commit: &CommitId) -> Result<(), GitError> {
        landing::release(self, name, commit)
    }

    fn recover(&self) -> Result<Vec<Cleared>, GitError> {
        undertaking::recover(self)
    }
}

/// Returns the message in a commit; `None` where git has to turn it into UTF-8.
fn message_in(commit: &Object) -> Option<&str> {
    let text = std::str::from_utf8(&commit.bytes).ok()?;
    let (head, message) = text.split_once("\n\n")?;
    let plain = commit.kind == ObjectKind::Commit
        && !head.lines().any(|line| line.starts_with("encoding "));
    plain.then_some(message)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests set the stage by hand")]
mod tests {
    use super::*;
    use piton_testkit::ScratchRepo;

    #[test]
    fn the_last_address_of_a_remote_counts_as_git_has_it() {
        let repo = ScratchRepo::new();
        let file = repo.path().join(".git/config");
        let found = Repository::find(repo.path()).unwrap();
        for (config, address) in [
            ("", None),
            (
                "[remote \"origin\"]\n\turl = first\n[Remote \"origin\"]\n\tURL = second\n",
                Some("second"),
            ),
            (
                "[remote \"origin\"]\n\turl = \"quoted # one\"\n",
                Some("quoted # one"),
            ),
            ("[remote \"Origin\"]\n\turl = other\n", None),
        ] {
            let plain = "[core]\n\trepositoryformatversion = 0\n\tbare = false\n";
            std::fs::write(&file, format!("{plain}{config}")).unwrap();
            assert_eq!(
                found.remote_url("origin").unwrap().as_deref(),
                address,
                "{config}"
            );
        }
    }
}
