//! What is found of a transaction.

use std::path::Path;

use piton_base::on_one_line;

use super::super::area::{Area, Side};
use super::super::commit::{CommitState, Committer};
use super::super::error::TransactionError;
use super::super::intent::Intent;
use crate::digest::TreeDigest;
use crate::disk::DiskRead;

/// What stands where a tree could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Missing,
    Tree(TreeDigest),
    /// Something that cannot be hashed, for this reason.
    Strange(String),
}

impl Seen {
    /// A disk that failed says nothing of what is there.
    fn at(disk: &dyn DiskRead, path: &Path) -> Result<Self, TransactionError> {
        // A dangling link hashes as missing but holds the name.
        Ok(match (disk.stat(path), TreeDigest::of(disk, path)) {
            (Err(error), _) if error.may_pass() => return Err(error.into()),
            (_, Err(error)) if error.may_pass() => return Err(error.into()),
            (Ok(None), _) => Seen::Missing,
            (Ok(Some(_)), Ok(digest)) if digest == TreeDigest::missing() => {
                Seen::Strange(format!("{} is a dangling link", path.display()))
            }
            (Ok(Some(_)), Ok(digest)) => Seen::Tree(digest),
            (Err(error), _) => Seen::Strange(on_one_line(&error)),
            (_, Err(error)) => Seen::Strange(on_one_line(&error)),
        })
    }

    pub(super) fn is(&self, digest: &TreeDigest) -> bool {
        match self {
            Seen::Missing => *digest == TreeDigest::missing(),
            Seen::Tree(found) => found == digest,
            Seen::Strange(_) => false,
        }
    }
}

/// A transaction as it was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) live: Seen,
    pub(super) staged: Seen,
    pub(super) aside: Seen,
    /// `None` when no commit belongs to it.
    pub(super) commit: Option<CommitState>,
}

impl Found {
    pub(super) fn observe(
        disk: &dyn DiskRead,
        area: &Area,
        live: &Path,
        intent: &Intent,
        committer: &dyn Committer,
    ) -> Result<Self, TransactionError> {
        let state = (intent.commit.as_ref())
            .map(|commit| committer.state(commit))
            .transpose();
        Ok(Found {
            live: Seen::at(disk, live)?,
            staged: Seen::at(disk, &area.tree(Side::Staged))?,
            aside: Seen::at(disk, &area.tree(Side::Aside))?,
            commit: state.map_err(|source| TransactionError::Commit {
                live: intent.live.clone(),
                source,
            })?,
        })
    }

    pub(super) fn at(&self, side: Side) -> &Seen {
        match side {
            Side::Staged => &self.staged,
            Side::Aside => &self.aside,
        }
    }

    /// Returns where a tree with this digest waits.
    pub(super) fn place_of(&self, digest: &TreeDigest) -> Option<Side> {
        Side::ALL
            .into_iter()
            .find(|side| *self.at(*side) != Seen::Missing && self.at(*side).is(digest))
    }

    /// Returns a side that holds anything but these trees.
    pub(super) fn stranger(&self, known: &[&TreeDigest]) -> Option<Side> {
        Side::ALL.into_iter().find(|side| {
            let seen = self.at(*side);
            *seen != Seen::Missing && !known.iter().any(|digest| seen.is(digest))
        })
    }

    pub(super) fn free(&self) -> Option<Side> {
        Side::ALL
            .into_iter()
            .find(|side| *self.at(*side) == Seen::Missing)
    }
}
