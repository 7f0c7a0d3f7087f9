//! `piton migration new`: starts a migration.

use clap::Args;
use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_loop::clock::local_stamp;
use piton_loop::commit;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::snapshot::Snapshot;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::own::{OWN_FILE, Target, TargetProvenance};
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;

use super::proposed;
use super::standing;
use super::step::{Until, steps};
use crate::agents::AgentArgs;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::planned::PlanArgs;
use crate::planning::{planning_site, refusal};
use crate::readiness;

/// Start a migration
///
/// Records what shall change and commits that; no agent is called yet. The
/// slug is made from the first words of the target where none is given.
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

    /// What shall change, in a sentence or more
    #[arg(long, value_name = "TEXT")]
    target: String,

    /// A file that it is about; may be given again
    #[arg(long = "file", value_name = "PATH")]
    files: Vec<RepoPath>,

    /// What it shall keep to: limits, hints, what not to touch
    #[arg(long, value_name = "TEXT")]
    scope: Option<String>,

    /// Plan it at once, until the plan is ready or a person is needed
    #[arg(long, value_enum)]
    until: Option<Until>,

    #[command(flatten)]
    agent: AgentArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &NewArgs) -> CommandResult {
    if args.target.trim().is_empty() {
        return Err(CommandError::usage("--target must say what shall change"));
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
    if place.repository.head()?.is_none() {
        return Err(refusal(StepRefusal::NoCommit, &slug));
    }
    // Better known before anything is written than in the middle.
    place.repository.identity()?;
    let validation = place.settings.validation_command();
    for line in readiness::missing(context, &place, validation) {
        if args.until.is_some() {
            return Err(CommandError::usage(format!(
                "could not plan it at once: {line}"
            )));
        }
        context.out.warn(&line);
    }
    let live = place.live().migration(&slug);
    if context.disk.stat(&live)?.is_some() {
        return Err(refusal(StepRefusal::Taken { slug: slug.clone() }, &slug));
    }
    planning_site(&place)?;
    for file in &args.files {
        if context
            .disk
            .stat(&file.under(place.top()))
            .ok()
            .flatten()
            .is_none()
        {
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
    let start = Snapshot::start(&slug, target, local_stamp(&context.clock));
    let mut contents = start.contents;
    contents.put(MANIFEST_FILE, start.manifest.encode());
    contents.put(STATE_FILE, start.state.encode());
    contents.put(OWN_FILE, start.own.encode());
    let prefix = place.settings.commit_prefix();
    let subject = commit::new_migration_subject(prefix, slug.as_str());
    let proposal = Proposal {
        slug: slug.clone(),
        base: start.digest,
        contents,
        mode: Mode::PlanningSnapshot,
        operation: "migration.new".to_owned(),
        message: commit::message(&subject, &args.target, None),
    };
    let plan = proposed::plan(context, &place, "migration new", proposal)?;
    if args.until.is_some() && !args.plan.changes_nothing() {
        context.out.begin_series();
    }
    let exit = standing::carry_out(context, &place, &slug, &args.plan, &plan)?;
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

/// Returns a short name for the target that nothing has yet.
pub(super) fn free_slug(
    context: &Context,
    place: &Place,
    target: &str,
) -> Result<Slug, CommandError> {
    let short = Slug::short(target);
    let live = place.live();
    let numbered = (2..).map(|number| short.numbered(number));
    for slug in std::iter::once(short.clone()).chain(numbered) {
        if !context.disk_has(&live.migration(&slug))? {
            return Ok(slug);
        }
    }
    Ok(short)
}

/// Names stand in paths, branches and messages.
const LONGEST: usize = 100;

/// A name that is also a plain word on a command line. Migrations that are
/// there already may be called otherwise.
pub(super) fn plain_slug(text: &str) -> Result<Slug, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.chars().all(plain) {
        return Err("a new name is made of letters, digits, `-`, `_` and `.`".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("a new name has at most {LONGEST} characters"));
    }
    text.parse().map_err(|error| format!("{error}"))
}
