//! What is to become of files that somebody changed.

use clap::Args;
use piton_plan::ConflictMode;
use piton_traffic::provision::OnConflict;

use crate::context::Context;

/// Options that say it.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConflictArgs {
    /// Replace what differs, without asking
    #[arg(long, conflicts_with_all = ["skip_existing", "on_conflict"])]
    pub(super) force: bool,

    /// Keep files that differ
    #[arg(long, conflicts_with = "on_conflict")]
    skip_existing: bool,

    /// About a file that differs: skip, overwrite, newer, larger, rename, fail, ask
    #[arg(long, value_name = "MODE")]
    on_conflict: Option<ConflictMode>,
}

impl ConflictArgs {
    /// Returns what was said. Where nothing was, somebody is asked; where nobody
    /// can be, the file is left out and told, so a dry run shows what happens.
    pub(super) fn settled(&self, context: &Context) -> OnConflict {
        let (mode, because) = match self.on_conflict {
            Some(mode) => (mode, "--on-conflict"),
            None if self.force => (ConflictMode::Overwrite, "--force"),
            None if self.skip_existing => (ConflictMode::Skip, "--skip-existing"),
            None if context.global.non_interactive => (ConflictMode::Skip, "--non-interactive"),
            None => (ConflictMode::Ask, "there was no answer"),
        };
        OnConflict { mode, because }
    }
}
