//! The facts.

use std::path::Path;

use jiff::Timestamp;
use piton_durable::{DiskRead, TreeDigest};
use serde::Serialize;

use crate::consistency::{Code, Finding, examine};
use crate::live::LiveDir;
use crate::manifest::{Manifest, Status};
use crate::own::{OwnData, load_own};
use crate::phase::{Heading, section_text};
use crate::planning::{CompletedStep, Cursor, Decision, Feedback, PlanningState};
use crate::schedule::{NextThing, eligible, next_thing};
use crate::slug::Slug;
use crate::text::with_newlines;
use piton_base::Effort;

/// No phase document is read for its contract beyond this size.
const MAX_CONTRACT: u64 = 1 << 20;

/// A migration as `show` tells it. What cannot be known, because a file is
/// broken, is null; the findings say why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Show {
    pub slug: Slug,
    pub status: Option<Status>,
    pub awaiting_human_review: bool,
    pub human_review_reason: Option<String>,
    /// Why it was rejected, where it was.
    pub rejected_because: Option<String>,
    /// A phase's name, or empty where the cursor is on none.
    pub current_phase: Option<String>,
    pub created_at: Option<String>,
    pub last_touch: Option<String>,
    pub wake_up_on: Option<String>,
    pub cooldown_until: Option<String>,
    pub phases: Vec<PhaseView>,
    /// Null where there is no planning record that holds.
    pub planning: Option<PlanningView>,
    /// Null where the directory cannot be hashed, for a link in it.
    pub digest: Option<TreeDigest>,
    /// Null where a stamp is no point in time.
    pub eligible: Option<bool>,
    pub next: NextThing,
    pub notes: Option<OwnData>,
    pub findings: Vec<Finding>,
}

/// A phase with its contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PhaseView {
    pub name: String,
    pub file: String,
    pub done: bool,
    pub current: bool,
    /// The phase that comes before this one and is not done.
    pub waits_for: Option<String>,
    pub precondition: String,
    pub definition_of_done: Option<String>,
    pub required_effort: Option<Effort>,
    pub effort_reason: Option<String>,
}

/// Planning, as it went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanningView {
    pub target: String,
    pub next_step: Cursor,
    pub completed: Vec<CompletedStep>,
    /// The counts of steps after which planning was reopened.
    pub reopened_after: Vec<usize>,
    /// The output whose findings are being worked on.
    pub review_findings: Option<String>,
    pub final_decision: Option<Decision>,
    pub final_reason: Option<String>,
    pub feedback: Vec<Feedback>,
}

/// Gathers everything about a migration.
pub fn show(disk: &dyn DiskRead, live: &LiveDir, slug: &Slug, now: Timestamp) -> Show {
    let dir = live.migration(slug);
    let examination = examine(disk, live, slug);
    let state = examination.state.as_ref();
    let manifest = examination.manifest.as_ref().ok();
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let stamp = |stamp: Option<&crate::stamp::RawStamp>| stamp.map(ToString::to_string);
    Show {
        slug: slug.clone(),
        status: manifest.map(Manifest::status),
        awaiting_human_review: manifest.is_some_and(Manifest::awaiting_human_review),
        human_review_reason: manifest.and_then(|it| owned(it.human_review_reason())),
        rejected_because: manifest
            .filter(|it| it.status() == Status::Skipped)
            .and_then(|_| crate::rejection::reason(disk, &dir)),
        current_phase: manifest.map(|it| it.current_phase_name().to_owned()),
        created_at: stamp(manifest.map(Manifest::created_at)),
        last_touch: stamp(manifest.map(Manifest::last_touch)),
        wake_up_on: stamp(manifest.and_then(Manifest::wake_up_on)),
        cooldown_until: stamp(manifest.and_then(Manifest::cooldown_until)),
        phases: manifest.map_or_else(Vec::new, |it| phases(disk, &dir, it, &examination.findings)),
        planning: state
            .and_then(|state| state.as_ref().ok())
            .map(|loaded| planning(&loaded.state)),
        digest: TreeDigest::of(disk, &dir).ok(),
        eligible: manifest.and_then(|it| eligible(it, now).ok()),
        next: manifest.map_or_else(
            || NextThing::Blocked {
                reason: examination
                    .findings
                    .first()
                    .map_or(Code::InvalidManifest, |finding| finding.code)
                    .to_string(),
            },
            |it| next_thing(it, state, now),
        ),
        notes: load_own(disk, &dir).ok().flatten(),
        findings: examination.findings,
    }
}

fn phases(
    disk: &dyn DiskRead,
    dir: &Path,
    manifest: &Manifest,
    findings: &[Finding],
) -> Vec<PhaseView> {
    let current = manifest.current_phase().map(|(index, _)| index);
    let mut open: Option<&str> = None;
    let mut views = Vec::with_capacity(manifest.phases().len());
    for (index, phase) in manifest.phases().iter().enumerate() {
        views.push(PhaseView {
            name: phase.name.clone(),
            file: phase.file.clone(),
            done: phase.done,
            current: current == Some(index),
            waits_for: open.filter(|_| !phase.done).map(str::to_owned),
            precondition: phase.precondition.clone(),
            definition_of_done: contract(disk, dir, &phase.reference(), findings),
            required_effort: phase.required_effort,
            effort_reason: phase.effort_reason.clone(),
        });
        if !phase.done {
            open = Some(&phase.name);
        }
    }
    views
}

/// Reads a phase's definition of done. A document in a directory, or one that
/// a finding is about, is left alone: it may lead anywhere.
fn contract(
    disk: &dyn DiskRead,
    dir: &Path,
    reference: &str,
    findings: &[Finding],
) -> Option<String> {
    let path = dir.join(reference);
    let plain = !reference.contains('/') && reference != "." && reference != "..";
    let suspect = findings.iter().any(|finding| {
        finding.path == path
            && !matches!(
                finding.code,
                Code::MissingPhasePrecondition | Code::DuplicatePhaseDocIndex
            )
    });
    if !plain || suspect {
        return None;
    }
    let bytes = disk.read_at_most(&path, MAX_CONTRACT).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    section_text(&with_newlines(text), Heading::DefinitionOfDone).map(str::to_owned)
}

fn planning(state: &PlanningState) -> PlanningView {
    let (decision, reason) = state.decision().unzip();
    PlanningView {
        target: state.target().to_owned(),
        next_step: state.cursor(),
        completed: state.completed().to_vec(),
        reopened_after: state.anchors().to_vec(),
        review_findings: state.position().findings().map(str::to_owned),
        final_decision: decision,
        final_reason: reason.map(str::to_owned),
        feedback: state.feedback().to_vec(),
    }
}
