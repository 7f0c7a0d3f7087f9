//! `piton traffic upgrade`: a set-up in the form of today.

use std::time::Duration;

use clap::Args;
use piton_github::endpoints::runs;
use piton_github::{Client, Patience as _, RepoName, Waiting, found};
use piton_plan::{FailureKind, Outcome, Receipt};
use piton_traffic::collect::{Mending, REPAIRS, RepairOptions, migrate, repair, state_fault};
use piton_traffic::ordered::Object;
use piton_traffic::provision::{self, StateGists, UpgradeParts, plan_upgrade};
use piton_traffic::settings::Global;
use piton_traffic::survey::{FileSeen, GistSeen, Survey};
use piton_traffic::templates::WORKFLOW_FILE;

use super::conflict::ConflictArgs;
use super::error;
use super::look::{How, Looked, look};
use super::mend;
use super::place::{Known, MeantArgs, earlier, list_file, parsed};
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// Bring state, files and names to the form of today
///
/// Nothing that was measured is lost and nothing that you wrote: a copy of the
/// state is kept, files that you edited are merged or asked about. Variables
/// and the secret are left alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic upgrade --dry-run
  piton traffic upgrade
  piton traffic upgrade --state            the state alone
  piton traffic upgrade --all              every checkout of your list")]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    pub(super) meant: MeantArgs,

    /// The state; without any of these four, all of them
    #[arg(long)]
    state: bool,

    /// The files in the checkout
    #[arg(long)]
    files: bool,

    /// The descriptions of the gists, and badges that are missing
    #[arg(long)]
    names: bool,

    /// What is written about the set-up
    #[arg(long)]
    config_schema: bool,

    /// The form of the state to stop at
    #[arg(long, value_name = "VERSION", default_value_t = 3, value_parser = clap::value_parser!(i64).range(1..=3))]
    to: i64,

    /// Allow a published organic total to fall to the sum of its days
    #[arg(long)]
    recompute_organic: bool,

    /// Every repository of your list that has a checkout
    #[arg(long, conflicts_with_all = ["owner", "repo", "repo_dir", "plan_out"])]
    all: bool,

    #[command(flatten)]
    conflict: ConflictArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

impl UpgradeArgs {
    fn parts(&self) -> UpgradeParts {
        let none = !(self.state || self.files || self.names || self.config_schema);
        UpgradeParts {
            state: none || self.state,
            files: none || self.files,
            names: none || self.names,
            config: none || self.config_schema,
        }
    }
}

pub(crate) fn run(context: &Context, args: &UpgradeArgs) -> CommandResult {
    if args.all {
        return every(context, args);
    }
    let place = Known::place_to_write(context, &args.plan)?;
    again_once(|| one(context, args, &place))
}

/// Each checkout of the user's list, one after the other.
fn every(context: &Context, args: &UpgradeArgs) -> CommandResult {
    let list = list_file(context, &args.meant)?;
    let list = parsed(context, &list.path(), Global::parse)?.unwrap_or_default();
    let mut worst = Exit::Done;
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    for (name, entry) in list.all() {
        let there = entry.repo_dir.as_deref().map(std::path::Path::new);
        let Some(dir) = there.filter(|dir| dir.is_dir()) else {
            context
                .out
                .warn(&format!("{name} has no checkout here; it is left alone"));
            continue;
        };
        let place = context.place_in(dir)?;
        let done = again_once(|| one(context, args, &place));
        match done {
            Ok(Exit::Done) => {}
            Ok(other) => worst = other,
            Err(error) => {
                context
                    .out
                    .warn(&format!("{name}: {}", error.on_one_line()));
                worst = error.kind.exit();
            }
        }
    }
    Ok(worst)
}

/// Decides once more where somebody wrote between reading and writing.
pub(super) fn again_once(
    mut once: impl FnMut() -> Result<(Exit, Vec<Receipt>), CommandError>,
) -> CommandResult {
    let (exit, receipts) = once()?;
    let overtaken = receipts.iter().any(|receipt| {
        receipt.action.as_str() == "gist:update:state"
            && matches!(&receipt.outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Conflict)
    });
    if overtaken {
        return once().map(|(exit, _)| exit);
    }
    Ok(exit)
}

fn one(
    context: &Context,
    args: &UpgradeArgs,
    place: &Place,
) -> Result<(Exit, Vec<Receipt>), CommandError> {
    let parts = args.parts();
    let looked = look(context, Some(place.clone()), &args.meant, How::default())?;
    looked.checkout()?;
    if parts.state && !args.plan.changes_nothing() {
        wait_for_collector(context, &looked.forge, &looked.seen.repository)?;
    }
    let wishes = mend::wishes(context, &looked, &args.conflict)?;
    let facts = mend::facts(context, &looked, &wishes)?;
    let (gist, before) = state_of(&looked.seen)?;
    let mut mending = mending(&looked, before.clone());
    migrate(&mut mending, args.to);
    let options = RepairOptions {
        recompute_organic: args.recompute_organic,
    };
    for name in REPAIRS {
        repair(&mut mending, name, options);
    }
    let state = place.state();
    let gists = gists_of(context, &looked, gist, state.path());
    let earlier = earlier(place);
    let plan = plan_upgrade::<Op>(
        &wishes,
        &facts,
        provision::Destination {
            disk: &context.disk,
            root: place.top(),
            list: (&looked.known.list.root, &looked.known.list.name),
            earlier: &earlier,
        },
        parts,
        Some((&mending, before, gists)),
    )
    .map_err(error::create)?;
    let ended = context.site(place).carry_out_and_tell(&args.plan, &plan)?;
    Ok((ended.exit, ended.receipts))
}

pub(super) fn gists_of<'a>(
    context: &'a Context,
    looked: &'a Looked,
    gist: &'a GistSeen,
    copies: &'a std::path::Path,
) -> StateGists<'a> {
    StateGists {
        badge: &gist.id,
        archive: looked.seen.archive.found().map(|gist| gist.id.as_str()),
        revision: gist.revision.as_deref(),
        disk: &context.disk,
        copies,
    }
}

/// Returns the gist and its state; without a whole one nothing is decided.
pub(super) fn state_of(seen: &Survey) -> Result<(&GistSeen, &Object), CommandError> {
    let restore = "`piton traffic backfill --source gist-history` restores it";
    let Some(gist) = seen.badge.found() else {
        return Err(
            CommandError::failed("could not find the gist of the badges")
                .hint("`piton traffic verify` tells what is wrong"),
        );
    };
    let could_not = CommandError::failed(format!("could not read the state in gist {}", gist.id));
    match gist.files.get("state.json") {
        None => Err(could_not.hint(restore)),
        Some(FileSeen::Damaged(why) | FileSeen::Cut(why)) => {
            Err(could_not.with_source(why.clone()).hint(restore))
        }
        Some(FileSeen::Json(json)) => match json.object() {
            Some(state) => match state_fault(state) {
                None => Ok((gist, state)),
                Some(fault) => Err(could_not.with_source(fault).hint(restore)),
            },
            None => Err(could_not.with_source("it is not an object").hint(restore)),
        },
    }
}

pub(super) fn mending(looked: &Looked, state: Object) -> Mending {
    let archive = looked.seen.archive.found().map(GistSeen::all_json);
    Mending::new(
        state,
        archive,
        looked.seen.repository.to_string(),
        looked.seen.now,
    )
}

/// Waits until no run of the collector is going on; it writes the state too.
pub(super) fn wait_for_collector(
    context: &Context,
    forge: &Client,
    repository: &RepoName,
) -> Result<(), CommandError> {
    let patience = Waiting::new(context.stop.clone());
    let mut pause = Duration::from_secs(1);
    let mut waited = Duration::ZERO;
    loop {
        let running = found(runs::in_progress(forge, repository, WORKFLOW_FILE))
            .map_err(|error| error::forge("look at the runs of the collector", error))?;
        if running.is_none_or(|running| running.is_empty()) {
            return Ok(());
        }
        if waited >= Duration::from_secs(300) {
            return Err(CommandError::failed("a run of the collector does not end")
                .hint("try again when it is over"));
        }
        if waited.is_zero() {
            let text = "the collector is running; waiting for its end";
            context.out.note(Channel::Traffic, Level::INFO, text);
        }
        if patience.wait(pause) {
            return Err(CommandError::new(
                ErrorKind::Interrupted,
                "stopped while waiting for the collector",
            ));
        }
        waited += pause;
        pause = (pause * 2).min(Duration::from_secs(15));
    }
}
