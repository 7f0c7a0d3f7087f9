//! Calling an agent for a planning step.

use std::sync::{Mutex, MutexGuard, PoisonError};

use piton_durable::TreeDigest;
use piton_loop::failures::FailureKind as RecordedKind;
use piton_loop::planning::bookkeeping;
use piton_loop::planning::decide::StepDecision;
use piton_loop::planning::perform::{MadeStep, Performer};
use piton_loop::runs::{FinalStatus, RunRecord, RunSummary};
use piton_plan::{Done, Failure, FailureKind};

use super::shown::Shown;
use super::{failure, secrets};
use crate::context::{Context, Place};
use crate::op::{CANDIDATE, CallAgent, Candidate};
use crate::output::{Channel, Level};
use crate::planning::Desk;

/// The run record of a planning step, from its call to its publish.
#[derive(Debug, Default)]
pub(in super::super) struct Recording<'a>(Mutex<Option<UnderWay<'a>>>);

/// A step that was made and is not yet published.
#[derive(Debug)]
pub(super) struct UnderWay<'a> {
    pub(super) record: RunRecord<'a>,
    pub(super) decision: StepDecision,
    pub(super) made: MadeStep,
}

impl<'a> Recording<'a> {
    /// Calls the agent. The record stays open for the publish that follows.
    pub(in super::super) fn call(
        &self,
        context: &'a Context,
        place: &Place,
        op: &CallAgent,
    ) -> Result<Done, Failure> {
        let internal = |error: &dyn std::error::Error| Failure::of(FailureKind::Io, error);
        let told = |error: crate::error::CommandError| {
            Failure::new(FailureKind::Input, error.text().trim().to_owned())
        };
        let desk = Desk::set(context, place).map_err(told)?;
        let agent = op
            .agent
            .agent(context, &place.settings, &place.state())
            .map_err(told)?;
        let decision = desk
            .next_step(
                &context.disk,
                place,
                &op.slug,
                op.effort,
                agent.answers_by_schema(),
            )
            .map_err(|error| internal(&error))?;
        if decision.step != op.step
            || decision.prompt != op.prompt
            || decision.base.digest != op.base
        {
            return Err(Failure::new(
                FailureKind::Conflict,
                "the migration, a prompt template, the taste or the settings changed since the plan was made",
            ));
        }
        let slots = crate::slots::settings(context, place).map_err(told)?;
        let holder = context.holder("calling an agent");
        let summary = RunSummary::new(&op.command, &place.top().display().to_string());
        let mut record = RunRecord::begin(
            &context.disk,
            &context.clock,
            &desk.site.runs(),
            &holder,
            summary,
        )
        .map_err(|error| internal(&error))?;
        bookkeeping::set_out(
            &mut record,
            &op.agent.name,
            op.model.as_deref(),
            desk.budget,
        )
        .map_err(|error| internal(&error))?;
        context.out.note(
            Channel::Agent,
            Level::NORMAL,
            &format!(
                "asking {} for {} of {} (run {})",
                op.agent.name,
                op.step,
                op.slug,
                record.id()
            ),
        );
        let made = Performer {
            disk: &context.disk,
            git: &place.repository,
            clock: &context.clock,
            site: &desk.site,
            slots: &slots,
            agent: &*agent,
            limits: op.agent.limits(),
            stop: &context.stop,
            holder,
        }
        .call(&decision, &mut record, &Shown(&context.out));
        let made = match made {
            Ok(made) => made,
            Err(failed) => {
                let failure = failure::of_step(&failed, record.dir().path());
                // The failure is the news; a record that could not be finished
                // reads as killed.
                let _ = bookkeeping::failed(&mut record, &decision, &failed)
                    .and_then(|status| record.finish(status, Some(failure.error.clone())));
                return Err(failure);
            }
        };
        if let Some((file, variable)) = secrets::found_in(context, &made.candidate.dir) {
            let failure = Failure::new(
                FailureKind::Io,
                format!(
                    "the agent wrote the value of {variable} into {file}; nothing of its work was \
                     taken; keep that variable away from what the agent can read, then run the step again"
                ),
            );
            let _ = made.candidate.remove(&context.disk);
            let (kind, story) = (RecordedKind::PlanningStepFailed, &failure.error);
            let _ = bookkeeping::not_published(&mut record, &decision, kind, story, None)
                .and_then(|()| record.finish(FinalStatus::MigrationFailed, Some(story.clone())));
            return Err(failure);
        }
        let digest =
            TreeDigest::of(&context.disk, &made.candidate.dir).map_err(|error| internal(&error))?;
        let message = format!("run {}", record.id());
        let candidate = serde_json::to_value(Candidate {
            dir: made.candidate.dir.clone(),
            digest,
            mode: made.candidate.mode,
            message: made.candidate.message.clone(),
        })
        .map_err(|error| internal(&error))?;
        *self.open() = Some(UnderWay {
            record,
            decision,
            made,
        });
        Ok(Done::saying(message).with(&CANDIDATE, candidate))
    }

    /// Ends the time between call and publish.
    pub(super) fn take(&self) -> Option<UnderWay<'a>> {
        self.open().take()
    }

    fn open(&self) -> MutexGuard<'_, Option<UnderWay<'a>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
