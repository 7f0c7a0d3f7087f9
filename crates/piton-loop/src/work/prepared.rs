//! A phase as the commit has it that the work starts from.

use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::consistency::{self, Mode, first_error};
use piton_migration::manifest::Phase;
use piton_migration::slug::Slug;

use super::failure::{Halt, WorkFailure};
use super::shop::Shop;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::planning::person::ReviewSheet;
use crate::planning::site::Site;
use crate::planning::snapshot::Live;
use crate::prompts::{PhaseBrief, PhaseText};

/// A phase as the commit has it, ready to be asked about.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) live: Live,
    /// The migrations in the slot.
    pub(super) site: Site,
    pub(super) relative: String,
    pub(super) phase: Phase,
    pub(super) reference: String,
    pub(super) document: String,
    pub(super) effort: EffortResolution,
    pub(super) label: String,
}

impl Prepared {
    pub(super) fn read(shop: &Shop<'_>, slot: &Slot, slug: &Slug) -> Result<Self, Halt> {
        let refused = |story: String| {
            let kind = FailureKind::MigrationConsistencyError;
            Halt::from(WorkFailure::again(
                CallRole::PhaseExecutionGate,
                kind,
                story,
            ))
        };
        let site = shop.site.at(slot.dir());
        let live = Live::read(shop.disk, &site, slug)
            .map_err(|error| refused(piton_base::on_one_line(&error)))?;
        let findings = consistency::check(shop.disk, &site.live(slug), slug, Mode::ExecutionGate);
        if let Some(finding) = first_error(&findings) {
            return Err(refused(finding.to_string()));
        }
        let Some((_, phase)) = live.manifest.open_phase() else {
            return Err(refused(
                "no phase of it is left to be carried out".to_owned(),
            ));
        };
        let phase = phase.clone();
        let reference = phase.reference();
        let document = live.contents.text(&reference).unwrap_or_default();
        Ok(Self {
            effort: shop
                .budget
                .for_phase(phase.required_effort, phase.effort_reason.as_deref()),
            label: format!("{slug}/{reference}"),
            relative: site.relative(slug),
            site,
            live,
            phase,
            reference,
            document,
        })
    }

    pub(super) fn brief<'a>(&'a self, path: &'a str, summary: &'a str) -> PhaseBrief<'a> {
        PhaseBrief {
            slug: self.live.slug.as_str(),
            live: &self.relative,
            summary,
            phase: PhaseText {
                name: &self.phase.name,
                path,
                document: &self.document,
                precondition: &self.phase.precondition,
                effort: self.effort.effective.as_str(),
                effort_reason: self.phase.effort_reason.as_deref(),
            },
        }
    }

    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.relative, self.reference)
    }

    pub(super) fn summary(&self) -> String {
        ReviewSheet::of(&self.live).manifest
    }
}
