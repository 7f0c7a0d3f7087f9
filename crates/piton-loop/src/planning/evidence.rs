//! What is kept of a step that failed.

use std::path::{Path, PathBuf};

use piton_agent::CallRecord;
use piton_agent::outcome::Outcome;
use piton_durable::{Disk, Kind, create_dirs, tree};
use piton_migration::contents::Contents;
use piton_migration::secret::Secret;

use super::decide::{StepDecision, call_role};
use super::failed::FailedStep;
use super::failure::StepFailure;
use super::site::Site;
use crate::failures::{Artifacts, FailureSnapshot};
use crate::replies::{Decision, Recommendation};
use crate::runs::{CallEnd, CallStatus, CallVerdict, Event, RecordedCall, RunRecord};
use crate::sanitize::sanitize;

/// How many directories that agents left in failed calls are kept.
const KEPT: usize = 5;

/// What there is of a call that failed.
pub(super) struct Remains {
    /// Its place in the run's record.
    pub(super) placed: Option<RecordedCall>,
    /// What the agent's side recorded, if it ended.
    pub(super) ended: Option<CallRecord>,
    /// What it left in the migration's directory.
    pub(super) contents: Option<Contents>,
}

/// Records a failure and keeps what there is of it. Trouble in doing so only
/// makes the evidence poorer: the failure itself is what the caller must hear.
pub(super) fn keep(
    (disk, site, secrets): (&dyn Disk, &Site, &[Secret]),
    decision: &StepDecision,
    run: &RunRecord<'_>,
    remains: Remains,
    failure: StepFailure,
) -> FailedStep {
    let root = site.root().display().to_string();
    let summary = sanitize(&failure.story(), &root).unwrap_or_default();
    record_end(decision, run, &remains, &failure, &summary);
    let files = remains.placed.map(|placed| placed.files);
    if matches!(failure, StepFailure::Agent(Outcome::Stopped)) {
        let _ = run.event(Event::Interrupted);
        return FailedStep {
            failure,
            snapshot: None,
            kept: None,
        };
    }
    // What holds a secret is kept nowhere, as evidence neither.
    let left = remains.contents;
    let left = left.filter(|left| Secret::found_among(secrets, left).is_none());
    let kept = left.and_then(|left| keep_directory((disk, site), decision, run, &left));
    let kind = failure.consequence().recorded;
    let record = run.dir().path();
    let snapshot = FailureSnapshot {
        repo_root: root,
        run_id: run.id().clone(),
        target: decision.base.slug.to_string(),
        attempt: 1,
        retry: 1,
        call_role: call_role(decision.step).to_string(),
        phase_reached: decision.step.to_string(),
        decision: Decision::Abandon,
        retry_recommendation: Recommendation::SameTarget,
        failure_kind: kind,
        summary: summary.clone(),
        validation_command: None,
        artifact_root: record.display().to_string(),
        artifacts: Artifacts::read(disk, record, files.as_ref(), None),
        next_step: format!(
            "Run `piton migration step {}` again: it starts from the published state. What is quoted here is evidence only; {}.",
            decision.base.slug,
            failure.advice()
        ),
    };
    let snapshot = snapshot.write(disk, &site.failures());
    let _ = run.event(Event::StepFailed {
        scope: decision.scope(),
        step: decision.step.to_string(),
        kind,
        summary,
        reason_doc_path: snapshot.as_ref().map(|path| path.display().to_string()),
    });
    FailedStep {
        failure,
        snapshot,
        kept,
    }
}

/// Records how the call ended, if there was one.
fn record_end(
    decision: &StepDecision,
    run: &RunRecord<'_>,
    remains: &Remains,
    failure: &StepFailure,
    summary: &str,
) {
    let Some(placed) = &remains.placed else {
        return;
    };
    let scope = decision.scope();
    let verdict = CallVerdict::of(&scope, failure.consequence().call, summary.to_owned());
    let _ = run.verdict(&placed.files, &verdict);
    let _ = run.event(Event::CallFinished(CallEnd::of(
        scope,
        placed.number,
        remains.ended.as_ref(),
        CallStatus::Failed,
        summary.to_owned(),
    )));
}

/// Keeps what the agent left in the migration's directory, and lets go of the
/// oldest of what was kept before.
fn keep_directory(
    (disk, site): (&dyn Disk, &Site),
    decision: &StepDecision,
    run: &RunRecord<'_>,
    left: &Contents,
) -> Option<PathBuf> {
    let failed = site.failed();
    let dir = failed.join(format!("{}-{}", run.id(), decision.base.slug));
    create_dirs(disk, &dir).ok()?;
    left.write(disk, &dir).ok()?;
    let _ = forget_oldest(disk, &failed);
    Some(dir)
}

/// Names begin with the run, so the oldest come first.
fn forget_oldest(disk: &dyn Disk, failed: &Path) -> std::io::Result<()> {
    let dirs: Vec<_> = disk
        .list(failed)?
        .into_iter()
        .filter(|entry| entry.kind == Kind::Dir)
        .collect();
    for old in &dirs[..dirs.len().saturating_sub(KEPT)] {
        tree::remove(disk, &failed.join(&old.name)).map_err(std::io::Error::other)?;
    }
    Ok(())
}
