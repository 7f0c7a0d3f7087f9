//! What comes of work: landing it, and telling of it.

use piton_loop::deciding::memory::Outcome;
use piton_loop::failures::FailureKind;
use piton_loop::runs::ActionOutcome as Ended;
use piton_loop::work::land::let_go;
use piton_loop::work::{End, Worked};

use super::bring::conflict;
use super::finisher::{Acted, Finisher};
use super::job::Job;
use super::tell::{Facts, Teller};

impl Finisher<'_> {
    /// Lands what was accepted, and says what came of the job.
    pub(super) fn finish(&self, teller: &mut Teller<'_>, job: &Job<'_>, worked: Worked) -> Acted {
        let tried = job.tried();
        let told = &job.told;
        let facts = Facts {
            attempt: Some(job.attempt),
            ..Facts::default()
        };
        let outcome = match worked {
            Worked::Accepted(accepted) => match self.land(teller, job, &accepted) {
                Some(outcome) => outcome,
                None if !job.is_second => return Acted::Again,
                None => {
                    let why = "the same places were changed meanwhile, twice";
                    teller.end(
                        told,
                        Ended::Conflict,
                        &format!("{why}; it was let go"),
                        facts,
                    );
                    let kind = FailureKind::LandingConflict;
                    let_go(self.shop, self.run, &accepted, job.attempt, kind, why);
                    conflict()
                }
            },
            Worked::NotCommitted => return Acted::Did(tried, self.publish(teller, job)),
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
                let text = match until {
                    Some(until) => format!("failed, left alone until {until:.0}: {failure}"),
                    None => format!("failed: {failure}"),
                };
                let kind = failure.kind;
                teller.end(
                    told,
                    Ended::Failed,
                    &text,
                    Facts {
                        failure: Some(kind),
                        ..facts
                    },
                );
                Outcome::Failed {
                    reason: failure.story.lines().next().unwrap_or_default().to_owned(),
                    until,
                }
            }
            Worked::Ended(End::OutOfQuota { message, until }) => {
                teller.end(told, Ended::OutOfQuota, &message, facts);
                Outcome::OutOfQuota { until }
            }
            Worked::Ended(End::Unavailable {
                message,
                signed_out,
            }) => {
                teller.end(told, Ended::NoAgent, &message, facts);
                return Acted::NoAgent {
                    message,
                    signed_out,
                };
            }
            Worked::Ended(End::CutShort(budget)) => {
                let text = format!("ended before it was done: {budget}");
                teller.end(told, Ended::Stopped, &text, facts);
                return Acted::CutShort(budget);
            }
            Worked::Ended(End::HeldBack(begun)) => {
                let text = format!("ended before the next call: {begun} is under way");
                teller.end(told, Ended::Stopped, &text, facts);
                return Acted::HeldBack;
            }
            Worked::Ended(End::Stopped) => {
                teller.end(told, Ended::Stopped, "interrupted", facts);
                return Acted::Stopped;
            }
        };
        Acted::Did(tried, outcome)
    }
}
