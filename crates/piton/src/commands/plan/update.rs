//! `piton plan update`: sets fields of a header, or replaces a plan's text.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use piton_backend::header::{Edited, Patch, apply_patch};
use piton_backend::operation::{BackendOp, SetFields, SetText};
use piton_backend::text::{within_limit, wrap_comment};
use serde_json::json;

use super::decide::carry_out;
use super::text;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::target::{document, failed, header, with_plan};

/// Set fields of a plan's header, or replace its text
///
/// Every byte outside what changes stays as it was. With --file a text is
/// changed and printed, and nothing else happens: no file is written, and no
/// network is needed.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).multiple(true).args(["patch", "text"]))]
#[command(after_help = "\
Examples:
  piton plan update 42 --patch '{\"branch_name\": \"plnd/add-cache\"}'
  piton plan update 42 --text plan.md --dry-run
  piton plan update --file body.md --patch '{\"learn_status\": \"pending\"}'")]
pub(crate) struct UpdateArgs {
    /// The plan; without one, that of this folder or branch
    #[arg(conflicts_with = "file")]
    target: Option<String>,

    /// Fields and their new values, as an object in JSON
    #[arg(long, value_name = "JSON")]
    patch: Option<String>,

    /// A file with the new text of the plan; - is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    text: Option<PathBuf>,

    /// A text to change and print; - is standard input
    #[arg(long, value_name = "FILE", requires = "patch")]
    file: Option<PathBuf>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &UpdateArgs) -> CommandResult {
    let patch = match &args.patch {
        Some(json) => {
            context.refuse_secret("--patch", json)?;
            patch(json)?
        }
        None => Patch::default(),
    };
    if let Some(file) = &args.file {
        let text = text::read(context, file)?;
        return in_text(context, &text, &patch);
    }
    let new = match &args.text {
        Some(file) => Some(new_text(context, file)?),
        None => None,
    };
    let operations = with_plan(context, args.target.as_deref(), |backend, id| {
        let document = document(backend, &id)?;
        let mut operations: Vec<Op> = Vec::new();
        if !patch.is_empty() {
            // What cannot be changed is told before anything is decided.
            apply_patch(&document.body, &patch).map_err(|error| failed(error.into()))?;
            let header = header(&document)?;
            let set = SetFields::decide(id.clone(), &patch, &header);
            operations.extend(set.map(|set| Op::from(BackendOp::SetFields(set))));
        }
        if let Some(new) = new {
            let old = backend.text(&document).map_err(failed)?.unwrap_or_default();
            let diff = similar::TextDiff::from_lines(old.trim(), new.trim())
                .unified_diff()
                .to_string();
            let set = SetText::decide(id, &old, new, diff);
            operations.extend(set.map(|set| Op::from(BackendOp::SetText(set))));
        }
        Ok(operations)
    })?;
    warn_of_ignored(context, &patch);
    carry_out(context, &args.plan, "plan update", operations)
}

fn new_text(context: &Context, file: &std::path::Path) -> Result<String, CommandError> {
    let text = text::read(context, file)?;
    if text.trim().is_empty() {
        return Err(CommandError::usage("the text of a plan must not be empty"));
    }
    context.refuse_secret("the new text of the plan", &text)?;
    within_limit(&wrap_comment(&text)).or_usage("could not replace the text")?;
    Ok(text)
}

/// Reads a patch from the command line.
fn patch(json: &str) -> Result<Patch, CommandError> {
    let like = "it is an object such as {\"branch_name\": \"b\", \"last_learn_at\": null}";
    Patch::from_json(json)
        .or_usage("could not use --patch")
        .map_err(|error| error.hint(like))
}

fn warn_of_ignored(context: &Context, patch: &Patch) {
    for ignored in patch.ignored() {
        let field = ignored.0;
        context
            .out
            .warn(&format!("{field} is set once and stays as it is"));
    }
}

/// Prints what a text becomes.
fn in_text(context: &Context, text: &str, patch: &Patch) -> CommandResult {
    let could_not = |error: &dyn std::error::Error| {
        CommandError::failed("could not change the header").detail(error.to_string())
    };
    let (edited, fields) = match apply_patch(text, patch).map_err(|error| could_not(&error))? {
        Edited::Same => (text.to_owned(), Vec::new()),
        Edited::Changed { text, fields } => (text, fields),
    };
    within_limit(&edited).map_err(|error| could_not(&error))?;
    warn_of_ignored(context, patch);
    let out = &context.out;
    if out.json_wanted() {
        let changed: Vec<&str> = fields.iter().map(|field| field.name()).collect();
        out.json(json!({ "changed": changed, "text": edited }));
    } else {
        out.exact(&edited);
    }
    Ok(Exit::Done)
}
