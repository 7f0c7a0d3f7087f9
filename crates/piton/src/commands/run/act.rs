//! What comes of work: landing it, and telling of it.

use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::deciding::stop::Budget;
use piton_loop::failures::FailureKind;
use piton_loop::runs::{ActionKind, ActionOutcome as Ended, CommitPhase, RunRecord};
use piton_loop::slots::SlotSettings;
use piton_loop::work::land::{Brought, bring, let_go};
use piton_loop::work::{Accepted, Shop, Worked, evidence};
use piton_migration::slug::Slug;

use super::floor::Floor;
use super::job::Job;
use super::tell::{Facts, Teller, Told};
use crate::commands::migration::planned_step::{self, StepCommand};
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::AskedEffort;

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
            Worked::Stopped => {
                teller.end(told, Ended::Stopped, "interrupted", facts);
                return Acted::Stopped;
            }
        };
        Acted::Did(tried, outcome)
    }

    /// Lands work that was accepted before.
    pub(super) fn land_again(&self, teller: &mut Teller<'_>, work: &Accepted) -> Acted {
        let told = teller.begin(None, (ActionKind::Land, &work.subject), &[]);
        let tried = Tried::Landing(work.name.clone());
        let at = At {
            told: &told,
            attempt: 0,
            phase: CommitPhase::Migration,
        };
        if let Some(outcome) = self.bring(teller, &at, work) {
            return Acted::Did(tried, outcome);
        }
        let why = "the same places were changed since it was made";
        teller.end(
            &told,
            Ended::Conflict,
            &format!("{why}; it was let go"),
            Facts::default(),
        );
        let_go(
            self.shop,
            self.run,
            work,
            1,
            FailureKind::LandingConflict,
            why,
        );
        Acted::Did(tried, conflict())
    }

    /// A step of a migration that is in no commit is published as
    /// `piton migration step` publishes it.
    fn publish(&self, teller: &mut Teller<'_>, job: &Job<'_>) -> Outcome {
        let Some(slug) = job.piece.slug() else {
            return Outcome::Unchanged;
        };
        let outcome = self.step(slug);
        let (word, text) = match &outcome {
            Outcome::Landed => (Ended::Landed, "the step is published".to_owned()),
            Outcome::OutOfQuota { .. } => (
                Ended::OutOfQuota,
                "the provider gives no more for now".to_owned(),
            ),
            Outcome::Failed { reason, .. } => (Ended::Failed, format!("failed: {reason}")),
            Outcome::Waits { .. } | Outcome::Unchanged | Outcome::PutOff { .. } => {
                (Ended::Unchanged, "nothing was done".to_owned())
            }
        };
        teller.end(&job.told, word, &text, Facts::default());
        outcome
    }

    fn step(&self, slug: &Slug) -> Outcome {
        let command = StepCommand {
            name: "migration step",
            effort: AskedEffort::Default,
            anew: false,
        };
        let (context, place) = (self.floor.context, self.floor.place);
        let args = PlanArgs::plain();
        match planned_step::carry_out_claimed(context, place, slug, &command, &args) {
            Ok(Exit::Done) => Outcome::Landed,
            Ok(Exit::LimitReached) => Outcome::OutOfQuota { until: None },
            Ok(exit) => Outcome::Failed {
                reason: format!("the planning step ended with exit code {}", exit.code()),
                until: None,
            },
            Err(error) => Outcome::Failed {
                reason: error.text().trim().to_owned(),
                until: None,
            },
        }
    }

    /// A note that cannot land now waits like any work; this run knows anyway.
    fn note_down(&self, note: &Accepted) {
        match bring(self.shop, self.run, note) {
            Ok(Brought::Landed { .. }) => {}
            Ok(Brought::Waits { reason, .. }) => {
                self.run
                    .note(format!("the note about it waits to land: {reason}"));
            }
            Ok(Brought::Conflict | Brought::Red { .. }) => {}
            Err(error) => self.run.note(format!(
                "the note about it waits to land: {}",
                piton_base::on_one_line(&error)
            )),
        }
    }

    fn land(&self, teller: &mut Teller<'_>, job: &Job<'_>, work: &Accepted) -> Option<Outcome> {
        let at = At {
            told: &job.told,
            attempt: job.attempt,
            phase: job.piece.commit_phase(),
        };
        self.bring(teller, &at, work)
    }

    /// Brings work to its branch; `None` where others changed the same places.
    fn bring(&self, teller: &mut Teller<'_>, at: &At<'_>, work: &Accepted) -> Option<Outcome> {
        let brought = bring(self.shop, self.run, work);
        let (reason, hint) = match brought {
            Ok(Brought::Landed {
                commit,
                rebased,
                in_tree,
            }) => {
                let mut text = format!("landed {} {}", commit.short(), work.subject);
                if rebased {
                    text.push_str(", on top of what was committed meanwhile");
                }
                if !in_tree {
                    text.push_str(", on a branch that is not checked out");
                }
                self.record(work, commit.as_str(), at);
                let with = Facts {
                    commit: Some(commit.as_str()),
                    ..at.facts()
                };
                teller.end(at.told, Ended::Landed, &text, with);
                return Some(Outcome::Landed);
            }
            Ok(Brought::Conflict) => return None,
            Ok(Brought::Red { story }) => {
                let reason = "red on top of what was committed meanwhile";
                teller.end(
                    at.told,
                    Ended::Failed,
                    &format!("{reason}: {story}"),
                    at.facts(),
                );
                let kind = FailureKind::ValidationFailed;
                let story = format!("{reason}: {story}");
                let_go(self.shop, self.run, work, at.attempt, kind, &story);
                return Some(Outcome::Failed {
                    reason: reason.to_owned(),
                    until: None,
                });
            }
            Ok(Brought::Waits { reason, hint }) => (reason, hint),
            Err(error) => (piton_base::on_one_line(&error), None),
        };
        let text = format!("accepted, and waits to land: {reason}");
        teller.end(
            at.told,
            Ended::Waits,
            &text,
            Facts {
                work: Some(&work.name),
                ..at.facts()
            },
        );
        if let Some(hint) = hint {
            self.floor.context.out.hint(&hint);
        }
        Some(Outcome::Waits {
            work: work.name.clone(),
            reason,
        })
    }

    fn record(&self, work: &Accepted, commit: &str, at: &At<'_>) {
        let effort = self.floor.planning.budget.for_call();
        let subject = evidence::Subject {
            attempt: at.attempt,
            retry: 1,
            target: work.slug.as_deref().unwrap_or(&work.subject),
            phase_reached: &work.subject,
            effort: &effort,
            next_step: "",
        };
        // The commit is the news; a summary that could not be written is poorer.
        let _ = evidence::accepted(self.run, &subject, "landing", Some(commit), at.phase);
    }
}

/// What a landing is told and recorded as.
struct At<'a> {
    told: &'a Told,
    attempt: u32,
    phase: CommitPhase,
}

impl At<'_> {
    fn facts(&self) -> Facts<'static> {
        Facts {
            attempt: (self.attempt > 0).then_some(self.attempt),
            ..Facts::default()
        }
    }
}

fn conflict() -> Outcome {
    Outcome::Failed {
        reason: "the same places were changed meanwhile".to_owned(),
        until: None,
    }
}
