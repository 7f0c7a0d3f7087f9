//! `piton traffic upgrade`: a set-up in the form of today.

use clap::Args;
use piton_plan::Receipt;
use piton_traffic::collect::{Repair, RepairOptions, migrate, repair};
use piton_traffic::provision::{UpgradeParts, plan_upgrade};
use piton_traffic::settings::Global;

use super::conflict::ConflictArgs;
use super::error;
use super::look::{How, look};
use super::mend;
use super::place::{Known, MeantArgs, earlier, list_file, parsed};
use super::state::{again_once, gists_of, mending, state_of, wait_for_collector};
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::planned::PlanArgs;

/// Bring state, files and names to the current form
///
/// Nothing that was measured or that you wrote is lost: a copy of the state is
/// kept, and files that you edited are merged, or you are asked. Variables and
/// the secret are left alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic upgrade --dry-run
  piton traffic upgrade
  piton traffic upgrade --state            the state alone
  piton traffic upgrade --all              every checkout of your list")]
pub(crate) struct UpgradeArgs {
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
    pub(super) meant: MeantArgs,

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
    let facts = mend::facts(context, &looked.forge, &looked.known, &wishes)?;
    let (gist, before) = state_of(&looked.seen)?;
    let mut mending = mending(&looked, before.clone());
    migrate(&mut mending, args.to);
    let options = RepairOptions {
        recompute_organic: args.recompute_organic,
    };
    for one in Repair::ALL {
        repair(&mut mending, *one, options);
    }
    let state = place.state();
    let gists = gists_of(context, &looked, gist, state.path());
    let earlier = earlier(place);
    let plan = plan_upgrade::<Op>(
        &wishes,
        &facts,
        looked.known.destination(context, place, &earlier),
        parts,
        Some((&mending, before, gists)),
    )
    .map_err(error::create)?;
    let ended = context.site(place).carry_out_and_tell(&args.plan, &plan)?;
    Ok((ended.exit, ended.receipts))
}
