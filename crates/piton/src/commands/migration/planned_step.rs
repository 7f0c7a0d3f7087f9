//! One planning step as a plan: a call, and the publish that depends on it.

use piton_git::{GitRead, Tip};
use piton_loop::claim::{Claim, ClaimError};
use piton_loop::operation::{LandHeld, LoopOp};
use piton_loop::planning::plan::{Planned, plan_step, publish_waiting};
use piton_loop::planning::waiting::Waiting;
use piton_migration::slug::Slug;
use piton_plan::{Plan, PlanBuilder};

use super::standing;
use crate::agents;
use crate::commands::run::held_step;
use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::{self, AskedEffort, PlanningContext, refusal};

/// What the step is made for.
pub(crate) struct StepCommand {
    pub(crate) name: &'static str,
    pub(crate) effort: AskedEffort,
    /// Asks again although an answer waits.
    pub(crate) anew: bool,
}

/// Decides the next step and shows, saves or performs it.
pub(crate) fn carry_out(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    args: &PlanArgs,
) -> Result<Exit, CommandError> {
    let _claim = if args.changes_nothing() {
        None
    } else {
        Some(claim(context, place, slug)?)
    };
    if !command.anew
        && let Some(held) = held_step::find(context, place, slug)?
    {
        return land(context, place, slug, command, args, held);
    }
    carry_out_claimed(context, place, slug, command, args)
}

/// Lands what a run had made of the step; no agent is called.
fn land(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    args: &PlanArgs,
    held: LandHeld,
) -> Result<Exit, CommandError> {
    planning::refuse_under_way(place, &format!("plan {slug}"))?;
    context.out.note(
        Channel::Agent,
        Level::NORMAL,
        &format!(
            "what a run made of the step waits ({}): it lands, no agent is called",
            held.commit.short()
        ),
    );
    let mut builder = PlanBuilder::new(format!("{} {slug}", command.name));
    builder.add(Op::from(LoopOp::LandHeld(held)));
    let exit = standing::carry_out(context, place, slug, args, &built(builder)?)?;
    if exit != Exit::Done
        && !args.changes_nothing()
        && held_step::find(context, place, slug)?.is_some()
    {
        context.out.hint(&format!(
            "the answer is kept: `piton migration step {slug}` lands it without a new call"
        ));
    }
    Ok(exit)
}

fn built(builder: PlanBuilder<Op>) -> Result<Plan<Op>, CommandError> {
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })
}

/// The same for somebody who has the claim on the migration.
pub(crate) fn carry_out_claimed(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    args: &PlanArgs,
) -> Result<Exit, CommandError> {
    let on = planning::tip(place, slug)?;
    let plan = match waiting(context, place, slug, command, &on)? {
        Some(waiting) => publish_only(context, slug, command, &waiting, on)?,
        None => decide(context, place, slug, command, (args, &on))?,
    };
    let exit = standing::carry_out(context, place, slug, args, &plan)?;
    if exit != Exit::Done
        && !args.changes_nothing()
        && let Ok(on) = place.repository.tip()
        && waiting(context, place, slug, command, &on)?.is_some()
    {
        context.out.hint(&format!(
            "the answer is kept: `piton migration step {slug}` publishes it without a new call"
        ));
    }
    Ok(exit)
}

/// Claims the migration, or says who is at work on it.
pub(crate) fn claim(context: &Context, place: &Place, slug: &Slug) -> Result<Claim, CommandError> {
    Claim::take(place.state().path(), slug, &context.holder("planning"))
        .map_err(|error| taken(error, slug))
}

fn taken(error: ClaimError, slug: &Slug) -> CommandError {
    let told = format!("could not work on {slug}; no agent was called");
    match error {
        ClaimError::Taken { holder, .. } => CommandError::failed(told)
            .with_source(holder)
            .hint("`piton status` shows what runs; try again when it is over"),
        error @ ClaimError::Lock { .. } => CommandError::failed(told).with_source(error),
    }
}

/// Tells whether an answer waits that only has to be published.
pub(crate) fn answer_waits(context: &Context, place: &Place, slug: &Slug) -> bool {
    let command = StepCommand {
        name: "migration step",
        effort: AskedEffort::Default,
        anew: false,
    };
    let Ok(on) = place.repository.tip() else {
        return false;
    };
    waiting(context, place, slug, &command, &on).is_ok_and(|found| found.is_some())
}

/// Returns the answer that was paid for and could not be published yet.
fn waiting(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    on: &Tip,
) -> Result<Option<Waiting>, CommandError> {
    if command.anew {
        return Ok(None);
    }
    let site = planning::planning_site(place)?;
    Waiting::find(&context.disk, &site, slug, on).map_err(|error| {
        CommandError::failed("could not see whether a paid answer waits; nothing was changed")
            .with_source(error)
    })
}

/// Publishes an answer that waits; no agent is called.
fn publish_only(
    context: &Context,
    slug: &Slug,
    command: &StepCommand,
    waiting: &Waiting,
    on: Tip,
) -> Result<Plan<Op>, CommandError> {
    context.out.note(
        Channel::Agent,
        Level::NORMAL,
        &format!(
            "the answer of run {} waits: it is published, no agent is called",
            waiting.run
        ),
    );
    let mut builder = PlanBuilder::new(format!("{} {slug}", command.name));
    publish_waiting(&mut builder, waiting, on);
    built(builder)
}

fn decide(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    (args, on): (&PlanArgs, &Tip),
) -> Result<Plan<Op>, CommandError> {
    let texts = PlanningContext::set(context, place)?;
    let choice = agents::chosen(&place.settings, &context.directory, place.top());
    if let Some(line) = &choice.command {
        context.refuse_secret("the agent's command (--agent-command)", line)?;
    }
    let terms = crate::slots::settings(context, place)?.terms;
    let agent = agents::agent(&choice, context, &place.settings, &place.state(), &terms)?;
    let by_schema = agent.answers_by_schema();
    let decision = texts
        .next_step(&context.disk, place, slug, command.effort, by_schema)
        .map_err(|error| refusal(error, slug))?;
    let named = format!("{} {slug}", command.name);
    let mut builder = PlanBuilder::new(&named);
    planning::warn_of_no_branch(on, &mut builder);
    match agents::ready(&*agent) {
        Ok(warning) => warning
            .into_iter()
            .for_each(|warning| builder.warn(warning)),
        // A dry run is of use before the program is installed.
        Err(missing) if args.changes_nothing() => builder.warn(missing.to_string()),
        Err(missing) => return Err(missing),
    }
    if texts.taste.version().is_stale() {
        builder
            .warn("the taste is of an older version; `piton taste --upgrade` brings it up to date");
    }
    plan_step(
        &mut builder,
        &decision,
        &Planned {
            site: &texts.site,
            choice: &choice,
            agent: &*agent,
            budget: texts.budget,
            command: &named,
        },
    );
    built(builder)
}
