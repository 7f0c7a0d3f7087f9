//! A phase as the commit has it that the work starts from.

use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::consistency::{self, Mode, Severity};
use piton_migration::manifest::Phase;

use super::evidence::Subject;
use super::failure::{Halt, WorkFailure};
use super::phase::PhaseWork;
use super::shop::Shop;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::planning::person::ReviewSheet;
use crate::planning::site::Site;
use crate::planning::snapshot::Live;
use crate::prompts::{PhaseBrief, PhasePrompt, RetryBrief};
use crate::validation::ValidationCommand;

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
    pub(super) fn read(shop: &Shop<'_>, slot: &Slot, work: &PhaseWork<'_>) -> Result<Self, Halt> {
        let role = CallRole::PhaseExecutionGate;
        let refused = |story: String| {
            Halt::from(WorkFailure::again(
                role,
                FailureKind::MigrationConsistencyError,
                story,
            ))
        };
        let site = Site::new(slot.dir(), shop.site.migrations(), shop.site.state())
            .map_err(|error| Halt::trouble(role, &error))?;
        let live = Live::read(shop.disk, &site, work.slug)
            .map_err(|error| refused(piton_base::on_one_line(&error)))?;
        let dir = site.live(work.slug);
        let findings = consistency::check(shop.disk, &dir, work.slug, Mode::ExecutionGate);
        if let Some(finding) = findings.iter().find(|it| it.severity == Severity::Error) {
            return Err(refused(format!(
                "{} ({})",
                finding.message,
                finding.code.as_str()
            )));
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
            label: format!("{}/{reference}", work.slug),
            relative: site.relative(work.slug),
            site,
            live,
            phase,
            reference,
            document,
        })
    }

    pub(super) fn prompt_of<'a>(
        &'a self,
        shop: &'a Shop<'_>,
        path: &'a str,
        summary: &'a str,
        retry: Option<RetryBrief<'a>>,
    ) -> PhasePrompt<'a> {
        PhasePrompt {
            slug: self.live.slug.as_str(),
            live: &self.relative,
            summary,
            phase: PhaseBrief {
                name: &self.phase.name,
                path,
                document: &self.document,
                precondition: &self.phase.precondition,
                effort: self.effort.effective.as_str(),
                effort_reason: self.phase.effort_reason.as_deref(),
            },
            migrations: shop.site.migrations(),
            taste: shop.taste,
            validation: shop.validator.command.map(ValidationCommand::as_str),
            retry,
            amendment: shop.amendment,
        }
    }

    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.relative, self.reference)
    }

    pub(super) fn summary(&self) -> String {
        ReviewSheet::of(&self.live).manifest
    }
}

/// A subject that owns its advice.
pub(super) struct OwnedSubject<'a> {
    attempt: u32,
    label: &'a str,
    name: &'a str,
    effort: &'a EffortResolution,
    next_step: String,
}

impl OwnedSubject<'_> {
    pub(super) fn as_ref(&self) -> Subject<'_> {
        Subject {
            attempt: self.attempt,
            retry: 1,
            target: self.label,
            phase_reached: self.name,
            effort: self.effort,
            next_step: &self.next_step,
        }
    }
}

impl Prepared {
    pub(super) fn subject(&self, work: &PhaseWork<'_>) -> OwnedSubject<'_> {
        OwnedSubject {
            attempt: work.start.attempt,
            label: &self.label,
            name: &self.phase.name,
            effort: &self.effort,
            next_step: super::attempts::Job::next_step(self),
        }
    }
}
