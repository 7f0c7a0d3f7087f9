//! One planning step as a plan: a call, and the publish that depends on it.

use piton_agent::{AgentCall, CallFiles};
use piton_base::Effort;
use piton_loop::planning::decide::{StepDecision, call_role};
use piton_migration::slug::Slug;
use piton_plan::{Plan, PlanBuilder, Slot};

use crate::agents::{self, ChosenAgent};
use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::exit::Exit;
use crate::op::{AskedEffort, CANDIDATE, CallAgent, Next, Op, Publish};
use crate::planned::PlanArgs;
use crate::planning::{Desk, refusal};

/// What the step is made for.
pub(super) struct StepCommand {
    pub(super) name: &'static str,
    pub(super) effort: fn(Effort) -> AskedEffort,
}

/// Decides the next step and shows, saves or performs it.
pub(super) fn carry_out(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
    args: &PlanArgs,
) -> Result<Exit, CommandError> {
    let plan = decide(context, place, slug, command, args)?;
    context.site(place).carry_out(args, &plan)
}

fn decide(
    context: &Context,
    place: &Place,
    slug: &Slug,
    command: &StepCommand,
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
    }));
    builder.add(Op::Publish(Publish {
        slug: slug.clone(),
        destination: decision.destination,
        base: decision.base.digest,
        operation: call_role(decision.step).to_string(),
        subject: decision.subject,
        next: Next::Candidate(Slot::After(call.output(&CANDIDATE))),
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
    let worktree = std::path::Path::new("WORKTREE");
    let call = AgentCall {
        role: call_role(decision.step),
        slug: Some(decision.base.slug.to_string()),
        cwd: worktree.to_owned(),
        workspace: worktree.join(&decision.destination),
        prompt: String::new(),
        model: decision.model.clone(),
        effort: decision.effort.effective.as_str().parse().ok(),
        schema: decision.schema.clone(),
        limits: chosen.limits(),
    };
    let files = CallFiles::in_directory(place.state().runs().join("RUN/calls/CALL"));
    piton_agent::words::join(&agent.command_line(&call, &files))
}
