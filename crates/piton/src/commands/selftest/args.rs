//! What `piton selftest` is asked for.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// Try on this machine what piton promises
///
/// With --crash, piton works in scratch repositories and is killed, with all
/// it started, at each system call that writes to the disk. After each kill the
/// next command runs, and it is looked whether anything was lost, torn, left or
/// stuck. Needs Linux on x86-64 or arm64.
///
/// With --seal, a program sealed as an agent is tries what it must not do:
/// write, link, rename and truncate your files, read credentials, signal other
/// programs, reach a network that is cut off. What came of it is a table.
///
/// Your own files are not touched. Ends with 1 when a promise is not kept.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").required(true).args(["crash", "seal"]))]
#[command(after_help = "\
Examples:
  piton selftest --crash --seconds 60       a minute of it
  piton selftest --crash --dir /mnt/data    on another disk
  piton selftest --crash --only step --point 57
  piton selftest --crash --errors           calls fail instead
  piton selftest --seal")]
pub(crate) struct SelftestArgs {
    /// Kill piton at each system call that writes
    #[arg(long)]
    pub(super) crash: bool,

    /// Try from inside a seal what a sealed program must not do
    #[arg(long, conflicts_with_all = ["seconds", "every", "only", "point", "errors"])]
    pub(super) seal: bool,

    /// What the sealed program tries, told by the one that sealed it
    #[arg(long, hide = true, requires = "seal")]
    pub(super) inside: Option<String>,

    /// Work in a new directory in DIR; default: the temporary directory
    #[arg(long, value_name = "DIR")]
    pub(super) dir: Option<PathBuf>,

    /// Stop after so many seconds
    #[arg(long, value_name = "N")]
    pub(super) seconds: Option<u64>,

    /// Try every K-th point only
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) every: Option<u64>,

    /// Try this scenario only; may be given again
    #[arg(long, value_name = "SCENARIO")]
    pub(super) only: Vec<String>,

    /// Try this point only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) point: Option<u64>,

    /// Let the calls fail (no space, input/output error, too many files)
    #[arg(long)]
    pub(super) errors: bool,

    /// Leave the scratch directory there
    #[arg(long)]
    pub(super) keep: bool,
}
