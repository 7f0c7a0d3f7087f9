//! Doing one thing that was decided.

use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::runs::{ActionKind, ActionOutcome as Ended, CommitPhase, RunRecord};
use piton_loop::targets::Target;
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::phase::{PhaseWork, Start};
use piton_loop::work::refactor::RefactorWork;
use piton_loop::work::{Accepted, Shop, Worked, evidence, phase, refactor, setback};
use piton_migration::slug::Slug;

use super::floor::Floor;
use super::tell::{Facts, Teller};
use super::view::View;
use crate::commands::migration::planned_step::{self, StepCommand};
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::AskedEffort;

/// What came of an action, and whether the run goes on.
#[derive(Debug)]
pub(super) enum Acted {
    Did(Tried, Outcome),
    /// The agent cannot be asked; the run is over.
    NoAgent {
        message: String,
        signed_out: bool,
    },
    Stopped,
}

/// One planning step, as `piton migration step` makes it. One that failed is
/// noted in the migration.
pub(super) fn plan(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    slug: &Slug,
    args: &PlanArgs,
) -> Acted {
    teller.begin(ActionKind::Plan, slug.as_str(), &[]);
    let command = StepCommand {
        name: "migration step",
        effort: AskedEffort::Default,
        anew: false,
    };
    let tried = Tried::Migration(slug.clone());
    let made = planned_step::carry_out(floor.context, floor.place, slug, &command, args);
    if floor.context.stop.requested() {
        return Acted::Stopped;
    }
    let (outcome, word, told) = match made {
        Ok(Exit::Done) => (
            Outcome::Landed,
            Ended::Landed,
            "the step is published".to_owned(),
        ),
        Ok(Exit::Interrupted) => return Acted::Stopped,
        Ok(Exit::Authentication) => {
            let message = "the agent is not signed in".to_owned();
            teller.end(Ended::NoAgent, &message, Facts::default());
            return Acted::NoAgent {
                message,
                signed_out: true,
            };
        }
        Ok(Exit::LimitReached) => (
            Outcome::OutOfQuota { until: None },
            Ended::OutOfQuota,
            "the provider gives no more for now".to_owned(),
        ),
        Ok(exit) => {
            let reason = format!("the planning step ended with exit code {}", exit.code());
            let until = note_setback(floor, shop, run, teller, slug, &reason);
            (
                Outcome::Failed {
                    reason: reason.clone(),
                    until,
                },
                Ended::Failed,
                reason,
            )
        }
        Err(error) => {
            let reason = error.text().trim().to_owned();
            (
                Outcome::Failed {
                    reason: reason.clone(),
                    until: None,
                },
                Ended::Failed,
                reason,
            )
        }
    };
    teller.end(word, &told, Facts::default());
    Acted::Did(tried, outcome)
}

/// Notes that planning failed. Where even that fails, this run alone knows.
fn note_setback(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &Teller<'_>,
    slug: &Slug,
    reason: &str,
) -> Option<jiff::Timestamp> {
    let view = View::look(floor).ok()?;
    let setback = setback::planning_failed(shop, run, &start(&view, 1), slug, reason).ok()?;
    note_down(shop, run, teller, &setback.note);
    setback.until
}

/// One phase.
pub(super) fn carry_out_phase(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    view: &View,
    action: &PhaseAction<'_>,
) -> Acted {
    let (slug, attempt) = (action.slug, action.attempt);
    teller.begin(ActionKind::Phase, action.label, &[]);
    let work = PhaseWork {
        slug,
        start: start(view, attempt),
    };
    let tried = Tried::Migration(slug.clone());
    let mut worked = phase::carry_out(shop, run, &work);
    if let Worked::Accepted(accepted) = &worked {
        match land(floor, shop, run, teller, accepted, CommitPhase::Migration) {
            Landed::Outcome(outcome) => return Acted::Did(tried, outcome),
            // What the user changed meanwhile is taken into account once.
            Landed::Conflict => {
                let Ok(view) = View::look(floor) else {
                    return Acted::Did(tried, conflict());
                };
                let work = PhaseWork {
                    slug,
                    start: start(&view, attempt),
                };
                teller.say("you changed the same places meanwhile; tried again on top of that");
                worked = phase::carry_out(shop, run, &work);
            }
        }
    }
    finish(
        floor,
        shop,
        run,
        teller,
        tried,
        worked,
        CommitPhase::Migration,
    )
}

/// One source target.
pub(super) fn clean_up(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    view: &View,
    action: &SourceAction<'_>,
) -> Acted {
    let target = action.target;
    teller.begin(ActionKind::CleanUp, &target.description, &target.files);
    let work = |view: &View| RefactorWork {
        target: action.target,
        scope: action.scope,
        subject: action.subject,
        start: start(view, action.attempt),
    };
    let phase = if action.subject.is_some() {
        CommitPhase::RunOnce
    } else {
        CommitPhase::Refactor
    };
    let mut worked = refactor::carry_out(shop, run, &work(view));
    if let Worked::Accepted(accepted) = &worked {
        match land(floor, shop, run, teller, accepted, phase) {
            Landed::Outcome(outcome) => return Acted::Did(Tried::Source, outcome),
            Landed::Conflict => {
                let Ok(view) = View::look(floor) else {
                    return Acted::Did(Tried::Source, conflict());
                };
                teller.say("you changed the same places meanwhile; tried again on top of that");
                worked = refactor::carry_out(shop, run, &work(&view));
            }
        }
    }
    finish(floor, shop, run, teller, Tried::Source, worked, phase)
}

/// What a phase is given.
#[derive(Debug)]
pub(super) struct PhaseAction<'a> {
    pub(super) slug: &'a Slug,
    /// The migration with the phase's document.
    pub(super) label: &'a str,
    pub(super) attempt: u32,
}

/// What a source action is given.
#[derive(Debug)]
pub(super) struct SourceAction<'a> {
    pub(super) target: &'a Target,
    pub(super) scope: Option<&'a str>,
    pub(super) subject: Option<&'a str>,
    pub(super) attempt: u32,
}

/// Work that was accepted before.
pub(super) fn land_again(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    work: &Accepted,
) -> Acted {
    teller.begin(ActionKind::Land, &work.subject, &[]);
    let tried = Tried::Landing(work.name.clone());
    match land(floor, shop, run, teller, work, CommitPhase::Migration) {
        Landed::Outcome(outcome) => Acted::Did(tried, outcome),
        Landed::Conflict => {
            let told = "you changed the same places meanwhile; the work was let go";
            teller.end(Ended::Conflict, told, Facts::default());
            Acted::Did(tried, conflict())
        }
    }
}

fn start(view: &View, attempt: u32) -> Start {
    Start {
        base: view.head.clone(),
        onto: view.onto.clone(),
        attempt,
    }
}

fn conflict() -> Outcome {
    Outcome::Failed {
        reason: "the same places were changed meanwhile".to_owned(),
        until: None,
    }
}

fn finish(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    tried: Tried,
    worked: Worked,
    phase: CommitPhase,
) -> Acted {
    let outcome = match worked {
        Worked::Accepted(accepted) => match land(floor, shop, run, teller, &accepted, phase) {
            Landed::Outcome(outcome) => outcome,
            Landed::Conflict => {
                teller.end(
                    Ended::Conflict,
                    "you changed the same places again",
                    Facts::default(),
                );
                conflict()
            }
        },
        Worked::Unchanged { reason } => {
            teller.end(
                Ended::Unchanged,
                &format!("nothing was changed: {reason}"),
                Facts::default(),
            );
            Outcome::Unchanged
        }
        Worked::PutOff {
            reason,
            until,
            waits_for_person,
            note,
        } => {
            let told = match until {
                _ if waits_for_person => format!("waits for a person: {reason}"),
                Some(until) => format!("not ready, put off until {until:.0}: {reason}"),
                None => format!("not ready: {reason}"),
            };
            note_down(shop, run, teller, &note);
            teller.end(Ended::PutOff, &told, Facts::default());
            Outcome::PutOff { reason, until }
        }
        Worked::Failed {
            failure,
            until,
            note,
        } => {
            if let Some(note) = note {
                note_down(shop, run, teller, &note);
            }
            let told = match until {
                Some(until) => format!("failed, left alone until {until:.0}: {failure}"),
                None => format!("failed: {failure}"),
            };
            teller.end(
                Ended::Failed,
                &told,
                Facts {
                    failure: Some(failure.kind),
                    ..Facts::default()
                },
            );
            Outcome::Failed {
                reason: failure.story.lines().next().unwrap_or_default().to_owned(),
                until,
            }
        }
        Worked::OutOfQuota { message, until } => {
            teller.end(Ended::OutOfQuota, &message, Facts::default());
            Outcome::OutOfQuota { until }
        }
        Worked::Unavailable {
            message,
            signed_out,
        } => {
            teller.end(Ended::NoAgent, &message, Facts::default());
            return Acted::NoAgent {
                message,
                signed_out,
            };
        }
        Worked::Stopped => {
            teller.end(Ended::Stopped, "interrupted", Facts::default());
            return Acted::Stopped;
        }
    };
    Acted::Did(tried, outcome)
}

/// A note that cannot land now waits like any work; this run knows anyway.
fn note_down(shop: &Shop<'_>, run: &RunRecord<'_>, teller: &Teller<'_>, note: &Accepted) {
    match bring(shop, run, note) {
        Ok(Brought::Landed { .. }) => {}
        Ok(Brought::Waits { reason, .. }) => {
            teller.say(&format!("the note about it waits to land: {reason}"));
        }
        Ok(Brought::Conflict | Brought::Red { .. }) => {}
        Err(error) => teller.say(&format!(
            "the note about it waits to land: {}",
            piton_base::on_one_line(&error)
        )),
    }
}

enum Landed {
    Outcome(Outcome),
    Conflict,
}

fn land(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    teller: &mut Teller<'_>,
    work: &Accepted,
    phase: CommitPhase,
) -> Landed {
    let waits = |teller: &mut Teller<'_>, reason: String, hint: Option<String>| {
        teller.end(
            Ended::Waits,
            &format!("accepted, and waits to land: {reason}"),
            Facts {
                work: Some(&work.name),
                ..Facts::default()
            },
        );
        if let Some(hint) = hint {
            floor.context.out.hint(&hint);
        }
        Landed::Outcome(Outcome::Waits {
            work: work.name.clone(),
            reason,
        })
    };
    match bring(shop, run, work) {
        Ok(Brought::Landed {
            commit,
            rebased,
            in_tree,
        }) => {
            let mut told = format!("landed {} {}", commit.short(), work.subject);
            if rebased {
                told.push_str(", on top of what you committed meanwhile");
            }
            if !in_tree {
                told.push_str(", on a branch that is not checked out");
            }
            record(floor, run, work, commit.as_str(), phase);
            teller.end(
                Ended::Landed,
                &told,
                Facts {
                    commit: Some(commit.as_str()),
                    ..Facts::default()
                },
            );
            Landed::Outcome(Outcome::Landed)
        }
        Ok(Brought::Waits { reason, hint }) => waits(teller, reason, hint),
        Ok(Brought::Conflict) => Landed::Conflict,
        Ok(Brought::Red { story }) => {
            let told = format!("red on top of what you committed meanwhile: {story}");
            teller.end(Ended::Failed, &told, Facts::default());
            Landed::Outcome(Outcome::Failed {
                reason: "red on top of what was committed meanwhile".to_owned(),
                until: None,
            })
        }
        Err(error) => {
            let reason = piton_base::on_one_line(&error);
            waits(teller, reason, None)
        }
    }
}

fn record(
    floor: &Floor<'_>,
    run: &RunRecord<'_>,
    work: &Accepted,
    commit: &str,
    phase: CommitPhase,
) {
    let effort = floor.desk.budget.for_call();
    let subject = evidence::Subject {
        attempt: run.summary().counts.attempts_started,
        retry: 1,
        target: work.slug.as_deref().unwrap_or(&work.subject),
        phase_reached: &work.subject,
        effort: &effort,
        next_step: "",
    };
    // The commit is the news; a summary that could not be written is poorer.
    let _ = evidence::accepted(run, &subject, "landing", Some(commit), phase);
}
