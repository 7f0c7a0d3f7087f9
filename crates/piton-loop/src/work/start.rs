//! Where work starts, and where it is to land.

use piton_agent::CallRole;
use piton_git::CommitId;
use piton_git::landing::Onto;

use super::accepted::Accepted;
use super::failure::{Halt, OrTrouble as _};
use super::shop::Shop;
use crate::runs::RunRecord;

/// Where work starts, and where it is to land.
#[derive(Clone, Debug)]
pub struct Start {
    pub base: CommitId,
    pub onto: Onto,
    /// The number of the action in its run.
    pub attempt: u32,
}

impl Start {
    /// Returns work that was made from here and accepted, about no migration
    /// and no file.
    pub(super) fn led_to(
        &self,
        run: &RunRecord<'_>,
        commit: CommitId,
        subject: String,
    ) -> Accepted {
        Accepted {
            name: format!("{}-{:03}", run.id(), self.attempt),
            base: self.base.clone(),
            commit,
            onto: self.onto.clone(),
            subject,
            slug: None,
            files: Vec::new(),
            validated: false,
        }
    }
}

/// Holds accepted work.
pub(super) fn hold(shop: &Shop<'_>, role: CallRole, work: Accepted) -> Result<Accepted, Halt> {
    work.hold(shop.disk, shop.repository, shop.site.state())
        .or_trouble(role)?;
    Ok(work)
}
