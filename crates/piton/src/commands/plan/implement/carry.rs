//! A stored plan, carried out by the machinery of a run: one piece of work in a
//! slot, validated, and landed on the plan's own branch.

use piton_base::terminal::clean;
use piton_git::CommitId;
use piton_git::landing::{Onto, TreeId, begin_branch, tree_of, under_way_on};
use piton_loop::deciding::limits::Limits;
use piton_loop::runs::{ActionKind, CommitPhase, FinalStatus, RunRecord};
use piton_loop::validation::Verdict;
use piton_loop::work::land::{Brought, bring};
use piton_loop::work::stored_plan::{self, StoredPlanWork};
use piton_loop::work::{Accepted, Allowance, Halt, Shop, Start, Worked, evidence, prove};

use super::base::base;
use super::carried::Carried;
use super::left_over::{LeftOver, left_over};
use super::reporter::Reporter;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::output::{Channel, Level};
use crate::planning::refuse_begun;
use crate::workshop::{Floor, Teller, WorkArgs, begin, budgets, checks, set_out};

/// What is to be carried out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assignment<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) branch: &'a str,
    pub(super) leftovers: &'a [&'a str],
    /// The run that was cut off, if one was.
    pub(super) earlier: Option<&'a str>,
    pub(super) tries: u32,
}

/// Carries it out. Returns the run, and what came of it.
pub(super) fn carry_out(
    context: &Context,
    place: &Place,
    work: &WorkArgs,
    assignment: &Assignment<'_>,
    reporter: &Reporter<'_>,
) -> Result<(String, Carried), CommandError> {
    let floor = Floor::set(context, place, work, assignment.tries)?;
    // Its branch may be another one than the merge or the like is on.
    let onto = Onto::Branch(assignment.branch.to_owned());
    let begun = under_way_on(&place.repository, &onto)?;
    refuse_begun(begun, "carry the plan out")?;
    checks::refuse_unstartable(&floor, &base(place, assignment.branch)?.commit)?;
    let _alone = set_out(&floor, work)?;
    let limits = Limits {
        day: budgets::day(&floor, None)?,
        ..Limits::default()
    };
    budgets::refuse_blind(&floor, &limits)?;
    let allowance = Allowance::new(limits, &context.clock);
    let shop = floor.shop(&allowance);
    // What was half landed before has landed by now.
    let base = base(place, assignment.branch)?;
    let run = begin(&floor, "plan implement", 1)?;
    let id = run.id().to_string();
    let mut teller = Teller::new(&context.book, &run, &context.clock);
    let carried = reporter.begun(&id).map(|()| {
        if base.is_new
            && let Err(error) = begin_branch(&place.repository, assignment.branch, &base.commit)
        {
            return Carried::Failed(piton_base::on_one_line(&error));
        }
        let told = teller.begin(None, (ActionKind::StoredPlan, assignment.title), &[]);
        let carried = through(&floor, &shop, &run, assignment, &base.commit, reporter);
        carried.tell(&mut teller, &told, assignment.branch);
        carried
    });
    let (status, error) = match &carried {
        Ok(carried) => carried.ended(),
        Err(error) => (FinalStatus::Failed, Some(error.on_one_line())),
    };
    context
        .book
        .close_as(status, error.clone(), error)
        .or_failed("could not finish the run's record")?;
    Ok((id, carried?))
}

/// Goes on where the run before was cut off, if it was, and to the end.
fn through(
    floor: &Floor<'_>,
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    assignment: &Assignment<'_>,
    base: &CommitId,
    reporter: &Reporter<'_>,
) -> Carried {
    if let Some(earlier) = assignment.earlier {
        match left_over(floor, (assignment.id, assignment.branch), earlier, base) {
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
        Err(halt) => return Carried::of(Worked::from(halt)),
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
    reporter.progress("the agent is asked");
    match stored_plan::carry_out(shop, run, &work) {
        Worked::Accepted(work) => {
            reporter.progress("accepted; it is to land");
            land(floor, shop, run, &work)
        }
        ended => Carried::of(ended),
    }
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

fn land(floor: &Floor<'_>, shop: &Shop<'_>, run: &RunRecord<'_>, work: &Accepted) -> Carried {
    match bring(shop, run, work) {
        Ok(Brought::Landed { commit, .. }) => {
            // The commit is the news; a summary that could not be written is
            // poorer.
            let (budget, phase) = (floor.planning.budget, CommitPhase::RunOnce);
            let _ = evidence::landed(run, budget, work, 1, &commit, phase);
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
        Err(error) => {
            if let Some(hint) = error.hint() {
                floor.context.out.hint(&hint);
            }
            Carried::Waits(piton_base::on_one_line(&error))
        }
    }
}
