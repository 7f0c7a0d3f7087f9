//! What `piton init` is asked for.

use clap::Args;
use piton_base::RepoPath;

use crate::agent_files::Agents;
use crate::planned::PlanArgs;

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
    /// Where live migrations are
    #[arg(long, value_name = "DIR", value_parser = repo_path)]
    pub(super) migrations_dir: Option<RepoPath>,

    /// Where the team's taste is
    #[arg(long, value_name = "PATH", value_parser = repo_path)]
    pub(super) taste: Option<RepoPath>,

    /// The command that says whether the repository is sound
    #[arg(long, value_name = "COMMAND")]
    pub(super) validation_command: Option<String>,

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
    pub(super) agent_files: Vec<Agents>,

    /// Write the workflow that carries out dispatched plans, too
    #[arg(long)]
    pub(super) ci: bool,

    /// Replace what is in the way of a move; a directory is kept aside
    #[arg(long)]
    pub(super) force: bool,

    #[command(flatten)]
    pub(super) plan: PlanArgs,
}

/// A trailing slash says that it is a directory, and nothing more.
fn repo_path(text: &str) -> Result<RepoPath, String> {
    text.trim_end_matches('/')
        .parse()
        .map_err(|error| format!("{error}"))
}
