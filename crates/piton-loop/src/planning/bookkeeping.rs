//! What a run's record says about a planning step, from its beginning to its
//! end.

use std::path::Path;

use piton_migration::operation::MigrationEvent;

use super::accept::StepOutcome;
use super::decide::{StepDecision, call_role};
use super::failed::FailedStep;
use crate::failures::FailureKind;
use crate::replies::{Decision, Recommendation};
use crate::runs::{
    Attempt, CommitPhase, Event, FinalStatus, Outset, RecordError, RunRecord, RunSummary,
};

/// Records with what a run sets out.
pub fn set_out(run: &RunRecord<'_>, outset: &Outset) -> Result<(), RecordError> {
    let Outset {
        default_effort,
        max_allowed_effort,
        ..
    } = *outset;
    run.event(Event::EffortBudgetConfigured {
        default_effort,
        max_allowed_effort,
    })?;
    run.event(Event::RunStarted(outset.clone()))?;
    run.update(|summary| {
        summary.agent = Some(outset.agent.clone());
        summary.model.clone_from(&outset.model);
        summary.effort = Some(default_effort.to_string());
        summary.default_effort = Some(default_effort.to_string());
        summary.max_allowed_effort = Some(max_allowed_effort.to_string());
        summary.test_command.clone_from(&outset.validation);
        summary.sealed = Some(outset.sealed.clone());
    })
}

/// Records that a step was accepted. Its attempt stays open until what became
/// of the publish is known.
pub fn accepted(
    run: &RunRecord<'_>,
    decision: &StepDecision,
    outcome: &StepOutcome,
) -> Result<(), RecordError> {
    let recommendation = match outcome {
        StepOutcome::NeedsPerson { .. } | StepOutcome::ReadyAwaitingPerson { .. } => {
            Recommendation::HumanReview
        }
        StepOutcome::Next(_) | StepOutcome::Ready | StepOutcome::Rejected { .. } => {
            Recommendation::None
        }
    };
    tried(run, |attempt| Attempt {
        retry_recommendation: Some(recommendation.to_string()),
        failure_kind: Some(FailureKind::None.to_string()),
        ..self::attempt(attempt, decision)
    })
}

/// Returns what happened to a migration, as what happened in a run.
pub(crate) fn events_of(event: &MigrationEvent) -> Vec<Event> {
    match event {
        MigrationEvent::Recovered { notice } => vec![Event::Recovered {
            notice: notice.clone(),
        }],
        MigrationEvent::Published {
            slug,
            operation,
            subject,
            next,
            digest,
            commit,
            unclean,
            ..
        } => {
            let target = slug.to_string();
            let step = operation.strip_prefix("planning.").unwrap_or(operation);
            let published = Event::Published {
                target: target.clone(),
                step: step.to_owned(),
                next: next.clone().unwrap_or_default(),
                digest: digest.to_string(),
            };
            let committed = commit.as_ref().map(|sha| Event::Committed {
                target,
                sha: sha.clone(),
                subject: subject.clone(),
            });
            let left = unclean.as_ref().map(|error| Event::Warned {
                text: format!("published, but not all could be cleaned up: {error}"),
            });
            std::iter::once(published)
                .chain(committed)
                .chain(left)
                .collect()
        }
        MigrationEvent::Committed {
            path,
            subject,
            commit,
        } => vec![Event::Committed {
            target: path.clone(),
            sha: commit.clone(),
            subject: subject.clone(),
        }],
        // It is told as the failure of its action.
        MigrationEvent::Refused { .. } => Vec::new(),
    }
}

/// Records what became of an attempt.
pub(crate) fn follow(run: &RunRecord<'_>, event: MigrationEvent) -> Result<(), RecordError> {
    match event {
        MigrationEvent::Recovered { .. } => Ok(()),
        MigrationEvent::Committed { .. } => run.update(|summary| {
            summary.counts.commits_created += 1;
        }),
        MigrationEvent::Published {
            slug,
            operation,
            commit,
            ..
        } => run.update(|summary| {
            summary.counts.commits_created += u32::from(commit.is_some());
            let attempt = open(summary, slug.as_str(), &operation);
            attempt.decision = Some(Decision::Commit.to_string());
            attempt.commit_sha = commit;
            attempt.commit_phase = Some(CommitPhase::Planning);
        }),
        MigrationEvent::Refused {
            slug,
            operation,
            story,
        } => run.update(|summary| {
            let told = crate::sanitize::sanitize(&story, &summary.repo_root);
            let attempt = open(summary, slug.as_str(), &operation);
            attempt.decision = Some(Decision::Abandon.to_string());
            attempt.retry_recommendation = Some(Recommendation::SameTarget.to_string());
            attempt.failure_kind = Some(FailureKind::PlanningPublishBlocked.to_string());
            attempt.failure_summary = told;
        }),
    }
}

/// Returns the attempt that a publish belongs to. One whose call was made in
/// another run, which was cut off, is added.
fn open<'s>(summary: &'s mut RunSummary, target: &str, role: &str) -> &'s mut Attempt {
    let is_open =
        |one: &Attempt| one.target == target && one.call_role == role && one.decision.is_none();
    let at = summary
        .attempts
        .iter()
        .position(is_open)
        .unwrap_or_else(|| {
            summary.counts.attempts_started += 1;
            summary.attempts.push(Attempt {
                attempt: summary.counts.attempts_started,
                target: target.to_owned(),
                retry: 1,
                call_role: role.to_owned(),
                ..Attempt::default()
            });
            summary.attempts.len() - 1
        });
    &mut summary.attempts[at]
}

/// Records that a step failed, and returns the status that its run ends with.
pub fn failed(
    run: &RunRecord<'_>,
    decision: &StepDecision,
    failed: &FailedStep,
) -> Result<FinalStatus, RecordError> {
    let consequence = failed.failure.consequence();
    not_accepted(
        run,
        decision,
        consequence.recorded,
        &failed.failure.story(),
        failed.snapshot.as_deref(),
    )?;
    Ok(consequence.run)
}

/// Records an attempt that led to nothing that could be published.
pub(crate) fn not_accepted(
    run: &RunRecord<'_>,
    decision: &StepDecision,
    kind: FailureKind,
    story: &str,
    snapshot: Option<&Path>,
) -> Result<(), RecordError> {
    let told = crate::sanitize::sanitize(story, &run.summary().repo_root);
    tried(run, |attempt| Attempt {
        decision: Some(Decision::Abandon.to_string()),
        retry_recommendation: Some(Recommendation::SameTarget.to_string()),
        failure_kind: Some(kind.to_string()),
        failure_summary: told,
        reason_doc_path: snapshot.map(|path| path.display().to_string()),
        ..self::attempt(attempt, decision)
    })
}

/// Adds an attempt, which is told its number.
fn tried(run: &RunRecord<'_>, attempt: impl FnOnce(u32) -> Attempt) -> Result<(), RecordError> {
    run.update(|summary| {
        summary.counts.attempts_started += 1;
        let attempt = attempt(summary.counts.attempts_started);
        summary.attempts.push(attempt);
    })
}

fn attempt(number: u32, decision: &StepDecision) -> Attempt {
    Attempt {
        attempt: number,
        target: decision.base.slug.to_string(),
        retry: 1,
        call_role: call_role(decision.step).to_string(),
        phase_reached: decision.step.to_string(),
        ..Attempt::with(&decision.effort)
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
