//! A session in which a person and an agent look at a migration together.

use piton_durable::{Disk, DiskRead};
use piton_git::slot::Slot;
use piton_migration::contents::Contents;

use super::super::failure::StepFailure;
use super::super::laid::{lay_out, take_up};
use super::super::snapshot::Live;
use super::case::Case;
use super::refusal::PersonRefusal;
use super::sheet::ReviewSheet;
use crate::prompts::{HumanReviewPrompt, PromptError, PromptSet};

/// A review with an agent, decided and not yet held.
#[derive(Clone, Debug)]
pub struct ReviewSession {
    pub live: Live,
    pub sheet: ReviewSheet,
    /// Where the migration is, from the top of the repository and of a slot.
    pub destination: String,
}

impl ReviewSession {
    /// Decides a review of a migration that waits for a person.
    pub fn decide(case: &Case<'_>) -> Result<Self, PersonRefusal> {
        let live = case.live()?;
        let sheet = ReviewSheet::of(&live);
        if sheet.reason.is_none() {
            return Err(PersonRefusal::NotAwaiting {
                slug: case.slug.clone(),
                status: live.manifest.status(),
            });
        }
        case.refuse_dirty()?;
        Ok(Self {
            destination: case.site.relative(case.slug),
            live,
            sheet,
        })
    }

    /// Returns what the agent is told.
    pub fn prompt(
        &self,
        prompts: &PromptSet,
        taste: &str,
        validation: Option<&str>,
    ) -> Result<String, PromptError> {
        let inside = |file: &str| format!("{}/{file}", self.destination);
        let plan = self.sheet.plan.map(inside);
        let phase = self.sheet.phase.as_deref().map(inside);
        prompts.human_review(&HumanReviewPrompt {
            slug: self.live.slug.as_str(),
            repository: ".",
            workspace: &self.destination,
            live: &self.destination,
            reason: self.sheet.reason.as_deref().unwrap_or_default(),
            manifest: &self.sheet.manifest,
            manifest_path: &inside("manifest.json"),
            plan_path: plan.as_deref(),
            phase_path: phase.as_deref(),
            validation,
            taste,
        })
    }

    /// Puts the migration where the agent finds it, in a slot.
    pub fn lay_out(&self, disk: &dyn Disk, slot: &Slot) -> Result<(), StepFailure> {
        lay_out(disk, slot.dir(), &self.destination, &self.live.contents)
    }

    /// Reads what the session left of it.
    pub fn take_up(&self, disk: &dyn DiskRead, slot: &Slot) -> Result<Contents, StepFailure> {
        take_up(disk, slot.dir(), &self.destination)
    }
}
