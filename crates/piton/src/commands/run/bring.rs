//! Bringing accepted work to its branch, and telling of it.

use piton_git::CommitId;
use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::failures::FailureKind;
use piton_loop::runs::{ActionKind, ActionOutcome as Ended, CommitPhase};
use piton_loop::work::land::{Brought, bring, let_go};
use piton_loop::work::{Accepted, evidence};

use super::finisher::{Acted, Finisher};
use super::job::Job;
use crate::workshop::{Facts, Teller, Told};

const REBASED: &str = ", on top of what was committed meanwhile";
const ELSEWHERE: &str = ", on a branch that is not checked out";

impl Finisher<'_> {
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
            &format!("{why}; it was given up"),
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

    /// A note that cannot land now waits like any work; this run knows anyway.
    pub(super) fn note_down(&self, note: &Accepted) {
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

    /// Brings what a job made to its branch; `None` where others changed the same
    /// places.
    pub(super) fn land(
        &self,
        teller: &mut Teller<'_>,
        job: &Job<'_>,
        work: &Accepted,
    ) -> Option<Outcome> {
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
                let rebased = if rebased { REBASED } else { "" };
                let elsewhere = if in_tree { "" } else { ELSEWHERE };
                let text = format!(
                    "landed {} {}{rebased}{elsewhere}",
                    commit.short(),
                    work.subject
                );
                self.record(work, &commit, at);
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
                let story = format!("{reason}: {story}");
                teller.end(at.told, Ended::Failed, &story, at.facts());
                let kind = FailureKind::ValidationFailed;
                let_go(self.shop, self.run, work, at.attempt, kind, &story);
                return Some(Outcome::Failed {
                    reason: reason.to_owned(),
                    until: None,
                });
            }
            Ok(Brought::Waits { reason, hint }) => (reason, hint),
            Err(error) => (piton_base::on_one_line(&error), error.hint()),
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

    fn record(&self, work: &Accepted, commit: &CommitId, at: &At<'_>) {
        // The commit is the news; a summary that could not be written is poorer.
        let budget = self.floor.planning.budget;
        let _ = evidence::landed(self.run, budget, work, at.attempt, commit, at.phase);
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

/// What becomes of work whose places were changed by others.
pub(super) fn conflict() -> Outcome {
    Outcome::Failed {
        reason: "the same places were changed meanwhile".to_owned(),
        until: None,
    }
}
