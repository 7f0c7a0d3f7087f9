//! The lock on the user's index, taken the way git takes it, and what is put in
//! its place.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, DiskResult, RealDisk};

use super::Undertaking;
use crate::program::GitCommand;
use crate::{CommitId, GitError, Repository};

/// The lock, held. Released when dropped.
#[derive(Debug)]
pub(crate) struct IndexLock {
    lock: PathBuf,
    index: PathBuf,
}

impl IndexLock {
    /// Tries once. The lock says whose it is, so that it can be told from that
    /// of any other git.
    pub(crate) fn take(under: &Undertaking, repository: &Repository) -> Result<Self, GitError> {
        let lock = repository.git_dir().join("index.lock");
        let prepared = under.file("index.lock");
        let mark = under.mark();
        let _ = RealDisk.remove_file(&prepared);
        RealDisk.write_new(&prepared, mark.as_bytes(), 0o644)?;
        let taken = match RealDisk.rename_new(&prepared, &lock) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::Unsupported | io::ErrorKind::CrossesDevices
                ) =>
            {
                RealDisk.write_new(&lock, mark.as_bytes(), 0o644)
            }
            done => done,
        };
        match taken {
            Ok(()) => Ok(Self {
                index: repository.git_dir().join("index"),
                lock,
            }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(GitError::Locked { lock })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes an index like the user's in which `paths` stand as in `commit`.
    pub(crate) fn prepare(
        &self,
        under: &Undertaking,
        top: &Path,
        commit: &CommitId,
        paths: &[&Path],
    ) -> Result<PathBuf, GitError> {
        let fresh = under.file("user-index");
        let _ = RealDisk.remove_file(&fresh);
        match RealDisk.read(&self.index) {
            Ok(bytes) => RealDisk.write_new(&fresh, &bytes, 0o644)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let reset = GitCommand::writing(top)
            .index(&fresh)
            .args(["reset", "--quiet", commit.as_str()])
            .paths(paths);
        under.command(reset)?.run()?;
        Ok(fresh)
    }

    /// Puts the prepared index in the place of the user's, and lets go.
    pub(crate) fn replace(self, fresh: &Path) -> DiskResult<()> {
        match RealDisk.rename(fresh, &self.index) {
            // The state directory is on another file system than git's own.
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                let bytes = RealDisk.read(fresh)?;
                let beside = self.index.with_file_name("index.piton-tmp");
                let _ = RealDisk.remove_file(&beside);
                RealDisk.write_new(&beside, &bytes, 0o644)?;
                RealDisk.sync_file(&beside)?;
                RealDisk.rename(&beside, &self.index)?;
            }
            done => done?,
        }
        match self.index.parent() {
            Some(parent) => RealDisk.sync_dir(parent),
            None => Ok(()),
        }
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        // What stays is known to be ours, and is cleared away by the next.
        let _ = RealDisk.remove_file(&self.lock);
    }
}
