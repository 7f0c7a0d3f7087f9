//! Taking over what was made in a slot.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, make_dirs, tree};

use super::object::put_object;
use super::{
    Changes, Slot, SlotChange, SlotChangeKind, SlotError, checked, directory, layout, lfs,
};
use crate::landing::entries::{self, Entries};
use crate::landing::{PathChange, TreeEntry};
use crate::{CommitId, GitError, GitRead, Repository, objects};

/// A commit that was built from a slot. Nothing names it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    pub commit: CommitId,
    pub changes: Vec<PathChange>,
}

impl Slot {
    /// Builds a commit on the slot's base from what stands at `paths` in the
    /// slot (everything when empty), ignored files left out, and puts its
    /// objects durably into the user's object store: hold it next. Returns
    /// `None` when nothing differs from the base; refuses a repository inside.
    pub fn commit(
        &self,
        disk: &dyn Disk,
        user: &Repository,
        paths: &[&Path],
        message: &str,
    ) -> Result<Option<Proposed>, SlotError> {
        self.back_to_base(disk)?;
        let wanted = |path: &Path| paths.is_empty() || paths.iter().any(|p| path.starts_with(p));
        let mut changes = self.changes()?;
        changes.0.retain(|change| wanted(&change.path));
        self.commit_changes(disk, user, &changes, &[], message)
    }

    /// The same of changes that were looked at before, and of files that were
    /// written since.
    pub fn commit_changes(
        &self,
        disk: &dyn Disk,
        user: &Repository,
        changes: &Changes,
        written: &[PathBuf],
        message: &str,
    ) -> Result<Option<Proposed>, SlotError> {
        self.back_to_base(disk)?;
        let meant = self.meant(disk, changes, written)?;
        if meant.is_empty() {
            return Ok(None);
        }
        self.forget_objects(disk)?;
        let is_tracked = |path: &PathBuf| {
            let of_it = changes.0.iter().find(|change| change.path == *path);
            of_it.is_some_and(|change| !change.is_new())
        };
        // Of tracked files a commit takes what it is told; the others have to be
        // staged before.
        let together = is_short(&meant) && meant.iter().all(is_tracked);
        let (index, with) = if together {
            (self.index_apart(disk)?, Some(&meant))
        } else {
            (self.stage(disk, &meant)?, None)
        };
        let commit = self.make_commit(&index, message, with)?;
        self.hand_over(disk, user, &commit, &meant)?;
        let changes = objects::changes(user.objects(), self.base().as_str(), commit.as_str())?;
        let mut same = meant.clone();
        for change in &changes {
            same.remove(&change.path);
        }
        self.refuse_left_out(&index, &same)?;
        if changes.is_empty() {
            layout::set_head(disk, &self.git.own, self.base())?;
            return Ok(None);
        }
        // Nobody but git was to write there, and this costs nothing.
        if let Some(other) = changes.iter().find(|change| !meant.contains(&change.path)) {
            return Err(SlotError::Smuggled {
                path: other.path.clone(),
            });
        }
        let is_repository =
            |change: &&PathChange| change.to.as_ref().is_some_and(TreeEntry::is_submodule);
        if let Some(inner) = changes.iter().find(is_repository) {
            return Err(SlotError::Repository {
                path: inner.path.clone(),
            });
        }
        self.keep_index(disk, &index)?;
        Ok(Some(Proposed { commit, changes }))
    }

    /// Returns the paths that are to be in the commit.
    fn meant(
        &self,
        disk: &dyn Disk,
        changes: &Changes,
        written: &[PathBuf],
    ) -> Result<BTreeSet<PathBuf>, SlotError> {
        let mut meant = BTreeSet::new();
        for SlotChange { path, kind } in &changes.0 {
            let is_tracked = match kind {
                SlotChangeKind::Repository => {
                    return Err(SlotError::Repository { path: path.clone() });
                }
                SlotChangeKind::Changed | SlotChangeKind::Deleted => true,
                SlotChangeKind::Made => false,
            };
            let file = self.dir().join(path);
            // What was made may have been taken away again since.
            if is_tracked || disk.stat(&file)?.is_some() {
                meant.insert(path.clone());
            }
        }
        meant.extend(written.iter().cloned());
        Ok(meant)
    }

    /// Stages the paths in an index apart, and returns it.
    fn stage(&self, disk: &dyn Disk, paths: &BTreeSet<PathBuf>) -> Result<PathBuf, SlotError> {
        let scratch = self.index_apart(disk)?;
        let mut list = Vec::new();
        for path in paths {
            list.extend_from_slice(path.as_os_str().as_bytes());
            list.push(0);
        }
        let add = self
            .git
            .command()?
            .index(&scratch)
            .env("GIT_LITERAL_PATHSPECS", "1")
            .args([
                "-c",
                "advice.addEmbeddedRepo=false",
                "add",
                "--all",
                "--force",
            ])
            .args(["--pathspec-from-file=-", "--pathspec-file-nul"]);
        add.run_with(&list)?;
        Ok(scratch)
    }

    /// Makes an index apart that is as the slot's own.
    fn index_apart(&self, disk: &dyn Disk) -> Result<PathBuf, SlotError> {
        let scratch = self.git.own.join("piton-index");
        tree::remove(disk, &scratch)?;
        // The slot is ours alone, so a lock on it is a dead git's.
        tree::remove(disk, &self.git.own.join("piton-index.lock"))?;
        let index = self.git.own.join("index");
        let bytes = disk.read(&index)?;
        directory::put(disk, &scratch, &bytes)?;
        Ok(scratch)
    }

    /// Refuses a commit in which files are as in the base that are not so in the
    /// slot: git passes over a file that it could not look at, and says nothing.
    fn refuse_left_out(&self, index: &Path, same: &BTreeSet<PathBuf>) -> Result<(), SlotError> {
        if same.is_empty() {
            return Ok(());
        }
        let differ = ["ls-files", "-z", "--modified", "--deleted"];
        let found = self.git.command()?.index(index).args(differ).run()?;
        let mut found = found.split(|&byte| byte == 0).map(OsStr::from_bytes);
        match found.find(|path| same.contains(Path::new(path))) {
            None => Ok(()),
            Some(path) => Err(GitError::LeftOut { path: path.into() }.into()),
        }
    }

    /// Commits what is staged, and these tracked files with it, on the base. The
    /// slot's HEAD goes there.
    fn make_commit(
        &self,
        index: &Path,
        message: &str,
        with: Option<&BTreeSet<PathBuf>>,
    ) -> Result<CommitId, SlotError> {
        let mut command = self
            .git
            .command()?
            .index(index)
            .args(["commit", "--quiet", "--allow-empty", "--no-verify"])
            .args(["--no-gpg-sign", "--cleanup=verbatim", "-F", "-"]);
        if let Some(paths) = with {
            let paths: Vec<&PathBuf> = paths.iter().collect();
            command = command.arg("--include").paths(&paths);
        }
        command.run_with(message.as_bytes())?;
        layout::head(&self.git.own).ok_or_else(|| {
            let what = "it made no commit".to_owned();
            GitError::Unreadable {
                command: "git commit".to_owned(),
                what,
            }
            .into()
        })
    }

    /// Keeps what was staged: the slot shows the commit now, and the next use
    /// need not lay it out. Where files are stored otherwise than they are, it
    /// is laid out again.
    fn keep_index(&self, disk: &dyn Disk, staged: &Path) -> Result<(), SlotError> {
        let bytes = disk.read(staged)?;
        let id = self.base().as_str().len() / 2;
        let has_none = |found: Entries| !found.has_attributes;
        let is_plain = self.borrowed.changes_no_files()
            && entries::read(&bytes, id, |_| false).is_some_and(has_none);
        if !is_plain {
            return layout::set_head(disk, &self.git.own, self.base());
        }
        let index = self.git.own.join("index");
        Ok(disk.rename(staged, &index)?)
    }

    /// Lets the slot's HEAD name the base again, and its index too; the files
    /// stay as they are.
    fn back_to_base(&self, disk: &dyn Disk) -> Result<(), SlotError> {
        if layout::head(&self.git.own).as_ref() == Some(self.base()) {
            return Ok(());
        }
        layout::set_head(disk, &self.git.own, self.base())?;
        let reset = self.git.command()?.args(["reset", "--quiet"]);
        reset.arg(self.base().as_str()).run()?;
        Ok(())
    }

    /// Returns what stands at `paths` in the slot as a patch of its base, for
    /// people who want to take what was refused. `None` when nothing differs.
    pub fn patch(&self, disk: &dyn Disk, paths: &[&Path]) -> Result<Option<Vec<u8>>, SlotError> {
        self.back_to_base(disk)?;
        let mut changes = self.changes()?;
        changes
            .0
            .retain(|change| paths.iter().any(|path| change.path.starts_with(path)));
        let meant = self.meant(disk, &changes, &[])?;
        if meant.is_empty() {
            return Ok(None);
        }
        let index = self.stage(disk, &meant)?;
        let command = self.git.command()?.index(&index).args([
            "diff-index",
            "--cached",
            "--patch",
            "--binary",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            self.base().as_str(),
        ]);
        let patch = command.run()?;
        Ok((!patch.is_empty()).then_some(patch))
    }

    /// Copies the objects of the last commit into the user's object store,
    /// durably.
    fn hand_over(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        commit: &CommitId,
        meant: &BTreeSet<PathBuf>,
    ) -> Result<(), SlotError> {
        let from = self.git.own.join("objects");
        let to = git.common_dir().join("objects");
        let Some(found) = tree::walk(disk, &from)? else {
            return Ok(());
        };
        if self.git.runs_filters() {
            // A filter may have written what git believes to be staged: that is
            // told before anything of it comes over.
            let wanted = checked::named_by(&self.git, self.base(), commit, meant)?;
            checked::hand_over(disk, &self.git, &found, git, &wanted)?;
            return self.hand_over_lfs(disk, git);
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
        let mut has_new_shelf = false;
        for node in first.into_iter().chain(last) {
            let (source, target) = (from.join(&node.path), to.join(&node.path));
            // Nobody but git writes here, and its name is its content's digest:
            // what is there is the same.
            if disk.stat(&target)?.is_some() {
                continue;
            }
            if let Some(dir) = target.parent()
                && disk.stat(dir)?.is_none()
            {
                make_dirs(disk, dir)?;
                has_new_shelf = true;
            }
            let bytes = disk.read(&source)?;
            put_object(disk, &target, &bytes)?;
        }
        if has_new_shelf {
            disk.sync_dir(&to)?;
        }
        self.hand_over_lfs(disk, git)
    }

    fn hand_over_lfs(&self, disk: &dyn Disk, git: &dyn GitRead) -> Result<(), SlotError> {
        let own = &self.git;
        lfs::hand_over(disk, &own.own, own.lfs.as_deref(), git.common_dir())
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

/// Whether paths may be arguments of one command.
fn is_short(paths: &BTreeSet<PathBuf>) -> bool {
    const MOST: usize = 16 << 10;
    paths
        .iter()
        .map(|path| path.as_os_str().len() + 1)
        .sum::<usize>()
        <= MOST
}
