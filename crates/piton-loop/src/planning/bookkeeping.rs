//! What a run's record says about a planning step, from its beginning to its
//! end.

use std::path::Path;

use piton_durable::TreeDigest;

use super::accept::StepOutcome;
use super::decide::{StepDecision, call_role};
use super::perform::{FailedStep, MadeStep};
use crate::effort::EffortBudget;
use crate::failures::FailureKind;
use crate::replies::{Decision, Recommendation};
use crate::runs::{Attempt, CommitPhase, Event, FinalStatus, RecordError, RunRecord};

/// Records with what a run sets out.
pub fn set_out(
    run: &mut RunRecord<'_>,
    agent: &str,
    model: Option<&str>,
    budget: EffortBudget,
) -> Result<(), RecordError> {
    run.event(&Event::EffortBudgetConfigured(budget))?;
    run.update(|summary| {
        summary.agent = Some(agent.to_owned());
        summary.model = model.map(str::to_owned);
        summary.effort = Some(budget.default_tier().to_string());
        summary.default_effort = Some(budget.default_tier().to_string());
        summary.max_allowed_effort = Some(budget.max().to_string());
    })
}

/// Records that a step was published, as `commit` where it was committed.
pub fn published(
    run: &mut RunRecord<'_>,
    decision: &StepDecision,
    made: &MadeStep,
    digest: &TreeDigest,
    commit: Option<&str>,
) -> Result<(), RecordError> {
    let target = decision.base.slug.to_string();
    run.event(&Event::Published {
        target: target.clone(),
        step: decision.step.to_string(),
        next: next(&made.outcome).to_owned(),
        digest: digest.to_string(),
    })?;
    if let Some(sha) = commit {
        run.event(&Event::Committed {
            target,
            sha: sha.to_owned(),
            subject: decision.subject.clone(),
        })?;
    }
    let recommendation = match made.outcome {
        StepOutcome::NeedsPerson { .. } | StepOutcome::ReadyAwaitingPerson { .. } => {
            Recommendation::HumanReview
        }
        StepOutcome::Next(_) | StepOutcome::Ready | StepOutcome::Rejected { .. } => {
            Recommendation::None
        }
    };
    let attempt = Attempt {
        decision: Some(Decision::Commit.as_str().to_owned()),
        retry_recommendation: Some(recommendation.as_str().to_owned()),
        failure_kind: Some(FailureKind::None.to_string()),
        commit_sha: commit.map(str::to_owned),
        commit_phase: Some(CommitPhase::Planning),
        ..attempt(run, decision)
    };
    run.update(|summary| {
        summary.counts.attempts_started += 1;
        summary.counts.commits_created += u32::from(commit.is_some());
        summary.attempts.push(attempt);
    })
}

/// Records that a step failed, and returns the status that its run ends with.
pub fn failed(
    run: &mut RunRecord<'_>,
    decision: &StepDecision,
    failed: &FailedStep,
) -> Result<FinalStatus, RecordError> {
    use piton_agent::outcome::Outcome;

    use super::failure::StepFailure;

    not_published(
        run,
        decision,
        failed.failure.kind(),
        &failed.failure.story(),
        failed.snapshot.as_deref(),
    )?;
    Ok(match &failed.failure {
        StepFailure::Agent(Outcome::Stopped) => FinalStatus::Interrupted,
        StepFailure::Agent(_) | StepFailure::Call(_) => FinalStatus::AgentFailed,
        StepFailure::Slot(_)
        | StepFailure::Setup(_)
        | StepFailure::Changes(_)
        | StepFailure::Guard(_)
        | StepFailure::Unfit(_)
        | StepFailure::Layout(_)
        | StepFailure::Path(_)
        | StepFailure::Clear(_)
        | StepFailure::Look(_)
        | StepFailure::Strayed(_)
        | StepFailure::Left(_)
        | StepFailure::LeftPath(_)
        | StepFailure::Refused(_)
        | StepFailure::Candidate(_)
        | StepFailure::Record(_) => FinalStatus::MigrationFailed,
    })
}

/// Records an attempt that led to no publish.
pub fn not_published(
    run: &mut RunRecord<'_>,
    decision: &StepDecision,
    kind: FailureKind,
    story: &str,
    snapshot: Option<&Path>,
) -> Result<(), RecordError> {
    let attempt = Attempt {
        decision: Some(Decision::Abandon.as_str().to_owned()),
        retry_recommendation: Some(Recommendation::SameTarget.as_str().to_owned()),
        failure_kind: Some(kind.to_string()),
        failure_summary: crate::sanitize::sanitize(story, &run.summary().repo_root),
        reason_doc_path: snapshot.map(|path| path.display().to_string()),
        ..attempt(run, decision)
    };
    run.update(|summary| {
        summary.counts.attempts_started += 1;
        summary.attempts.push(attempt);
    })
}

fn attempt(run: &RunRecord<'_>, decision: &StepDecision) -> Attempt {
    let effort = &decision.effort;
    Attempt {
        attempt: run.summary().counts.attempts_started + 1,
        target: decision.base.slug.to_string(),
        retry: 1,
        call_role: call_role(decision.step).to_string(),
        phase_reached: decision.step.to_string(),
        requested_effort: Some(effort.requested.to_string()),
        effective_effort: Some(effort.effective.to_string()),
        max_allowed_effort: Some(effort.max_allowed.to_string()),
        effort_source: Some(effort.source.as_str().to_owned()),
        effort_capped: Some(effort.capped()),
        effort_reason: effort.reason.clone(),
        ..Attempt::default()
    }
}

/// Returns what is next, in a word.
pub fn next(outcome: &StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Next(step) => step.as_str(),
        StepOutcome::NeedsPerson { .. } => "a person",
        StepOutcome::Ready => "ready",
        StepOutcome::ReadyAwaitingPerson { .. } => "ready, awaiting a person",
        StepOutcome::Rejected { .. } => "skipped",
    }
}
