//! One planning step, which lands like any other work.
//!
//! `piton migration step` publishes a step into the live directory. A run makes
//! it from the commit instead, and lands a commit: so it needs no live
//! directory, two at once do not disturb each other, and the user may have
//! switched the branch meanwhile.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_base::Effort;
use piton_git::slot::{Changes, Slot, SlotChangeKind};
use piton_migration::planning::Step;
use piton_migration::slug::Slug;

use super::accepted::Accepted;
use super::attempts::Start;
use super::call::{self, Around, Ask, Called};
use super::evidence::{self, Subject, Traces};
use super::failure::{Halt, WorkFailure};
use super::hooks;
use super::message::Trailers;
use super::plan_prepared::Prepared;
use super::setback;
use super::shop::{Shop, Worked};
use super::workplace;
use crate::clock::local_stamp;
use crate::commit;
use crate::effort::{EffortBudget, EffortResolution};
use crate::failures::FailureKind;
use crate::planning::accept::{Labels, StepOutcome, accept};
use crate::planning::decide::call_role;
use crate::planning::site::Site;
use crate::planning::verdict::Given;
use crate::runs::RunRecord;

/// A migration whose next step is to be made.
#[derive(Clone, Debug)]
pub struct PlanWork<'a> {
    pub slug: &'a Slug,
    pub start: Start,
}

/// Returns the effort of a step's call; `set` is what the settings say of its
/// role.
pub fn effort(budget: EffortBudget, step: Step, set: Option<Effort>) -> EffortResolution {
    match (set, step) {
        (Some(tier), _) => budget.for_role(tier, "set for this role"),
        // What is thought through here is paid for by no phase.
        (None, Step::Expand | Step::Review | Step::Review2 | Step::FinalReview) => {
            let tier = Effort::High.max(budget.default_tier());
            budget.for_role(tier, "plans and reviews are worth it")
        }
        (None, Step::Approaches | Step::PickBest | Step::Revise) => budget.for_call(),
    }
}

/// Makes the next planning step. One that failed is noted in the migration.
pub fn carry_out(shop: &Shop<'_>, run: &RunRecord<'_>, work: &PlanWork<'_>) -> Worked {
    match begin(shop, run, work) {
        Ok(worked) => worked,
        Err(halt) => Worked::of(halt),
    }
}

fn begin(shop: &Shop<'_>, run: &RunRecord<'_>, work: &PlanWork<'_>) -> Result<Worked, Halt> {
    let role = CallRole::PlanningResume;
    let token = format!("{}-{}", run.id(), work.slug);
    let slot = workplace::laid_out(shop, run, &work.start.base, &token, role)?;
    let site = Site::new(slot.dir(), shop.site.migrations(), shop.site.state())
        .map_err(|error| Halt::trouble(role, &error))?;
    let prepared = match Prepared::read(shop, &slot, site, work) {
        Ok(Some(prepared)) => prepared,
        Ok(None) => return Ok(Worked::NotCommitted),
        Err(failure) => return Ok(failed(shop, run, &slot, work, failure, None)),
    };
    match once(shop, run, &slot, work, &prepared) {
        Ok(accepted) => Ok(Worked::Accepted(accepted)),
        Err(Halt::Failed(failure)) => Ok(failed(shop, run, &slot, work, *failure, Some(&prepared))),
        Err(halt) => Err(halt),
    }
}

/// Keeps what there is of a failure, and notes it in the migration.
fn failed(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PlanWork<'_>,
    failure: WorkFailure,
    prepared: Option<&Prepared>,
) -> Worked {
    let failure = failure.last_word();
    let unasked = shop.budget.for_call();
    let subject = Subject {
        attempt: work.start.attempt,
        retry: 1,
        target: work.slug.as_str(),
        phase_reached: prepared.map_or("planning", |it| it.step.as_str()),
        effort: prepared.map_or(&unasked, |it| &it.effort),
        next_step: &format!(
            "Run `piton migration step {}`, or `piton run` again: both start from the accepted state. What is quoted here is evidence only.",
            work.slug
        ),
    };
    evidence::keep(shop, run, &subject, &failure);
    let root = shop.site.root().display().to_string();
    let reason = crate::sanitize::sanitize(&failure.story, &root).unwrap_or_default();
    let noted = setback::planning_failed(shop, run, slot, &work.start, work.slug, &reason).ok();
    let (note, until) = noted.map_or((None, None), |it| (Some(it.note), it.until));
    Worked::Failed {
        failure,
        until,
        note,
    }
}

fn once(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PlanWork<'_>,
    prepared: &Prepared,
) -> Result<Accepted, Halt> {
    let step = prepared.step;
    let role = call_role(step);
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let called = call::ask(
        shop,
        run,
        slot,
        Ask {
            role,
            onto: &work.start.onto,
            attempt: work.start.attempt,
            retry: 1,
            target: work.slug.as_str(),
            phase_reached: step.as_str(),
            slug: Some(work.slug.as_str()),
            prompt: prepared.prompt.clone(),
            model: shop.models.model(role),
            effort: &prepared.effort,
            schema: prepared.schema.clone(),
            about: Some(&prepared.relative),
            around: Around::default(),
        },
    )?;
    let traces = Traces {
        agent: Some(called.files.clone()),
        tests: None,
    };
    let refused = |kind: FailureKind, story: String| {
        Halt::from(WorkFailure::again(role, kind, story).with(traces.clone()))
    };
    let changes = slot.changes().map_err(|error| trouble(&error))?;
    let (inside, outside) = changes.split(Path::new(&prepared.relative));
    refuse_strays(run, &outside, &prepared.relative)
        .map_err(|story| refused(FailureKind::PlanningStepFailed, story))?;
    inside
        .refuse_unfit(shop.disk, slot.dir(), shop.slots.max_new)
        .map_err(|error| {
            refused(
                FailureKind::PlanningStepFailed,
                piton_base::on_one_line(&error),
            )
        })?;
    let produced = prepared
        .left(shop)
        .map_err(|story| refused(FailureKind::PlanningStepFailed, story))?;
    let accepted = accept(
        &prepared.site,
        &prepared.base,
        step,
        produced,
        Given {
            reply: &called.reply,
            asked: prepared.asked(),
        },
        &Labels {
            agent: Some(shop.agent.name().to_owned()),
            model: shop.models.model(role),
            effort: Some(prepared.effort.effective.to_string()),
        },
        local_stamp(shop.clock),
    )
    .map_err(|error| {
        refused(
            FailureKind::PlanningStepFailed,
            piton_base::on_one_line(&error),
        )
    })?;
    // The migration is put there as a whole; what lies elsewhere goes.
    if !outside.is_empty() {
        slot.take_back(shop.disk).map_err(|error| trouble(&error))?;
    }
    prepared
        .put(shop, &accepted)
        .map_err(|story| refused(FailureKind::PlanningStepFailed, story))?;
    run.note(told(&accepted.outcome));
    let made = Made {
        called: &called,
        written: prepared.written(&inside, &accepted.contents),
        changes: &inside,
        why: &accepted.why,
    };
    make(shop, run, slot, work, prepared, &made)
}

/// What there is to commit of a step.
struct Made<'a> {
    called: &'a Called,
    /// What the agent changed in the migration.
    changes: &'a Changes,
    /// The files that piton has put there; `None` where the slot has to be
    /// looked at again.
    written: Option<Vec<PathBuf>>,
    why: &'a str,
}

/// Makes the commit, lets the user's hooks see it, and holds it.
fn make(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PlanWork<'_>,
    prepared: &Prepared,
    made: &Made<'_>,
) -> Result<Accepted, Halt> {
    let role = call_role(prepared.step);
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let slug = work.slug.as_str();
    let subject = commit::planning_subject(shop.prefix, slug, prepared.step.as_str());
    let trailers = Trailers {
        run: run.id().to_string(),
        migration: Some(slug.to_owned()),
        agent: Some(shop.agent.name().to_owned()),
        model: made.called.model.clone(),
        effort: Some(prepared.effort.effective.to_string()),
        cost_usd: made.called.cost_usd,
        ..Trailers::default()
    };
    let message = trailers.under(&commit::message(&subject, made.why, None));
    let only = Path::new(&prepared.relative);
    let proposed = match &made.written {
        Some(written) => {
            let changes = made.changes;
            slot.commit_changes(shop.disk, shop.repository, changes, written, &message)
        }
        None => slot.commit(shop.disk, shop.repository, &[only], &message),
    };
    let proposed = proposed.map_err(|error| trouble(&error))?.ok_or_else(|| {
        let story = "the step left the migration as it was".to_owned();
        Halt::from(WorkFailure::again(
            role,
            FailureKind::PlanningStepFailed,
            story,
        ))
    })?;
    let commit = hooks::before(shop, run, &work.start.base, &proposed.commit, role)?;
    let accepted = Accepted {
        name: format!("{}-{:03}", run.id(), work.start.attempt),
        base: work.start.base.clone(),
        commit,
        onto: work.start.onto.clone(),
        subject,
        slug: Some(slug.to_owned()),
        files: Vec::new(),
        validated: false,
    };
    accepted
        .hold(shop.disk, shop.repository, shop.site.state())
        .map_err(|error| trouble(&error))?;
    Ok(accepted)
}

/// Refuses changes of what was there, and says what is thrown away.
fn refuse_strays(run: &RunRecord<'_>, outside: &Changes, own: &str) -> Result<(), String> {
    let named = |is_new: bool| -> Vec<String> {
        let of = |kind: SlotChangeKind| match kind {
            SlotChangeKind::Made | SlotChangeKind::Repository => is_new,
            SlotChangeKind::Changed | SlotChangeKind::Deleted => !is_new,
        };
        let those = outside.0.iter().filter(|change| of(change.kind));
        let paths = those.map(|change| change.path.display().to_string());
        paths.take(5).collect()
    };
    let new = named(true);
    if !new.is_empty() {
        run.note(format!(
            "new files outside {own} were thrown away: {}",
            new.join(", ")
        ));
    }
    let changed = named(false);
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the agent changed files outside {own}: {}; planning writes nowhere else",
        changed.join(", ")
    ))
}

fn told(outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Next(next) => format!("accepted; next is {next}"),
        StepOutcome::NeedsPerson { .. } => "accepted, with findings for a person".to_owned(),
        StepOutcome::Ready => "accepted; the plan is ready".to_owned(),
        StepOutcome::ReadyAwaitingPerson { reason } => {
            format!("accepted; ready once a person has looked: {reason}")
        }
        StepOutcome::Rejected { reason } => format!("the migration is rejected: {reason}"),
    }
}
