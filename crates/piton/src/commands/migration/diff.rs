//! `piton migration diff`: what the last commit of a migration changed.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::find::find;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};

/// Show what the last step of a migration changed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration diff SLUG
  piton migration diff SLUG --steps 3     what the last three commits changed")]
pub(crate) struct DiffArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// How many of its commits back
    #[arg(long, value_name = "N", default_value = "1")]
    steps: std::num::NonZeroUsize,
}

pub(crate) fn run(context: &Context, args: &DiffArgs) -> CommandResult {
    let place = context.place()?;
    let slug = find(context, &place, &args.slug)?;
    let path = place.path_of(&slug)?;
    let path = Path::new(path.as_str());
    let history = place.repository.history(path)?;
    let (Some(newest), Some(before)) = (
        history.first(),
        history.get(args.steps.get().min(history.len().saturating_sub(1))),
    ) else {
        return Err(CommandError::usage(format!(
            "nothing of {slug} is committed yet"
        )));
    };
    let colour = context.out.colors_stdout() && !context.out.json_wanted();
    let changes = place
        .repository
        .changes_between(&before.commit, &newest.commit, path, colour)?;
    if context.out.json_wanted() {
        context.out.json(json!({
            "slug": slug.as_str(),
            "from": before.commit.as_str(),
            "to": newest.commit.as_str(),
            "subject": newest.subject,
            "diff": changes,
        }));
    } else if changes.is_empty() {
        context.out.hint(&format!(
            "{slug} has one commit only; nothing to compare it with"
        ));
    } else {
        context.out.data(&changes);
    }
    Ok(Exit::Done)
}
