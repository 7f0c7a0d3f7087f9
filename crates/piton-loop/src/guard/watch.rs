//! The comparison itself.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, Holder};
use piton_git::{CommitId, GitError, GitRead, View};
use piton_seal::{Gap, Standing};

use super::aside::AsideError;
use super::found::{Found, Note, Stray};
use super::kept::{Kept, KeptError};
use super::places::Surroundings;
use super::print::{Print, Prints, changed};
use super::references::{self, People};
use super::tree::UserTree;
use super::watched::Watched;

/// The user's repository before a call.
#[derive(Debug)]
pub struct Guard {
    watched: Watched,
    refs: Vec<(String, CommitId)>,
    references: Prints,
    tree: UserTree,
    kept: Option<Kept>,
}

/// Where an agent could write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was sealed without a gap, so whoever moved a reference was not the
    /// agent. What git runs is looked after all the same.
    ItsSlot,
    Anywhere,
}

impl Reach {
    /// Returns how far an agent reached whose call was sealed like this.
    pub fn of(sealed: Option<&Standing>) -> Self {
        match sealed {
            Some(Standing::Sealed { gaps, .. }) if gaps.iter().all(|gap| *gap == Gap::Network) => {
                Self::ItsSlot
            }
            Some(Standing::Sealed { .. } | Standing::Unavailable { .. } | Standing::Off) | None => {
                Self::Anywhere
            }
        }
    }
}

/// What must be compared could not be.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// Found before the call, so no agent is called.
    #[error("{} cannot be read, so a change by the agent would not be noticed", path.display())]
    Unreadable { path: PathBuf },
    #[error(transparent)]
    Aside(#[from] AsideError),
    #[error(transparent)]
    Kept(#[from] KeptError),
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Guard {
    /// Remembers the repository as it is now. What cannot be compared is an
    /// error.
    pub fn before(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        view: View,
        around: &Surroundings,
    ) -> Result<Self, GuardError> {
        let tree = UserTree::look(disk, git)?;
        Self::since(disk, git, view, around, tree)
    }

    /// The same, where the working tree was looked at before an earlier call.
    pub(crate) fn since(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        view: View,
        around: &Surroundings,
        tree: UserTree,
    ) -> Result<Self, GuardError> {
        let watched = Watched::look(disk, git, &view.settings, around)
            .map_err(|path| GuardError::Unreadable { path })?;
        Ok(Self {
            watched,
            references: reference_prints(disk, git),
            tree,
            refs: view.refs,
            kept: None,
        })
    }

    /// Writes down in `dir` what git would run, for the case that piton is
    /// killed before it compares.
    pub fn kept(
        mut self,
        disk: &dyn Disk,
        dir: &Path,
        name: &str,
        holder: &Holder,
    ) -> Result<Self, GuardError> {
        self.kept = Some(Kept::write(disk, dir, name, &self.watched, holder)?);
        Ok(self)
    }

    /// Compares. What makes git run something is looked at first and set aside
    /// below `evidence` at once: before that no other git runs here.
    pub fn after(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        reach: Reach,
        evidence: &Path,
    ) -> Result<Found, GuardError> {
        let found = self.planted(disk, git, evidence)?;
        self.all_else(disk, git, reach, found)
    }

    /// Compares what no git runs by.
    fn all_else(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        reach: Reach,
        mut found: Found,
    ) -> Result<Found, GuardError> {
        let tree = UserTree::look(disk, git)?;
        if self.tree.overview.head.is_some() && tree.overview.head.is_none() {
            found.strays.push(Stray::Head);
        }
        let now = reference_prints(disk, git);
        if !changed(&self.references, &now).is_empty() {
            let moved =
                references::compare(&self.refs, &git.refs()?, &people(git, &self.tree, &tree)?);
            let strays = moved.strays.into_iter();
            match reach {
                Reach::Anywhere => {
                    found
                        .strays
                        .extend(strays.map(|name| Stray::Reference { name }));
                }
                Reach::ItsSlot => found
                    .notes
                    .extend(strays.map(|name| Note::Said(format!("{name} changed")))),
            }
            found.notes.extend(moved.notes);
        }
        found
            .notes
            .extend(self.tree.notes(&tree).into_iter().map(Note::Said));
        Ok(found)
    }

    /// Compares, and leaves the working tree for after a call that follows at
    /// once. Returns what it was like before; `None` where all is compared.
    pub(crate) fn after_all_but_tree(
        self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        reach: Reach,
        evidence: &Path,
    ) -> Result<(Found, Option<UserTree>), GuardError> {
        let found = self.planted(disk, git, evidence)?;
        let is_calm = self.tree.overview.head == git.head()?
            && changed(&self.references, &reference_prints(disk, git)).is_empty();
        if is_calm {
            return Ok((found, Some(self.tree)));
        }
        Ok((self.all_else(disk, git, reach, found)?, None))
    }

    /// Looks for what makes git run something, and sets it aside.
    fn planted(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        evidence: &Path,
    ) -> Result<Found, GuardError> {
        let mut found = Found {
            strays: self.watched.clear(disk, git, evidence)?,
            ..Found::default()
        };
        if !found.strays.is_empty() {
            found.set_aside = Some(evidence.to_owned());
        }
        if let Some(kept) = &self.kept {
            kept.forget(disk);
        }
        Ok(found)
    }
}

fn people(git: &dyn GitRead, before: &UserTree, now: &UserTree) -> Result<People, GitError> {
    let branches = [&before.overview.branch, &now.overview.branch];
    Ok(People {
        branches: (branches.into_iter().flatten())
            .map(|name| format!("refs/heads/{name}"))
            .collect(),
        heads: (git.worktrees()?.into_iter())
            .filter_map(|worktree| worktree.head)
            .collect(),
    })
}

/// Looks at the files in which references stand, to see whether it is worth
/// asking git.
fn reference_prints(disk: &dyn DiskRead, git: &dyn GitRead) -> Prints {
    let common = git.common_dir();
    let mut prints = Prints::new();
    for dir in ["refs", "reftable"] {
        Print::add_tree(disk, &common.join(dir), usize::MAX, &mut prints);
    }
    let packed = common.join("packed-refs");
    let print = Print::of(disk, &packed);
    prints.insert(packed, print);
    prints
}
