//! The files of a repository, changed.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskResult, create_dirs, write_atomic, write_atomic_from};

use crate::failure::Failure;
use crate::files::look::{Found, look};
use crate::files::observe::no_repository;
use crate::files::operation::{BESIDE, FileOp, Was};
use crate::gate::Gate;
use crate::given::Given;
use crate::id::PlanId;
use crate::input::Answer;
use crate::world::{Done, Perform};
use piton_base::RepoPath;

/// The files of the repository, if there is one here, and those outside.
#[derive(Clone, Copy, Debug)]
pub struct FilePerformer<'a> {
    pub disk: &'a dyn Disk,
    /// The top of the repository.
    pub root: Option<&'a Path>,
    /// Where content is copied before it is replaced or deleted, and where new
    /// content is written before it gets its name.
    pub backups: &'a Path,
    /// Keeps others away while a file is written.
    pub gate: &'a dyn Gate,
}

impl Perform<FileOp> for FilePerformer<'_> {
    fn perform(&self, operation: &FileOp, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let (root, operation) = match operation {
            FileOp::Outside(outside) => (outside.root(), outside.file()),
            here => (self.root.ok_or_else(no_repository)?, here),
        };
        let _held = self.gate.enter("writing a file")?;
        if let FileOp::Put { path, .. } = operation {
            sweep(self.disk, root, path)?;
        }
        let below = Below {
            disk: self.disk,
            root,
            backups: self.backups,
        };
        below.perform(operation, given)
    }
}

/// The files below one root.
struct Below<'a> {
    disk: &'a dyn Disk,
    root: &'a Path,
    backups: &'a Path,
}

impl Below<'_> {
    fn perform(&self, operation: &FileOp, given: &Given<'_>) -> Result<Done, Failure> {
        match operation {
            FileOp::Put {
                path,
                content,
                mode,
                was,
                beside,
                ..
            } => {
                let wanted = content.bytes(given)?;
                let old = self.expect(path, *was)?;
                let both =
                    matches!(given.answer(), Some(Answer::Text(word)) if word.as_str() == BESIDE);
                let (path, old) = match beside {
                    Some(beside) if both => (beside, self.expect(beside, Was::Absent)?),
                    Some(_) | None => (path, old),
                };
                let mode = self.backed_up(path, &old)?.unwrap_or(*mode);
                write_atomic_from(
                    self.disk,
                    self.backups,
                    &path.under(self.root),
                    &wanted,
                    mode,
                )?;
                // With a copy in it, it stays.
                let _ = self.disk.remove_dir(self.backups);
                Ok(Done::default())
            }
            FileOp::Move { from, to, was, .. } => {
                self.expect(from, Was::File(*was))?;
                self.expect(to, Was::Absent)?;
                let (source, dest) = (from.under(self.root), to.under(self.root));
                if let Some(parent) = dest.parent() {
                    create_dirs(self.disk, parent)?;
                }
                // After a crash the file stands at one of the two names; which
                // one is looked at again. The new name is made durable first.
                self.disk
                    .rename(&source, &dest)
                    .and_then(|()| self.sync_parent(&dest))
                    .and_then(|()| self.sync_parent(&source))?;
                Ok(Done::default())
            }
            FileOp::Delete { path, was, .. } => {
                let old = self.expect(path, Was::File(*was))?;
                self.backed_up(path, &old)?;
                let file = path.under(self.root);
                self.disk
                    .remove_file(&file)
                    .and_then(|()| self.sync_parent(&file))?;
                Ok(Done::default())
            }
            FileOp::Keep { .. } => Ok(Done::default()),
            FileOp::Outside(_) => Err(Failure::internal("a file outside of the outside")),
        }
    }

    /// Looks one last time: a link that appeared meanwhile must not be
    /// followed, nor a file replaced that nobody has seen.
    fn expect(&self, path: &RepoPath, was: Was) -> Result<Found, Failure> {
        let found = look(self.disk, self.root, path)?;
        if found.was() == Some(was) {
            Ok(found)
        } else {
            Err(Failure::changed(&was.to_string(), &found.told()))
        }
    }

    /// Copies old content away and returns its permission bits, if there is
    /// any. A copy from an earlier attempt stands: it is the original.
    fn backed_up(&self, path: &RepoPath, old: &Found) -> Result<Option<u32>, Failure> {
        let Found::File { bytes, mode, .. } = old else {
            return Ok(None);
        };
        let copy = path.under(self.backups);
        let there = self.disk.stat(&copy);
        if there?.is_none() {
            write_atomic(self.disk, &copy, bytes, 0o600)?;
        }
        Ok(Some(*mode))
    }

    fn sync_parent(&self, path: &Path) -> DiskResult<()> {
        path.parent().map_or(Ok(()), |dir| self.disk.sync_dir(dir))
    }
}

/// Removes the unfinished files that a killed run left beside one that it was
/// writing. Only with the gate held: a file that is being written looks just
/// the same.
fn sweep(disk: &dyn Disk, root: &Path, path: &RepoPath) -> Result<(), Failure> {
    // Nothing is removed from where a link leads.
    if !matches!(look(disk, root, path)?, Found::Blocked { .. })
        && let Some(dir) = path.under(root).parent()
    {
        piton_durable::atomic::sweep(disk, dir)?;
    }
    Ok(())
}

/// Returns where the copies of one plan's run go, beside its journal.
pub fn backups_dir(journals: &Path, id: PlanId) -> PathBuf {
    journals.join(format!("{id}.backups"))
}
