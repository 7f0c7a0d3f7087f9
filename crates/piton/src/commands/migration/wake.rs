//! `piton migration wake`: work on a migration that was put off goes on now.

use clap::Args;

use super::find::About;
use super::record::record;
use crate::context::Context;
use crate::error::CommandResult;
use crate::migrations::Decision;

/// Work on a migration again that was put off
///
/// A phase that was not ready, or work that kept failing, is left alone for a
/// while. This ends the wait: the next run tries again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration wake SLUG\n  piton migration wake SLUG --dry-run"
)]
pub(crate) struct WakeArgs {
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &WakeArgs) -> CommandResult {
    record(context, &args.about, Decision::Wake)
}
