//! What `--dry-run` shows: the first thing, and what waits why.

use std::fmt::Write as _;

use piton_base::terminal::clean;
use piton_loop::deciding::next::{Decision, Next};
use piton_loop::deciding::queue::Entry;
use piton_loop::deciding::stand::{NotNow, Stand};
use piton_loop::operation::LoopOp;
use piton_loop::validation::ValidationCommand;
use piton_loop::work::{Piece, Start};
use piton_plan::Plan;
use piton_plan::render::Heading;
use serde_json::{Value, json};

use super::course::Course;
use super::tick;
use super::view::{Terms, View};
use crate::error::CommandError;
use crate::operation::Op;
use crate::output::Channel;
use crate::planned::plan_json;
use crate::workshop::Floor;

/// Shows the decision.
pub(super) fn dry_run(
    floor: &Floor<'_>,
    course: &Course,
    view: &View,
    terms: Terms<'_>,
) -> Result<(), CommandError> {
    let out = floor.context.out;
    let decision = &view.decide(floor, terms);
    let queue = &view.queue(floor, terms);
    let plan = tick(floor, course, view, decision)?;
    if out.json_wanted() {
        let mut document = document(floor, decision, queue);
        document["plan"] = match &plan {
            Some(plan) => plan_json(plan, out.verbosity().threshold(Channel::Plan))?,
            None => Value::Null,
        };
        out.json(document);
        return Ok(());
    }
    match &plan {
        Some(plan) => floor
            .context
            .site(floor.place)
            .show_text(plan, Heading::DryRun),
        None => out.data(&format!("First:\n  {}\n", clean(&first(decision)))),
    }
    let mut text = String::new();
    for action in plan.iter().flat_map(Plan::actions) {
        if let Op::Loop(LoopOp::Work(work)) = action.operation() {
            text.push_str("\nThe work:\n");
            for (number, step) in (1..).zip(&work.steps) {
                let _ = writeln!(text, "  {number}. {}", clean(step));
            }
        }
    }
    if !queue.is_empty() {
        text.push_str("\nMigrations:\n");
        let width = queue.iter().map(|it| it.slug.as_str().len()).max();
        let width = width.unwrap_or_default().min(40);
        for entry in queue {
            let slug = entry.slug.as_str();
            let _ = writeln!(text, "  {slug:width$}  {}", clean(&stands(&entry.stand)));
        }
    }
    text.push_str("\nNothing was done, and no agent was called.\n");
    out.data(&text);
    Ok(())
}

/// Says that nothing would be begun, and why.
fn first(decision: &Decision) -> String {
    match &decision.next {
        Next::Wait { until } => format!("waits until {until:.0}"),
        Next::Stop(stop) => format!("nothing: {stop}"),
        Next::Land(_) | Next::Plan(_) | Next::Phase { .. } | Next::Source { .. } => String::new(),
    }
}

/// Returns the tick that would be first, as the run would write it down.
fn tick(
    floor: &Floor<'_>,
    course: &Course,
    view: &View,
    decision: &Decision,
) -> Result<Option<Plan<Op>>, CommandError> {
    let (piece, label) = match &decision.next {
        Next::Land(name) => {
            let work = view.held_work(name);
            return work
                .map(|work| tick::landing(course.way.as_str(), work))
                .transpose();
        }
        Next::Wait { .. } | Next::Stop(_) => return Ok(None),
        Next::Plan(slug) => (Piece::Plan(slug.clone()), slug.to_string()),
        Next::Phase { slug, index } => (Piece::Phase(slug.clone()), view.phase(slug, *index)),
        Next::Source { target, .. } => {
            let piece = course.piece(target.clone(), view.routes(floor));
            (piece, target.description.clone())
        }
    };
    let start = Start {
        base: view.head.clone(),
        onto: view.onto.clone(),
        attempt: 1,
    };
    tick::plan(
        floor,
        course.way.as_str(),
        (&piece, &label),
        &start,
        "RUN-001",
    )
    .map(Some)
}

fn stands(stand: &Stand) -> String {
    match stand {
        Stand::Plan => "a planning step".to_owned(),
        Stand::Phase { index } => format!("phase {}", index + 1),
        Stand::NotNow(why) => why.to_string(),
    }
}

/// Returns what keeps a migration from being worked on that is not over, and
/// that this run has not told of already.
pub(super) fn in_the_way(entry: &Entry) -> Option<String> {
    match &entry.stand {
        Stand::NotNow(
            why @ (NotNow::Broken { .. }
            | NotNow::AwaitsPerson { .. }
            | NotNow::Sleeps { .. }
            | NotNow::OverBudget { .. }
            | NotNow::WaitsToLand
            | NotNow::NothingOpen),
        ) => Some(format!("{} {why}", entry.slug)),
        Stand::NotNow(NotNow::Over(_) | NotNow::UnderWay | NotNow::SetAside(_))
        | Stand::Plan
        | Stand::Phase { .. } => None,
    }
}

fn document(floor: &Floor<'_>, decision: &Decision, queue: &[Entry]) -> Value {
    let next = match &decision.next {
        Next::Land(work) => json!({"kind": "land", "work": work}),
        Next::Plan(slug) => json!({"kind": "plan", "migration": slug.as_str()}),
        Next::Phase { slug, index } => {
            json!({"kind": "phase", "migration": slug.as_str(), "phase": index + 1})
        }
        Next::Source { target, .. } => {
            json!({"kind": "source", "target": target.description, "files": target.files})
        }
        Next::Wait { until } => json!({"kind": "wait", "until": until.to_string()}),
        Next::Stop(stop) => json!({"kind": "stop", "reason": stop.to_string()}),
    };
    let migrations: Vec<Value> = queue
        .iter()
        .map(|entry| {
            let eligible = !matches!(entry.stand, Stand::NotNow(_));
            json!({
                "slug": entry.slug.as_str(),
                "eligible": eligible,
                "stands": stands(&entry.stand),
            })
        })
        .collect();
    json!({
        "next": next,
        "agent": floor.agent.name(),
        "validation_command": floor.command.as_ref().map(ValidationCommand::as_str),
        "migrations": migrations,
    })
}
