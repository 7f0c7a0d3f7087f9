//! Making a planning step that was decided: calling the agent, and building
//! the candidate from what it left and said.

use std::path::PathBuf;

use piton_agent::outcome::Reply;
use piton_agent::{Agent, AgentCall, CallEvents, CallFiles, Limits};
use piton_base::{Clock, Stop};
use piton_durable::{Disk, Holder, tree};
use piton_git::Git;

use super::accept::{Accepted, Labels, StepOutcome, accept};
use super::candidate::{Candidate, Proposal};
use super::contents::Contents;
use super::decide::{StepDecision, call_role};
use super::evidence;
use super::failure::StepFailure;
use super::guard::{Guard, Stray};
use super::paths;
use super::pool::Bench;
use super::site::Site;
use super::sweep::sweep;
use super::verdict::Given;
use super::waiting::Waiting;
use crate::clock::local_stamp;
use crate::commit;
use crate::runs::{CallOutcome, CallScope, CallVerdict, Event, RunRecord};

/// All that making a step takes.
#[derive(Clone, Debug)]
pub struct Performer<'a> {
    pub disk: &'a dyn Disk,
    pub git: &'a dyn Git,
    pub clock: &'a dyn Clock,
    pub site: &'a Site,
    pub agent: &'a dyn Agent,
    pub limits: Limits,
    pub stop: &'a Stop,
    /// Whom locks name.
    pub holder: Holder,
}

/// A step that was made: what to publish, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeStep {
    pub candidate: Candidate,
    pub outcome: StepOutcome,
}

/// A step that failed, with what is kept of it.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct FailedStep {
    #[source]
    pub failure: StepFailure,
    /// The snapshot that tells of it.
    pub snapshot: Option<PathBuf>,
    /// What the agent left in the migration's directory.
    pub kept: Option<PathBuf>,
}

impl Performer<'_> {
    /// Calls the agent for a step and builds the candidate. Nothing live is
    /// touched; what went wrong is recorded before it is returned.
    pub fn call(
        &self,
        decision: &StepDecision,
        run: &mut RunRecord<'_>,
        show: &dyn CallEvents,
    ) -> Result<MadeStep, Box<FailedStep>> {
        // A leftover that stays costs space and nothing else.
        let _ = sweep(self.disk, self.site);
        let mut call = Call {
            performer: self,
            decision,
            files: None,
            left: None,
            exit: None,
        };
        let made = call.make(run, show);
        let exit = call.exit;
        let (files, left) = (call.files, call.left);
        let failed = match made {
            Ok(made) => match record_accepted(decision, run, files.as_ref(), exit, &made.outcome) {
                Ok(()) => return Ok(made),
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        Err(Box::new(evidence::keep(
            self,
            decision,
            run,
            evidence::Remains {
                files,
                exit,
                contents: left,
            },
            failed,
        )))
    }
}

/// One call on its way, with what there is of it should it fail.
struct Call<'a> {
    performer: &'a Performer<'a>,
    decision: &'a StepDecision,
    files: Option<CallFiles>,
    left: Option<Contents>,
    /// The exit code of the agent, once it ended.
    exit: Option<i32>,
}

impl Call<'_> {
    fn make(
        &mut self,
        run: &mut RunRecord<'_>,
        show: &dyn CallEvents,
    ) -> Result<MadeStep, StepFailure> {
        let Performer { disk, git, .. } = *self.performer;
        let decision = self.decision;
        let scope = scope(decision);
        run.event(&Event::EffortResolved(scope.clone()))?;
        let bench = Bench::take(
            disk,
            git,
            self.performer.site,
            &decision.commit,
            &self.performer.holder,
        )?;
        self.lay_out(&bench)?;
        let guard = Guard::before(disk, bench.repository())?;
        run.event(&Event::CallStarted(scope))?;
        let reply = self.ask(&bench, run, show);
        let strays = guard.after(disk, bench.repository(), git, decision.destination.as_ref())?;
        let produced = self.take_up(&bench);
        // What outlives the worktree must be told even of an agent that failed.
        let lasting = strays.iter().any(Stray::outlives_the_worktree);
        if lasting || (reply.is_ok() && !strays.is_empty()) {
            return Err(StepFailure::Strayed(strays));
        }
        let reply = reply?;
        let accepted = accept(
            self.performer.site,
            &decision.base,
            decision.step,
            produced?,
            Given {
                reply: &reply,
                asked: decision.asked(),
            },
            &self.labels(),
            local_stamp(self.performer.clock),
        )?;
        self.build(run, accepted)
    }

    /// Puts the accepted state where the agent will find it.
    fn lay_out(&self, bench: &Bench) -> Result<(), StepFailure> {
        let disk = self.performer.disk;
        let relative = &self.decision.destination;
        paths::refuse_links(disk, bench.path(), relative).map_err(StepFailure::Path)?;
        let dir = bench.path().join(relative);
        tree::remove(disk, &dir)?;
        paths::make_dirs(disk, bench.path(), relative).map_err(StepFailure::Path)?;
        self.decision
            .base
            .contents
            .write(disk, &dir)
            .map_err(StepFailure::Layout)
    }

    fn ask(
        &mut self,
        bench: &Bench,
        run: &mut RunRecord<'_>,
        show: &dyn CallEvents,
    ) -> Result<Reply, StepFailure> {
        let Performer {
            agent,
            stop,
            limits,
            ..
        } = *self.performer;
        let role = call_role(self.decision.step);
        let call = AgentCall {
            role,
            slug: Some(self.decision.base.slug.to_string()),
            cwd: bench.path().to_owned(),
            workspace: bench.path().join(&self.decision.destination),
            prompt: self.decision.prompt.clone(),
            model: self.decision.model.clone(),
            // Both crates spell the tiers alike; one they did not share would
            // be left to the agent's own default.
            effort: self.decision.effort.effective.as_str().parse().ok(),
            schema: self.decision.schema.clone(),
            limits,
        };
        let files = run.call(role.as_str())?;
        self.files = Some(files.clone());
        let record = agent.call(&call, &files, stop, show)?;
        self.exit = Some(record.exit.number());
        run.count(&record)?;
        match record.result.reply() {
            Some(reply) => Ok(reply.clone()),
            None => Err(StepFailure::Agent(record.result)),
        }
    }

    /// Reads what the agent left in the migration's directory.
    fn take_up(&mut self, bench: &Bench) -> Result<Contents, StepFailure> {
        let disk = self.performer.disk;
        let relative = &self.decision.destination;
        paths::refuse_links(disk, bench.path(), relative).map_err(StepFailure::LeftPath)?;
        let contents =
            Contents::read(disk, &bench.path().join(relative)).map_err(StepFailure::Left)?;
        let contents = contents.unwrap_or_default();
        self.left = Some(contents.clone());
        Ok(contents)
    }

    fn build(&self, run: &RunRecord<'_>, accepted: Accepted) -> Result<MadeStep, StepFailure> {
        let proposal = Proposal {
            slug: self.decision.base.slug.clone(),
            base: self.decision.base.digest.clone(),
            mode: Proposal::mode_of(accepted.status),
            operation: call_role(self.decision.step).to_string(),
            message: commit::message(&self.decision.subject, &accepted.why, None),
            contents: accepted.contents,
        };
        let name = run.id().as_str();
        let disk = self.performer.disk;
        let candidate = proposal.build(disk, self.performer.site, name)?;
        // From here on the answer is not lost, whatever becomes of this run.
        let (step, on) = (self.decision.step, &self.decision.on);
        Waiting::keep(disk, run.id(), step, on, &candidate)?;
        Ok(MadeStep {
            candidate,
            outcome: accepted.outcome,
        })
    }

    fn labels(&self) -> Labels {
        Labels {
            agent: Some(self.performer.agent.name().to_owned()),
            model: self.decision.model.clone(),
            effort: Some(self.decision.effort.effective.to_string()),
        }
    }
}

fn record_accepted(
    decision: &StepDecision,
    run: &mut RunRecord<'_>,
    files: Option<&CallFiles>,
    exit: Option<i32>,
    outcome: &StepOutcome,
) -> Result<(), StepFailure> {
    let summary = match outcome {
        StepOutcome::Next(next) => format!("accepted; next is {next}"),
        StepOutcome::NeedsPerson { .. } => "findings for a person".to_owned(),
        StepOutcome::Ready => "the plan is ready".to_owned(),
        StepOutcome::ReadyAwaitingPerson { reason } => {
            format!("ready once a person has looked: {reason}")
        }
        StepOutcome::Rejected { reason } => format!("rejected: {reason}"),
    };
    run.event(&Event::CallFinished {
        scope: scope(decision),
        succeeded: true,
        returncode: exit,
        summary: summary.clone(),
    })?;
    if let Some(files) = files {
        run.verdict(files, &verdict(decision, CallOutcome::Accepted, summary))?;
    }
    Ok(())
}

pub(super) fn scope(decision: &StepDecision) -> CallScope {
    CallScope {
        attempt: 1,
        retry: 1,
        target: decision.base.slug.to_string(),
        call_role: call_role(decision.step).to_string(),
        phase_reached: decision.step.to_string(),
        effort: decision.effort.clone(),
    }
}

pub(super) fn verdict(
    decision: &StepDecision,
    outcome: CallOutcome,
    summary: String,
) -> CallVerdict {
    CallVerdict {
        schema_version: 1,
        role: call_role(decision.step).to_string(),
        effort_asked: Some(decision.effort.requested.to_string()),
        effort_given: Some(decision.effort.effective.to_string()),
        outcome,
        summary,
    }
}
