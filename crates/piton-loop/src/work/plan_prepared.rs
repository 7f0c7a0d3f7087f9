//! A planning step as the commit has it: what is asked of an agent, what it left,
//! and what is put in its place.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_durable::tree;
use piton_git::slot::{Changes, Slot, SlotChange};
use piton_migration::candidate::Proposal;
use piton_migration::consistency::{self, Mode, Severity};
use piton_migration::contents::Contents;
use piton_migration::planning::Step;
use piton_migration::secret::Secret;

use super::failure::WorkFailure;
use super::plan::{self, PlanWork};
use super::shop::Shop;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::planning::accept;
use crate::planning::brief::Briefing;
use crate::planning::decide::{StepRefusal, call_role, step_of};
use crate::planning::site::Site;
use crate::planning::snapshot::{Snapshot, SnapshotError};
use crate::planning::verdict::{Asked, answer_schema};
use crate::validation::ValidationCommand;

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
        site: Site,
        work: &PlanWork<'_>,
    ) -> Result<Option<Self>, WorkFailure> {
        let role = CallRole::PlanningState;
        let refused = |kind: FailureKind, error: &dyn std::error::Error| {
            WorkFailure::again(role, kind, piton_base::on_one_line(error))
        };
        let base = match Snapshot::read(shop.disk, &site, work.slug) {
            Ok(base) => base,
            Err(SnapshotError::NotThere { .. }) => return Ok(None),
            Err(error @ SnapshotError::NoState { .. }) => {
                return Err(refused(FailureKind::PlanningStateMissing, &error));
            }
            Err(error) => return Err(refused(FailureKind::PlanningStateInvalid, &error)),
        };
        let step = step_of(&base).map_err(|error| {
            let kind = match error {
                StepRefusal::Inconsistent { .. } => FailureKind::PlanningConsistencyError,
                _ => FailureKind::PlanningBlocked,
            };
            refused(kind, &error)
        })?;
        let dir = site.live(work.slug);
        let findings = consistency::check(shop.disk, &dir, work.slug, Mode::PlanningSnapshot);
        if let Some(finding) = findings.iter().find(|it| it.severity == Severity::Error) {
            let story = format!("{} ({})", finding.message, finding.code.as_str());
            let kind = FailureKind::PlanningConsistencyError;
            return Err(WorkFailure::again(role, kind, story));
        }
        let effort = plan::effort(shop.budget, step, shop.models.effort(call_role(step)));
        let schema = (shop.agent.answers_by_schema())
            .then(|| answer_schema(step, &base.contents))
            .flatten();
        let briefing = Briefing {
            prompts: shop.prompts,
            taste: shop.taste,
            budget: shop.budget,
            validation: shop.validator.command.map(ValidationCommand::as_str),
            answer_by_schema: schema.is_some(),
        };
        let prompt = briefing
            .prompt(&site, &base, step)
            .map_err(|error| refused(FailureKind::AgentInfraFailure, &error))?;
        debug_assert_eq!(slot.dir(), site.root());
        Ok(Some(Self {
            relative: site.relative(work.slug),
            site,
            step,
            effort,
            prompt,
            schema,
            base,
        }))
    }

    pub(super) fn asked(&self) -> Asked {
        if self.schema.is_some() {
            Asked::Schema
        } else {
            Asked::Prose
        }
    }
}

impl Prepared {
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
            Some((file, variable)) => Err(format!(
                "the agent wrote the value of {variable} into {file}; nothing of its work was taken"
            )),
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
        let mode = Proposal::mode_of(accepted.status);
        let findings = consistency::check(shop.disk, &dir, &self.base.slug, mode);
        match findings.iter().find(|it| it.severity == Severity::Error) {
            Some(finding) => Err(format!(
                "the migration would not be consistent: {} ({})",
                finding.message,
                finding.code.as_str()
            )),
            None => Ok(()),
        }
    }
}
