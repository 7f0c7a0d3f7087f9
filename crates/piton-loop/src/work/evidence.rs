//! What is kept of work that failed: a snapshot, and an entry in the summary.

use std::path::{Path, PathBuf};

use piton_agent::CallFiles;
use piton_durable::{DiskRead, write_atomic};

use super::failure::WorkFailure;
use super::shop::Shop;
use crate::effort::EffortResolution;
use crate::failures::{Artifacts, FailureSnapshot, FailureText};
use crate::runs::{Attempt, CommitPhase, RecordError, RunRecord};
use crate::sanitize::sanitize;

/// No more than this of an output is looked at.
const OUTPUT_LIMIT: u64 = 4 * 1024 * 1024;

/// Where the outputs behind a failure lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    pub agent: Option<CallFiles>,
    pub tests: Option<PathBuf>,
}

/// What was being worked on.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    pub attempt: u32,
    pub retry: u32,
    pub target: &'a str,
    pub phase_reached: &'a str,
    pub effort: &'a EffortResolution,
    /// What a reader can do about it.
    pub next_step: &'a str,
}

/// Keeps what there is of a failure. Trouble in doing so only makes the
/// evidence poorer: the failure itself is what the caller must hear.
pub fn keep(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    subject: &Subject<'_>,
    failure: &WorkFailure,
) -> Option<PathBuf> {
    let root = shop.site.root().display().to_string();
    let summary = sanitize(&failure.story, &root).unwrap_or_default();
    let snapshot = FailureSnapshot {
        project_uuid: None,
        repo_root: root,
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
        validation_command: shop.validator.command.map(|it| it.as_str().to_owned()),
        artifact_root: run.dir().path().display().to_string(),
        artifacts: artifacts(shop.disk, run.dir().path(), &failure.traces),
        next_step: subject.next_step.to_owned(),
    };
    let path = shop.site.failures().join(snapshot.name().as_str());
    let written = write_atomic(shop.disk, &path, snapshot.render().as_bytes(), 0o600)
        .ok()
        .map(|()| path);
    let attempt = Attempt {
        decision: Some(failure.decision.as_str().to_owned()),
        retry_recommendation: Some(failure.recommendation.as_str().to_owned()),
        failure_kind: Some(failure.kind.to_string()),
        failure_summary: Some(summary),
        reason_doc_path: written.as_ref().map(|path| path.display().to_string()),
        ..attempt(subject, failure.role.as_str())
    };
    let _ = run.update(|summary| summary.attempts.push(attempt));
    written
}

/// Records work that was accepted, as `commit`.
pub fn accepted(
    run: &RunRecord<'_>,
    subject: &Subject<'_>,
    role: &str,
    commit: Option<&str>,
    phase: CommitPhase,
) -> Result<(), RecordError> {
    let attempt = Attempt {
        decision: Some("commit".to_owned()),
        retry_recommendation: Some("none".to_owned()),
        failure_kind: Some("none".to_owned()),
        commit_sha: commit.map(str::to_owned),
        commit_phase: Some(phase),
        ..attempt(subject, role)
    };
    run.update(|summary| {
        summary.counts.commits_created += u32::from(commit.is_some());
        summary.attempts.push(attempt);
    })
}

fn attempt(subject: &Subject<'_>, role: &str) -> Attempt {
    let effort = subject.effort;
    Attempt {
        attempt: subject.attempt,
        target: subject.target.to_owned(),
        retry: subject.retry,
        call_role: role.to_owned(),
        phase_reached: subject.phase_reached.to_owned(),
        requested_effort: Some(effort.requested.to_string()),
        effective_effort: Some(effort.effective.to_string()),
        max_allowed_effort: Some(effort.max_allowed.to_string()),
        effort_source: Some(effort.source.as_str().to_owned()),
        effort_capped: Some(effort.capped()),
        effort_reason: effort.reason.clone(),
        ..Attempt::default()
    }
}

fn artifacts(disk: &dyn DiskRead, root: &Path, traces: &Traces) -> Artifacts {
    let text = |path: PathBuf| {
        let bytes = disk.read_at_most(&path, OUTPUT_LIMIT).ok()?;
        let path = path.strip_prefix(root).unwrap_or(&path);
        Some(FailureText {
            path: path.display().to_string(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    };
    let agent = traces.agent.as_ref();
    let tests = traces.tests.as_ref();
    Artifacts {
        agent_last_message: agent.and_then(|files| text(files.reply())),
        agent_stdout: agent.and_then(|files| text(files.stdout())),
        agent_stderr: agent.and_then(|files| text(files.stderr())),
        tests_stdout: tests.and_then(|dir| text(dir.join("tests.stdout.log"))),
        tests_stderr: tests.and_then(|dir| text(dir.join("tests.stderr.log"))),
    }
}
