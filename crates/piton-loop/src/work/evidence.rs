//! What is kept of work that failed: a snapshot, and an entry in the summary.

use piton_git::CommitId;

use super::accepted::Accepted;
use super::failure::WorkFailure;
use super::shop::Shop;
use crate::effort::{EffortBudget, EffortResolution};
use crate::failures::{Artifacts, FailureKind, FailureSnapshot};
use crate::replies::{Decision, Recommendation};
use crate::runs::{Attempt, CommitPhase, RecordError, RunRecord};

/// What was being worked on.
#[derive(Clone, Debug)]
pub(super) struct Subject<'a> {
    pub(super) attempt: u32,
    pub(super) retry: u32,
    pub(super) target: &'a str,
    pub(super) phase_reached: &'a str,
    pub(super) effort: &'a EffortResolution,
    /// What a reader can do about it.
    pub(super) next_step: String,
}

/// Keeps what there is of a failure. Trouble in doing so only makes the
/// evidence poorer: the failure itself is what the caller must hear.
pub(super) fn keep(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    subject: &Subject<'_>,
    failure: &WorkFailure,
) {
    let summary = shop.sanitized(&failure.story).unwrap_or_default();
    let (agent, tests) = (&failure.traces.agent, &failure.traces.tests);
    let snapshot = FailureSnapshot {
        repo_root: shop.root(),
        run_id: run.id().clone(),
        target: subject.target.to_owned(),
        attempt: subject.attempt,
        retry: subject.retry,
        call_role: failure.role.to_string(),
        phase_reached: subject.phase_reached.to_owned(),
        decision: failure.decision,
        retry_recommendation: failure.recommendation,
        failure_kind: failure.kind,
        summary: summary.clone(),
        validation_command: shop.validation().map(str::to_owned),
        artifact_root: run.dir().path().display().to_string(),
        artifacts: Artifacts::read(
            shop.disk,
            run.dir().path(),
            agent.as_ref(),
            tests.as_deref(),
        ),
        next_step: subject.next_step.clone(),
    };
    let written = snapshot.write(shop.disk, &shop.site.failures());
    let attempt = Attempt {
        decision: Some(failure.decision.to_string()),
        retry_recommendation: Some(failure.recommendation.to_string()),
        failure_kind: Some(failure.kind.to_string()),
        failure_summary: Some(summary),
        reason_doc_path: written.map(|path| path.display().to_string()),
        attempt: subject.attempt,
        target: subject.target.to_owned(),
        retry: subject.retry,
        call_role: failure.role.to_string(),
        phase_reached: subject.phase_reached.to_owned(),
        ..Attempt::with(subject.effort)
    };
    let _ = run.update(|summary| summary.attempts.push(attempt));
}

/// Records work that landed as `commit`.
pub fn landed(
    run: &RunRecord<'_>,
    budget: EffortBudget,
    work: &Accepted,
    attempt: u32,
    commit: &CommitId,
    phase: CommitPhase,
) -> Result<(), RecordError> {
    let landed = Attempt {
        attempt,
        target: work.target().to_owned(),
        retry: 1,
        call_role: "landing".to_owned(),
        phase_reached: work.subject.clone(),
        decision: Some(Decision::Commit.to_string()),
        retry_recommendation: Some(Recommendation::None.to_string()),
        failure_kind: Some(FailureKind::None.to_string()),
        commit_sha: Some(commit.to_string()),
        commit_phase: Some(phase),
        ..Attempt::with(&budget.for_call())
    };
    run.update(|summary| {
        summary.counts.commits_created += 1;
        summary.attempts.push(landed);
    })
}
