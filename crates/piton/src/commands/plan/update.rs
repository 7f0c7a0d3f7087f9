//! `piton plan update`: sets fields of a header.

use std::path::PathBuf;

use clap::Args;
use piton_backend::header::{Edited, Patch, apply_patch};
use piton_backend::text::within_limit;
use serde_json::json;

use super::text;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;

/// Set fields of a plan's header
///
/// With --file the changed text is printed and nothing else happens: no file
/// is written, and no network is needed. Every byte outside the fields that
/// change stays as it was.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan update --file body.md --patch '{\"branch_name\": \"plnd/add-cache\"}'")]
pub(crate) struct UpdateArgs {
    /// A text to change; - is standard input
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Fields and their new values, as an object in JSON
    #[arg(long, value_name = "JSON")]
    patch: String,
}

pub(super) fn run(context: &Context, args: &UpdateArgs) -> CommandResult {
    let patch = patch(&args.patch)?;
    let text = text::read(context, &args.file)?;
    in_text(context, &text, &patch)
}

/// Reads a patch from the command line.
fn patch(json: &str) -> Result<Patch, CommandError> {
    Patch::from_json(json).map_err(|error| {
        CommandError::usage("could not use --patch")
            .because(error)
            .hint("it is an object such as {\"branch_name\": \"b\", \"last_learn_at\": null}")
    })
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
    let out = &context.out;
    for ignored in patch.ignored() {
        let field = ignored.0;
        out.warn(&format!("{field} is set once and stays as it is"));
    }
    if out.json_wanted() {
        let changed: Vec<&str> = fields.iter().map(|field| field.name()).collect();
        out.json(&json!({ "format": 1, "changed": changed, "text": edited }));
    } else {
        out.exact(&edited);
    }
    Ok(Exit::Done)
}
