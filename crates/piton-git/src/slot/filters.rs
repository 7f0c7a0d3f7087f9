//! git for one slot, with the seal in which filters of the user's run.
//!
//! A filter is a program that the user's settings name, and git runs it on what
//! an agent wrote, at the top of what an agent wrote. So where there are any,
//! every git that looks at the slot's files runs sealed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, create_dirs};
use piton_seal::Request;

use super::SlotError;
use super::borrowed::Borrowed;
use crate::GitError;
use crate::program::GitCommand;

/// How the programs run that the user's settings name as filters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Filters {
    /// Without limits. Then none may be a file of the repository.
    #[default]
    Unsealed,
    Sealed {
        /// What they may do; where they may write is added for each slot.
        request: Request,
        /// All that they know of the environment.
        environment: BTreeMap<OsString, OsString>,
    },
}

impl Filters {
    pub(crate) fn are_sealed(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }

    /// Lets a git that may run filters write at these places alone. Its
    /// temporary files go to `temporary`, which is in one of them.
    pub(crate) fn over(
        &self,
        git: GitCommand,
        write: &[PathBuf],
        write_if_there: &[PathBuf],
        temporary: &Path,
    ) -> Result<GitCommand, GitError> {
        let Self::Sealed {
            request,
            environment,
        } = self
        else {
            return Ok(git);
        };
        let mut request = request.clone();
        request.write.extend_from_slice(write);
        request.write_if_there.extend_from_slice(write_if_there);
        let temporary = piton_seal::temporary_variables(temporary);
        let temporary = temporary.map(|(name, value)| (OsString::from(name), value));
        git.sealed(&request, environment.iter(), &temporary)
    }
}

/// git for one slot: its files, and piton's own directory for them.
#[derive(Clone, Debug)]
pub(super) struct SlotGit {
    pub(super) own: PathBuf,
    pub(super) dir: PathBuf,
    filters: Filters,
    has_filters: bool,
    /// Where the user's git-lfs keeps its files, if not beside git's own.
    pub(super) lfs: Option<PathBuf>,
    /// A filter is a file of the repository, which has to be there before it
    /// can filter others.
    pub(super) filters_itself: bool,
}

impl SlotGit {
    pub(super) fn new(
        (own, dir): (PathBuf, PathBuf),
        filters: &Filters,
        borrowed: &Borrowed,
        filters_itself: bool,
    ) -> Self {
        // Without filters no program of the user's runs.
        let has_filters = borrowed.has_filters();
        let filters = if has_filters {
            filters.clone()
        } else {
            Filters::Unsealed
        };
        Self {
            own,
            dir,
            filters,
            has_filters,
            lfs: borrowed.lfs.clone(),
            filters_itself,
        }
    }

    /// Whether programs run that git does not know, in piton's own directory.
    pub(super) fn runs_filters(&self) -> bool {
        self.has_filters
    }

    /// Makes the temporary directory of filters, once git's own is there.
    pub(super) fn make_room(&self, disk: &dyn Disk) -> Result<(), SlotError> {
        if self.filters.are_sealed() {
            create_dirs(disk, &self.temporary())?;
        }
        Ok(())
    }

    pub(super) fn command(&self) -> Result<GitCommand, GitError> {
        let command = GitCommand::in_slot(&self.own, &self.dir);
        let write = [self.own.clone(), self.dir.clone()];
        self.filters.over(command, &write, &[], &self.temporary())
    }

    fn temporary(&self) -> PathBuf {
        self.own.join("tmp")
    }

    pub(super) fn file(&self, path: &Path) -> PathBuf {
        self.dir.join(path)
    }
}
