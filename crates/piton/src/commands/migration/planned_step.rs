//! One planning step as a plan: a call, and the publish that depends on it.

use piton_agent::{AgentCall, CallFiles};
use piton_base::Effort;
use piton_durable::TreeDigest;
use piton_git::{GitRead, Tip};
use piton_loop::planning::decide::{StepDecision, call_role};
use piton_loop::planning::waiting::Waiting;
use piton_migration::slug::Slug;
use piton_plan::{Plan, PlanBuilder, Slot};

use crate::agents::{self, ChosenAgent};
use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::op::{AskedEffort, CANDIDATE, CallAgent, Candidate, Next, Op, Publish};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::{self, Desk, refusal};

/// What the step is made for.
pub(crate) struct StepCommand {
    pub(crate) name: &'static str,
    pub(crate) effort: fn(Effort) -> AskedEffort,
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
    let on = planning::tip(place, slug)?;
    let plan = match waiting(context, place, slug, command, &on)? {
        Some(waiting) => publish_only(context, slug, command, waiting, on)?,
        None => decide(context, place, slug, command, on, args)?,
    };
    let exit = context.site(place).carry_out(args, &plan)?;
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
    let live = place.live().migration(slug);
    Ok(TreeDigest::of(&context.disk, &live)
        .ok()
        .and_then(|base| Waiting::find(&context.disk, &site, slug, &base, on)))
}

/// Publishes an answer that waits; no agent is called.
fn publish_only(
    context: &Context,
    slug: &Slug,
    command: &StepCommand,
    waiting: Waiting,
    on: Tip,
) -> Result<Plan<Op>, CommandError> {
    let Waiting {
        run,
        step,
        candidate,
        digest,
        ..
    } = waiting;
    context.out.note(
        Channel::Agent,
        Level::NORMAL,
        &format!("the answer of run {run} waits: it is published, no agent is called"),
    );
    let mut builder = PlanBuilder::new(format!("{} {slug}", command.name));
    builder.add(Op::Publish(Publish {
        slug: slug.clone(),
        destination: candidate.destination,
        base: candidate.base,
        operation: call_role(step).to_string(),
        subject: candidate
            .message
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        next: Next::Candidate(Slot::Known(Candidate {
            dir: candidate.dir,
            digest,
            mode: candidate.mode,
            message: candidate.message,
        })),
        on: Some(on),
    }));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").because(error)
    })
}

fn decide(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    on: Tip,
    args: &PlanArgs,
) -> Result<Plan<Op>, CommandError> {
    let desk = Desk::set(context, place)?;
    let chosen = ChosenAgent::from_settings(&place.settings, &context.directory, place.top());
    let agent = chosen.agent(context, &place.settings, &place.state())?;
    let effort = (command.effort)(desk.budget.default_tier());
    let decision = desk
        .next_step(
            &context.disk,
            place,
            slug,
            effort,
            agent.answers_by_schema(),
        )
        .map_err(|error| refusal(error, slug))?;
    let mut builder = PlanBuilder::new(format!("{} {slug}", command.name));
    match agents::ready(&*agent) {
        Ok(warning) => warning
            .into_iter()
            .for_each(|warning| builder.warn(warning)),
        // A dry run is of use before the program is installed.
        Err(missing) if args.changes_nothing() => builder.warn(missing.to_string()),
        Err(missing) => return Err(missing),
    }
    for note in &decision.notes {
        builder.warn(note);
    }
    if desk.taste.version().is_stale() {
        builder
            .warn("the taste is of an older version; `piton taste --upgrade` brings it up to date");
    }
    let call = builder.add(Op::Call(CallAgent {
        slug: slug.clone(),
        step: decision.step,
        base: decision.base.digest.clone(),
        model: decision.model.clone(),
        effort: with_tier(effort, decision.effort.effective),
        command_line: command_line(&decision, &*agent, &chosen, place),
        prompt: decision.prompt.clone(),
        command: format!("{} {slug}", command.name),
        agent: chosen,
        on: Some(on.clone()),
    }));
    builder.add(Op::Publish(Publish {
        slug: slug.clone(),
        destination: decision.destination,
        base: decision.base.digest,
        operation: call_role(decision.step).to_string(),
        subject: decision.subject,
        next: Next::Candidate(Slot::After(call.output(&CANDIDATE))),
        on: Some(on),
    }));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").because(error)
    })
}

/// The effective tier stands in the plan; who asked for it stays the same.
const fn with_tier(asked: AskedEffort, tier: Effort) -> AskedEffort {
    match asked {
        AskedEffort::Default(_) => AskedEffort::Default(tier),
        AskedEffort::Refine(asked) => AskedEffort::Refine(asked),
    }
}

/// Returns the command line with names where only the call itself knows.
fn command_line(
    decision: &StepDecision,
    agent: &dyn piton_agent::Agent,
    chosen: &ChosenAgent,
    place: &Place,
) -> String {
    let slot = std::path::Path::new("SLOT");
    let call = AgentCall {
        role: call_role(decision.step),
        slug: Some(decision.base.slug.to_string()),
        cwd: slot.to_owned(),
        workspace: slot.join(&decision.destination),
        prompt: String::new(),
        model: decision.model.clone(),
        effort: decision.effort.effective.as_str().parse().ok(),
        schema: decision.schema.clone(),
        limits: chosen.limits(),
    };
    let files = CallFiles::in_directory(place.state().runs().join("RUN/calls/CALL"));
    piton_agent::words::join(&agent.command_line(&call, &files))
}
