//! A session in which a person and an agent look at a migration together.

use std::path::PathBuf;

use piton_durable::{Disk, DiskRead, create_dirs, tree};
use piton_git::GitRead;
use piton_migration::slug::Slug;

use super::super::decide::refuse_dirty;
use super::super::site::Site;
use super::super::snapshot::Live;
use super::decide::PersonRefusal;
use super::sheet::ReviewSheet;
use crate::prompts::{HumanReviewPrompt, PromptError, PromptSet};
use piton_migration::candidate::CandidateError;

/// A review with an agent, decided and not yet held.
#[derive(Clone, Debug)]
pub struct ReviewSession {
    pub live: Live,
    pub sheet: ReviewSheet,
    /// The copy that the agent works in; its last part is the slug.
    pub workspace: PathBuf,
}

impl ReviewSession {
    /// Decides a review of a migration that waits for a person. The copy's
    /// place is named after the run.
    pub fn decide(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        site: &Site,
        slug: &Slug,
        run: &str,
    ) -> Result<Self, PersonRefusal> {
        let live = Live::read(disk, site, slug)?;
        let sheet = ReviewSheet::of(&live);
        if sheet.reason.is_none() {
            return Err(PersonRefusal::NotAwaiting {
                slug: slug.clone(),
                status: live.manifest.status(),
            });
        }
        refuse_dirty(git, site, slug)?;
        let workspace = site.candidates().join(run).join(slug.as_str());
        Ok(Self {
            live,
            sheet,
            workspace,
        })
    }

    /// Returns what the agent is told.
    pub fn prompt(
        &self,
        prompts: &PromptSet,
        site: &Site,
        taste: &str,
    ) -> Result<String, PromptError> {
        let inside = |file: &str| self.workspace.join(file).display().to_string();
        let plan = self.sheet.plan.map(inside);
        let phase = self.sheet.phase.as_deref().map(inside);
        prompts.human_review(&HumanReviewPrompt {
            slug: self.live.slug.as_str(),
            repository: &site.root().display().to_string(),
            workspace: &self.workspace.display().to_string(),
            live: &site.relative(&self.live.slug),
            reason: self.sheet.reason.as_deref().unwrap_or_default(),
            manifest: &self.sheet.manifest,
            manifest_path: &inside("manifest.json"),
            plan_path: plan.as_deref(),
            phase_path: phase.as_deref(),
            taste,
        })
    }

    /// Makes the copy that the agent works in.
    pub fn copy(&self, disk: &dyn Disk) -> Result<(), CandidateError> {
        let parent = self.workspace.parent().unwrap_or(&self.workspace);
        tree::remove(disk, parent).map_err(CandidateError::Clear)?;
        create_dirs(disk, &self.workspace)?;
        self.live
            .contents
            .write(disk, &self.workspace)
            .map_err(CandidateError::Write)
    }
}
