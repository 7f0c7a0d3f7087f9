//! A new tree that is live, with the old one still at hand.

use std::path::PathBuf;

use super::commit::{CommitFailure, CommitState, Committer};
use super::error::TransactionError;
use super::intent::Intent;
use super::ongoing::Ongoing;
use super::recover::Deed;
use super::site::Site;
use super::token::Token;
use crate::digest::TreeDigest;
use crate::disk::Disk;

/// A publish that has become live and is not finished: the caller looks at it,
/// commits it, and then finishes or undoes it. When the process dies first,
/// recovery commits and finishes it.
#[derive(Debug)]
#[must_use = "a replaced directory is either finished or undone"]
pub struct Replaced {
    site: Site,
    token: Token,
    intent: Intent,
}

/// What became of a publish that was undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Where the tree is that was live for a moment.
    pub kept: Vec<PathBuf>,
}

impl Replaced {
    pub(crate) fn new(site: Site, token: Token, intent: Intent) -> Self {
        Replaced {
            site,
            token,
            intent,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.site.live(&self.intent.live)
    }

    pub fn digest(&self) -> &TreeDigest {
        &self.intent.new
    }

    fn on<'a>(&'a self, disk: &'a dyn Disk) -> Ongoing<'a> {
        Ongoing::new(disk, &self.site, &self.token)
    }

    /// Makes the commit that belongs to this publish, if one does.
    /// What hooks make of the new tree on the way is followed, if it may stand.
    pub fn commit(
        &mut self,
        disk: &dyn Disk,
        committer: &dyn Committer,
    ) -> Result<Option<String>, CommitFailure> {
        let Some(wanted) = self.intent.commit.clone() else {
            return Ok(None);
        };
        let ongoing = Ongoing::new(disk, &self.site, &self.token);
        let intent = &mut self.intent;
        let made = committer.commit(&wanted, &mut |moment| {
            ongoing.around(intent, committer, moment)
        });
        match made {
            Ok(id) => Ok(id),
            // Another git may have made it in the meantime.
            Err(error) => match committer.state(&wanted) {
                Ok(CommitState::Done) => Ok(None),
                Ok(CommitState::Wanted | CommitState::Misplaced(_)) | Err(_) => Err(error),
            },
        }
    }

    /// Removes what was live before. The publish stands even when this fails,
    /// and the next command tries again.
    pub fn finish(self, disk: &dyn Disk) -> Result<(), TransactionError> {
        self.on(disk).finish()
    }

    /// Puts back what was live before, and keeps the new tree as evidence
    /// outside the working tree.
    pub fn undo(self, disk: &dyn Disk, reason: &str) -> Result<Undone, TransactionError> {
        let unsettled = |source| TransactionError::Unsettled {
            live: self.intent.live.clone(),
            reason: reason.to_owned(),
            source: Box::new(source),
        };
        let deeds = self
            .on(disk)
            .settle(&self.intent, reason)
            .map_err(unsettled)?;
        let kept = deeds
            .into_iter()
            .filter_map(|deed| match deed {
                Deed::Kept { path } => Some(path),
                Deed::Published
                | Deed::PutBack
                | Deed::Committed
                | Deed::Finished
                | Deed::LeftUncommitted { .. }
                | Deed::Undone { .. }
                | Deed::LeftAlone { .. } => None,
            })
            .collect();
        Ok(Undone { kept })
    }
}
