//! The migration that a person decides about, and how a decision is published.

use piton_durable::{DiskRead, TreeDigest};
use piton_git::GitRead;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::own::{OWN_FILE, OwnData};
use piton_migration::slug::Slug;

use super::super::decide::{StepRefusal, refuse_dirty};
use super::super::site::Site;
use super::super::snapshot::{Live, SnapshotError};
use crate::commit;

/// The migration that a person decides about, and where it is read.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    pub disk: &'a dyn DiskRead,
    pub git: &'a dyn GitRead,
    pub site: &'a Site,
    pub slug: &'a Slug,
    /// The start of the commit's subject.
    pub prefix: &'a str,
}

impl Case<'_> {
    pub(super) fn live(&self) -> Result<Live, SnapshotError> {
        Live::read(self.disk, self.site, self.slug)
    }

    pub(super) fn refuse_dirty(&self) -> Result<(), StepRefusal> {
        refuse_dirty(self.git, self.site, self.slug)
    }

    /// Returns the next state of the migration, under a verb for its commit.
    pub(super) fn proposal(
        &self,
        base: TreeDigest,
        contents: Contents,
        mode: Mode,
        verb: &str,
        why: &str,
    ) -> Proposal {
        let subject = commit::person_subject(self.prefix, self.slug.as_str(), verb);
        Proposal {
            message: commit::message(&subject, why, None),
            operation: format!("migration.{verb}"),
            slug: self.slug.clone(),
            base,
            mode,
            contents,
        }
    }
}

/// Takes the deferral out of piton's notes, where there is one: a person acted.
pub(super) fn forget_deferral(contents: &mut Contents, own: &OwnData) {
    if is_put_off(own) {
        let mut own = own.clone();
        own.clear_deferral();
        contents.put(OWN_FILE, own.encode());
    }
}

pub(super) fn is_put_off(own: &OwnData) -> bool {
    own.deferral.is_some() || own.failures > 0 || own.retry_at.is_some()
}
