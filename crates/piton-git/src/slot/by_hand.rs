//! Bringing a slot that shows one commit to another, without a git.
//!
//! Only what git would do in the plainest way is done: a slot in which nothing
//! differs, few plain files, nothing that makes them lie otherwise than they are
//! stored. All else is git's to do, and so is whatever was begun here and came
//! to no end: the slot's HEAD moves last.

use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, tree};

use super::borrowed::Borrowed;
use super::filters::SlotGit;
use super::{directory, layout};
use crate::landing::edited::{Edits, Wanted, edited, named};
use crate::landing::{PathChange, entries, plain};
use crate::{CommitId, GitRead};

/// More files than that are git's to write.
const MOST: usize = 1000;

/// What has to be known for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByHand<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) git: &'a dyn GitRead,
    pub(super) borrowed: &'a Borrowed,
    /// Where the user's own attributes would be; `None` where nobody said.
    pub(super) attributes: Option<&'a [PathBuf]>,
}

impl ByHand<'_> {
    /// Lays out `to` in a slot whose files are those of `from`; `None` when that
    /// is git's to do.
    pub(super) fn lay_out(self, at: &SlotGit, from: &CommitId, to: &CommitId) -> Option<()> {
        let attributes = self.attributes?;
        if !self.borrowed.is_plain()
            || attributes.iter().any(|file| plain::is_there(file))
            || plain::has_the_machine_attributes()
        {
            return None;
        }
        let changes = self.git.differences(from, to)?;
        if changes.len() > MOST || !changes.iter().all(plain::is_plain) {
            return None;
        }
        let index = at.own.join("index");
        let written = self.disk.stat(&index).ok()??.modified?;
        let bytes = self.disk.read(&index).ok()?;
        let wanted: BTreeSet<&Path> = changes.iter().map(|it| it.path.as_path()).collect();
        let id = to.as_str().len() / 2;
        let known = entries::read(&bytes, id, |path| wanted.contains(path))?;
        let is_known = |change: &PathChange| {
            let entry = known.at.get(&change.path);
            entry.map(|entry| &entry.staged) == change.from.as_ref()
                && entry.is_none_or(|entry| !entry.is_odd && !entry.is_hidden)
        };
        if known.has_attributes
            || !changes
                .iter()
                .all(|it| is_known(it) && !names_attributes(it))
        {
            return None;
        }
        if !changes.iter().all(|change| self.has_room(&at.dir, change)) {
            return None;
        }
        let files = self.write(at, &changes)?;
        let mut edits = Edits::new();
        for (change, file) in changes.iter().zip(&files) {
            let wanted = change.to.as_ref().map(|entry| Wanted {
                entry,
                file: file.as_ref(),
            });
            edits.insert(named(&change.path), wanted);
        }
        let fresh = edited(&bytes, written, &edits)?;
        let beside = at.own.join("piton-index");
        tree::remove(self.disk, &beside).ok()?;
        directory::put(self.disk, &beside, &fresh).ok()?;
        self.disk.rename(&beside, &index).ok()?;
        layout::set_head(self.disk, &at.own, to).ok()
    }

    /// Whether a file stands where one is to go, and nothing where one is to
    /// come. No link is followed.
    fn has_room(self, dir: &Path, change: &PathChange) -> bool {
        let kind = |path: &Path| self.disk.stat(path).map(|stat| stat.map(|stat| stat.kind));
        let mut above = dir.to_owned();
        for part in change.path.parent().into_iter().flat_map(Path::iter) {
            above.push(part);
            match kind(&above) {
                Ok(Some(Kind::Dir)) => {}
                Ok(None) => return change.from.is_none(),
                Ok(Some(_)) | Err(_) => return false,
            }
        }
        let there = change.from.is_some().then_some(Kind::File);
        kind(&dir.join(&change.path)).is_ok_and(|kind| kind == there)
    }

    /// Writes the files, those that go first; returns what each is then.
    fn write(self, at: &SlotGit, changes: &[PathChange]) -> Option<Vec<Option<Metadata>>> {
        for change in changes.iter().filter(|change| change.to.is_none()) {
            layout::remove_made(self.disk, &at.dir, &change.path).ok()?;
        }
        // The modes that anything of the user's gets; no agent makes this one.
        let usual = self.disk.stat(&at.own).ok()??.mode & 0o777;
        let write = |change: &PathChange| {
            let Some(entry) = &change.to else {
                return Some(None);
            };
            let path = at.dir.join(&change.path);
            let bytes = self.git.content(entry)?;
            if change.from.is_some() {
                self.disk.remove_file(&path).ok()?;
            } else {
                self.make_folders(&at.dir, &change.path)?;
            }
            let mode = if entry.runs() { usual } else { usual & 0o666 };
            self.disk.write_new(&path, &bytes, mode).ok()?;
            fs::symlink_metadata(&path).ok().map(Some)
        };
        changes.iter().map(write).collect()
    }

    fn make_folders(self, dir: &Path, path: &Path) -> Option<()> {
        let mut above = dir.to_owned();
        for part in path.parent()? {
            above.push(part);
            if self.disk.stat(&above).ok()?.is_none() {
                self.disk.create_dir(&above).ok()?;
            }
        }
        Some(())
    }
}

fn names_attributes(change: &PathChange) -> bool {
    change.path.file_name() == Some(".gitattributes".as_ref())
}
