//! What an agent may not change, compared before and after its call.

use std::fmt;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind, TreeDigest};
use piton_git::{Change, CommitId, GitError, GitRead};

/// The repository outside the migration's directory, before a call.
#[derive(Debug)]
pub struct Guard {
    head: Option<CommitId>,
    refs: Vec<(String, CommitId)>,
    settings: Vec<(PathBuf, Option<String>)>,
}

/// One thing that an agent changed and may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stray {
    /// A file outside the migration's directory.
    Path { path: PathBuf, change: Change },
    /// Its worktree shows another commit.
    Commit { head: Option<CommitId> },
    /// A branch or a tag was made, moved or removed.
    Reference { name: String },
    /// The repository's settings or hooks, which run as the user.
    Settings { path: PathBuf },
}

impl Stray {
    /// Tells whether throwing the worktree away leaves this behind.
    pub fn outlives_the_worktree(&self) -> bool {
        match self {
            Self::Reference { .. } | Self::Settings { .. } => true,
            Self::Path { .. } | Self::Commit { .. } => false,
        }
    }
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { path, change } => {
                let what = match change {
                    Change::Modified => "changed",
                    Change::Unmerged => "left in conflict",
                    Change::Untracked => "made",
                    Change::Ignored => "made, ignored",
                };
                write!(f, "{} ({what})", path.display())
            }
            Self::Commit { head: Some(head) } => {
                write!(f, "a commit of its own ({})", head.short())
            }
            Self::Commit { head: None } => f.write_str("no commit checked out any more"),
            Self::Reference { name } => write!(f, "the reference {name}"),
            Self::Settings { path } => write!(f, "git's own {}", path.display()),
        }
    }
}

impl Guard {
    /// Remembers the repository as it is now. `bench` is the agent's worktree.
    pub fn before(disk: &dyn DiskRead, bench: &dyn GitRead) -> Result<Self, GitError> {
        Ok(Self {
            head: bench.head()?,
            refs: watched(bench.refs()?),
            settings: settings(disk, bench.common_dir()),
        })
    }

    /// Returns what changed that the agent may not change. `user` is the
    /// repository as the user works in it, who may go on committing meanwhile.
    pub fn after(
        &self,
        disk: &dyn DiskRead,
        bench: &dyn GitRead,
        user: &dyn GitRead,
        allowed: &Path,
    ) -> Result<Vec<Stray>, GitError> {
        let mut strays = Vec::new();
        let head = bench.head()?;
        if head != self.head || bench.branch()?.is_some() {
            strays.push(Stray::Commit { head });
        }
        for entry in bench.status(&[], false)? {
            for path in outside(disk, bench.top(), &entry.path, allowed) {
                strays.push(Stray::Path {
                    path,
                    change: entry.change,
                });
            }
        }
        let refs = watched(bench.refs()?);
        let changed = |old: &[(String, CommitId)], new: &[(String, CommitId)]| -> Vec<String> {
            new.iter()
                .filter(|one| !old.contains(one))
                .map(|(name, _)| name.clone())
                .collect()
        };
        let mut names = changed(&self.refs, &refs);
        names.extend(changed(&refs, &self.refs));
        names.sort_unstable();
        names.dedup();
        let people = People::look(bench, user)?;
        names.retain(|name| !people.explain(name, &self.refs, &refs));
        strays.extend(names.into_iter().map(|name| Stray::Reference { name }));
        let settings = settings(disk, bench.common_dir());
        for (before, after) in self.settings.iter().zip(&settings) {
            if before != after {
                strays.push(Stray::Settings {
                    path: after.0.clone(),
                });
            }
        }
        Ok(strays)
    }
}

/// The people at work in the other worktrees of the repository, who may go on
/// committing and switching branches while an agent is at work.
struct People {
    /// The branch that the user has checked out.
    branch: Option<String>,
    /// What the other worktrees show.
    heads: Vec<CommitId>,
}

impl People {
    fn look(bench: &dyn GitRead, user: &dyn GitRead) -> Result<Self, GitError> {
        let worktrees = bench.worktrees()?;
        Ok(Self {
            branch: user.branch()?.map(|name| format!("refs/heads/{name}")),
            heads: worktrees
                .into_iter()
                .filter(|worktree| worktree.path != bench.top())
                .filter_map(|worktree| worktree.head)
                .collect(),
        })
    }

    /// Tells whether they account for a changed reference: it is the user's
    /// own branch, or one that moved to where somebody's worktree is.
    fn explain(
        &self,
        name: &String,
        before: &[(String, CommitId)],
        after: &[(String, CommitId)],
    ) -> bool {
        let was_there = before.iter().any(|(known, _)| known == name);
        let now = after.iter().find(|(known, _)| known == name);
        self.branch.as_ref() == Some(name)
            || (was_there && now.is_some_and(|(_, commit)| self.heads.contains(commit)))
    }
}

/// Branches and tags. Remote branches and the stash change while the user
/// fetches and stashes, and no plan is built on them.
fn watched(refs: Vec<(String, CommitId)>) -> Vec<(String, CommitId)> {
    refs.into_iter()
        .filter(|(name, _)| name.starts_with("refs/heads/") || name.starts_with("refs/tags/"))
        .collect()
}

/// A fingerprint of each of git's settings that make it run something.
fn settings(disk: &dyn DiskRead, common: &Path) -> Vec<(PathBuf, Option<String>)> {
    ["config", "hooks", "info"]
        .into_iter()
        .map(|name| {
            let path = common.join(name);
            let fingerprint = match disk.stat(&path) {
                Ok(Some(stat)) if stat.kind == Kind::Dir => TreeDigest::of(disk, &path)
                    .map(|digest| digest.as_str().to_owned())
                    .ok(),
                Ok(Some(_)) => disk
                    .read(&path)
                    .map(|bytes| without_branches(&String::from_utf8_lossy(&bytes)))
                    .ok(),
                Ok(None) | Err(_) => None,
            };
            (PathBuf::from(name), fingerprint)
        })
        .collect()
}

/// Takes the settings of branches out of git's configuration: they change with
/// every first push, and git runs nothing that they name.
fn without_branches(config: &str) -> String {
    let mut of_branch = false;
    config
        .lines()
        .filter(|line| {
            let line = line.trim_start();
            if line.starts_with('[') {
                of_branch = line.starts_with("[branch ") && line.trim_end().ends_with(']');
            }
            !of_branch
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Returns the part of a changed path that lies outside `allowed`. A whole new
/// directory is one entry, so one that `allowed` is in has to be looked into.
fn outside(disk: &dyn DiskRead, top: &Path, changed: &Path, allowed: &Path) -> Vec<PathBuf> {
    let mut strays = Vec::new();
    let mut waiting = vec![changed.to_owned()];
    while let Some(path) = waiting.pop() {
        if path.starts_with(allowed) {
            continue;
        }
        let is_dir =
            matches!(disk.stat(&top.join(&path)), Ok(Some(stat)) if stat.kind == Kind::Dir);
        if is_dir && allowed.starts_with(&path) {
            match disk.list(&top.join(&path)) {
                Ok(entries) => waiting.extend(entries.into_iter().map(|e| path.join(e.name))),
                Err(_) => strays.push(path),
            }
        } else {
            strays.push(path);
        }
    }
    strays.sort_unstable();
    strays
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_push_is_no_change_of_settings_and_an_editor_is() {
        let before = "[core]\n\tbare = false\n";
        let pushed = "[core]\n\tbare = false\n[branch \"x\"]\n\tremote = origin\n";
        let forged = "[branch \"x\"] remote = o\n[core]\n\tbare = false\n\teditor = evil\n";
        assert_eq!(without_branches(pushed), without_branches(before));
        assert_ne!(without_branches(forged), without_branches(before));
    }
}
