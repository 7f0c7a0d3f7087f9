//! One planning step, which lands like any other work.
//!
//! `piton migration step` publishes a step into the live directory. A run makes
//! it from the commit instead, and lands a commit: so it needs no live
//! directory, two at once do not disturb each other, and the user may have
//! switched the branch meanwhile.

use std::path::Path;

use piton_agent::CallRole;
use piton_git::slot::Changes;
use piton_migration::slug::Slug;

use super::accepted::Accepted;
use super::call::{self, Ask, Called};
use super::evidence::{self, Subject};
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::hooks;
use super::kept;
use super::message::Trailers;
use super::plan_prepared::Prepared;
use super::setback;
use super::shop::{Shop, Worked};
use super::start::{self, Start};
use super::workplace::{self, Workplace};
use crate::clock::local_stamp;
use crate::commit;
use crate::failures::FailureKind;
use crate::listed::first_few;
use crate::planning::accept::{self, Labels, accept};
use crate::planning::decide::call_role;
use crate::planning::verdict::{Asked, Given};
use crate::runs::RunRecord;

/// Makes the next planning step. One that failed is noted in the migration.
pub(super) fn carry_out(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slug: &Slug,
    start: &Start,
) -> Result<Worked, Halt> {
    let (token, role) = (format!("{}-{slug}", run.id()), CallRole::PlanningResume);
    let at = &workplace::laid_out(shop, run, start, &token, role)?;
    let mut kept = false;
    let (failure, prepared) = match Prepared::read(shop, &at.slot, slug) {
        Ok(None) => return Ok(Worked::NotCommitted),
        Ok(Some(prepared)) => match once(at, &prepared) {
            Err(Fell::Unkept(Halt::Failed(failure))) => (*failure, Some(prepared)),
            Err(Fell::Kept(Halt::Failed(failure))) => {
                kept = true;
                (*failure, Some(prepared))
            }
            Err(Fell::Unkept(halt) | Fell::Kept(halt)) => return Err(halt),
            Ok(worked) => return Ok(worked),
        },
        Err(failure) => (failure, None),
    };
    let failure = failure.last_word();
    let unasked = shop.budget.for_call();
    let prepared = prepared.as_ref();
    let subject = Subject {
        attempt: start.attempt,
        retry: 1,
        target: slug.as_str(),
        phase_reached: prepared.map_or("planning", |it| it.step.as_str()),
        effort: prepared.map_or(&unasked, |it| &it.effort),
        next_step: format!(
            "Run `piton migration step {slug}`, or `piton run` again: both start from the accepted state. What is quoted here is evidence only."
        ),
    };
    evidence::keep(shop, run, &subject, &failure);
    if kept {
        // What is noted in the migration would take the answer's ground away.
        return Ok(Worked::Failed {
            failure,
            until: None,
            note: None,
        });
    }
    Ok(setback::failed(at, slug, failure))
}

/// A step that came to no commit, and whether its answer waits all the same.
enum Fell {
    Kept(Halt),
    Unkept(Halt),
}

impl From<Halt> for Fell {
    fn from(halt: Halt) -> Self {
        Self::Unkept(halt)
    }
}

fn once(at: &Workplace<'_, '_>, prepared: &Prepared) -> Result<Worked, Fell> {
    let slug = prepared.base.slug.as_str();
    let ask = Ask {
        target: slug,
        phase_reached: prepared.step.as_str(),
        slug: Some(slug),
        prompt: prepared.prompt.clone(),
        schema: prepared.schema.clone(),
        about: Some(&prepared.relative),
        ..Ask::of(at.shop, call_role(prepared.step), &prepared.effort)
    };
    let called = call::ask(at, ask)?;
    take(at, prepared, &called).map_err(|fell| match fell {
        Fell::Kept(halt) => Fell::Kept(halt.heard_in(&called.files)),
        Fell::Unkept(halt) => Fell::Unkept(halt.heard_in(&called.files)),
    })
}

/// Takes what an agent left and said, if it is good: makes the commit, lets the
/// user's hooks see it, and holds it.
fn take(at: &Workplace<'_, '_>, prepared: &Prepared, called: &Called) -> Result<Worked, Fell> {
    let Workplace {
        shop, run, slot, ..
    } = at;
    let (step, slug) = (prepared.step, prepared.base.slug.as_str());
    let role = call_role(step);
    let refused = |story: String| Halt::from(refusal(role, story));
    let only = Path::new(&prepared.relative);
    let (inside, outside) = slot.changes().or_trouble(role)?.split(only);
    refuse_strays(run, &outside, &prepared.relative).map_err(refused)?;
    inside
        .refuse_unfit(shop.disk, slot.dir(), shop.slots.max_new)
        .map_err(|error| refused(piton_base::on_one_line(&error)))?;
    let accepted = accepted(shop, prepared, called).map_err(refused)?;
    run.note(accepted.outcome.to_string());
    let subject = commit::planning_subject(shop.prefix, slug, step.as_str());
    let about = Trailers {
        migration: Some(slug.to_owned()),
        ..Trailers::default()
    };
    let trailers = called.trailers(shop, run, &prepared.effort, about);
    let message = trailers.under(&commit::message(&subject, &accepted.why, None));
    let kept = kept::keep(at, prepared, &accepted, &message).map_err(refused)?;
    let is_kept = kept.is_some();
    match commit_step(
        at,
        prepared,
        &accepted,
        (&inside, &outside),
        (subject, message),
    ) {
        Ok(worked) => {
            kept::let_go(shop, kept);
            Ok(worked)
        }
        Err(halt) if is_kept => {
            run.note(format!(
                "the answer is kept: `piton migration step {slug}` publishes it without a new call, and so does the next run"
            ));
            Err(Fell::Kept(halt))
        }
        Err(halt) => Err(Fell::Unkept(halt)),
    }
}

/// Accepts what the agent left and said, or tells why not.
fn accepted(
    shop: &Shop<'_>,
    prepared: &Prepared,
    called: &Called,
) -> Result<accept::Accepted, String> {
    let accepted = accept(
        &prepared.site,
        &prepared.base,
        prepared.step,
        prepared.left(shop)?,
        Given {
            reply: &called.reply,
            asked: Asked::with(prepared.schema.as_ref()),
        },
        &Labels {
            agent: Some(shop.agent.name().to_owned()),
            model: shop.models.model(call_role(prepared.step)),
            effort: Some(prepared.effort.effective.to_string()),
        },
        local_stamp(shop.clock),
    )
    .map_err(|error| piton_base::on_one_line(&error))?;
    if accepted.contents == prepared.base.contents {
        return Err(SAME.to_owned());
    }
    Ok(accepted)
}

/// Puts what was accepted into the slot, makes the commit, lets the user's hooks
/// see it, and holds it.
fn commit_step(
    at: &Workplace<'_, '_>,
    prepared: &Prepared,
    accepted: &accept::Accepted,
    (inside, outside): (&Changes, &Changes),
    (subject, message): (String, String),
) -> Result<Worked, Halt> {
    let Workplace {
        shop, run, slot, ..
    } = at;
    let role = call_role(prepared.step);
    let refused = |story: String| Halt::from(refusal(role, story));
    // The migration is put there as a whole; what is elsewhere goes.
    if !outside.is_empty() {
        slot.take_back(shop.disk).or_trouble(role)?;
    }
    prepared.put(shop, accepted).map_err(refused)?;
    let only = [Path::new(&prepared.relative)];
    // Where it is not known what piton took away, the slot is looked at again.
    let proposed = match prepared.written(inside, &accepted.contents) {
        Some(written) => {
            slot.commit_changes(shop.disk, shop.repository, inside, &written, &message)
        }
        None => slot.commit(shop.disk, shop.repository, &only, &message),
    };
    let proposed = (proposed.or_trouble(role)?).ok_or_else(|| refused(SAME.to_owned()))?;
    let commit = hooks::before(at, &proposed.commit, role)?;
    let work = Accepted {
        slug: Some(prepared.base.slug.to_string()),
        ..at.start.led_to(run, commit, subject)
    };
    start::hold(shop, role, work).map(Worked::Accepted)
}

/// Why a step that changed nothing is refused.
const SAME: &str = "the step left the migration as it was";

fn refusal(role: CallRole, story: String) -> WorkFailure {
    WorkFailure::again(role, FailureKind::PlanningStepFailed, story)
}

/// Refuses changes of what was there, and says what is thrown away.
fn refuse_strays(run: &RunRecord<'_>, outside: &Changes, own: &str) -> Result<(), String> {
    let paths = |is_new: bool| {
        let those = outside.0.iter().filter(move |it| it.is_new() == is_new);
        first_few(5, those.map(|change| change.path.display()))
    };
    if let Some(new) = paths(true) {
        run.note(format!("new files outside {own} were thrown away: {new}"));
    }
    match paths(false) {
        None => Ok(()),
        Some(changed) => Err(format!(
            "the agent changed files outside {own}: {changed}; planning writes nowhere else"
        )),
    }
}
