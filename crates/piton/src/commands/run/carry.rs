//! A stored plan, carried out by the machinery of a run: one piece of work in a
//! slot, validated, and landed on the plan's own branch.

use std::num::NonZeroUsize;

use piton_base::terminal::clean;
use piton_git::CommitId;
use piton_git::GitRead as _;
use piton_git::landing::{Onto, TreeId, begin_branch, branch_tip, fetched_tip, tree_of};
use piton_loop::deciding::limits::Limits;
use piton_loop::runs::{ActionKind, ActionOutcome, CommitPhase, FinalStatus, RunRecord};
use piton_loop::validation::Verdict;
use piton_loop::work::accepted::{self, Held};
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::stored_plan::{self, Start, StoredPlanWork};
use piton_loop::work::{Accepted, Allowance, Halt, Shop, Worked, evidence, prove};

use super::args::{Wanted, WorkArgs};
use super::budgets;
use super::drive::{Course, alone, begin};
use super::floor::Floor;
use super::tell::{Facts, Teller, Told};
use crate::agents;
use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// What is to be carried out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Assignment<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    pub(crate) branch: &'a str,
    pub(crate) leftovers: &'a [&'a str],
    /// The run that was cut off, if one was.
    pub(crate) earlier: Option<&'a str>,
    pub(crate) tries: u32,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Carried {
    Landed {
        commit: CommitId,
    },
    Unchanged(String),
    /// Accepted; it lands with the next command.
    Waits(String),
    BaselineRed,
    Failed(String),
    OutOfQuota(String),
    NoAgent {
        message: String,
        signed_out: bool,
    },
    Stopped,
}

/// Hears how it goes.
pub(crate) trait Follow {
    /// The run has begun; nothing was asked of an agent yet.
    fn begun(&self, run: &str) -> Result<(), CommandError>;

    fn progress(&self, text: &str);
}

/// Where work on a branch starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) commit: CommitId,
    /// Whether the branch has to be begun here first.
    pub(crate) is_new: bool,
}

/// Finds it: the branch as it is, else as it was fetched last, else what is
/// checked out.
pub(crate) fn base(place: &Place, branch: &str) -> Result<Base, CommandError> {
    let repository = &place.repository;
    if let Some(commit) = branch_tip(repository, branch)? {
        return Ok(Base {
            commit,
            is_new: false,
        });
    }
    let fetched = fetched_tip(repository, "origin", branch)?;
    let commit = match fetched {
        Some(commit) => Some(commit),
        None => repository.head()?,
    };
    let commit = commit.ok_or_else(|| {
        CommandError::usage("could not work in a repository without a commit")
            .hint("make a first commit; agents work on what is committed")
    })?;
    Ok(Base {
        commit,
        is_new: true,
    })
}

/// Carries it out. Returns the run, and what came of it.
pub(crate) fn carry_out(
    context: &Context,
    place: &Place,
    work: &WorkArgs,
    assignment: &Assignment<'_>,
    follow: &dyn Follow,
) -> Result<(String, Carried), CommandError> {
    let floor = Floor::set(context, place, work, assignment.tries)?;
    agents::tell_terms(&floor.chosen, context, &floor.slots.terms);
    let _alone = alone(context, place)?;
    context.recover(place, false)?;
    crate::stored::send_waiting(context);
    if let Some(warning) = agents::ready(&*floor.agent)? {
        context.out.warn(&warning);
    }
    context
        .events
        .show_output(work.show_agent_logs, work.show_command_logs);
    let limits = Limits {
        day: budgets::day(&floor, None),
        ..Limits::default()
    };
    budgets::refuse_blind(&floor, &limits)?;
    let allowance = Allowance::new(limits, &context.clock);
    let shop = floor.shop(&allowance);
    let base = base(place, assignment.branch)?;
    let run = begin(context, &floor, &course("plan implement"))?;
    let id = run.id().to_string();
    let mut teller = Teller::new(&context.book, &run, &context.clock);
    let carried = follow.begun(&id).map(|()| {
        if base.is_new
            && let Err(error) = begin_branch(&place.repository, assignment.branch, &base.commit)
        {
            return Carried::Failed(piton_base::on_one_line(&error));
        }
        let told = teller.begin(None, (ActionKind::StoredPlan, assignment.title), &[]);
        let carried = through(&floor, &shop, &run, assignment, &base.commit, follow);
        tell(&mut teller, &told, &carried, assignment.branch);
        carried
    });
    let (status, error) = match &carried {
        Ok(carried) => ended(carried),
        Err(error) => (FinalStatus::Failed, Some(error.on_one_line())),
    };
    context
        .book
        .close_as(status, error.clone(), error)
        .map_err(|error| {
            CommandError::failed("could not finish the run's record").with_source(error)
        })?;
    Ok((id, carried?))
}

/// Tells how the one action of the run ended.
fn tell(teller: &mut Teller<'_>, told: &Told, carried: &Carried, branch: &str) {
    let (outcome, text, commit) = match carried {
        Carried::Landed { commit } => (
            ActionOutcome::Landed,
            format!("landed {} on {branch}", commit.short()),
            Some(commit.as_str()),
        ),
        Carried::Unchanged(why) => (
            ActionOutcome::Unchanged,
            format!("nothing was changed: {why}"),
            None,
        ),
        Carried::Waits(why) => (
            ActionOutcome::Waits,
            format!("accepted, and waits to land: {why}"),
            None,
        ),
        Carried::BaselineRed => (
            ActionOutcome::Failed,
            "the validation command is red before anything was done".to_owned(),
            None,
        ),
        Carried::Failed(why) => (ActionOutcome::Failed, format!("failed: {why}"), None),
        Carried::OutOfQuota(why) => (ActionOutcome::OutOfQuota, why.clone(), None),
        Carried::NoAgent { message, .. } => (ActionOutcome::NoAgent, message.clone(), None),
        Carried::Stopped => (ActionOutcome::Stopped, "interrupted".to_owned(), None),
    };
    let facts = Facts {
        commit,
        attempt: Some(1),
        ..Facts::default()
    };
    teller.end(told, outcome, &text, facts);
}

/// What the record of a run is begun with that has one piece of work.
pub(super) fn course(name: &'static str) -> Course {
    Course {
        name,
        source: Wanted::nothing(),
        focus: false,
        limits: Limits::default(),
        tries: 1,
        jobs: NonZeroUsize::MIN,
        rest: None,
        subject: None,
        shows_difference: false,
    }
}

fn ended(carried: &Carried) -> (FinalStatus, Option<String>) {
    match carried {
        Carried::Landed { .. } | Carried::Unchanged(_) => (FinalStatus::Completed, None),
        Carried::Waits(why) => (FinalStatus::WaitsToLand, Some(why.clone())),
        Carried::BaselineRed => (FinalStatus::BaselineFailed, None),
        Carried::Failed(why) => (FinalStatus::Failed, Some(why.clone())),
        Carried::OutOfQuota(why) => (FinalStatus::LimitReached, Some(why.clone())),
        Carried::NoAgent { message, .. } => (FinalStatus::AgentFailed, Some(message.clone())),
        Carried::Stopped => (FinalStatus::Interrupted, None),
    }
}

/// Goes on where the run before was cut off, if it was, and to the end.
fn through(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    assignment: &Assignment<'_>,
    base: &CommitId,
    follow: &dyn Follow,
) -> Carried {
    if let Some(earlier) = assignment.earlier {
        match left_over(floor, assignment, earlier, base) {
            Ok(Some(LeftOver::Held(work))) => return land(floor, shop, run, &work),
            Ok(Some(LeftOver::Landed(commit))) => return Carried::Landed { commit },
            Ok(None) => {}
            Err(why) => return Carried::Failed(why),
        }
    }
    let tree = match tree_of(&floor.place.repository, base) {
        Ok(tree) => tree,
        Err(error) => return Carried::Failed(piton_base::on_one_line(&error)),
    };
    match baseline(floor, shop, run, (base, &tree)) {
        Ok(true) => {}
        Ok(false) => return Carried::BaselineRed,
        Err(halt) => return of_halt(halt),
    }
    let counted = run.update(|summary| summary.counts.attempts_started += 1);
    if let Err(error) = counted {
        return Carried::Failed(piton_base::on_one_line(&error));
    }
    let work = StoredPlanWork {
        id: assignment.id,
        title: assignment.title,
        text: assignment.text,
        leftovers: assignment.leftovers,
        start: Start {
            base: base.clone(),
            onto: Onto::Branch(assignment.branch.to_owned()),
            attempt: 1,
        },
    };
    follow.progress("the agent is asked");
    match stored_plan::carry_out(shop, run, &work) {
        Worked::Accepted(work) => {
            follow.progress("accepted; it is to land");
            land(floor, shop, run, &work)
        }
        Worked::Unchanged { reason } => Carried::Unchanged(reason),
        Worked::NotCommitted => Carried::Failed("there is no commit to work from".to_owned()),
        Worked::PutOff { reason, .. } => Carried::Failed(reason),
        Worked::Failed { failure, .. } => Carried::Failed(failure.to_string()),
        Worked::OutOfQuota { message, .. } => Carried::OutOfQuota(message),
        Worked::Unavailable {
            message,
            signed_out,
        } => Carried::NoAgent {
            message,
            signed_out,
        },
        Worked::CutShort(budget) => Carried::OutOfQuota(budget.to_string()),
        Worked::Stopped => Carried::Stopped,
    }
}

/// What a run that was cut off left.
enum LeftOver {
    /// Accepted, and not landed.
    Held(Box<Accepted>),
    Landed(CommitId),
}

fn left_over(
    floor: &Floor<'_>,
    assignment: &Assignment<'_>,
    earlier: &str,
    tip: &CommitId,
) -> Result<Option<LeftOver>, String> {
    let (context, place) = (floor.context, floor.place);
    let told = |error: &dyn std::error::Error| piton_base::on_one_line(error);
    let held = accepted::all(&context.disk, &place.repository, place.state().path())
        .map_err(|error| told(&error))?;
    let onto = Onto::Branch(assignment.branch.to_owned());
    for held in held {
        if let Held::Work(work) = held
            && work.onto == onto
            && work.name.starts_with(earlier)
        {
            return Ok(Some(LeftOver::Held(work)));
        }
    }
    let message = place
        .repository
        .message(tip)
        .map_err(|error| told(&error))?;
    let lines: Vec<&str> = message.lines().collect();
    let its = lines.contains(&format!("Piton-Run: {earlier}").as_str())
        && lines.contains(&format!("Piton-Plan: {}", assignment.id).as_str());
    Ok(its.then(|| LeftOver::Landed(tip.clone())))
}

/// Whether the commit that the work starts from is sound.
fn baseline(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    (base, tree): (&CommitId, &TreeId),
) -> Result<bool, Halt> {
    let proof = prove::baseline(shop, run, base, tree.as_str())?;
    if let Verdict::Red(red) = &proof.verdict {
        floor
            .context
            .out
            .say(Channel::General, Level::NORMAL, &clean(&red.tail));
    }
    Ok(proof.verdict.is_good())
}

fn of_halt(halt: Halt) -> Carried {
    match halt {
        Halt::Failed(failure) => Carried::Failed(failure.to_string()),
        Halt::OutOfQuota { message, .. } => Carried::OutOfQuota(message),
        Halt::Unavailable {
            message,
            signed_out,
        } => Carried::NoAgent {
            message,
            signed_out,
        },
        Halt::CutShort(budget) => Carried::OutOfQuota(budget.to_string()),
        Halt::Stopped => Carried::Stopped,
    }
}

fn land(floor: &Floor<'_>, shop: &Shop<'_>, run: &RunRecord<'_>, work: &Accepted) -> Carried {
    match bring(shop, run, work) {
        Ok(Brought::Landed { commit, .. }) => {
            let effort = floor.planning.budget.for_call();
            let subject = evidence::Subject {
                attempt: 1,
                retry: 1,
                target: &work.subject,
                phase_reached: "landing",
                effort: &effort,
                next_step: "",
            };
            // The commit is the news; a summary that could not be written is
            // poorer.
            let landed = Some(commit.as_str());
            let _ = evidence::accepted(run, &subject, "landing", landed, CommitPhase::RunOnce);
            Carried::Landed { commit }
        }
        Ok(Brought::Waits { reason, hint }) => {
            if let Some(hint) = hint {
                floor.context.out.hint(&hint);
            }
            Carried::Waits(reason)
        }
        Ok(Brought::Conflict) => {
            Carried::Failed("the branch was changed in the same places meanwhile".to_owned())
        }
        Ok(Brought::Red { story }) => {
            Carried::Failed(format!("red on top of what is on the branch now: {story}"))
        }
        Err(error) => Carried::Waits(piton_base::on_one_line(&error)),
    }
}
