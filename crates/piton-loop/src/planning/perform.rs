//! Making a planning step that was decided: calling the agent, and building
//! the candidate from what it left and said.

use std::path::Path;

use piton_agent::outcome::Reply;
use piton_agent::{Agent, AgentCall, CallEvent, CallEvents, CallRecord, Limits};
use piton_base::{Clock, StateDir, Stop};
use piton_durable::{Disk, Holder, Reserve};
use piton_git::slot::{Changes, Slot, SlotChange, SlotUse, Slots};
use piton_git::{Git, View};
use piton_migration::candidate::{Candidate, Proposal};
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::secret::Secret;
use piton_seal::CacheSet;

use super::accept::{Accepted, Labels, StepOutcome, accept};
use super::bookkeeping;
use super::decide::{StepDecision, call_role};
use super::evidence::{self, Remains};
use super::failed::FailedStep;
use super::failure::StepFailure;
use super::laid::{lay_out, take_up};
use super::site::Site;
use super::strayed::Strayed;
use super::sweep::sweep;
use super::verdict::{Asked, Given};
use super::waiting::{Ground, Waiting};
use crate::clock::local_stamp;
use crate::commit;
use crate::guard::{self, Guard, Reach};
use crate::listed::first_few;
use crate::runs::{
    CallEnd, CallOutcome, CallStatus, CallVerdict, Event, Heard, RecordError, RecordedCall,
    RunRecord,
};
use crate::slots::SlotSettings;

/// What a candidate and its note may take, and more than most do.
const ROOM: usize = 2 << 20;

/// All that making a step takes.
#[derive(Clone, Debug)]
pub struct Performer<'a> {
    pub disk: &'a dyn Disk,
    pub git: &'a dyn Git,
    pub clock: &'a dyn Clock,
    pub site: &'a Site,
    pub slots: &'a SlotSettings,
    pub agent: &'a dyn Agent,
    pub limits: Limits,
    pub stop: &'a Stop,
    /// Whom locks name.
    pub holder: Holder,
    /// What is kept nowhere.
    pub secrets: &'a [Secret],
}

/// A step that was made: what to publish, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeStep {
    pub candidate: Candidate,
    pub outcome: StepOutcome,
    /// A file that holds a secret, and the variable whose value it is.
    pub secret: Option<(String, String)>,
}

impl Performer<'_> {
    /// Calls the agent for a step and builds the candidate. Nothing live is
    /// touched; what went wrong is recorded before it is returned.
    pub fn call(
        &self,
        decision: &StepDecision,
        run: &RunRecord<'_>,
    ) -> Result<MadeStep, Box<FailedStep>> {
        // A leftover that stays costs space and nothing else.
        let _ = sweep(self.disk, self.site);
        let mut call = Call {
            performer: self,
            decision,
            placed: None,
            ended: None,
            left: None,
            reach: Reach::Anywhere,
        };
        let made = call.make(run);
        let call = Remains {
            placed: call.placed,
            ended: call.ended,
            contents: call.left,
        };
        let failed = match made {
            Ok(made) => match record_accepted(decision, run, &call, &made.outcome) {
                Ok(()) => return Ok(made),
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        Err(Box::new(evidence::keep(
            (self.disk, self.site, self.secrets),
            decision,
            run,
            call,
            failed,
        )))
    }
}

/// Gives the reserve up as soon as there is no other room.
#[derive(Debug)]
struct MakingRoom<'a> {
    heard: &'a dyn CallEvents,
    disk: &'a dyn Disk,
    reserve: &'a Path,
}

impl CallEvents for MakingRoom<'_> {
    fn event(&self, event: CallEvent<'_>) {
        if matches!(event, CallEvent::NoRoom) {
            Reserve::give_up(self.disk, self.reserve);
        }
        self.heard.event(event);
    }
}

/// One call on its way, with what there is of it should it fail.
struct Call<'a> {
    performer: &'a Performer<'a>,
    decision: &'a StepDecision,
    /// Its place in the run's record.
    placed: Option<RecordedCall>,
    /// What the agent's side recorded, once it ended.
    ended: Option<CallRecord>,
    left: Option<Contents>,
    /// Where the agent could write.
    reach: Reach,
}

impl Call<'_> {
    fn make(&mut self, run: &RunRecord<'_>) -> Result<MadeStep, StepFailure> {
        let Performer { disk, git, .. } = *self.performer;
        let decision = self.decision;
        run.event(Event::EffortResolved(decision.scope()))?;
        let view = self.performer.slots.view(disk, git)?;
        let slot = self.slot(&view, run)?;
        let contents = &decision.base.contents;
        lay_out(disk, slot.dir(), &decision.destination, contents)?;
        let guards = StateDir::at(self.performer.site.state()).guards();
        let holder = &self.performer.holder;
        let guard = Guard::before(disk, git, view, &self.performer.slots.around)?.kept(
            disk,
            &guards,
            &self.name(run),
            holder,
        )?;
        let reply = self.ask(&slot, run);
        let evidence = self
            .performer
            .site
            .failures()
            .join(format!("{}-set-aside", self.name(run)));
        let mut found = guard.after(disk, git, self.reach, &evidence)?;
        let notes = std::mem::take(&mut found.notes);
        guard::tell_what_else_happened(&notes, &slot.git_was_changed(disk), run)?;
        let changes = slot.changes().map_err(StepFailure::Changes)?;
        let (inside, outside) = changes.split(decision.destination.as_ref());
        let (leftovers, files) = outside.0.into_iter().partition(SlotChange::is_new);
        let produced = take_up(disk, slot.dir(), &decision.destination);
        self.left = produced.as_ref().ok().cloned();
        // What was done to the repository is told even of an agent that failed.
        if let Some(strayed) = Strayed::of(files, found, reply.is_ok()) {
            return Err(StepFailure::Strayed(strayed));
        }
        let reply = reply?;
        inside
            .refuse_unfit(disk, slot.dir(), self.performer.slots.max_new)
            .map_err(StepFailure::Unfit)?;
        say_what_is_thrown_away(&Changes(leftovers), &decision.destination, run)?;
        let accepted = accept(
            self.performer.site,
            &decision.base,
            decision.step,
            produced?,
            Given {
                reply: &reply,
                asked: Asked::with(decision.schema.as_ref()),
            },
            &self.labels(),
            local_stamp(self.performer.clock),
        )?;
        self.build(run, accepted)
    }

    /// Names this step: several of one run may be made at once.
    fn name(&self, run: &RunRecord<'_>) -> String {
        format!("{}-{}", run.id(), self.decision.base.slug)
    }

    /// Takes a slot, and runs the set-up command where it needs that.
    fn slot(&self, view: &View, run: &RunRecord<'_>) -> Result<Slot, StepFailure> {
        let Performer {
            disk, git, slots, ..
        } = *self.performer;
        let (commit, holder) = (&self.decision.commit, &self.performer.holder);
        let slot = Slots::new(disk, git, &slots.home)
            .take(commit, SlotUse::Work, view, holder)
            .map_err(StepFailure::Slot)?;
        if let Some(setup) = &slots.setup {
            let Performer { stop, clock, .. } = *self.performer;
            let log = run.dir().path().join("setup.log");
            setup.prepare(disk, &slot, &log, &self.name(run), stop, clock)?;
        }
        Ok(slot)
    }

    fn ask(&mut self, slot: &Slot, run: &RunRecord<'_>) -> Result<Reply, StepFailure> {
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
            cwd: slot.dir().to_owned(),
            workspace: slot.dir().join(&self.decision.destination),
            prompt: self.decision.prompt.clone(),
            model: self.decision.model.clone(),
            effort: Some(self.decision.effort.effective),
            schema: self.decision.schema.clone(),
            limits,
            caches: CacheSet::of_slot(slot.number()),
        };
        let RecordedCall { number, files } = self.placed.insert(run.call(role.as_str())?).clone();
        run.event(Event::CallStarted {
            scope: self.decision.scope(),
            call: number,
            agent: agent.name().to_owned(),
        })?;
        // An answer that is paid for must find room, however full the disk is
        // by then; where there is none now, nobody is called.
        let disk = self.performer.disk;
        // One a migration: steps of two at once must not take it from one another,
        // and what a killed step left serves the next one.
        let name = format!("reserve-{}", self.decision.base.slug);
        let path = self.performer.site.candidates().with_file_name(name);
        let reserve = Reserve::lay(disk, &path, ROOM)?;
        let heard = MakingRoom {
            heard: &Heard::of(run, number),
            disk,
            reserve: &path,
        };
        let record = agent.call(&call, &files, stop, &heard);
        reserve.release(disk);
        let record = self.ended.insert(record?);
        self.reach = Reach::of(record.sealed.as_ref());
        run.count_for(1, record)?;
        match record.result.reply() {
            Some(reply) => Ok(reply.clone()),
            None => Err(StepFailure::Agent(record.result.clone())),
        }
    }

    fn build(&self, run: &RunRecord<'_>, accepted: Accepted) -> Result<MadeStep, StepFailure> {
        let below = self.performer.site.candidates().join(run.id().as_str());
        let next = bookkeeping::next(&accepted.outcome).to_owned();
        let proposal = Proposal {
            slug: self.decision.base.slug.clone(),
            base: self.decision.base.digest.clone(),
            mode: Mode::of_publish(accepted.status),
            operation: call_role(self.decision.step).to_string(),
            message: commit::message(&self.decision.subject, &accepted.why, None),
            contents: accepted.contents,
        };
        let disk = self.performer.disk;
        let secret = Secret::found_among(self.performer.secrets, &proposal.contents);
        let (candidate, image) = proposal.build(disk, &below, Some(next))?;
        // From here on the answer is not lost, whatever becomes of this run.
        let ground = Ground {
            step: self.decision.step,
            on: self.decision.on.clone(),
            base: &self.decision.base,
            destination: &self.decision.destination,
        };
        Waiting::keep(disk, run.id(), ground, (&candidate, &image))?;
        Ok(MadeStep {
            candidate,
            outcome: accepted.outcome,
            secret,
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

/// New files may be leftovers of a test run, and go with the slot.
fn say_what_is_thrown_away(
    leftovers: &Changes,
    destination: &str,
    run: &RunRecord<'_>,
) -> Result<(), RecordError> {
    match first_few(5, leftovers.0.iter().map(|change| change.path.display())) {
        None => Ok(()),
        Some(shown) => run.event(Event::Warned {
            text: format!("new files outside {destination} were thrown away: {shown}"),
        }),
    }
}

fn record_accepted(
    decision: &StepDecision,
    run: &RunRecord<'_>,
    call: &Remains,
    outcome: &StepOutcome,
) -> Result<(), StepFailure> {
    let Some(placed) = &call.placed else {
        return Ok(());
    };
    let (scope, told) = (decision.scope(), outcome.to_string());
    let verdict = CallVerdict::of(&scope, CallOutcome::Accepted, told.clone());
    let ended = call.ended.as_ref();
    let end = CallEnd::of(scope, placed.number, ended, CallStatus::Finished, told);
    run.event(Event::CallFinished(end))?;
    Ok(run.verdict(&placed.files, &verdict)?)
}
