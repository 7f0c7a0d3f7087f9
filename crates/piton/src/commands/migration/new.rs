//! `piton migration new`: starts a migration.

use clap::Args;
use piton_base::RepoPath;
use piton_loop::clock::local_stamp;
use piton_migration::own::{Target, TargetProvenance};
use piton_migration::slug::Slug;

use super::start::{free_slug, plain_slug, proposal, refuse_taken, refuse_without_commits};
use super::step::{Until, steps};
use crate::agents::AgentArgs;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::migrations::proposed;
use crate::planned::PlanArgs;
use crate::planning::readiness;
use crate::terminal::worded;

/// Start a migration
///
/// Records what should change and commits that; no agent is called yet. Without
/// a slug, one is made from the first words of the target.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration new --target \"split the parser from the report\"
  piton migration new split-parser --target \"…\" --file src/parser.rs
  piton migration new --target \"…\" --until ready     and plan it at once")]
pub(crate) struct NewArgs {
    /// The migration's name, and its directory's
    #[arg(value_parser = plain_slug)]
    slug: Option<Slug>,

    /// What should change, in a sentence or more
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    target: String,

    /// A file that it is about; may be given more than once
    #[arg(long = "file", value_name = "PATH")]
    files: Vec<RepoPath>,

    /// Its limits: hints, what not to touch
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    scope: Option<String>,

    /// Plan it now, until the plan is ready or a person is needed
    #[arg(long, value_enum)]
    until: Option<Until>,

    #[command(flatten)]
    agent: AgentArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &NewArgs) -> CommandResult {
    if args.target.trim().is_empty() {
        return Err(CommandError::usage("--target must not be empty"));
    }
    context.refuse_secret("--target", &args.target)?;
    if let Some(scope) = &args.scope {
        context.refuse_secret("--scope", scope)?;
    }
    let mut place = context.place_to_write(&args.plan)?;
    args.agent.over(&mut place.settings)?;
    let slug = match &args.slug {
        Some(slug) => slug.clone(),
        None => free_slug(context, &place, &args.target)?,
    };
    refuse_without_commits(&place, &slug)?;
    let validation = place.settings.validation_command();
    for line in readiness::missing(context, &place, validation) {
        if args.until.is_some() {
            return Err(CommandError::usage(format!(
                "could not plan it at once: {line}"
            )));
        }
        context.out.warn(&line);
    }
    refuse_taken(context, &place, &slug)?;
    for file in &args.files {
        if !context.disk_has(&file.under(place.top()))? {
            return Err(
                CommandError::usage(format!("--file {file}: there is no such file here"))
                    .hint("name files from the top of the repository"),
            );
        }
    }
    let target = Target {
        description: args.target.clone(),
        provenance: TargetProvenance::Targets,
        files: args.files.iter().map(ToString::to_string).collect(),
        scope: args.scope.clone(),
    };
    let said = (
        "migration.new",
        place.settings.commit_prefix(),
        &*args.target,
    );
    let proposal = proposal(&slug, target, None, said, local_stamp(&context.clock));
    if args.until.is_some() && !args.plan.changes_nothing() {
        context.out.begin_series();
    }
    let exit = proposed::carry_out(context, &place, &args.plan, "migration new", proposal)?;
    if exit != Exit::Done || args.plan.changes_nothing() {
        return Ok(exit);
    }
    if args.until.is_some() {
        return steps(context, &place, &slug, args.until, false, &args.plan);
    }
    context
        .out
        .hint(&format!("plan it with `piton migration step {slug}`"));
    Ok(exit)
}
