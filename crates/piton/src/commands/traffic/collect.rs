//! `piton traffic collect`: one run of the collector.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use piton_base::Clock as _;
use piton_durable::DiskRead as _;
use piton_github::operation::{EditGist, ForgeOp, GistChange};
use piton_github::{Client, ForgeRead as _, RepoName};
use piton_plan::{Plan, PlanBuilder, Slot};
use piton_traffic::collect::{
    Given, Moment, Outcome, StateRead, Target, collect, fetch, read_archive, read_past, read_state,
    replay,
};
use piton_traffic::ordered::{Json, Object};
use piton_traffic::provision::{ARCHIVE_VARIABLE, BADGE_VARIABLE};

use super::error;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::{PlanArgs, site};

/// GitHub cuts files of gists beyond a megabyte.
const LARGE: usize = 900_000;

/// A clock that is further off than this is not gone by.
const LARGEST_SKEW: SignedDuration = SignedDuration::from_mins(10);

/// Collect the traffic of a repository into its gists
///
/// Reads the state and GitHub's numbers, computes, and writes once. Nothing is
/// written after an incomplete read. It needs no checkout: variables of the
/// environment say what to collect, and where.
///
/// With --replay it computes from a recording and prints what would be written;
/// nothing is read from GitHub then.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic collect                    as the workflow runs it
  piton traffic collect --dry-run
  piton traffic collect --replay run.json
  piton traffic collect --replay run.json --compat     as ghtraf would")]
pub(crate) struct CollectArgs {
    /// The repository, OWNER/NAME; default `GITHUB_REPOSITORY`
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,

    /// The gist of the badges; default `TRAFFIC_GIST_ID`
    #[arg(long, value_name = "ID")]
    badge_gist: Option<String>,

    /// The gist of the archive; default `TRAFFIC_ARCHIVE_GIST_ID`
    #[arg(long, value_name = "ID")]
    archive_gist: Option<String>,

    /// How fresh the numbers may be for a push to collect nothing
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    fresh_minutes: u32,

    /// Compute from a recording (- for standard input) and print the result
    #[arg(long, value_name = "FILE", conflicts_with_all = ["repository", "badge_gist", "archive_gist"])]
    replay: Option<PathBuf>,

    /// Follow ghtraf's algorithm exactly, its faults included
    #[arg(long, requires = "replay")]
    compat: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &CollectArgs) -> CommandResult {
    match &args.replay {
        Some(file) => replayed(context, file, args.compat),
        None => collected(context, args),
    }
}

fn collected(context: &Context, args: &CollectArgs) -> CommandResult {
    let settings = match context.place_if_any()? {
        Some(place) => place.settings,
        None => context.settings(None)?,
    };
    let repository =
        variable(context, args.repository.as_ref(), "GITHUB_REPOSITORY").ok_or_else(|| {
            CommandError::usage("could not find out which repository to collect")
                .hint("name it with --repository OWNER/NAME, or set GITHUB_REPOSITORY")
        })?;
    let repository: RepoName = repository
        .parse()
        .or_usage("could not use the repository")?;
    let forge = crate::context::forge::client(context, &settings)?;
    let (given, revision) = given(context, args, &forge, &repository)?;
    context.out.trace("read the state");
    let answers = fetch(&forge, &repository, &given.state, given.now);
    context.out.trace("read everything else");
    let outcome = collect(&given, &answers);
    context.out.trace("computed");
    let plan = plan(&given, &outcome, revision.as_deref())?;
    if let Some(why) = &outcome.skipped {
        context.out.note(Channel::Traffic, Level::INFO, why);
    }
    if outcome.writes.is_empty()
        && let Some(error) = outcome.error
    {
        let told = CommandError::failed("could not collect; nothing was written");
        return Err(told.with_source(error).hints(outcome.hint));
    }
    let ended = site::anywhere(context)?.carry_out_and_tell(&args.plan, &plan)?;
    match outcome.error {
        // What was read is kept; that something fails again and again is loud.
        Some(error) if ended.exit == Exit::Done => {
            Err(CommandError::failed("could not collect everything").with_source(error))
        }
        _ => Ok(ended.exit),
    }
}

/// Returns what a flag says, or else a variable.
fn variable(context: &Context, flag: Option<&String>, name: &str) -> Option<String> {
    let variable = || context.environment.get(name).map(str::to_owned);
    flag.cloned().or_else(variable)
}

/// Reads what a run begins with, and the newest revision of the state.
fn given(
    context: &Context,
    args: &CollectArgs,
    forge: &Client,
    repository: &RepoName,
) -> Result<(Given, Option<String>), CommandError> {
    let gist = variable(context, args.badge_gist.as_ref(), BADGE_VARIABLE);
    let archive_gist = variable(context, args.archive_gist.as_ref(), ARCHIVE_VARIABLE);
    let (state, revision) = match &gist {
        None => (StateRead::Missing { revisions: None }, None),
        Some(gist) => read_state(forge, gist)
            .map_err(|error| error::forge("read the state; nothing was written", error))?,
    };
    let now = Moment(told_time(context, forge.heard()));
    let given = Given {
        repository: repository.to_string(),
        now,
        pushed: context.environment.get("GITHUB_EVENT_NAME") == Some("push"),
        fresh_minutes: i64::from(args.fresh_minutes),
        archive: match &archive_gist {
            Some(gist) => read_archive(forge, gist),
            None => Some(BTreeMap::new()),
        },
        past: match &gist {
            Some(gist) => read_past(forge, gist, &state, now),
            None => Vec::new(),
        },
        gist,
        archive_gist,
        state,
    };
    Ok((given, revision))
}

/// Returns what time it is: by GitHub's clock where this machine's is wrong. One
/// that is ahead would take days for over on which runs still go on.
fn told_time(context: &Context, heard: Option<Timestamp>) -> Timestamp {
    let here = context.clock.now();
    let Some(there) = heard else { return here };
    let apart = here.duration_since(there);
    if apart.abs() <= LARGEST_SKEW {
        return here;
    }
    context.out.warn(&format!(
        "this machine's clock says {here}, and GitHub's {there}; GitHub's counts"
    ));
    there
}

/// One action for each gist, the archive first.
fn plan(
    given: &Given,
    outcome: &Outcome,
    revision: Option<&str>,
) -> Result<Plan<Op>, CommandError> {
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("traffic collect");
    for warning in &outcome.warnings {
        builder.warn(warning.as_str());
    }
    builder.note("repository", given.repository.as_str());
    for write in &outcome.writes {
        let Target::Gist(id) = &write.target else {
            continue;
        };
        let badge = Some(id) == given.gist.as_ref();
        let files: BTreeMap<String, String> = write
            .files
            .iter()
            .map(|(name, file)| (name.clone(), file.pretty()))
            .collect();
        for (name, text) in &files {
            if let Some(told) = too_large(name, text) {
                builder.warn(told);
            }
        }
        builder.add(Op::Forge(ForgeOp::EditGist(EditGist {
            name: if badge { "state" } else { "archive" }.to_owned(),
            change: GistChange::Update,
            id: Slot::Known(id.clone()),
            description: None,
            files,
            revision: revision.filter(|_| badge).map(str::to_owned),
        })));
    }
    Ok(builder.build()?)
}

fn too_large(name: &str, text: &str) -> Option<String> {
    let length = text.len();
    (length > LARGE).then(|| format!("{name} has {length} bytes; beyond a megabyte GitHub cuts it"))
}

/// Warns of what would be written and is nearly too large for a gist.
fn warn_of_size(context: &Context, replayed: &Json) {
    let whole = replayed.object();
    let runs = whole.map(|whole| whole.list("runs")).unwrap_or_default();
    let last = runs.last().and_then(Json::object).or(whole);
    let writes = last.map(|last| last.list("writes")).unwrap_or_default();
    let files = writes
        .iter()
        .filter_map(|write| write.object()?.object("files"));
    for (name, file) in files.flat_map(Object::iter) {
        if let Some(told) = too_large(name, &file.pretty()) {
            context.out.warn(&told);
        }
    }
}

fn replayed(context: &Context, file: &Path, compat: bool) -> CommandResult {
    let could_not = format!("could not replay {}", file.display());
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.or_usage(&could_not)?;
        bytes
    } else {
        let path = context.directory.join(file);
        context.disk.read(&path).or_usage(&could_not)?
    };
    let replayed = replay(&bytes, compat)
        .or_usage(could_not)
        .map_err(|error| {
            error.hint("a recording has `now`, `state` and `api`, or `initial_state` and `runs`")
        })?;
    warn_of_size(context, &replayed);
    let text = replayed.pretty();
    if context.out.json_wanted() {
        let outcome: serde_json::Value =
            serde_json::from_str(&text).or_internal("could not show the outcome")?;
        context.out.json(serde_json::json!({ "outcome": outcome }));
    } else {
        context.out.data(&format!("{text}\n"));
    }
    Ok(Exit::Done)
}
