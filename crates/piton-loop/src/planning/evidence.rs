//! What is kept of a step that failed.

use std::path::{Path, PathBuf};

use piton_agent::outcome::Outcome;
use piton_agent::{CallFiles, CallRecord};
use piton_durable::{Disk, DiskRead, Kind, create_dirs, tree, write_atomic};

use super::decide::{StepDecision, call_role};
use super::described::{scope, verdict};
use super::failed::FailedStep;
use super::failure::StepFailure;
use super::site::Site;
use crate::failures::{Artifacts, FailureKind, FailureSnapshot, FailureText};
use crate::replies::{Decision, Recommendation};
use crate::runs::{CallEnd, CallStatus, Event, RecordedCall, RunRecord};
use crate::sanitize::sanitize;
use piton_migration::contents::Contents;
use piton_migration::secret::Secret;

/// How many directories that agents left in failed calls are kept.
const KEPT: usize = 5;

/// No more than this of an output is looked at.
const OUTPUT_LIMIT: u64 = 4 * 1024 * 1024;

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
    let Remains {
        placed,
        ended,
        contents: left,
    } = remains;
    let root = site.root().display().to_string();
    let summary = sanitize(&failure.story(), &root).unwrap_or_default();
    if let Some(placed) = &placed {
        let _ = run.verdict(
            &placed.files,
            &verdict(decision, failure.consequence().call, summary.clone()),
        );
        let _ = run.event(Event::CallFinished(CallEnd::of(
            scope(decision),
            placed,
            ended.as_ref(),
            CallStatus::Failed,
            summary.clone(),
        )));
    }
    let files = placed.map(|placed| placed.files);
    if matches!(failure, StepFailure::Agent(Outcome::Stopped)) {
        let _ = run.event(Event::Interrupted);
        return FailedStep {
            failure,
            snapshot: None,
            kept: None,
        };
    }
    // What holds a secret is kept nowhere, as evidence neither.
    let left = left.filter(|left| Secret::found_among(secrets, left).is_none());
    let kept = left.and_then(|left| keep_directory((disk, site), decision, run, &left));
    let told = Told {
        call_role: call_role(decision.step).to_string(),
        kind: failure.consequence().recorded,
        recommendation: Recommendation::SameTarget,
        summary,
        advice: failure.advice(),
        artifacts: artifacts(disk, run, files.as_ref()),
    };
    let snapshot = tell(disk, site, decision, run, told);
    FailedStep {
        failure,
        snapshot,
        kept,
    }
}

/// Records that the publisher refused an accepted step, and returns the
/// snapshot that tells of it.
pub fn publish_refused(
    disk: &dyn Disk,
    site: &Site,
    decision: &StepDecision,
    run: &RunRecord<'_>,
    story: &str,
) -> Option<PathBuf> {
    let root = site.root().display().to_string();
    let told = Told {
        call_role: "planning.publish".to_owned(),
        kind: FailureKind::PlanningPublishBlocked,
        recommendation: Recommendation::SameTarget,
        summary: sanitize(story, &root).unwrap_or_default(),
        advice: "the step was accepted and could not be published; see to the cause first"
            .to_owned(),
        artifacts: Artifacts::default(),
    };
    tell(disk, site, decision, run, told)
}

/// What a snapshot is to tell.
struct Told {
    call_role: String,
    kind: FailureKind,
    recommendation: Recommendation,
    summary: String,
    advice: String,
    artifacts: Artifacts,
}

fn tell(
    disk: &dyn Disk,
    site: &Site,
    decision: &StepDecision,
    run: &RunRecord<'_>,
    told: Told,
) -> Option<PathBuf> {
    let snapshot = FailureSnapshot {
        project_uuid: None,
        repo_root: site.root().display().to_string(),
        run_id: run.id().clone(),
        target: decision.base.slug.to_string(),
        attempt: 1,
        retry: 1,
        call_role: told.call_role,
        phase_reached: decision.step.to_string(),
        decision: Decision::Abandon,
        retry_recommendation: told.recommendation,
        failure_kind: told.kind,
        summary: told.summary.clone(),
        validation_command: None,
        artifact_root: run.dir().path().display().to_string(),
        artifacts: told.artifacts,
        next_step: format!(
            "Run `piton migration step {}` again: it starts from the published state. What is quoted here is evidence only; {}.",
            decision.base.slug, told.advice
        ),
    };
    let path = site.failures().join(snapshot.name().as_str());
    let written = write_atomic(disk, &path, snapshot.render().as_bytes(), 0o600)
        .ok()
        .map(|()| path);
    let _ = run.event(Event::StepFailed {
        scope: scope(decision),
        step: decision.step.to_string(),
        kind: told.kind,
        summary: told.summary,
        reason_doc_path: written.as_ref().map(|path| path.display().to_string()),
    });
    written
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

fn artifacts(disk: &dyn DiskRead, run: &RunRecord<'_>, files: Option<&CallFiles>) -> Artifacts {
    let Some(files) = files else {
        return Artifacts::default();
    };
    let text = |path: PathBuf| {
        let bytes = disk.read_at_most(&path, OUTPUT_LIMIT).ok()?;
        let path = path.strip_prefix(run.dir().path()).unwrap_or(&path);
        Some(FailureText {
            path: path.display().to_string(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    };
    Artifacts {
        agent_last_message: text(files.reply()),
        agent_stdout: text(files.stdout()),
        agent_stderr: text(files.stderr()),
        tests_stdout: None,
        tests_stderr: None,
    }
}
