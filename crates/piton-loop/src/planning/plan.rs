//! A planning step as a plan: a call, and the publish that depends on it.
use piton_seal::CacheSet;

use std::path::Path;

use piton_agent::{Agent, AgentCall, CallFiles};
use piton_git::Tip;
use piton_migration::operation::{MigrationOp, Next, Publish};
use piton_plan::{Operation, PlanBuilder, Slot};

use super::decide::{StepDecision, call_role};
use super::site::Site;
use super::waiting::Waiting;
use crate::effort::EffortBudget;
use crate::operation::{AgentChoice, CANDIDATE, CallAgent, LoopOp};

/// What a step is planned with, besides its decision.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    pub site: &'a Site,
    pub choice: &'a AgentChoice,
    pub agent: &'a dyn Agent,
    pub budget: EffortBudget,
    /// What the user ran, for the run record.
    pub command: &'a str,
}

/// Adds a step that was decided to a plan.
pub fn plan_step<O: Operation + From<LoopOp> + From<MigrationOp>>(
    builder: &mut PlanBuilder<O>,
    decision: &StepDecision,
    with: &Planned<'_>,
) {
    for note in &decision.notes {
        builder.warn(note);
    }
    let publish = |next| Publish {
        slug: decision.base.slug.clone(),
        destination: decision.destination.clone(),
        base: decision.base.digest.clone(),
        operation: call_role(decision.step).to_string(),
        subject: decision.subject.clone(),
        next,
        on: Some(decision.on.clone()),
    };
    let call = builder.add(O::from(LoopOp::Call(CallAgent {
        slug: decision.base.slug.clone(),
        step: decision.step,
        base: decision.base.digest.clone(),
        commit: decision.commit.clone(),
        on: decision.on.clone(),
        destination: decision.destination.clone(),
        subject: decision.subject.clone(),
        agent: with.choice.clone(),
        model: decision.model.clone(),
        effort: decision.effort.clone(),
        budget: with.budget,
        command_line: command_line(decision, with),
        prompt: decision.prompt.clone(),
        schema: decision.schema.clone(),
        command: with.command.to_owned(),
    })));
    let next = Next::Candidate(Slot::After(call.output(&CANDIDATE)));
    builder.add(O::from(MigrationOp::Publish(publish(next))));
}

/// Adds the publish of an answer that waits; no agent is called.
pub fn publish_waiting<O: Operation + From<MigrationOp>>(
    builder: &mut PlanBuilder<O>,
    waiting: &Waiting,
    on: Tip,
) {
    let candidate = waiting.candidate.clone();
    builder.add(O::from(MigrationOp::Publish(Publish {
        slug: waiting.slug.clone(),
        destination: waiting.destination.clone(),
        base: waiting.base.clone(),
        operation: call_role(waiting.step).to_string(),
        subject: candidate
            .message
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
        next: Next::Candidate(Slot::Known(candidate)),
        on: Some(on),
    })));
}

/// Returns the command line with names where only the call itself knows.
fn command_line(decision: &StepDecision, with: &Planned<'_>) -> String {
    let slot = Path::new("SLOT");
    let call = AgentCall {
        role: call_role(decision.step),
        slug: Some(decision.base.slug.to_string()),
        cwd: slot.to_owned(),
        workspace: slot.join(&decision.destination),
        prompt: String::new(),
        model: decision.model.clone(),
        effort: Some(decision.effort.effective),
        schema: decision.schema.clone(),
        limits: with.choice.limits(),
        caches: CacheSet::default(),
    };
    let files = CallFiles::in_directory(with.site.runs().join("RUN/calls/CALL"));
    piton_agent::words::join(&with.agent.command_line(&call, &files))
}
