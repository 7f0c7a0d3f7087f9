//! What a planning step or a run is refused for before anything is done.

use std::path::Path;

use piton_durable::{DiskRead as _, RealDisk};
use piton_git::{GitRead, Tip, UnderWay};
use piton_loop::planning::decide::{self, StepRefusal};
use piton_loop::planning::paths;
use piton_migration::slug::Slug;
use piton_plan::PlanBuilder;

use crate::context::Place;
use crate::error::{Attempt as _, CommandError, ErrorKind};
use crate::operation::Op;

/// Returns where HEAD is, which is a premise of everything that is published.
/// In the middle of a merge and the like it is nowhere that a commit belongs.
pub(crate) fn tip(place: &Place, slug: &Slug) -> Result<Tip, CommandError> {
    let what = format!("plan {slug}");
    refuse_under_way(place, &what)?;
    refuse_links(place, slug, &what)?;
    Ok(place.repository.tip()?)
}

/// Refuses a migration that would lie behind a link: git commits nothing there.
pub(crate) fn refuse_links(place: &Place, slug: &Slug, what: &str) -> Result<(), CommandError> {
    let path = place.planning_site()?.relative(slug);
    paths::refuse_links(&RealDisk, place.top(), &path)
        .or_failed(format!("could not {what}; nothing was changed"))
}

/// Refuses a run whose work could not land: paths are exchanged in one step, and
/// that cannot be done from one file system to another.
pub(crate) fn refuse_two_disks(place: &Place) -> Result<(), CommandError> {
    let device = |path: &Path| -> Result<_, CommandError> {
        Ok(RealDisk.stat(path)?.map(|stat| stat.device))
    };
    let git = device(place.repository.common_dir())?;
    let migrations = place.top().join(place.settings.migrations_dir());
    let (apart, way_out) = if device(place.top())? != git {
        (
            "the working tree",
            "a clone whose `.git` lies in its working tree",
        )
    } else if device(&migrations)?.is_some_and(|device| Some(device) != git) {
        ("migrations", "a clone that is all on one file system")
    } else {
        return Ok(());
    };
    Err(
        CommandError::failed("could not begin the run; nothing was changed")
            .with_source(format!(
                "{apart} and git's directory are on different file systems, where nothing can land in one step"
            ))
            .hint(format!("run it in {way_out}; `piton migration step` works here")),
    )
}

/// Warns where a commit would be on no branch, and easily lost.
pub(crate) fn warn_of_no_branch(on: &Tip, builder: &mut PlanBuilder<Op>) {
    if on.reference.is_none() {
        builder.warn(
            "no branch is checked out; the commit is on none, and `git switch -c NAME` keeps it",
        );
    }
}

/// Refuses to begin what leads to a commit while a merge or the like waits for
/// the user. Nothing was changed, and no agent was called.
pub(crate) fn refuse_under_way(place: &Place, what: &str) -> Result<(), CommandError> {
    refuse_begun(place.repository.under_way()?, what)
}

/// Refuses what the user's merge or the like is in the way of, if any is.
pub(crate) fn refuse_begun(begun: Option<UnderWay>, what: &str) -> Result<(), CommandError> {
    let Some(begun) = begun else {
        return Ok(());
    };
    Err(CommandError::new(
        ErrorKind::NeedsPerson,
        format!("could not {what}; nothing was changed"),
    )
    .with_source(format!(
        "{begun} is under way, and a commit made now would become part of it"
    ))
    .hint(begun.way_out()))
}

/// Refuses what moves or removes a migration with changes that are not
/// committed: they would be gone from the working tree without being in git.
pub(crate) fn refuse_dirty(place: &Place, slug: &Slug, what: &str) -> Result<(), CommandError> {
    let site = place.planning_site()?;
    decide::refuse_dirty(&place.repository, &site, slug).map_err(|error| refused(error, what))
}

/// Turns a refusal to plan into the error of a command.
pub(crate) fn refusal(error: StepRefusal, slug: &Slug) -> CommandError {
    refused(error, &format!("plan {slug}"))
}

fn refused(error: StepRefusal, what: &str) -> CommandError {
    use StepRefusal as R;
    let kind = match &error {
        R::AwaitsPerson { .. } => ErrorKind::NeedsPerson,
        R::NotPlanning { .. } | R::Taken { .. } | R::NoCommit => ErrorKind::Usage,
        R::Dirty { .. }
        | R::Snapshot(_)
        | R::Ended { .. }
        | R::Inconsistent { .. }
        | R::Git(_)
        | R::Prompt(_) => ErrorKind::Failed,
    };
    CommandError::new(kind, format!("could not {what}; nothing was changed"))
        .hints(error.hint())
        .with_source(error)
}

/// Returns a path below the top of the repository as plans name it.
pub(crate) fn below_top(top: &Path, path: &Path) -> String {
    path.strip_prefix(top)
        .unwrap_or(path)
        .to_string_lossy()
        .into_owned()
}
