//! A call of a plan, made.

use std::fmt::Write as _;

use piton_agent::{Outcome, adapter};
use piton_plan::{Done, Failure, FailureKind, Given, Perform};

use super::{CANDIDATE, CallAgent, LoopPerformer};
use crate::failures::FailureKind as RecordedKind;
use crate::planning::bookkeeping;
use crate::planning::failed::FailedStep;
use crate::planning::failure::StepFailure;
use crate::planning::perform::Performer;
use crate::planning::snapshot::Snapshot;
use crate::runs::{FinalStatus, Outset, RunId};
use crate::work::spilled;

impl Perform<CallAgent> for LoopPerformer<'_, '_> {
    fn perform(&self, op: &CallAgent, _: &Given<'_>, seen: Box<Snapshot>) -> Result<Done, Failure> {
        let agent = self.agents.agent(&op.agent)?;
        let slots = self.agents.slots()?;
        let decision = op.decision(*seen);
        let outset = Outset {
            command: op.command.clone(),
            agent: op.agent.name.clone(),
            model: op.model.clone(),
            default_effort: op.budget.default_tier(),
            max_allowed_effort: op.budget.max(),
            validation: None,
            jobs: 1,
            sealed: (&slots.terms).into(),
        };
        let run = self.book.begun(self.site, &self.holder, &outset);
        let run = run.map_err(Failure::io)?;
        let made = Performer {
            disk: self.disk,
            git: self.git,
            clock: self.clock,
            site: self.site,
            slots: &slots,
            agent: &*agent,
            limits: op.agent.limits(),
            stop: self.stop,
            holder: self.holder.clone(),
            secrets: self.secrets,
        }
        .call(&decision, &run);
        let made = match made {
            Ok(made) => made,
            Err(step) => {
                let failure = told(&step, &op.agent.name, run.id());
                let status = bookkeeping::failed(&run, &decision, &step);
                // The failure is the news; a record that could not be written
                // is merely poorer.
                self.book
                    .failed(status.unwrap_or(FinalStatus::Failed), &failure.message);
                return Err(failure);
            }
        };
        if let Some((file, variable)) = &made.secret {
            let failure = Failure::new(FailureKind::Io, spilled::told(file, variable)).hint(
                "keep that variable away from what the agent can read, then run the step again",
            );
            let _ = made.candidate.remove(self.disk);
            let (kind, story) = (RecordedKind::PlanningStepFailed, &failure.message);
            let _ = bookkeeping::not_accepted(&run, &decision, kind, story, None);
            self.book.failed(FinalStatus::MigrationFailed, story);
            return Err(failure);
        }
        bookkeeping::accepted(&run, &decision, &made.outcome).map_err(Failure::io)?;
        let candidate = serde_json::to_value(&made.candidate).map_err(Failure::io)?;
        Ok(Done::saying(format!("run {}", run.id())).with(&CANDIDATE, candidate))
    }
}

fn told(step: &FailedStep, agent: &str, run: &RunId) -> Failure {
    let failure = &step.failure;
    let (until, hint) = match failure {
        StepFailure::Agent(Outcome::LimitReached { until, .. }) => (*until, failure.advice()),
        StepFailure::Agent(Outcome::Authentication { .. }) => (None, adapter::sign_in(agent)),
        failure => (None, failure.advice()),
    };
    let mut record = format!("`piton runs show {run}`");
    if let Some(kept) = &step.kept {
        let _ = write!(record, "; what it left: {}", kept.display());
    }
    Failure::new(failure.consequence().kind, failure.story())
        .hint(hint)
        .until(until)
        .record(record)
}
