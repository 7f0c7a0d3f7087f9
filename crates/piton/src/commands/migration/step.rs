//! `piton migration step`: the next planning step, or all of them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use piton_migration::live::load_manifest;
use piton_migration::manifest::{MigrationState, Status};
use piton_migration::slug::Slug;
use serde_json::json;

use super::find::find;
use crate::agents::AgentArgs;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::migrations::{CARRY_OUT, PlannedStep, standing};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// Make the next planning step of a migration
///
/// The agent works in a slot, a repository of its own outside of yours. Its
/// answer is checked, published and committed; a step that fails changes
/// nothing but the run record, and the next one starts where this one did.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration step SLUG
  piton migration step SLUG --dry-run -vv      with the whole prompt
  piton migration step SLUG --until ready --with claude --model opus
  piton migration step SLUG --with command --agent-command \"my-agent --quiet\"")]
pub(crate) struct StepArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// Continue until the plan is ready or a person is needed
    #[arg(long, value_enum)]
    until: Option<Until>,

    /// Ask the agent again, although its last answer still waits to be
    /// published
    #[arg(long)]
    anew: bool,

    #[command(flatten)]
    agent: AgentArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

/// Where a sequence of steps ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Until {
    /// The plan may be carried out
    Ready,
}

pub(crate) fn run(context: &Context, args: &StepArgs) -> CommandResult {
    let mut place = context.place_to_call(&args.plan)?;
    args.agent.over(&mut place.settings)?;
    let slug = find(context, &place, &args.slug)?;
    if args.until.is_some() && !args.plan.changes_nothing() {
        // Where the goal is reached already there is nothing left to do.
        if let Standing::Over(Status::Ready | Status::Done) =
            where_it_stands(context, &place, &slug)?
            && let Some(exit) = tell_what_is_next(context, &place, &slug, args.until)?
        {
            if context.out.json_wanted() {
                let mut stands = standing::stands(context, &place, &slug);
                stands["steps"] = json!([]);
                context.out.json(stands);
            }
            return Ok(exit);
        }
        context.out.begin_series();
    }
    steps(context, &place, &slug, args.until, args.anew, &args.plan)
}

/// Makes the next step, and the ones after it where that is wanted.
pub(super) fn steps(
    context: &Context,
    place: &Place,
    slug: &Slug,
    until: Option<Until>,
    anew: bool,
    args: &PlanArgs,
) -> CommandResult {
    let step = PlannedStep::of(context, place, slug, args);
    let mut anew = anew;
    loop {
        let exit = step.carry_out(anew)?;
        if exit != Exit::Done || args.changes_nothing() {
            return Ok(exit);
        }
        anew = false;
        if let Some(exit) = tell_what_is_next(context, place, slug, until)? {
            return Ok(exit);
        }
    }
}

/// Says what is next after a step, and how the command ends; `None` where it
/// goes on.
pub(super) fn tell_what_is_next(
    context: &Context,
    place: &Place,
    slug: &Slug,
    until: Option<Until>,
) -> Result<Option<Exit>, CommandError> {
    let out = &context.out;
    let say = |text: &str| out.note(Channel::General, Level::INFO, text);
    let exit = match (where_it_stands(context, place, slug)?, until) {
        (Standing::Planning, Some(Until::Ready)) => return Ok(None),
        (Standing::Planning, None) => {
            out.hint(&format!("continue with `piton migration step {slug}`"));
            Exit::Done
        }
        (Standing::Over(status), _) => {
            say(&format!("{slug} is {status}"));
            if status == Status::Ready {
                out.hint(CARRY_OUT);
            }
            Exit::Done
        }
        (Standing::Waits(reason), until) => {
            let reason = piton_base::terminal::clean(&reason);
            say(&format!("{slug} waits for a person: {reason}"));
            out.hint(&format!("read it with `piton migration review {slug}`"));
            if until.is_some() {
                Exit::WaitsForPerson
            } else {
                Exit::Done
            }
        }
    };
    Ok(Some(exit))
}

/// Where a migration stands after a step.
enum Standing {
    Planning,
    Waits(String),
    Over(Status),
}

fn where_it_stands(
    context: &Context,
    place: &Place,
    slug: &Slug,
) -> Result<Standing, CommandError> {
    let manifest = load_manifest(&context.disk, &place.live().migration(slug))
        .or_failed("could not read the migration's status")?;
    let status = manifest.status();
    Ok(match MigrationState::from(manifest) {
        MigrationState::Planning(_) => Standing::Planning,
        MigrationState::AwaitingReview(waiting) => Standing::Waits(
            waiting
                .manifest()
                .human_review_reason()
                .unwrap_or("it does not say why")
                .to_owned(),
        ),
        MigrationState::Ready(_) | MigrationState::Skipped(_) | MigrationState::Done(_) => {
            Standing::Over(status)
        }
    })
}
