//! `piton taste`: the team's preferences, which every prompt carries.

mod file;
mod session;

use clap::{ArgGroup, Args};
use piton_loop::taste::TasteMode;

use crate::context::Context;
use crate::error::CommandResult;
use crate::planned::PlanArgs;
use crate::taste::warn_if_stale;
use file::TasteFile;

/// Tell where the team's taste lies, and write it with an agent
///
/// Without a mode: makes the file if it is missing, and prints its path. With
/// one, an agent talks with you on your terminal and writes a copy; when you
/// have approved it, what changed is shown and takes the place of the file.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("mode").args(["interview", "refine", "upgrade"])),
    after_help = "\
Examples:
  piton taste                       where it lies
  piton taste --interview           write it with an agent
  piton taste --refine --with codex
  piton taste --upgrade             what newer versions ask about
  piton taste --global --interview  yours, for repositories without one"
)]
pub(crate) struct TasteArgs {
    /// The user's own file instead of the repository's
    #[arg(long)]
    global: bool,

    /// Write it anew, from an interview
    #[arg(long)]
    interview: bool,

    /// Make what is there better
    #[arg(long)]
    refine: bool,

    /// Add what newer versions ask about
    #[arg(long)]
    upgrade: bool,

    /// Interview over a file that somebody wrote; a copy of it is kept
    #[arg(long, requires = "interview")]
    force: bool,

    /// The agent: claude, codex, command, or one of your own
    #[arg(long, value_name = "AGENT", requires = "mode", add = crate::completing::agents())]
    with: Option<String>,

    /// The model the agent is asked to use
    #[arg(long, value_name = "MODEL", requires = "mode")]
    model: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

impl TasteArgs {
    fn mode(&self) -> Option<TasteMode> {
        match (self.interview, self.refine, self.upgrade) {
            (true, _, _) => Some(TasteMode::Interview { force: self.force }),
            (_, true, _) => Some(TasteMode::Refine),
            (_, _, true) => Some(TasteMode::Upgrade),
            (false, false, false) => None,
        }
    }
}

pub(crate) fn run(context: &Context, args: &TasteArgs) -> CommandResult {
    let place = if args.global {
        context.place_if_any()?
    } else {
        Some(context.place_to_write(&args.plan)?)
    };
    let file = TasteFile::find(context, place.as_ref(), args.global)?;
    match args.mode() {
        None => {
            if let Some(place) = &place {
                warn_if_stale(context, place);
            }
            file::show(context, &file, &args.plan)
        }
        Some(mode) => {
            let place = place.map(|place| context.vetted(place)).transpose()?;
            session::run(context, place.as_ref(), &file, mode, args)
        }
    }
}
