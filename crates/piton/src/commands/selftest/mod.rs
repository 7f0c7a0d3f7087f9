//! `piton selftest`: what piton promises, tried on this machine.

mod crash;

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::error::{CommandError, CommandResult};

/// Try on this machine what piton promises
///
/// With --crash, piton works in scratch repositories and is killed, with all
/// it started, at each system call that writes to the disk. After each kill the
/// next command runs, and it is looked whether anything was lost, torn, left or
/// stuck. Your own files are not touched. Needs Linux on x86-64 or arm64.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton selftest --crash --seconds 60       a minute of it
  piton selftest --crash --dir /mnt/data    on another disk
  piton selftest --crash --only step --point 57
  piton selftest --crash --errors           calls fail instead")]
pub(crate) struct SelftestArgs {
    /// Kill piton at each system call that writes
    #[arg(long, required = true)]
    crash: bool,

    /// Work in a new directory in DIR; default: the temporary directory
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Stop after so many seconds
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,

    /// Try every K-th point only
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,

    /// Try this scenario only; may be given again
    #[arg(long, value_name = "SCENARIO")]
    only: Vec<String>,

    /// Try this point only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    point: Option<u64>,

    /// Let the calls fail (no space, input/output error, too many files)
    #[arg(long)]
    errors: bool,

    /// Leave the scratch directory there
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(context: &Context, args: &SelftestArgs) -> CommandResult {
    if args.crash {
        return crash::run(context, args);
    }
    Err(CommandError::usage("no test is named").hint("name one: `piton selftest --crash`"))
}
