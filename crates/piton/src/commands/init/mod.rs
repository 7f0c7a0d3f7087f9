//! `piton init`: sets piton up in a repository.

mod adopt;
mod agent_files;
mod ci;
mod decide;
mod guess;
mod migrations;
mod settings;
mod taste;

use clap::Args;
use piton_base::RepoPath;

use crate::agent_files::Agents;
use crate::context::Context;
use crate::error::CommandResult;
use crate::exit::Exit;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::readiness;

use self::ci::Ci;
pub(crate) use self::ci::WORKFLOW;

/// Set piton up in this repository
///
/// Writes piton.toml, the taste file and the migrations directory. Run again
/// with other settings it moves what it made before. A repository that
/// continuous-refactoring has been working in is taken over as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton init --dry-run
  piton init
  piton init --migrations-dir docs/plans --validation-command \"make check\"
  piton init --agent-files               for Claude Code and Codex
  piton init --taste .continuous-refactoring/taste.md
  piton init --ci --dry-run")]
pub(crate) struct InitArgs {
    /// Where live migrations lie
    #[arg(long, value_name = "DIR", value_parser = repo_path)]
    migrations_dir: Option<RepoPath>,

    /// Where the team's taste lies
    #[arg(long, value_name = "PATH", value_parser = repo_path)]
    taste: Option<RepoPath>,

    /// The command that says whether the repository is sound
    #[arg(long, value_name = "COMMAND")]
    validation_command: Option<String>,

    /// Write skills and commands for agents, into piton's own lines
    #[arg(
        long,
        value_name = "AGENT",
        value_enum,
        value_delimiter = ',',
        num_args = 0..=1,
        require_equals = true,
        default_missing_values = ["claude", "codex"]
    )]
    agent_files: Vec<Agents>,

    /// Write the workflow that carries out dispatched plans, too
    #[arg(long)]
    ci: bool,

    /// Replace what is in the way of a move; a directory is set aside
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &InitArgs) -> CommandResult {
    if let Some(line) = &args.validation_command {
        context.refuse_secret("--validation-command", line)?;
    }
    let place = context.place_to_write(&args.plan)?;
    let ci = args.ci.then(|| Ci::read(&place.settings)).transpose()?;
    let site = context.site(&place);
    let data = context.environment.original_data();
    let decided = decide::decide(
        &context.disk,
        &place.repository,
        data.as_deref(),
        args,
        ci.as_ref(),
    )?;
    for line in &decided.told {
        context.out.note(Channel::Setup, Level::NORMAL, line);
    }
    // Better known now than when the first migration is to be committed.
    if let Err(error) = place.repository.identity() {
        let way_out = error.hint().unwrap_or_default();
        context.out.warn(&format!(
            "could not {error}: nothing can be committed; {way_out}"
        ));
    }
    for line in readiness::missing(context, &place, decided.validation.as_deref()) {
        context.out.warn(&line);
    }
    let ended = site.carry_out_and_tell(&args.plan, &decided.plan)?;
    if ended.exit == Exit::Done && !ended.receipts.is_empty() {
        context
            .out
            .hint("look at what was written, then commit it: `git add -A && git commit`");
        context
            .out
            .hint("start a migration: `piton migration new --target \"what shall change\"`");
    }
    Ok(ended.exit)
}

/// A trailing slash says that it is a directory, and nothing more.
fn repo_path(text: &str) -> Result<RepoPath, String> {
    text.trim_end_matches('/')
        .parse()
        .map_err(|error| format!("{error}"))
}
