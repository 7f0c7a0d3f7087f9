//! `piton traffic backfill`: measured history that the state lacks.

use piton_base::text::beside;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use piton_durable::DiskRead as _;
use piton_github::endpoints::{gists, releases, traffic};
use piton_github::{ForgeError, ForgeRead, RepoName};
use piton_plan::{PlanBuilder, Receipt};
use piton_traffic::collect::{
    Day, Measured, Mending, Range, Repair, RepairOptions, all_days, counts, fill, from_history,
    month_files, read_stars, recount_ci, release, release_series, repair, runs_of_day, star_rows,
    window,
};
use piton_traffic::import::{ImportError, import};
use piton_traffic::ordered::{Json, Object};
use piton_traffic::provision::add_state;
use piton_traffic::survey::GistSeen;

use super::error;
use super::export::day;
use super::look::{How, Looked, look};
use super::place::MeantArgs;
use super::state::{again_once, gists_of, mending, state_of, wait_for_collector};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::planned::{PlanArgs, site};

/// Where history comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Source {
    /// GitHub's window of fourteen days
    Window,
    /// Fields that rows lack, out of the window and of what is stored
    Columns,
    /// The runs of workflows: clones of CI
    Ci,
    /// The moments at which stars came
    Stars,
    /// Downloads of each release
    Downloads,
    /// Month files that are missing, out of the rows
    Archives,
    /// Every revision of the gist
    GistHistory,
    /// A file of another tool
    Import,
}

/// Fill in measured history that the state lacks
///
/// A measured number is never lowered; estimates may be corrected. Every row
/// and every total is an action of its own, and all of it is written at once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic backfill --dry-run
  piton traffic backfill --source gist-history     from older states
  piton traffic backfill --source import views.csv
  piton traffic backfill --repair expired-uniques
  piton traffic backfill --source ci --days 14

Files of other tools are known by the names of their columns: a day, and clones,
unique clones, views or unique views. CSV, SQLite files, and the JSON of states,
of archives and of `piton traffic export`. Where a file holds several
repositories, the rows of this one are taken.")]
pub(crate) struct BackfillArgs {
    /// Where history comes from
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t = Source::Window)]
    source: Source,

    /// The file to import
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Only these repairs, and no source
    #[arg(long, value_name = "NAME", value_parser = repair_word(), conflicts_with = "source")]
    repair: Vec<Repair>,

    /// Allow a published organic total to fall to the sum of its days
    #[arg(long)]
    recompute_organic: bool,

    /// How many days of runs are counted again
    #[arg(long, value_name = "N", default_value_t = 31, value_parser = clap::value_parser!(i64).range(1..=400))]
    days: i64,

    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    from: Option<Day>,

    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    to: Option<Day>,

    /// Write the month files that are missing, too
    #[arg(long)]
    write_archives: bool,

    #[command(flatten)]
    pub(super) meant: MeantArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

fn repair_word() -> impl TypedValueParser<Value = Repair> {
    let words = Repair::ALL.iter().map(|repair| repair.as_str());
    PossibleValuesParser::new(words).try_map(|word| word.parse())
}

/// Fills in GitHub's window into a set-up that was just made.
pub(super) fn seed(context: &Context, meant: &MeantArgs, plan: &PlanArgs) -> CommandResult {
    let args = BackfillArgs {
        meant: meant.clone(),
        source: Source::Window,
        file: None,
        repair: Vec::new(),
        recompute_organic: false,
        days: 31,
        from: None,
        to: None,
        write_archives: false,
        plan: plan.clone(),
    };
    again_once(|| once(context, &args))
}

pub(crate) fn run(context: &Context, args: &BackfillArgs) -> CommandResult {
    match (args.source, &args.file) {
        (Source::Import, None) => {
            return Err(CommandError::usage("--source import needs a file")
                .hint("`piton traffic backfill --source import FILE`"));
        }
        (Source::Import, Some(_)) | (_, None) => {}
        (_, Some(_)) => {
            return Err(CommandError::usage(
                "a file is only read with --source import",
            ));
        }
    }
    again_once(|| once(context, args))
}

fn once(context: &Context, args: &BackfillArgs) -> Result<(Exit, Vec<Receipt>), CommandError> {
    let place = context.place_if_any()?;
    let looked = look(context, place, &args.meant, How::default())?;
    if !args.plan.changes_nothing() {
        wait_for_collector(context, &looked.forge, &looked.seen.repository)?;
    }
    let rebuilds = args.source == Source::GistHistory && args.repair.is_empty();
    let lost = Object::new();
    let (gist, before) = match (state_of(&looked.seen), looked.seen.badge.found()) {
        (Ok(found), _) => found,
        // What is damaged or gone is rebuilt from what it was.
        (Err(_), Some(gist)) if rebuilds => (gist, &lost),
        (Err(error), _) => return Err(error),
    };
    let mut mended = mending(&looked, before.clone());
    let range = Range {
        from: args.from,
        to: args.to,
    };
    if args.repair.is_empty() {
        from_source(context, args, &looked, gist, &mut mended, range)?;
    }
    let options = RepairOptions {
        recompute_organic: args.recompute_organic,
    };
    for one in &args.repair {
        repair(&mut mended, *one, options);
    }
    if args.repair.is_empty() && args.recompute_organic {
        repair(&mut mended, Repair::Totals, options);
    }
    if args.write_archives {
        month_files(&mut mended);
    }
    let mut site = site::anywhere(context)?;
    if let Some(place) = &looked.place {
        site = context.site(place);
    }
    let state = site.state.clone();
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("traffic backfill");
    builder.note("repository", looked.seen.repository.to_string());
    add_state(
        &mut builder,
        &mended,
        before,
        gists_of(context, &looked, gist, state.path()),
    )
    .map_err(error::create)?;
    let plan = builder.build()?;
    let ended = site.carry_out_and_tell(&args.plan, &plan)?;
    Ok((ended.exit, ended.receipts))
}

fn from_source(
    context: &Context,
    args: &BackfillArgs,
    looked: &Looked,
    gist: &GistSeen,
    mended: &mut Mending,
    range: Range,
) -> Result<(), CommandError> {
    let forge: &dyn ForgeRead = &looked.forge;
    let name = &looked.seen.repository;
    match args.source {
        Source::Window => fill(mended, &of_window(forge, name)?, range),
        Source::Columns => {
            let mut measured = of_window(forge, name)?;
            // Only fields of rows that are there.
            let known = all_days(&mended.state, None, mended.now);
            measured.retain(|day, _| known.contains_key(day));
            fill(mended, &measured, range);
            for one in [Repair::CiRuns, Repair::Organic, Repair::OrganicUnique] {
                repair(mended, one, RepairOptions::default());
            }
        }
        Source::Ci => {
            let today = mended.now.day();
            let days = (0..args.days).map(|back| today.plus(-back));
            let runs: BTreeMap<Day, _> = days
                .filter(|day| range.has(*day))
                .map(|day| (day, runs_of_day(forge, name, day)))
                .collect();
            recount_ci(mended, &runs);
        }
        Source::Stars => {
            let stars = read_stars(forge, name, false).map_err(read("read the stars"))?;
            star_rows(mended, &stars);
        }
        Source::Downloads => {
            let all: Result<Vec<_>, _> = releases::list(forge, name)
                .map(|one| one.map(release))
                .collect();
            release_series(mended, &all.map_err(read("read the releases"))?);
        }
        Source::Archives => month_files(mended),
        Source::GistHistory => {
            let past = past(context, forge, gist).map_err(read("read the history of the gist"))?;
            if past.is_empty() {
                return Err(CommandError::failed(format!(
                    "no revision of gist {} has a state that can be read",
                    gist.id
                )));
            }
            from_history(mended, &past, range);
        }
        Source::Import => {
            let measured = imported(context, args.file.as_deref(), name)?;
            fill(mended, &measured, range);
        }
    }
    Ok(())
}

fn read(what: &'static str) -> impl Fn(ForgeError) -> CommandError {
    move |error| error::forge(what, error)
}

/// Reads what GitHub counted in its window of days.
fn of_window(forge: &dyn ForgeRead, name: &RepoName) -> Result<Measured, CommandError> {
    let clones = traffic::clones(forge, name).map_err(read("read the clones"))?;
    let views = traffic::views(forge, name).map_err(read("read the views"))?;
    Ok(window(&counts(clones), &counts(views)))
}

/// Reads the file of another tool.
fn imported(
    context: &Context,
    file: Option<&Path>,
    name: &RepoName,
) -> Result<Measured, CommandError> {
    let file = file.unwrap_or_else(|| Path::new(""));
    let could_not = || CommandError::usage(format!("could not import {}", file.display()));
    let path = context.directory.join(file);
    let bytes = context.disk.read(&path);
    let bytes = bytes.map_err(|error| could_not().with_source(error))?;
    if let Some(log) = log_beside(context, &path)? {
        return Err(could_not()
            .with_source(format!("a part of it is still in {log}, which is not read"))
            .hint("end the program that uses it")
            .hint("or write it in: `sqlite3 FILE \"PRAGMA wal_checkpoint(TRUNCATE)\"`"));
    }
    import(&bytes, name).map_err(|error| {
        let hint = (error == ImportError::Several).then_some("export the rows of one");
        could_not().with_source(error).hints(hint)
    })
}

/// Returns the log of a database that holds what the file does not hold yet.
fn log_beside(context: &Context, file: &Path) -> Result<Option<String>, CommandError> {
    for ending in ["-wal", "-journal"] {
        let beside = beside(file, ending);
        let stat = context.disk.stat(&beside);
        let stat = stat.or_failed(format!("could not look at {}", beside.display()))?;
        if stat.is_some_and(|stat| stat.len > 0) {
            let name = beside.file_name().unwrap_or_default();
            return Ok(Some(name.to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

/// Reads the state of every revision, newest first; those that are damaged are
/// passed over.
fn past(
    context: &Context,
    forge: &dyn ForgeRead,
    gist: &GistSeen,
) -> Result<Vec<Object>, ForgeError> {
    let mut past = Vec::new();
    for revision in gists::revisions(forge, &gist.id) {
        let revision = revision?;
        let then = gists::at(forge, &gist.id, &revision.version)?;
        let bytes = match gists::content(forge, &then, "state.json") {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(ForgeError::Garbled { .. } | ForgeError::NotFound { .. }) => continue,
            Err(error) => return Err(error),
        };
        if let Ok(Json::Object(state)) = Json::parse(&bytes) {
            past.push(state);
        }
        context.out.trace("read a revision of the gist");
    }
    Ok(past)
}
