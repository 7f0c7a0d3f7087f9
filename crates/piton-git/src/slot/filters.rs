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
    pub(super) fn are_sealed(&self) -> bool {
        matches!(self, Self::Sealed { .. })
    }
}

/// git for one slot: its files, and piton's own directory for them.
#[derive(Clone, Debug)]
pub(super) struct SlotGit {
    pub(super) own: PathBuf,
    pub(super) dir: PathBuf,
    seal: Option<(Request, BTreeMap<OsString, OsString>)>,
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
        let seal = match filters {
            Filters::Sealed {
                request,
                environment,
            } if borrowed.has_filters() => {
                let mut request = request.clone();
                request.write.extend([own.clone(), dir.clone()]);
                Some((request, environment.clone()))
            }
            Filters::Sealed { .. } | Filters::Unsealed => None,
        };
        Self {
            own,
            dir,
            seal,
            filters_itself,
        }
    }

    /// Makes the temporary directory of filters, once git's own is there.
    pub(super) fn make_room(&self, disk: &dyn Disk) -> Result<(), SlotError> {
        if self.seal.is_some() {
            create_dirs(disk, &self.temporary())?;
        }
        Ok(())
    }

    pub(super) fn command(&self) -> Result<GitCommand, GitError> {
        let command = GitCommand::in_slot(&self.own, &self.dir);
        let Some((request, environment)) = &self.seal else {
            return Ok(command);
        };
        let temporary = piton_seal::temporary_variables(&self.temporary());
        let temporary = temporary.map(|(name, value)| (OsString::from(name), value));
        command.sealed(request, environment.iter(), &temporary)
    }

    fn temporary(&self) -> PathBuf {
        self.own.join("tmp")
    }

    pub(super) fn file(&self, path: &Path) -> PathBuf {
        self.dir.join(path)
    }
}
