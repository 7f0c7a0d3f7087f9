//! What comes of work: landing it, and telling of it.

use jiff::Timestamp;
use piton_loop::deciding::memory::Outcome;
use piton_loop::failures::FailureKind;
use piton_loop::runs::ActionOutcome as Ended;
use piton_loop::work::land::let_go;
use piton_loop::work::{Accepted, End, WorkFailure, Worked};

use super::bring::conflict;
use super::finisher::{Acted, Finisher};
use super::job::Job;
use crate::workshop::{Facts, Teller};

impl Finisher<'_> {
    /// Lands what was accepted, and says what came of the job.
    pub(super) fn finish(&self, teller: &mut Teller<'_>, job: &Job<'_>, worked: Worked) -> Acted {
        let (told, facts) = (&job.told, facts(job));
        let outcome = match worked {
            Worked::Accepted(accepted) => match self.land(teller, job, &accepted) {
                Some(outcome) => outcome,
                None if !job.is_second => return Acted::Again,
                None => self.let_go_of(teller, job, &accepted),
            },
            Worked::NotCommitted => self.publish(teller, job),
            Worked::Unchanged { reason } => {
                let text = format!("nothing was changed: {reason}");
                teller.end(told, Ended::Unchanged, &text, facts);
                Outcome::Unchanged
            }
            Worked::PutOff {
                reason,
                until,
                waits_for_person,
                note,
            } => {
                let text = match until {
                    _ if waits_for_person => format!("waits for a person: {reason}"),
                    Some(until) => format!("not ready, put off until {until:.0}: {reason}"),
                    None => format!("not ready: {reason}"),
                };
                self.note_down(&note);
                teller.end(told, Ended::PutOff, &text, facts);
                Outcome::PutOff { reason, until }
            }
            Worked::Failed {
                failure,
                until,
                note,
            } => {
                if let Some(note) = note {
                    self.note_down(&note);
                }
                failed(teller, job, &failure, until)
            }
            Worked::Ended(end) => match ended(teller, job, end) {
                Ok(outcome) => outcome,
                Err(acted) => return acted,
            },
        };
        Acted::Did(job.tried(), outcome)
    }

    /// Lets work go that could not be brought to its branch twice.
    fn let_go_of(&self, teller: &mut Teller<'_>, job: &Job<'_>, accepted: &Accepted) -> Outcome {
        let why = "the same places were changed meanwhile, twice";
        let text = format!("{why}; it was given up");
        teller.end(&job.told, Ended::Conflict, &text, facts(job));
        let kind = FailureKind::LandingConflict;
        let_go(self.shop, self.run, accepted, job.attempt, kind, why);
        conflict()
    }
}

fn facts(job: &Job<'_>) -> Facts<'static> {
    Facts {
        attempt: Some(job.attempt),
        ..Facts::default()
    }
}

fn failed(
    teller: &mut Teller<'_>,
    job: &Job<'_>,
    failure: &WorkFailure,
    until: Option<Timestamp>,
) -> Outcome {
    let text = match until {
        Some(until) => format!("failed, left alone until {until:.0}: {failure}"),
        None => format!("failed: {failure}"),
    };
    let with = Facts {
        failure: Some(failure.kind),
        ..facts(job)
    };
    teller.end(&job.told, Ended::Failed, &text, with);
    Outcome::Failed {
        reason: failure.story.lines().next().unwrap_or_default().to_owned(),
        until,
    }
}

/// Tells why the work of a job ended; an error where the run ends with it.
fn ended(teller: &mut Teller<'_>, job: &Job<'_>, end: End) -> Result<Outcome, Acted> {
    let (how, text) = match &end {
        End::OutOfQuota { message, .. } => (Ended::OutOfQuota, message.clone()),
        End::Unavailable { message, .. } => (Ended::NoAgent, message.clone()),
        End::CutShort(budget) => (
            Ended::Stopped,
            format!("ended before it was done: {budget}"),
        ),
        End::HeldBack(begun) => (
            Ended::Stopped,
            format!("ended before the next call: {begun} is under way"),
        ),
        End::Stopped => (Ended::Stopped, "interrupted".to_owned()),
    };
    teller.end(&job.told, how, &text, facts(job));
    Err(match end {
        End::OutOfQuota { until, .. } => return Ok(Outcome::OutOfQuota { until }),
        End::Unavailable {
            message,
            signed_out,
        } => Acted::NoAgent {
            message,
            signed_out,
        },
        End::CutShort(budget) => Acted::CutShort(budget),
        End::HeldBack(_) => Acted::HeldBack,
        End::Stopped => Acted::Stopped,
    })
}
