//! What carrying a plan out shows, before and afterwards.

use piton_backend::store::Document;
use piton_base::terminal::clean;
use serde_json::json;

use super::base::Base;
use super::carried::Carried;
use crate::agents;
use crate::context::{Context, Place};
use crate::error::Exit;
use crate::stored::{Undertaken, Worthy};

/// Shows what would be done.
pub(super) fn rehearsal(
    context: &Context,
    place: &Place,
    worthy: &Worthy,
    (branch, base): (&str, &Base),
    digest: &str,
    earlier: Option<&Undertaken>,
) {
    let document = &worthy.document;
    let agent = agents::chosen(&place.settings, &context.directory, place.top()).name;
    let validation = place.settings.validation_command();
    let out = &context.out;
    if out.json_wanted() {
        out.json(json!({
            "dry_run": true,
            "plan": document.id,
            "title": document.title,
            "digest": digest,
            "branch": branch,
            "new_branch": base.is_new,
            "base": base.commit.to_string(),
            "agent": agent,
            "validation": validation,
            "goes_on": earlier.and_then(|earlier| earlier.run.clone()),
        }));
        return;
    }
    let mut lines = vec![format!("{}  {}", document.id, clean(&document.title))];
    let mut fact = |name: &str, value: &str| lines.push(format!("  {name:<12}{}", clean(value)));
    fact("text", &format!("sha256 {digest}"));
    let from = base.commit.short();
    fact(
        "branch",
        &if base.is_new {
            format!("{branch}, begun at {from}")
        } else {
            format!("{branch}, as it is at {from}")
        },
    );
    if let Some(run) = earlier.and_then(|earlier| earlier.run.as_deref()) {
        fact("goes on", &format!("where run {run} was cut off"));
    }
    fact("tells", "the plan that work started");
    fact("asks", &format!("{agent} to carry it out, in a slot"));
    fact(
        "validates",
        match validation {
            Some(command) => command,
            None => "nothing; set `validation-command`",
        },
    );
    fact("lands", &format!("one commit on {branch}"));
    fact("tells", "the plan how it ended");
    lines.push(String::new());
    out.data(&lines.join("\n"));
}

/// Tells what came of it.
pub(super) fn outcome(
    context: &Context,
    document: &Document,
    branch: &str,
    run: &str,
    (carried, exit): (&Carried, Exit),
) {
    let out = &context.out;
    if out.json_wanted() {
        let (outcome, told) = carried.told(branch);
        let (word, told) = match carried {
            Carried::BaselineRed => ("baseline-red", told),
            Carried::Stopped => (
                outcome.as_str(),
                "interrupted; whatever was accepted is kept".to_owned(),
            ),
            Carried::Landed { .. }
            | Carried::Unchanged(_)
            | Carried::Waits(_)
            | Carried::Failed(_)
            | Carried::OutOfQuota(_)
            | Carried::NoAgent { .. }
            | Carried::HeldBack(_) => (outcome.as_str(), told),
        };
        out.json(json!({
            "plan": document.id,
            "branch": branch,
            "run": run,
            "outcome": word,
            "told": &told,
            "commit": carried.commit(),
        }));
        out.ended_badly(exit, &told, run);
        return;
    }
    match carried {
        Carried::Landed { .. } => out.hint(&format!(
            "push it with `git push origin {branch}`, then `piton plan submit {}`",
            document.id
        )),
        Carried::HeldBack(begun) => out.hint(&begun.way_out()),
        Carried::Stopped | Carried::OutOfQuota(_) | Carried::Waits(_) => out.hint(&format!(
            "`piton plan implement {}` continues it",
            document.id
        )),
        Carried::Failed(_) | Carried::BaselineRed => {
            out.hint(&format!("`piton runs show {run}` has everything about it"));
        }
        Carried::Unchanged(_) | Carried::NoAgent { .. } => {}
    }
}
