//! `piton migration delete`: removes a migration.

use std::path::PathBuf;

use clap::Args;
use piton_migration::operation::{CommitPath, MigrationOp, SetAside};
use piton_migration::slug::Slug;
use piton_plan::{Draft, Plan, PlanBuilder};

use super::find::find;
use super::repair::repo_path;
use super::standing;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::op::Op;
use crate::planned::PlanArgs;
use crate::planning::{refuse_dirty, refuse_under_way};

/// Remove a migration, and commit that
///
/// The directory is kept under .git/piton/failures, and git has its history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration delete SLUG --dry-run\n  piton migration delete SLUG"
)]
pub(crate) struct DeleteArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &DeleteArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let plan = decide(&place, &slug)?;
    standing::carry_out(context, &place, &slug, &args.plan, &plan)
}

fn decide(place: &Place, slug: &Slug) -> Result<Plan<Op>, CommandError> {
    let path = repo_path(place, &place.live().migration(slug))?;
    refuse_under_way(place, &format!("delete {slug}"))?;
    refuse_dirty(place, slug, &format!("delete {slug}"))?;
    let mut builder = PlanBuilder::new(format!("migration delete {slug}"));
    let gone = builder.add(Op::from(MigrationOp::SetAside(SetAside {
        path: path.clone(),
        why: "the migration is deleted".to_owned(),
    })));
    let prefix = place.settings.commit_prefix();
    let commit = CommitPath {
        path,
        also: Vec::new(),
        message: format!("{prefix}: delete {slug}\n\nWhy:\nDeleted by a person."),
    };
    builder.add_draft(Draft::new(Op::from(MigrationOp::Commit(commit))).needs(&gone));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })
}
