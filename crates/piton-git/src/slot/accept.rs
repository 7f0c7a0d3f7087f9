//! Taking over what was made in a slot.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, create_dirs, tree};

use super::object::put_object;
use super::{Slot, SlotChangeKind, SlotError, checked, directory, lfs};
use crate::program::failure;
use crate::{CommitId, GitError, GitRead};

/// A commit that was built from a slot and is not in the user's repository yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    pub commit: CommitId,
    pub changes: Vec<TreeChange>,
}

/// One path that a commit changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeChange {
    pub path: PathBuf,
    /// Modes as git writes them (`100644`); `000000` where there is nothing.
    pub old_mode: String,
    pub new_mode: String,
}

impl Slot {
    /// Builds a commit on the slot's base from what stands at `paths` in the
    /// slot (everything when empty), ignored files left out. Its objects are in
    /// piton's own directory until [`Slot::hand_over`]. Returns `None` when
    /// nothing differs from the base; refuses a repository inside.
    pub fn commit(
        &self,
        disk: &dyn Disk,
        paths: &[&Path],
        message: &str,
    ) -> Result<Option<Proposed>, SlotError> {
        self.forget_objects(disk)?;
        let scratch = self.git.own.join("piton-index");
        tree::remove(disk, &scratch)?;
        // The slot is ours alone, so a lock on it is a dead git's.
        tree::remove(disk, &self.git.own.join("piton-index.lock"))?;
        let index = self.git.own.join("index");
        let bytes = disk.read(&index)?;
        directory::put(disk, &scratch, &bytes)?;
        let git = || {
            let git = self.git.command();
            git.map(|git| git.env("GIT_INDEX_FILE", &scratch))
        };
        let wanted = |path: &Path| paths.is_empty() || paths.iter().any(|p| path.starts_with(p));
        let mut list = Vec::new();
        let mut meant = BTreeSet::new();
        for change in self
            .changes()?
            .0
            .iter()
            .filter(|change| wanted(&change.path))
        {
            if change.kind == SlotChangeKind::Repository {
                return Err(SlotError::Repository {
                    path: change.path.clone(),
                });
            }
            list.extend_from_slice(change.path.as_os_str().as_bytes());
            list.push(0);
            meant.insert(change.path.clone());
        }
        if list.is_empty() {
            return Ok(None);
        }
        let add = git()?
            .env("GIT_LITERAL_PATHSPECS", "1")
            .args([
                "-c",
                "advice.addEmbeddedRepo=false",
                "add",
                "--all",
                "--force",
            ])
            .args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
        let shown = add.shown().to_owned();
        let output = add.output(Some(&list))?;
        if !output.status.success() {
            return Err(failure(shown, self.dir(), &output).into());
        }
        let tree = git()?.arg("write-tree").line()?;
        let changes = self.tree_changes(&tree)?;
        if changes.is_empty() {
            return Ok(None);
        }
        // A filter may have written what git believes to be staged.
        if let Some(other) = changes.iter().find(|change| !meant.contains(&change.path)) {
            return Err(SlotError::Smuggled {
                path: other.path.clone(),
            });
        }
        if let Some(inner) = changes.iter().find(|change| change.new_mode == "160000") {
            return Err(SlotError::Repository {
                path: inner.path.clone(),
            });
        }
        let command = git()?.args(["commit-tree", "-p", self.base().as_str(), "-F", "-", &tree]);
        let shown = command.shown().to_owned();
        let output = command.output(Some(message.as_bytes()))?;
        if !output.status.success() {
            return Err(failure(shown, self.dir(), &output).into());
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let commit = text
            .trim_end()
            .parse()
            .map_err(|error| GitError::Unreadable {
                command: shown,
                what: format!("{error}"),
            })?;
        Ok(Some(Proposed { commit, changes }))
    }

    /// Returns what stands at `paths` in the slot as a patch of its base, for
    /// people who want to take what was refused. `None` when nothing differs.
    pub fn patch(&self, disk: &dyn Disk, paths: &[&Path]) -> Result<Option<Vec<u8>>, SlotError> {
        let Some(proposed) = self.commit(disk, paths, "a patch")? else {
            return Ok(None);
        };
        let command = self.git.command()?.args([
            "diff-tree",
            "--patch",
            "--binary",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            self.base().as_str(),
            proposed.commit.as_str(),
        ]);
        Ok(Some(command.run()?))
    }

    /// Copies the objects of the last commit into the user's object store,
    /// durably. Nothing names them there yet: hold the commit next.
    pub fn hand_over(&self, disk: &dyn Disk, git: &dyn GitRead) -> Result<(), SlotError> {
        let from = self.git.own.join("objects");
        let to = git.common_dir().join("objects");
        let Some(found) = tree::walk(disk, &from)? else {
            return Ok(());
        };
        if self.git.runs_filters() {
            checked::hand_over(disk, &self.git, &found, git)?;
            return lfs::hand_over(disk, &self.git, git.common_dir());
        }
        // A pack is looked for by its index, so the index comes after it.
        let (last, first): (Vec<_>, Vec<_>) = found
            .nodes
            .into_iter()
            .filter(|node| node.kind == tree::NodeKind::File && !node.path.starts_with("info/"))
            .partition(|node| {
                Path::new(&node.path)
                    .extension()
                    .is_some_and(|end| end == "idx")
            });
        for node in first.into_iter().chain(last) {
            let (source, target) = (from.join(&node.path), to.join(&node.path));
            // Nobody but git writes here, and its name is its content's digest:
            // what is there is the same.
            if disk.stat(&target)?.is_some() {
                continue;
            }
            if let Some(dir) = target.parent() {
                create_dirs(disk, dir)?;
            }
            let bytes = disk.read(&source)?;
            put_object(disk, &target, &bytes)?;
        }
        lfs::hand_over(disk, &self.git, git.common_dir())
    }

    fn tree_changes(&self, tree: &str) -> Result<Vec<TreeChange>, SlotError> {
        let command = self.git.command()?.args([
            "diff-tree",
            "-r",
            "-z",
            "--no-renames",
            "--raw",
            self.base().as_str(),
            tree,
        ]);
        let shown = command.shown().to_owned();
        let stdout = command.run()?;
        parse(&stdout).ok_or_else(|| {
            let what = "its records are of another form".to_owned();
            GitError::Unreadable {
                command: shown,
                what,
            }
            .into()
        })
    }

    /// Removes what earlier commits of this slot left in piton's own store.
    fn forget_objects(&self, disk: &dyn Disk) -> Result<(), SlotError> {
        let objects = self.git.own.join("objects");
        for entry in disk.list(&objects)? {
            if entry.kind != Kind::Dir || entry.name != "info" {
                tree::remove(disk, &objects.join(&entry.name))?;
            }
        }
        lfs::forget(disk, &self.git.own)
    }
}

/// Reads `--raw -z`: a head that begins with a colon, then the path.
fn parse(stdout: &[u8]) -> Option<Vec<TreeChange>> {
    let mut parts = stdout
        .split(|&byte| byte == 0)
        .filter(|part| !part.is_empty());
    let mut changes = Vec::new();
    while let Some(head) = parts.next() {
        let head = String::from_utf8_lossy(head);
        let mut modes = head.strip_prefix(':')?.split(' ');
        changes.push(TreeChange {
            old_mode: modes.next()?.to_owned(),
            new_mode: modes.next()?.to_owned(),
            path: PathBuf::from(OsString::from_vec(parts.next()?.to_vec())),
        });
    }
    Some(changes)
}
