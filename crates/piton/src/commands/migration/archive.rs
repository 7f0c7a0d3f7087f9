//! `piton migration archive`: puts a migration out of sight.

use std::path::PathBuf;

use clap::Args;
use piton_base::RepoPath;
use piton_migration::contents::Contents;
use piton_migration::operation::{CommitPath, MigrationOp, SetAside};
use piton_migration::slug::Slug;
use piton_plan::files::{Content, How};
use piton_plan::{Draft, Handle, Plan, PlanBuilder};

use super::find::find;
use super::repair::repo_path;
use super::standing;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::files::put;
use crate::op::Op;
use crate::planned::PlanArgs;
use crate::planning::{refuse_dirty, refuse_under_way};

/// Where archived migrations lie, below the migrations directory.
const ARCHIVE: &str = ".archive";

/// Move a migration to the archive, and commit that
///
/// It lies in .archive below the migrations directory, where no list and no
/// command looks. Move it back with `git mv`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration archive SLUG --dry-run\n  piton migration archive SLUG"
)]
pub(crate) struct ArchiveArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ArchiveArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    let slug = find(context, &place.live(), &args.slug)?;
    let plan = decide(context, &place, &slug)?;
    standing::carry_out(context, &place, &slug, &args.plan, &plan)
}

fn decide(context: &Context, place: &Place, slug: &Slug) -> Result<Plan<Op>, CommandError> {
    let live = place.live();
    let from = repo_path(place, &live.migration(slug))?;
    let to = repo_path(place, &live.path().join(ARCHIVE).join(slug.as_str()))?;
    refuse_under_way(place, &format!("archive {slug}"))?;
    refuse_dirty(place, slug, &format!("archive {slug}"))?;
    let mut builder = PlanBuilder::new(format!("migration archive {slug}"));
    let moved = move_directory(context, place, &mut builder, (&from, &to), None)?;
    let prefix = place.settings.commit_prefix();
    let message = format!("{prefix}: archive {slug}\n\nWhy:\nArchived by a person.");
    finish(builder, &moved, (from, to), message)
}

/// Adds what moves a migration's directory: every file in the new place, then
/// the old one out of the way. `changed` says what some files become.
pub(super) fn move_directory(
    context: &Context,
    place: &Place,
    builder: &mut PlanBuilder<Op>,
    (from, to): (&RepoPath, &RepoPath),
    changed: Option<&Contents>,
) -> Result<Handle, CommandError> {
    let could_not = || CommandError::failed(format!("could not read {from}; nothing was changed"));
    let there = context.disk_has(&to.under(place.top()))?;
    if there {
        return Err(CommandError::usage(format!(
            "{to} already exists; nothing was changed"
        )));
    }
    let contents = Contents::read(&context.disk, &from.under(place.top()))
        .map_err(|error| could_not().with_source(error))?
        .unwrap_or_default();
    let contents = changed.unwrap_or(&contents);
    let mut aside = Draft::new(Op::from(MigrationOp::SetAside(SetAside {
        path: from.clone(),
        why: format!("it is in {to} now"),
    })));
    for path in contents.paths() {
        let bytes = contents.get(path).unwrap_or_default().to_vec();
        let target = to
            .join(path)
            .map_err(|error| could_not().with_source(error))?;
        let file = put(
            (&context.disk, place.top()),
            target,
            How::Create,
            Content::of(bytes),
            &format!("from {from}"),
        )?;
        if let Some(file) = file {
            let written = builder.add(Op::File(file));
            aside = aside.needs(&written);
        }
    }
    Ok(builder.add_draft(aside))
}

/// Adds the commit of both places, after everything else.
pub(super) fn finish(
    mut builder: PlanBuilder<Op>,
    moved: &Handle,
    (from, to): (RepoPath, RepoPath),
    message: String,
) -> Result<Plan<Op>, CommandError> {
    let draft = Draft::new(Op::from(MigrationOp::Commit(CommitPath {
        path: to,
        also: vec![from],
        message,
    })));
    builder.add_draft(draft.needs(moved));
    builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })
}
