//! `piton migration rename`: gives a migration another name.

use clap::Args;
use piton_loop::planning::snapshot::Live;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;

use super::find::About;
use super::moved;
use super::start::{plain_slug, refuse_alike};
use crate::context::Context;
use crate::error::{Attempt as _, CommandResult};
use crate::migrations::standing;

/// Give a migration another name, and commit that
///
/// The references in its planning record are rewritten too.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  piton migration rename OLD NEW")]
pub(crate) struct RenameArgs {
    /// The new name
    #[arg(index = 2, value_name = "NEW", value_parser = plain_slug)]
    to: Slug,
    #[command(flatten)]
    about: About,
}

pub(crate) fn run(context: &Context, args: &RenameArgs) -> CommandResult {
    let (place, slug) = args.about.find(context)?;
    let new = &args.to;
    let places = (place.path_of(&slug)?, place.path_of(new)?);
    moved::refuse_unfit(&place, &slug, "rename")?;
    if !new.is_alike(&slug) {
        refuse_alike(context, &place, new)?;
    }
    let site = place.planning_site()?;
    let live = Live::read(&context.disk, &site, &slug)
        .or_failed(format!("could not read {slug}; nothing was changed"))?;
    let state = live.state();
    let manifest = live.manifest.renamed(new.as_str());
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    if let Some(state) = state {
        let state = state.moved(&site.home(&slug), &site.home(new));
        contents.put(STATE_FILE, state.encode());
    }
    let what = format!("rename {slug} to {new}");
    let message = moved::message(&place, &what, "Renamed by a person.");
    let command = format!("migration rename {slug} {new}");
    let plan = moved::plan(context, &place, command, places, Some(&contents), message)?;
    standing::carry_out(context, &place, new, &args.about.plan, &plan)
}
