//! Starting a migration, from a target of one's own or from a stored plan.

use piton_git::GitRead as _;
use piton_loop::commit;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::snapshot::Snapshot;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::manifest::MANIFEST_FILE;
use piton_migration::own::{OWN_FILE, PlanLink, Target};
use piton_migration::planning::STATE_FILE;
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::planning::refusal;

/// Refuses to begin where nothing can be committed: better known before
/// anything is written than in the middle.
pub(super) fn refuse_without_commits(place: &Place, slug: &Slug) -> Result<(), CommandError> {
    if place.repository.head()?.is_none() {
        return Err(refusal(StepRefusal::NoCommit, slug));
    }
    place.repository.identity()?;
    Ok(())
}

/// Refuses a name that is taken, and settings that name no place.
pub(super) fn refuse_taken(
    context: &Context,
    place: &Place,
    slug: &Slug,
) -> Result<(), CommandError> {
    if context.disk_has(&place.live().migration(slug))? {
        return Err(refusal(StepRefusal::Taken { slug: slug.clone() }, slug));
    }
    refuse_alike(context, place, slug)?;
    place.planning_site().map(drop)
}

/// Refuses a name that differs from another migration's in upper and lower case
/// alone: where a file system takes both for one, neither is safe.
pub(super) fn refuse_alike(
    context: &Context,
    place: &Place,
    slug: &Slug,
) -> Result<(), CommandError> {
    let alike = place.live().alike(&context.disk, slug);
    let Some(other) = alike.or_failed("could not list the migrations")? else {
        return Ok(());
    };
    Err(CommandError::usage(format!(
        "a migration named {other} already exists, and only upper and lower case tells {slug} \
         from it; nothing was changed"
    ))
    .hint("choose another name: on many disks both would be one directory"))
}

/// Returns what begins a migration; `why` is said in its commit.
pub(super) fn proposal(
    slug: &Slug,
    target: Target,
    link: Option<PlanLink>,
    (operation, prefix, why): (&str, &str, &str),
    now: Stamp,
) -> Proposal {
    let mut start = Snapshot::start(slug, target, now);
    start.own.plan = link;
    let mut contents = start.contents;
    contents.put(MANIFEST_FILE, start.manifest.encode());
    contents.put(STATE_FILE, start.state.encode());
    contents.put(OWN_FILE, start.own.encode());
    let subject = commit::new_migration_subject(prefix, slug.as_str());
    Proposal {
        slug: slug.clone(),
        base: start.digest,
        contents,
        mode: Mode::PlanningSnapshot,
        operation: operation.to_owned(),
        message: commit::message(&subject, why, None),
    }
}

/// Returns a short name for the target that nothing has yet.
pub(super) fn free_slug(
    context: &Context,
    place: &Place,
    target: &str,
) -> Result<Slug, CommandError> {
    let short = Slug::short(target);
    let live = place.live();
    let there = (live.contents(&context.disk)).or_failed("could not list the migrations")?;
    let numbered = (2..).map(|number| short.numbered(number));
    for slug in std::iter::once(short.clone()).chain(numbered) {
        let is_alike = there.slugs.iter().any(|it| it.is_alike(&slug));
        if !is_alike && !context.disk_has(&live.migration(&slug))? {
            return Ok(slug);
        }
    }
    Ok(short)
}

/// Names stand in paths, branches and messages.
const LONGEST: usize = 100;

/// A name that is also a plain word on a command line. Migrations that are
/// there already may be called otherwise.
pub(super) fn plain_slug(text: &str) -> Result<Slug, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.chars().all(plain) {
        return Err("a new name is made of letters, digits, `-`, `_` and `.`".to_owned());
    }
    if text.len() > LONGEST {
        return Err(format!("a new name has at most {LONGEST} characters"));
    }
    text.parse().map_err(|error| format!("{error}"))
}
