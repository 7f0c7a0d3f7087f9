//! The options that every command has.

use std::path::PathBuf;

use clap::Args;

use crate::output::{Color, Fields, Show};

/// Options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Work as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,

    /// When to use colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t, global = true)]
    pub(crate) color: Color,

    /// Print one JSON document; with fields, only those of its result
    #[arg(
        long,
        value_name = "FIELD,…",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        global = true
    )]
    pub(crate) json: Option<Fields>,

    /// Write what happens to FILE as lines of JSON; - is standard output
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) events: Option<PathBuf>,

    /// Never ask; what needs an answer fails, naming the flag that gives it
    #[arg(long, global = true)]
    pub(crate) non_interactive: bool,

    /// Answer yes to "proceed?"
    #[arg(short = 'y', long, global = true)]
    pub(crate) yes: bool,

    /// Show more; -vv shows payloads
    #[arg(short = 'v', long, action = clap::ArgAction::Count, global = true)]
    pub(crate) verbose: u8,

    /// Show less; -QQQQ shows nothing at all
    #[arg(short = 'Q', short_alias = 'q', long, action = clap::ArgAction::Count, global = true)]
    pub(crate) quiet: u8,

    /// Show one channel up to a level; alone, list the channels
    #[arg(
        long,
        value_name = "CHANNEL[:LEVEL]",
        add = crate::output::offering::channels(),
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        global = true
    )]
    pub(crate) show: Vec<Show>,
}
