//! How work is tried: in a slot, as often as is allowed, each time from the
//! commit that it starts from.

use std::path::PathBuf;

use piton_agent::CallRole;
use piton_git::slot::{Changes, Slot};

use super::accepted::Accepted;
use super::call::{self, Around, Ask, Called};
use super::evidence::{self, Subject};
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::hooks;
use super::message::Trailers;
use super::prove;
use super::shop::{Shop, Worked};
use super::spilled;
use super::start::{self, Start};
use super::weakened;
use super::workplace::Workplace;
use crate::commit;
use crate::effort::EffortResolution;
use crate::failures::FailureKind;
use crate::guard::UserTree;
use crate::prompts::{PromptError, RetryBrief};
use crate::replies::{Decision, Recommendation, StatusBlock};

/// One kind of work.
pub(super) trait Job {
    fn role(&self) -> CallRole {
        CallRole::Refactor
    }

    /// The role under which its checks are recorded.
    fn validation_role(&self) -> CallRole {
        CallRole::Validation
    }

    /// What people know the work by.
    fn label(&self) -> &str;

    fn phase_reached(&self) -> &str;

    fn slug(&self) -> Option<&str> {
        None
    }

    /// The files of the target that the work is about.
    fn files(&self) -> &[String] {
        &[]
    }

    fn effort(&self) -> &EffortResolution;

    fn model(&self, shop: &Shop<'_>) -> Option<String> {
        shop.models.model(self.role())
    }

    /// Whether an agent that failed is called again.
    fn bears_failing_agents(&self) -> bool {
        true
    }

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

    fn trailers(&self) -> Trailers {
        Trailers::default()
    }

    fn next_step(&self) -> String;
}

/// What there is to commit once the agent's work was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finished {
    Nothing,
    /// What was changed, and these files that piton wrote.
    With(Vec<PathBuf>),
}

/// Tries until something is accepted, something final is said, or no try is
/// left. Whatever the agent says, the number of calls is bounded. `tree` is what
/// the user's working tree was before a question that led here.
pub(super) fn carry_out(
    at: &Workplace<'_, '_>,
    job: &dyn Job,
    tree: Option<UserTree>,
) -> Result<Worked, Halt> {
    let Workplace { shop, start, .. } = at;
    let mut around = Around::last(tree);
    let mut before: Option<WorkFailure> = None;
    let mut most = shop.tries.max(1);
    let mut was_sent_back = false;
    let mut number = 0;
    loop {
        number += 1;
        if before.is_some() {
            at.slot.take_back(shop.disk).or_trouble(job.role())?;
        }
        let summary = before
            .as_ref()
            .and_then(|failure| shop.sanitized(&failure.story));
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
        let failure = match once(at, job, this) {
            Ok(worked) => return Ok(worked),
            Err(Halt::Failed(failure)) => *failure,
            Err(Halt::Ended(end)) => return Err(end.into()),
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
        evidence::keep(shop, at.run, &subject(job, start, number), &failure);
        if is_final {
            return Err(failure.into());
        }
        before = Some(failure);
    }
}

fn subject<'a>(job: &'a dyn Job, start: &Start, retry: u32) -> Subject<'a> {
    Subject {
        attempt: start.attempt,
        retry,
        target: job.label(),
        phase_reached: job.phase_reached(),
        effort: job.effort(),
        next_step: job.next_step(),
    }
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
const NOTHING_CHANGED: &str = "the agent changed no file";

struct Try<'a> {
    number: u32,
    /// What is told of the one before.
    retry: Option<RetryBrief<'a>>,
    around: Around,
}

fn once(at: &Workplace<'_, '_>, job: &dyn Job, this: Try<'_>) -> Result<Worked, Halt> {
    let shop = at.shop;
    let role = job.role();
    let ask = Ask {
        retry: this.number,
        target: job.label(),
        phase_reached: job.phase_reached(),
        slug: job.slug(),
        prompt: job.prompt(shop, this.retry).or_trouble(role)?,
        model: job.model(shop),
        around: this.around,
        ..Ask::of(shop, role, job.effort())
    };
    let called = call::ask(at, ask)?;
    take(at, job, &called).map_err(|halt| halt.heard_in(&called.files))
}

/// Takes what an agent left, if it is good.
fn take(at: &Workplace<'_, '_>, job: &dyn Job, called: &Called) -> Result<Worked, Halt> {
    let Workplace {
        shop,
        run,
        slot,
        start,
    } = at;
    let role = job.role();
    let status = StatusBlock::parse(&called.reply.text);
    if let Some(failure) = status.as_ref().and_then(|status| asked_for(role, status)) {
        return Err(failure.into());
    }
    let changes = slot.changes().or_trouble(role)?;
    let unfit = |story| WorkFailure::again(role, FailureKind::PhaseFailed, story);
    changes
        .refuse_unfit(shop.disk, slot.dir(), shop.slots.max_new)
        .map_err(|error| unfit(piton_base::on_one_line(&error)))?;
    if let Some(spilled) = spilled::look(shop, slot, &changes) {
        return Err(unfit(spilled).into());
    }
    let finished = job.finish(shop, slot, &changes)?;
    let because = |fallback: &str| commit::rationale(status.as_ref(), fallback, &shop.root());
    let unchanged = || Worked::Unchanged {
        reason: because(NOTHING_CHANGED),
    };
    let Finished::With(written) = finished else {
        return Ok(unchanged());
    };
    let subject = job.subject(shop);
    let why = because(&job.fallback());
    let trailers = called.trailers(shop, run, job.effort(), job.trailers());
    let message = trailers.under(&commit::message(&subject, &why, shop.validation()));
    let Some(proposed) = slot
        .commit_changes(shop.disk, shop.repository, &changes, &written, &message)
        .or_trouble(role)?
    else {
        return Ok(unchanged());
    };
    let findings = weakened::look(shop, &start.base, &proposed).or_trouble(role)?;
    if let Some(failure) = weakened::refusal(shop, run, role, &findings) {
        return Err(failure.into());
    }
    let validation = job.validation_role();
    let proof = prove::prove(shop, run, &proposed.commit, validation)?;
    if !proof.verdict.is_good() {
        return Err(Halt::from(WorkFailure {
            focus: status.and_then(|status| status.next_retry_focus),
            ..prove::red(validation, &proof)
        }));
    }
    let commit = hooks::before(at, &proposed.commit, validation)?;
    let accepted = Accepted {
        slug: job.slug().map(str::to_owned),
        files: job.files().to_vec(),
        validated: shop.validator.command.is_some(),
        ..start.led_to(run, commit, subject)
    };
    start::hold(shop, role, accepted).map(Worked::Accepted)
}

/// What the agent itself says is to become of its work, unless it stands by it.
fn asked_for(role: CallRole, status: &StatusBlock) -> Option<WorkFailure> {
    let decision = status.decision?;
    let usual = match decision {
        Decision::Commit => return None,
        Decision::Retry => Recommendation::SameTarget,
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
            format!("the agent asks for {decision}: {summary}"),
        )
    })
}
