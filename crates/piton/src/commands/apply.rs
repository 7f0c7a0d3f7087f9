//! `piton apply`: performs a plan that was saved.

use std::path::PathBuf;

use clap::Args;
use piton_plan::render::Heading;
use piton_plan::saved::{self, LoadError, Refusal, SavedPlan};
use piton_plan::{ApplyError, Jobs};

use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::op::Op;
use crate::output::Show;
use crate::planned::{PlanArgs, short};
use crate::site;

/// Perform a plan that `--plan-out` saved
///
/// Every premise is checked again first. A plan that is stale, was applied
/// before, or is not as it was written is refused, and nothing is changed.
/// With a bare `--show` the plan is only shown, also when it is stale.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton init --plan-out plan.json
  piton apply --show plan.json        look at it, also when it is stale
  piton apply plan.json               perform it, once")]
pub(crate) struct ApplyArgs {
    /// The saved plan
    file: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ApplyArgs) -> CommandResult {
    let saved: SavedPlan<Op> = saved::load(&context.disk, &context.directory.join(&args.file))
        .map_err(|error| load_error(error, &args.file))?;
    let only_shown = context.global.show.contains(&Show::List);
    let only_look = only_shown || args.plan.changes_nothing();
    if context.recover_if_any(only_look, None)? == Some(saved.id) {
        // It was this very plan that was cut off.
        return Ok(Exit::Done);
    }
    let site = site::of_plan(context, &saved.plan)?;
    if only_shown {
        site.show(&args.plan, &saved.plan, Heading::Saved)?;
        return Ok(Exit::Done);
    }
    if args.plan.plan_out.is_some() {
        return Err(CommandError::usage(
            "a saved plan is not saved again; leave --plan-out out",
        ));
    }
    let journals = site.journals();
    let jobs = Jobs(args.plan.perform.jobs);
    piton_plan::admit(&saved, &context.disk, &journals, site.reading(), jobs)
        .map_err(admit_error)?;
    if args.plan.dry_run {
        return site.carry_out(&args.plan, &saved.plan);
    }
    if !context.out.json_wanted() {
        site.show(&args.plan, &saved.plan, Heading::Run)?;
    }
    site.perform_saved(&args.plan.perform, saved.id, &saved.plan)
}

fn load_error(error: LoadError, file: &std::path::Path) -> CommandError {
    let wrong = |error: LoadError| {
        CommandError::usage(format!("could not use the plan {}", file.display())).with_source(error)
    };
    match &error {
        LoadError::Read { .. } => wrong(error).hint("name a file that `--plan-out` wrote"),
        LoadError::Refused { why, .. } => match why {
            Refusal::Newer { .. } => {
                wrong(error).hint("use the piton that wrote it, or a newer one")
            }
            Refusal::Empty
            | Refusal::Older { .. }
            | Refusal::TooLarge(_)
            | Refusal::NotUtf8
            | Refusal::Truncated
            | Refusal::NotJson(_)
            | Refusal::NotAPlan
            | Refusal::Edited
            | Refusal::Invalid(_) => wrong(error).hint("make a new plan with `--plan-out`"),
        },
    }
}

fn admit_error(error: ApplyError) -> CommandError {
    match error {
        ApplyError::Stale(stale) => {
            let message = "the plan is stale; nothing was changed";
            let error = CommandError::new(ErrorKind::Stale, message);
            stale
                .0
                .into_iter()
                .fold(error, |error, change| {
                    error.detail(format!(
                        "{}: expected {}, found {}",
                        change.action, change.expected, change.found
                    ))
                })
                .hint("decide anew with the command that made it")
                .hint("`piton apply --show` still shows it")
        }
        ApplyError::Applied { id } => CommandError::new(
            ErrorKind::Stale,
            "the plan was applied already, and a plan is applied once only; nothing was changed",
        )
        .hint(format!(
            "`piton journal show {}` tells what came of it",
            short(id)
        )),
        ApplyError::Unfinished { id } => {
            CommandError::failed("the plan was begun and not finished; nothing was changed")
                .hint(format!("go on with `piton journal resume {}`", short(id)))
        }
        ApplyError::Journal(_) => {
            CommandError::failed("could not see whether the plan was applied before")
                .with_source(error)
        }
    }
}
