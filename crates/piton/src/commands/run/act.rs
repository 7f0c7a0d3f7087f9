//! What comes of work: landing it, and telling of it.

use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::deciding::stop::Budget;
use piton_loop::failures::FailureKind;
use piton_loop::runs::{ActionOutcome as Ended, RunRecord};
use piton_loop::slots::SlotSettings;
use piton_loop::work::land::let_go;
use piton_loop::work::{Shop, Worked};

use super::bring::conflict;
use super::floor::Floor;
use super::job::Job;
use super::tell::{Facts, Teller};

/// What came of an action, and whether the run goes on.
#[derive(Debug)]
pub(super) enum Acted {
    Did(Tried, Outcome),
    /// Somebody changed the same places meanwhile; it is tried again on that.
    Again,
    /// The agent cannot be asked; the run is over.
    NoAgent {
        message: String,
        signed_out: bool,
    },
    /// The run has nothing left to spend.
    CutShort(Budget),
    /// The user began a merge or the like; it is tried again after that.
    HeldBack,
    Stopped,
}

/// Everything that landing and telling take.
pub(super) struct Finisher<'a> {
    pub(super) floor: &'a Floor<'a>,
    pub(super) shop: &'a Shop<'a>,
    pub(super) run: &'a RunRecord<'static>,
    /// The slots of each job, those of the first job first.
    pub(super) seats: &'a [SlotSettings],
}

impl<'a> Finisher<'a> {
    /// Returns the workshop of one job, which works in slots of its own.
    pub(super) fn shop_of(&self, seat: u32) -> Shop<'a> {
        let slots = self.seats.get(seat.saturating_sub(1) as usize);
        Shop {
            slots: slots.unwrap_or(self.shop.slots),
            ..self.shop.clone()
        }
    }

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
            Worked::OutOfQuota { message, until } => {
                teller.end(told, Ended::OutOfQuota, &message, facts);
                Outcome::OutOfQuota { until }
            }
            Worked::Unavailable {
                message,
                signed_out,
            } => {
                teller.end(told, Ended::NoAgent, &message, facts);
                return Acted::NoAgent {
                    message,
                    signed_out,
                };
            }
            Worked::CutShort(budget) => {
                let text = format!("ended before it was done: {budget}");
                teller.end(told, Ended::Stopped, &text, facts);
                return Acted::CutShort(budget);
            }
            Worked::HeldBack(begun) => {
                let text = format!("ended before the next call: {begun} is under way");
                teller.end(told, Ended::Stopped, &text, facts);
                return Acted::HeldBack;
            }
            Worked::Stopped => {
                teller.end(told, Ended::Stopped, "interrupted", facts);
                return Acted::Stopped;
            }
        };
        Acted::Did(tried, outcome)
    }
}
