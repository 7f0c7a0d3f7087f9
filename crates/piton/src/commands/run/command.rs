//! `piton run` itself: how far a run goes, from its arguments.

use std::num::NonZeroUsize;

use clap::Args;
use piton_loop::deciding::limits::Limits;

use super::args::{self, SourceArgs};
use super::course::Course;
use super::drive::drive;
use crate::agents::AgentArgs;
use crate::config::Dollars;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::workshop::{Way, WorkArgs};

/// Carry out what is planned, and clean up, action by action
///
/// Accepted work lands before anything new is begun; planning steps come
/// before phases, phases before source targets. Agents work in slots; what
/// they make is validated where no agent writes, and lands on the branch that
/// is checked out without touching anything else of yours.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton run --focus-on-live-migrations             only what is planned
  piton run --focus-on-live-migrations --dry-run   what comes first, what waits
  piton run --extensions rs --max-refactors 5 --with claude
  piton run --targets targets.jsonl --scope-instruction \"the parser\"")]
pub(crate) struct RunArgs {
    /// Work on live migrations alone, until nothing more can be done
    #[arg(long)]
    focus_on_live_migrations: bool,

    /// How many actions at most; 0 is no limit. Needed unless there is a list of
    /// targets, or --focus-on-live-migrations
    #[arg(long, value_name = "N")]
    max_refactors: Option<u32>,

    /// How many tries one piece of work has; 0 is as many as it takes, at most 50
    #[arg(long, value_name = "N", default_value_t = 1)]
    max_attempts: u32,

    /// How many failures in a row end the run
    #[arg(long, value_name = "N", default_value_t = 3)]
    max_consecutive_failures: u32,

    /// How long the run may take, such as 8h; a call under way is ended then
    #[arg(long, alias = "max-time", value_name = "TIME")]
    max_duration: Option<String>,

    /// How many tokens the run may use, as far as agents report them; a call
    /// under way is finished, and no other is made
    #[arg(long, value_name = "N")]
    max_tokens: Option<u64>,

    /// How many dollars the run may cost, as far as agents report it; a call
    /// under way is finished, and no other is made
    #[arg(long, value_name = "DOLLARS")]
    max_cost: Option<Dollars>,

    /// How many actions run at once, each in a slot of its own; they land one
    /// after the other
    #[arg(short = 'j', long, value_name = "N", default_value = "1", value_parser = jobs)]
    jobs: NonZeroUsize,

    /// How the subjects of commits begin
    #[arg(long, value_name = "TEXT")]
    commit_message_prefix: Option<String>,

    /// How many seconds to rest between actions
    #[arg(long, value_name = "SECONDS")]
    sleep: Option<f64>,

    #[command(flatten)]
    source: SourceArgs,

    #[command(flatten)]
    work: WorkArgs,

    #[command(flatten)]
    agent: AgentArgs,
}

/// Reads how many actions go on at once. More than there are slots is no use.
fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    const MOST: usize = 32;
    text.parse::<NonZeroUsize>()
        .ok()
        .filter(|jobs| jobs.get() <= MOST)
        .ok_or_else(|| format!("must be a whole number from 1 to {MOST}"))
}

pub(crate) fn run(context: &Context, args: &RunArgs) -> CommandResult {
    let mut place = args.work.place(context, &args.agent)?;
    place.settings.flag(
        "commit-prefix",
        "--commit-message-prefix",
        args.commit_message_prefix.as_deref(),
    )?;
    let rest = args.sleep.map(args::seconds).transpose()?;
    let source = if args.focus_on_live_migrations {
        args.source.none()
    } else {
        args.source.read(context)?
    };
    let actions = match (args.max_refactors, source.count()) {
        (Some(0), _) => None,
        (Some(most), _) => Some(most),
        // Live migrations have an end of their own.
        (None, _) if args.focus_on_live_migrations => None,
        // A list without targets is used up.
        (None, Some(0)) => None,
        (None, Some(count)) => Some(count),
        (None, None) => {
            return Err(CommandError::usage("no number of actions was given")
                .hint("give --max-refactors N (0 is no limit), --targets FILE, or --focus-on-live-migrations"));
        }
    };
    drive(
        context,
        &place,
        &args.work,
        &Course {
            way: Way::Run,
            source,
            focus: args.focus_on_live_migrations,
            limits: Limits {
                actions,
                failures_in_a_row: Some(args.max_consecutive_failures),
                seconds: args.max_duration.as_deref().map(args::time).transpose()?,
                tokens: args.max_tokens,
                dollars: args.max_cost.map(Dollars::amount),
                day: None,
                on_quota: place.settings.run_limit(),
            },
            jobs: args.jobs,
            tries: match args.max_attempts {
                0 => 50,
                most => most,
            },
            rest,
        },
    )
}
