//! `piton traffic remove`: takes a set-up away again.

use clap::Args;
use piton_traffic::provision::{CreateError, RemoveParts, plan_remove};

use super::error;
use super::look::{How, look};
use super::place::{Known, MeantArgs};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::operation::Op;
use crate::planned::PlanArgs;

/// Take tracking away again: files, variables, the secret
///
/// The gists with all numbers stay, unless --delete-gists is given: then they
/// are gone for good. It always asks first, unless -y is given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic remove --dry-run
  piton traffic remove
  piton traffic remove --delete-gists --dry-run")]
pub(crate) struct RemoveArgs {
    /// The secret that holds the collector's token; default: the workflow's
    #[arg(long, value_name = "NAME")]
    gist_token_name: Option<String>,

    /// Delete the gists with everything in them, for good
    #[arg(long)]
    delete_gists: bool,

    /// Leave the files in the checkout
    #[arg(long)]
    keep_files: bool,

    #[command(flatten)]
    pub(super) meant: MeantArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &RemoveArgs) -> CommandResult {
    let place = Known::place_to_write(context, &args.plan)?;
    let how = How {
        secret: args.gist_token_name.as_deref(),
        ..How::default()
    };
    let looked = look(context, Some(place), &args.meant, how)?;
    let place = looked.checkout()?;
    let plan = plan_remove::<Op>(
        &looked.seen,
        &looked.known.global,
        &context.disk,
        place.top(),
        (&looked.known.list.root, &looked.known.list.name),
        RemoveParts {
            gists: args.delete_gists,
            files: !args.keep_files,
        },
    )
    .map_err(could_not)?;
    let asked = context.interactive() || context.global.yes;
    if plan.has_changes() && !args.plan.changes_nothing() && !asked {
        return Err(CommandError::new(
            ErrorKind::NeedsPerson,
            "this removes tracking, and there is no terminal to ask at; nothing was changed",
        )
        .hint("confirm with -y; --dry-run shows what would be removed"));
    }
    context.site(place).carry_out(&args.plan, &plan)
}

fn could_not(error: CreateError) -> CommandError {
    match error {
        CreateError::Unreadable(..) => {
            CommandError::failed("could not take tracking away; nothing was changed")
                .with_source(error)
                .hint("make it readable or move it away, then run the command again")
        }
        error => error::create(error),
    }
}
