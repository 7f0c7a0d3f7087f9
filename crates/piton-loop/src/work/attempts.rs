//! How work is tried: in a slot, as often as is allowed, each time from the
//! commit that it starts from.

use std::path::PathBuf;

use piton_agent::CallRole;
use piton_git::CommitId;
use piton_git::landing::Onto;
use piton_git::slot::{Changes, Slot};

use super::accepted::Accepted;
use super::call::{self, Around, Ask, Called};
use super::evidence::{self, Subject, Traces};
use super::failure::{Halt, WorkFailure};
use super::hooks;
use super::message::Trailers;
use super::prove;
use super::shop::Shop;
use super::spilled;
use super::weakened;
use crate::commit;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::guard::UserTree;
use crate::prompts::{PromptError, RetryBrief};
use crate::replies::{Decision, Recommendation, StatusBlock};
use crate::runs::RunRecord;
use crate::sanitize::sanitize;
use crate::validation::ValidationCommand;

/// One kind of work.
pub(super) trait Job {
    fn role(&self) -> CallRole;

    /// The role under which its checks are recorded.
    fn validation_role(&self) -> CallRole;

    /// What people know the work by.
    fn label(&self) -> &str;

    fn phase_reached(&self) -> &str;

    fn slug(&self) -> Option<&str>;

    /// The files of the target that the work is about.
    fn files(&self) -> &[String];

    fn effort(&self) -> &EffortResolution;

    fn model(&self, shop: &Shop<'_>) -> Option<String>;

    /// Whether an agent that failed is called again.
    fn bears_failing_agents(&self) -> bool;

    fn prompt(&self, shop: &Shop<'_>, retry: Option<RetryBrief<'_>>)
    -> Result<String, PromptError>;

    /// Checks what the agent changed, and adds what piton itself has to.
    fn finish(
        &self,
        shop: &Shop<'_>,
        slot: &Slot,
        changes: &Changes,
    ) -> Result<Finished, WorkFailure>;

    fn subject(&self, shop: &Shop<'_>) -> String;

    /// Why the commit is worth having, where the agent does not say.
    fn fallback(&self) -> String;

    fn trailers(&self) -> Trailers;

    fn next_step(&self) -> String;
}

/// What there is to commit once the agent's work was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finished {
    Nothing,
    /// What was changed, and these files that piton wrote.
    With(Vec<PathBuf>),
}

/// Where work starts, and where it is to land.
#[derive(Clone, Debug)]
pub struct Start {
    pub base: CommitId,
    pub onto: Onto,
    /// The number of the action in its run.
    pub attempt: u32,
}

/// What a try came to.
#[derive(Clone, Debug)]
pub(super) enum Made {
    Accepted(Accepted),
    Unchanged { reason: String },
}

/// Tries until something is accepted, something final is said, or no try is
/// left. Whatever the agent says, the number of calls is bounded. `tree` is what
/// the user's working tree was before a question that led here.
pub(super) fn carry_out(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    start: &Start,
    job: &dyn Job,
    tree: Option<UserTree>,
) -> Result<Made, Halt> {
    let mut around = Around::last(tree);
    let root = shop.site.root().display().to_string();
    let mut before: Option<WorkFailure> = None;
    let mut most = shop.tries.max(1);
    let mut was_sent_back = false;
    let mut number = 0;
    while number < most {
        number += 1;
        if number > 1 {
            slot.take_back(shop.disk)
                .map_err(|error| Halt::trouble(job.role(), &error))?;
        }
        let summary = before
            .as_ref()
            .and_then(|failure| sanitize(&failure.story, &root));
        let retry = before.as_ref().map(|failure| RetryBrief {
            number,
            summary: summary.as_deref().unwrap_or("it was not accepted"),
            focus: failure.focus.as_deref(),
            weakened: failure.weakened(),
        });
        let this = Try {
            number,
            retry,
            around: std::mem::take(&mut around),
        };
        let failure = match once(shop, run, slot, start, job, this) {
            Ok(made) => return Ok(made),
            Err(Halt::Failed(failure)) => *failure,
            Err(
                halt @ (Halt::OutOfQuota { .. }
                | Halt::Unavailable { .. }
                | Halt::CutShort(_)
                | Halt::HeldBack(_)
                | Halt::Stopped),
            ) => {
                return Err(halt);
            }
        };
        // Weakened tests go back to whoever weakened them, once more than other
        // work is tried.
        if failure.weakened && number == most && !was_sent_back {
            most += 1;
            was_sent_back = true;
        }
        let of_agent = failure.role == job.role() && is_of_agent(failure.kind);
        let is_final = failure.decision != Decision::Retry
            || number == most
            || (of_agent && !job.bears_failing_agents());
        let failure = if is_final {
            failure.last_word()
        } else {
            failure
        };
        let subject = Subject {
            attempt: start.attempt,
            retry: number,
            target: job.label(),
            phase_reached: job.phase_reached(),
            effort: job.effort(),
            next_step: &job.next_step(),
        };
        evidence::keep(shop, run, &subject, &failure);
        if is_final {
            return Err(failure.into());
        }
        before = Some(failure);
    }
    Err(Halt::Stopped)
}

/// Whether a failure tells of the agent as a program, not of its work.
fn is_of_agent(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::AgentInfraFailure
            | FailureKind::AgentExitedNonzero
            | FailureKind::Timeout
            | FailureKind::Stuck
    )
}

/// Why there is no commit, where the agent does not say.
const NOTHING_CHANGED: &str = "the agent left every file as it was";

/// One try.
struct Try<'a> {
    number: u32,
    /// What is told of the one before.
    retry: Option<RetryBrief<'a>>,
    around: Around,
}

fn once(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    start: &Start,
    job: &dyn Job,
    this: Try<'_>,
) -> Result<Made, Halt> {
    let role = job.role();
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let prompt = job
        .prompt(shop, this.retry)
        .map_err(|error| trouble(&error))?;
    let called = call::ask(
        shop,
        run,
        slot,
        Ask {
            role,
            onto: &start.onto,
            attempt: start.attempt,
            retry: this.number,
            target: job.label(),
            phase_reached: job.phase_reached(),
            slug: job.slug(),
            prompt,
            model: job.model(shop),
            effort: job.effort(),
            schema: None,
            about: None,
            around: this.around,
        },
    )?;
    let traces = Traces {
        agent: Some(called.files.clone()),
        tests: None,
    };
    let status = StatusBlock::parse(&called.reply.text);
    if let Some(failure) = status.as_ref().and_then(|status| asked_for(role, status)) {
        return Err(failure.with(traces).into());
    }
    let changes = slot.changes().map_err(|error| trouble(&error))?;
    changes
        .refuse_unfit(shop.disk, slot.dir(), shop.slots.max_new)
        .map_err(|error| {
            let story = piton_base::on_one_line(&error);
            Halt::from(
                WorkFailure::again(role, FailureKind::PhaseFailed, story).with(traces.clone()),
            )
        })?;
    if let Some(spilled) = spilled::look(shop, slot, &changes) {
        let failure = WorkFailure::again(role, FailureKind::PhaseFailed, spilled.to_string());
        return Err(failure.with(traces).into());
    }
    let finished = job
        .finish(shop, slot, &changes)
        .map_err(|failure| Halt::from(failure.with(traces.clone())))?;
    let root = shop.site.root().display().to_string();
    let unchanged = || Made::Unchanged {
        reason: commit::rationale(status.as_ref(), NOTHING_CHANGED, &root),
    };
    let Finished::With(written) = finished else {
        return Ok(unchanged());
    };
    let why = commit::rationale(status.as_ref(), &job.fallback(), &root);
    let subject = job.subject(shop);
    let message = message(shop, run, job, &called, &subject, &why);
    let Some(proposed) = slot
        .commit_changes(shop.disk, shop.repository, &changes, &written, &message)
        .map_err(|error| trouble(&error))?
    else {
        return Ok(unchanged());
    };
    let findings = weakened::look(shop, start, &proposed).map_err(|error| trouble(&error))?;
    if let Some(failure) = weakened::refusal(shop, run, role, &findings) {
        return Err(failure.with(traces).into());
    }
    let validation = job.validation_role();
    let proof = prove::prove(shop, run, &proposed.commit, validation)?;
    if !proof.verdict.is_good() {
        let mut failure = prove::red(validation, &proof);
        failure.traces.agent = traces.agent;
        failure.focus = status.and_then(|status| status.next_retry_focus);
        return Err(failure.into());
    }
    let commit = hooks::before(shop, run, &start.base, &proposed.commit, validation)
        .map_err(|halt| with_agent(halt, &traces))?;
    let accepted = Accepted {
        name: format!("{}-{:03}", run.id(), start.attempt),
        base: start.base.clone(),
        commit,
        onto: start.onto.clone(),
        subject,
        slug: job.slug().map(str::to_owned),
        files: job.files().to_vec(),
        validated: shop.validator.command.is_some(),
    };
    accepted
        .hold(shop.disk, shop.repository, shop.site.state())
        .map_err(|error| trouble(&error))?;
    Ok(Made::Accepted(accepted))
}

/// Adds where the agent's own words are kept.
fn with_agent(halt: Halt, traces: &Traces) -> Halt {
    match halt {
        Halt::Failed(mut failure) => {
            failure.traces.agent.clone_from(&traces.agent);
            Halt::Failed(failure)
        }
        other @ (Halt::OutOfQuota { .. }
        | Halt::Unavailable { .. }
        | Halt::CutShort(_)
        | Halt::HeldBack(_)
        | Halt::Stopped) => other,
    }
}

/// What the agent itself says is to become of its work, unless it stands by it.
fn asked_for(role: CallRole, status: &StatusBlock) -> Option<WorkFailure> {
    let decision = match status.decision {
        None | Some(Decision::Commit) => return None,
        Some(decision @ (Decision::Retry | Decision::Abandon | Decision::Blocked)) => decision,
    };
    let usual = match decision {
        Decision::Retry | Decision::Commit => Recommendation::SameTarget,
        Decision::Abandon => Recommendation::NewTarget,
        Decision::Blocked => Recommendation::HumanReview,
    };
    let kind = status
        .failure_kind
        .as_deref()
        .and_then(|kind| kind.parse().ok())
        .filter(|kind| *kind != FailureKind::None)
        .unwrap_or(FailureKind::AgentRequestedTransition);
    let summary = status.summary.as_deref().unwrap_or("it does not say why");
    Some(WorkFailure {
        decision,
        recommendation: status.retry_recommendation.unwrap_or(usual),
        focus: status.next_retry_focus.clone(),
        ..WorkFailure::again(
            role,
            kind,
            format!("the agent asks for {}: {summary}", decision.as_str()),
        )
    })
}

fn message(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    job: &dyn Job,
    called: &Called,
    subject: &str,
    why: &str,
) -> String {
    let command = shop.validator.command.map(ValidationCommand::as_str);
    let trailers = Trailers {
        run: run.id().to_string(),
        agent: Some(shop.agent.name().to_owned()),
        model: called.model.clone(),
        effort: Some(job.effort().effective.to_string()),
        cost_usd: called.cost_usd,
        ..job.trailers()
    };
    trailers.under(&commit::message(subject, why, command))
}
