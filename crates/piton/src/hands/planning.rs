//! Planning steps, looked at and made.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use piton_agent::watchdog::EndReason;
use piton_agent::{CallEvent, CallEvents};
use piton_agent::{Host, Outcome, environment};
use piton_durable::{DiskRead, TreeDigest, tree};
use piton_loop::planning::candidate::Proposal;
use piton_loop::planning::contents::Contents;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::perform::{FailedStep, Performer};
use piton_loop::runs::{Attempt, CommitPhase, FinalStatus, RunRecord, RunSummary};
use piton_migration::publish::{Cause, PublishRefusal, PublishRequest};
use piton_migration::slug::Slug;
use piton_plan::{Done, Failure, FailureKind, Given, Observation, OutputMap};

use super::Publishing;
use crate::context::{Context, Place};
use crate::op::{CANDIDATE, CallAgent, Candidate, Edits, Next, Publish, short};
use crate::output::{Channel, Level, Out};
use crate::planning::{Desk, LocalClock, planning_site};

/// Whether a call may be made: what it is about stands as it stood.
pub(super) fn observe_call(
    disk: &dyn DiskRead,
    place: &Place,
    op: &CallAgent,
) -> Result<Observation, Failure> {
    let found = live_digest(disk, place, &op.slug)?;
    Ok(if found == op.base {
        Observation::Pending {
            found: format!("the migration at {}", short(&found)),
        }
    } else {
        Observation::Changed {
            expected: format!("the migration at {}", short(&op.base)),
            found: format!("it is at {}", short(&found)),
        }
    })
}

pub(super) fn observe_publish(
    disk: &dyn DiskRead,
    place: &Place,
    op: &Publish,
    given: &Given<'_>,
) -> Result<Observation, Failure> {
    let found = live_digest(disk, place, &op.slug)?;
    let already = match &op.next {
        Next::Candidate(slot) => match given.value(slot) {
            Ok(candidate) => candidate.digest == found,
            // Not known before the call; then only the base can be looked at.
            Err(_) => false,
        },
        Next::Edits(edits) => edited(disk, &place.live().migration(&op.slug), edits)?,
    };
    Ok(if already {
        Observation::Already {
            outputs: OutputMap::new(),
        }
    } else if found == op.base {
        Observation::Pending {
            found: format!("the migration at {}", short(&found)),
        }
    } else {
        Observation::Changed {
            expected: format!("the migration at {}", short(&op.base)),
            found: format!("it is at {}", short(&found)),
        }
    })
}

fn edited(disk: &dyn DiskRead, live: &Path, edits: &Edits) -> Result<bool, Failure> {
    let Some(contents) =
        Contents::read(disk, live).map_err(|error| Failure::of(FailureKind::Io, &error))?
    else {
        return Ok(false);
    };
    Ok(edits.files.iter().all(|edit| {
        let wanted = edit
            .content
            .as_ref()
            .and_then(piton_plan::files::Content::known);
        contents.get(&edit.path) == wanted.as_deref()
    }))
}

fn live_digest(disk: &dyn DiskRead, place: &Place, slug: &Slug) -> Result<TreeDigest, Failure> {
    TreeDigest::of(disk, &place.live().migration(slug))
        .map_err(|error| Failure::of(FailureKind::Io, &error))
}

/// The run record of a planning step, from its call to its publish.
#[derive(Debug, Default)]
pub(super) struct Recording<'a>(Mutex<Option<RunRecord<'a>>>);

impl<'a> Recording<'a> {
    /// Calls the agent. The record stays open for the publish that follows.
    pub(super) fn call(
        &self,
        context: &'a Context,
        place: &Place,
        op: &CallAgent,
    ) -> Result<Done, Failure> {
        let internal = |error: &dyn std::error::Error| Failure::of(FailureKind::Io, error);
        let told = |error: crate::error::CommandError| {
            Failure::new(FailureKind::Input, error.text().trim().to_owned())
        };
        let desk = Desk::set(context, place).map_err(told)?;
        let agent = op
            .agent
            .agent(context, &place.settings, &place.state())
            .map_err(told)?;
        let decision = desk
            .next_step(
                &context.disk,
                place,
                &op.slug,
                op.effort,
                agent.answers_by_schema(),
            )
            .map_err(|error| internal(&error))?;
        if decision.step != op.step
            || decision.prompt != op.prompt
            || decision.base.digest != op.base
        {
            return Err(Failure::new(
                FailureKind::Conflict,
                "the migration, a prompt template, the taste or the settings changed since the plan was made",
            ));
        }
        let holder = context.holder("calling an agent");
        let mut summary = RunSummary::new(&op.command, &place.top().display().to_string());
        summary.agent = Some(op.agent.name.clone());
        summary.model.clone_from(&op.model);
        summary.effort = Some(decision.effort.effective.to_string());
        summary.default_effort = Some(desk.budget.default_tier().to_string());
        summary.max_allowed_effort = Some(desk.budget.max().to_string());
        let mut record = RunRecord::begin(
            &context.disk,
            &LocalClock,
            &desk.site.runs(),
            &holder,
            summary,
        )
        .map_err(|error| internal(&error))?;
        context.out.note(
            Channel::Agent,
            Level::NORMAL,
            &format!(
                "asking {} for {} of {} (run {})",
                op.agent.name,
                op.step,
                op.slug,
                record.id()
            ),
        );
        let made = Performer {
            disk: &context.disk,
            git: &place.repository,
            clock: &LocalClock,
            site: &desk.site,
            agent: &*agent,
            limits: op.agent.limits(),
            stop: &context.agent_stop,
            holder,
        }
        .call(&decision, &mut record, &Shown(&context.out));
        let attempt = |record: &mut RunRecord<'_>, failed: Option<&FailedStep>| {
            record.update(|summary| {
                summary.counts.attempts_started = 1;
                summary.attempts = vec![attempt_of(op, &decision.effort, failed)];
            })
        };
        let made = match made {
            Ok(made) => made,
            Err(failed) => {
                let failure = failure_of(&failed, record.dir().path());
                let status = if matches!(failed.failure, StepFailure::Agent(Outcome::Stopped)) {
                    FinalStatus::Interrupted
                } else {
                    FinalStatus::AgentFailed
                };
                // The failure is the news; a record that could not be finished
                // reads as killed.
                let _ = attempt(&mut record, Some(&failed))
                    .and_then(|()| record.finish(status, Some(failure.error.clone())));
                return Err(failure);
            }
        };
        if let Some((file, variable)) = secret_in(context, &made.candidate.dir) {
            let failure = Failure::new(
                FailureKind::Io,
                format!(
                    "the agent wrote the value of {variable} into {file}; nothing of its work was \
                     taken; keep that variable away from what the agent can read, then run the step again"
                ),
            );
            let _ = made.candidate.remove(&context.disk);
            let _ = record.finish(FinalStatus::AgentFailed, Some(failure.error.clone()));
            return Err(failure);
        }
        attempt(&mut record, None).map_err(|error| internal(&error))?;
        let digest =
            TreeDigest::of(&context.disk, &made.candidate.dir).map_err(|error| internal(&error))?;
        let message = format!("run {}", record.id());
        *self.open() = Some(record);
        let candidate = serde_json::to_value(Candidate {
            dir: made.candidate.dir,
            digest,
            mode: made.candidate.mode,
            message: made.candidate.message,
        })
        .map_err(|error| internal(&error))?;
        Ok(Done::saying(message).with(&CANDIDATE, candidate))
    }

    /// Publishes, and ends the record of the call before.
    pub(super) fn publish(
        &self,
        context: &Context,
        place: &Place,
        publishing: &Publishing,
        op: &Publish,
        given: &Given<'_>,
    ) -> Result<Done, Failure> {
        let request = request(context, place, op, given)?;
        let published = publishing.publisher().publish(&request);
        let mut record = self.open().take();
        match published {
            Ok(published) => {
                for notice in &published.result.recovered {
                    context.out.note(
                        Channel::Recovery,
                        Level::WARNING,
                        &format!("recovered: {notice}"),
                    );
                }
                if let Some(error) = &published.result.cleanup_error {
                    context.out.warn(&format!(
                        "published, but not all could be cleaned up: {error}"
                    ));
                }
                if let Some(commit) = &published.commit {
                    let text = format!("commit {commit} holds {}", op.destination);
                    context.out.note(Channel::Git, Level::DETAIL, &text);
                }
                // The candidate is a copy of what is live now.
                if let Some(parent) = request.workspace.parent() {
                    let _ = tree::remove(&context.disk, parent);
                }
                if let Some(mut record) = record.take() {
                    let commit = published.commit.clone();
                    record
                        .update(|summary| {
                            summary.counts.commits_created = u32::from(commit.is_some());
                            if let Some(attempt) = summary.attempts.last_mut() {
                                attempt.commit_phase =
                                    commit.is_some().then_some(CommitPhase::Planning);
                                attempt.commit_sha = commit;
                            }
                        })
                        .and_then(|()| record.finish(FinalStatus::Completed, None))
                        .map_err(|error| Failure::of(FailureKind::Io, &error))?;
                }
                Ok(Done::saying(match &published.commit {
                    Some(commit) => format!("committed as {}", &commit[..commit.len().min(10)]),
                    None => "not committed: git ignores it".to_owned(),
                }))
            }
            Err(refusal) => {
                let failure = publish_failure(&refusal);
                if let Some(record) = record.take() {
                    let _ =
                        record.finish(FinalStatus::MigrationFailed, Some(failure.error.clone()));
                }
                Err(failure)
            }
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Option<RunRecord<'a>>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn request(
    context: &Context,
    place: &Place,
    op: &Publish,
    given: &Given<'_>,
) -> Result<PublishRequest, Failure> {
    let (workspace, mode, message) = match &op.next {
        Next::Candidate(slot) => {
            let candidate = given.value(slot)?;
            (candidate.dir, candidate.mode, candidate.message)
        }
        Next::Edits(edits) => {
            let failed = |error: &dyn std::error::Error| Failure::of(FailureKind::Io, error);
            let live = place.live().migration(&op.slug);
            let mut contents = Contents::read(&context.disk, &live)
                .map_err(|error| failed(&error))?
                .unwrap_or_default();
            for edit in &edits.files {
                match edit
                    .content
                    .as_ref()
                    .and_then(piton_plan::files::Content::known)
                {
                    Some(bytes) => contents.put(&edit.path, bytes),
                    None => {
                        contents = contents.over(&Contents::default(), |path| path != edit.path);
                    }
                }
            }
            let site = planning_site(place)
                .map_err(|error| Failure::new(FailureKind::Input, error.to_string()))?;
            let candidate = Proposal {
                slug: op.slug.clone(),
                base: op.base.clone(),
                contents,
                mode: edits.mode,
                operation: op.operation.clone(),
                message: edits.message.clone(),
            }
            .build(
                &context.disk,
                &site,
                &format!("{}-{}", op.slug, crate::context::token()),
            )
            .map_err(|error| failed(&error))?;
            (candidate.dir, edits.mode, edits.message.clone())
        }
    };
    Ok(PublishRequest {
        slug: op.slug.clone(),
        workspace,
        base: op.base.clone(),
        mode,
        operation: op.operation.clone(),
        commit: Some(message),
    })
}

/// Returns a file of the candidate that holds the value of a variable which
/// looks like a secret, with the variable's name: it would be committed.
fn secret_in(context: &Context, dir: &Path) -> Option<(String, String)> {
    let host = Host::new(context.environment.raw());
    let secrets = environment::secrets(&host);
    let contents = Contents::read(&context.disk, dir).ok()??;
    contents.paths().find_map(|path| {
        let text = contents.text(path)?;
        let value = secrets
            .iter()
            .find(|value| value.len() >= SHORTEST && text.contains(*value))?;
        let holds = |other: &std::ffi::OsString| other.to_str() == Some(value);
        let (name, _) = host.environment.iter().find(|(_, other)| holds(other))?;
        Some((path.to_owned(), name.to_string_lossy().into_owned()))
    })
}

/// A shorter value says nothing: it comes up by chance.
const SHORTEST: usize = 8;

fn attempt_of(
    op: &CallAgent,
    effort: &piton_loop::effort::EffortResolution,
    failed: Option<&FailedStep>,
) -> Attempt {
    Attempt {
        attempt: 1,
        retry: 1,
        target: op.slug.to_string(),
        call_role: format!("planning.{}", op.step),
        phase_reached: op.step.to_string(),
        decision: Some(
            if failed.is_some() {
                "abandon"
            } else {
                "commit"
            }
            .to_owned(),
        ),
        failure_kind: failed.map(|failed| failed.failure.kind().to_string()),
        failure_summary: failed.map(|failed| failed.failure.story()),
        reason_doc_path: failed
            .and_then(|failed| failed.snapshot.as_ref())
            .map(|path| path.display().to_string()),
        requested_effort: Some(effort.requested.to_string()),
        effective_effort: Some(effort.effective.to_string()),
        max_allowed_effort: Some(effort.max_allowed.to_string()),
        effort_source: Some(effort.source.as_str().to_owned()),
        effort_capped: Some(effort.capped()),
        effort_reason: effort.reason.clone(),
        ..Attempt::default()
    }
}

fn failure_of(failed: &FailedStep, run: &Path) -> Failure {
    let kind = match &failed.failure {
        StepFailure::Agent(outcome) => match outcome {
            Outcome::LimitReached { .. } => FailureKind::RateLimit,
            Outcome::Authentication { .. } => FailureKind::Auth,
            Outcome::Outage { .. } => FailureKind::Network,
            Outcome::NotStarted { .. } => FailureKind::NotFound,
            Outcome::Replied { .. }
            | Outcome::Refused { .. }
            | Outcome::Rejected { .. }
            | Outcome::CutShort { .. }
            | Outcome::Crashed { .. }
            | Outcome::Hung { .. }
            | Outcome::Deadline { .. }
            | Outcome::NoOutput { .. }
            | Outcome::Unreadable { .. }
            | Outcome::Stopped => FailureKind::Io,
        },
        StepFailure::Pool(_)
        | StepFailure::Layout(_)
        | StepFailure::Path(_)
        | StepFailure::Clear(_)
        | StepFailure::Call(_)
        | StepFailure::Look(_)
        | StepFailure::Strayed(_)
        | StepFailure::Left(_)
        | StepFailure::LeftPath(_)
        | StepFailure::Refused(_)
        | StepFailure::Candidate(_)
        | StepFailure::Record(_) => FailureKind::Io,
    };
    let mut text = format!("{}; {}", failed.failure.story(), failed.failure.advice());
    let _ = write!(text, "; everything about it is in {}", run.display());
    if let Some(kept) = &failed.kept {
        let _ = write!(text, "; what it left is kept in {}", kept.display());
    }
    Failure::new(kind, text)
}

fn publish_failure(refusal: &PublishRefusal) -> Failure {
    let (PublishRefusal::Blocked { cause, .. } | PublishRefusal::Failed { cause, .. }) = refusal;
    let kind = match cause {
        Cause::Stale { .. } | Cause::Dirty { .. } => FailureKind::Conflict,
        Cause::WrongName { .. } | Cause::InsideLive { .. } => FailureKind::Internal,
        Cause::Place(_)
        | Cause::Locked(_)
        | Cause::LockedByOriginal(_)
        | Cause::Unfit(_)
        | Cause::Findings { .. }
        | Cause::Git(_)
        | Cause::Recover(_)
        | Cause::Commit(_)
        | Cause::Transaction(_) => FailureKind::Io,
    };
    // It is told in lines, and a receipt is one.
    Failure::new(kind, refusal.to_string().replace('\n', "; "))
}

/// Shows what an agent prints, where it is asked for.
struct Shown<'a>(&'a Out);

impl CallEvents for Shown<'_> {
    fn event(&self, event: CallEvent<'_>) {
        match event {
            CallEvent::Started { arguments, .. } => {
                let line = piton_agent::words::join(arguments);
                self.0
                    .note(Channel::Agent, Level::DETAIL, &format!("runs {line}"));
            }
            CallEvent::Stdout(bytes) | CallEvent::Stderr(bytes) => {
                let text = String::from_utf8_lossy(bytes);
                self.0.note(
                    Channel::Agent,
                    Level::PAYLOAD,
                    &piton_plan::render::clean(&text),
                );
            }
            CallEvent::Ending(reason) => {
                let why = match reason {
                    EndReason::Idle => "it is silent for too long",
                    EndReason::Deadline => "its time is over",
                    EndReason::AfterResult => "it stays on after its result",
                    EndReason::Stopped => "piton was told to stop",
                };
                self.0.note(
                    Channel::Agent,
                    Level::WARNING,
                    &format!("ending the agent: {why}"),
                );
            }
            CallEvent::Warning(text) => self.0.warn(text),
        }
    }
}
