//! What `piton taste` is asked for.

use clap::{ArgGroup, Args};
use piton_loop::taste::TasteMode;

use crate::planned::PlanArgs;

/// Show where the team's taste is, or write it with an agent
///
/// Without a mode: makes the file if it is missing, and prints its path. With
/// one, an agent talks with you on your terminal and writes a copy; when you
/// have approved it, what changed is shown and takes the place of the file.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("mode").args(["interview", "refine", "upgrade"])),
    after_help = "\
Examples:
  piton taste                       where it is
  piton taste --interview           write it with an agent
  piton taste --refine --with codex
  piton taste --upgrade             what newer versions ask about
  piton taste --global --interview  yours, for repositories without one"
)]
pub(crate) struct TasteArgs {
    /// The user's own file instead of the repository's
    #[arg(long)]
    pub(super) global: bool,

    /// Write a new one, from an interview
    #[arg(long)]
    pub(super) interview: bool,

    /// Make what is there better
    #[arg(long)]
    pub(super) refine: bool,

    /// Add what newer versions ask about
    #[arg(long)]
    pub(super) upgrade: bool,

    /// Interview although the file was edited; a copy of it is kept
    #[arg(long, requires = "interview")]
    pub(super) force: bool,

    /// The agent: claude, codex, command, or one of your own
    #[arg(long, value_name = "AGENT", requires = "mode", add = crate::completing::agents())]
    pub(super) with: Option<String>,

    /// The model the agent is asked to use
    #[arg(long, value_name = "MODEL", requires = "mode")]
    pub(super) model: Option<String>,

    #[command(flatten)]
    pub(super) plan: PlanArgs,
}

impl TasteArgs {
    pub(super) fn mode(&self) -> Option<TasteMode> {
        match (self.interview, self.refine, self.upgrade) {
            (true, _, _) => Some(TasteMode::Interview { force: self.force }),
            (_, true, _) => Some(TasteMode::Refine),
            (_, _, true) => Some(TasteMode::Upgrade),
            (false, false, false) => None,
        }
    }
}
