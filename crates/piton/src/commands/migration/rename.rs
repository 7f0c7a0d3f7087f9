//! `piton migration rename`: gives a migration another name.

use std::path::PathBuf;

use clap::Args;
use piton_loop::planning::snapshot::Live;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;
use piton_plan::{Plan, PlanBuilder};

use super::archive::{finish, move_directory};
use super::find::find;
use super::new::plain_slug;
use super::repair::repo_path;
use super::standing;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult};
use crate::op::Op;
use crate::planned::PlanArgs;
use crate::planning::{planning_site, refuse_dirty, refuse_under_way};

/// Give a migration another name, and commit that
///
/// Its planning record points at its own files; the references are rewritten.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton migration rename OLD NEW")]
pub(crate) struct RenameArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// The new name
    #[arg(value_name = "NEW", value_parser = plain_slug)]
    to: Slug,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &RenameArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let plan = decide(context, &place, &slug, &args.to)?;
    standing::carry_out(context, &place, &args.to, &args.plan, &plan)
}

fn decide(
    context: &Context,
    place: &Place,
    slug: &Slug,
    new: &Slug,
) -> Result<Plan<Op>, CommandError> {
    let live_dir = place.live();
    let from = repo_path(place, &live_dir.migration(slug))?;
    let to = repo_path(place, &live_dir.migration(new))?;
    refuse_under_way(place, &format!("rename {slug}"))?;
    refuse_dirty(place, slug, &format!("rename {slug}"))?;
    let site = planning_site(place)?;
    let live = Live::read(&context.disk, &site, slug).map_err(|error| {
        CommandError::failed(format!("could not read {slug}; nothing was changed"))
            .with_source(error)
    })?;
    let state = live.state();
    let manifest = live.manifest.renamed(new.as_str());
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    if let Some(state) = state {
        contents.put(
            STATE_FILE,
            state.moved(&site.home(slug), &site.home(new)).encode(),
        );
    }
    let mut builder = PlanBuilder::new(format!("migration rename {slug} {new}"));
    let moved = move_directory(context, place, &mut builder, (&from, &to), Some(&contents))?;
    let prefix = place.settings.commit_prefix();
    let message = format!("{prefix}: rename {slug} to {new}\n\nWhy:\nRenamed by a person.");
    finish(builder, &moved, (from, to), message)
}
