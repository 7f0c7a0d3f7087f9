//! What `--dry-run` shows: the first thing, and what waits why.

use std::fmt::Write as _;

use piton_base::terminal::clean;
use piton_loop::deciding::next::{Decision, Next};
use piton_loop::deciding::queue::Entry;
use piton_loop::deciding::stand::Stand;
use piton_loop::validation::ValidationCommand;
use serde_json::{Value, json};

use super::floor::Floor;
use super::view::View;
use crate::output::Out;

/// Shows the decision.
pub(super) fn dry_run(
    out: &Out,
    floor: &Floor<'_>,
    view: &View,
    decision: &Decision,
    queue: &[Entry],
) {
    if out.json_wanted() {
        out.json(document(floor, decision, queue));
        return;
    }
    let mut text = String::from("First:\n");
    for line in first(floor, view, decision) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}", clean(&line));
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
}

/// Says what would be done first, and which part of it an answer decides.
fn first(floor: &Floor<'_>, view: &View, decision: &Decision) -> Vec<String> {
    let agent = floor.agent.name();
    let checked = match &floor.command {
        Some(command) => format!("validates what it leaves with `{}`", command.as_str()),
        None => "validates nothing: no `validation-command` is set".to_owned(),
    };
    let lands = match &view.onto {
        piton_git::landing::Onto::Branch(name) => format!("lands it on {name}"),
        piton_git::landing::Onto::Detached => "lands it on the detached HEAD".to_owned(),
    };
    match &decision.next {
        Next::Land(work) => vec![format!("lands {work}, which was accepted before; no call")],
        Next::Plan(slug) => vec![
            format!("plan {slug}: asks {agent} for the next planning step"),
            "publishes and commits the plan, if the answer is accepted".to_owned(),
            format!("`piton migration step {slug} --dry-run` shows the step"),
        ],
        Next::Phase { slug, index } => vec![
            format!(
                "{}: asks {agent} whether it may start",
                view.phase(slug, *index)
            ),
            "the answer decides: no puts it off, unverifiable asks a person, yes goes on"
                .to_owned(),
            format!("asks {agent} to carry it out, in a slot"),
            checked,
            format!("{lands}, with the manifest"),
        ],
        Next::Source(target) => vec![
            format!("clean up {}: asks {agent}, in a slot", target.description),
            format!("files: {}", target.files.join(", ")),
            checked,
            format!("{lands}, if the agent changes something and stands by it"),
        ],
        Next::Wait { until } => vec![format!("waits until {until:.0}")],
        Next::Stop(stop) => vec![format!("nothing: {stop}")],
    }
}

fn stands(stand: &Stand) -> String {
    match stand {
        Stand::Plan => "a planning step".to_owned(),
        Stand::Phase { index } => format!("phase {}", index + 1),
        Stand::NotNow(why) => why.to_string(),
    }
}

fn document(floor: &Floor<'_>, decision: &Decision, queue: &[Entry]) -> Value {
    let next = match &decision.next {
        Next::Land(work) => json!({"kind": "land", "work": work}),
        Next::Plan(slug) => json!({"kind": "plan", "migration": slug.as_str()}),
        Next::Phase { slug, index } => {
            json!({"kind": "phase", "migration": slug.as_str(), "phase": index + 1})
        }
        Next::Source(target) => {
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
