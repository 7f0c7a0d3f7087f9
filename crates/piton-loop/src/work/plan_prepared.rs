//! A planning step as the commit has it: what is asked of an agent, what it left,
//! and what is put in its place.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::tree;
use piton_git::slot::{Changes, Slot, SlotChange};
use piton_migration::consistency::{self, Mode, first_error};
use piton_migration::contents::Contents;
use piton_migration::planning::Step;
use piton_migration::secret::Secret;
use piton_migration::slug::Slug;

use super::failure::WorkFailure;
use super::shop::Shop;
use super::spilled;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::planning::accept;
use crate::planning::brief::Briefing;
use crate::planning::decide::{call_role, step_of};
use crate::planning::site::Site;
use crate::planning::snapshot::{Snapshot, SnapshotError};

/// A step as the commit has it, ready to be asked for.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) base: Snapshot,
    /// The migrations in the slot.
    pub(super) site: Site,
    pub(super) step: Step,
    /// The migration's directory, from the top of the repository.
    pub(super) relative: String,
    pub(super) effort: EffortResolution,
    pub(super) prompt: String,
    pub(super) schema: Option<serde_json::Value>,
}

impl Prepared {
    pub(super) fn read(
        shop: &Shop<'_>,
        slot: &Slot,
        slug: &Slug,
    ) -> Result<Option<Self>, WorkFailure> {
        let refused = |kind, story| WorkFailure::again(CallRole::PlanningState, kind, story);
        let told =
            |kind, error: &dyn std::error::Error| refused(kind, piton_base::on_one_line(error));
        let site = shop.site.at(slot.dir());
        let base = match Snapshot::read(shop.disk, &site, slug) {
            Ok(base) => base,
            Err(SnapshotError::NotThere { .. }) => return Ok(None),
            Err(error @ SnapshotError::NoState { .. }) => {
                return Err(told(FailureKind::PlanningStateMissing, &error));
            }
            Err(error) => return Err(told(FailureKind::PlanningStateInvalid, &error)),
        };
        let step = step_of(&base).map_err(|error| told(FailureKind::PlanningBlocked, &error))?;
        let dir = site.live(slug);
        let findings = consistency::check(shop.disk, &dir, slug, Mode::PlanningSnapshot);
        if let Some(finding) = first_error(&findings) {
            let kind = FailureKind::PlanningConsistencyError;
            return Err(refused(kind, finding.to_string()));
        }
        let effort = shop
            .budget
            .for_step(step, shop.models.effort(call_role(step)));
        let briefing = Briefing {
            prompts: shop.prompts,
            taste: shop.taste,
            budget: shop.budget,
            validation: shop.validation(),
            answer_by_schema: shop.agent.answers_by_schema(),
        };
        let (prompt, schema) = briefing
            .ask(&site, &base, step)
            .map_err(|error| told(FailureKind::AgentInfraFailure, &error))?;
        Ok(Some(Self {
            relative: site.relative(slug),
            site,
            step,
            effort,
            prompt,
            schema,
            base,
        }))
    }

    /// Returns the files of the accepted state. One that piton took away and the
    /// agent had left has to be looked for.
    pub(super) fn written(&self, changes: &Changes, accepted: &Contents) -> Option<Vec<PathBuf>> {
        let dir = Path::new(&self.relative);
        let is_gone = |path: &&str| !accepted.contains(path);
        let by_agent = |path: &str| {
            let path = dir.join(path);
            let of = |change: &SlotChange| change.path == path;
            changes.0.iter().any(of)
        };
        let mut gone = self.base.contents.paths().filter(is_gone);
        let all_told = gone.all(by_agent);
        all_told.then(|| accepted.paths().map(|path| dir.join(path)).collect())
    }

    /// Reads what the agent left in the migration's directory.
    pub(super) fn left(&self, shop: &Shop<'_>) -> Result<Contents, String> {
        crate::planning::paths::refuse_links(shop.disk, self.site.root(), &self.relative)
            .map_err(|error| piton_base::on_one_line(&error))?;
        let dir = self.site.live(&self.base.slug);
        let contents = Contents::read(shop.disk, &dir)
            .map_err(|error| piton_base::on_one_line(&error))?
            .unwrap_or_default();
        match Secret::found_among(shop.secrets, &contents) {
            None => Ok(contents),
            Some((file, variable)) => Err(spilled::told(&file, &variable)),
        }
    }

    /// Puts the next accepted state in place of the one before, where it is
    /// what it has to be.
    pub(super) fn put(&self, shop: &Shop<'_>, accepted: &accept::Accepted) -> Result<(), String> {
        let dir = self.site.live(&self.base.slug);
        let wrong = |error: &dyn std::error::Error| piton_base::on_one_line(error);
        tree::remove(shop.disk, &dir).map_err(|error| wrong(&error))?;
        piton_durable::create_dirs(shop.disk, &dir).map_err(|error| wrong(&error))?;
        accepted
            .contents
            .write(shop.disk, &dir)
            .map_err(|error| wrong(&error))?;
        let mode = Mode::of_publish(accepted.status);
        let findings = consistency::check(shop.disk, &dir, &self.base.slug, mode);
        match first_error(&findings) {
            Some(finding) => Err(format!("the migration would not be consistent: {finding}")),
            None => Ok(()),
        }
    }
}
