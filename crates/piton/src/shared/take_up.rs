//! Doing what a maintainer asked for.

use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person::PersonRefusal;
use piton_loop::planning::site::Site;
use piton_loop::planning::snapshot::{Live, SnapshotError};
use piton_migration::manifest::Status;
use piton_migration::slug::Slug;

use super::wish::Wish;
use crate::context::{Context, Place};
use crate::error::{CommandError, Exit};
use crate::migrations::{person_refusal, proposed};
use crate::planned::PlanArgs;

/// Does what was asked, by the same plan as the command. None where it has to be
/// tried again. What was asked for the first time and is so already was done by
/// one that was killed, and could not answer any more.
pub(super) fn take_up(
    context: &Context,
    place: &Place,
    slug: &Slug,
    (wish, is_said_first): (&Wish, bool),
    args: &PlanArgs,
) -> Result<Option<String>, CommandError> {
    let site = place.planning_site()?;
    if is_said_first && is_recorded(context, &site, slug, wish)? {
        return Ok(Some(wish.done().to_owned()));
    }
    let proposal = match wish.decision().propose(context, place, &site, slug) {
        Ok(proposal) => proposal,
        Err(error) if is_said_first && is_so(&error, wish) => {
            return Ok(Some(wish.done().to_owned()));
        }
        // What is answered is never looked at again.
        Err(error) if may_pass(&error) => return Err(person_refusal(error, slug)),
        Err(error) => {
            let error = person_refusal(error, slug);
            return Ok(Some(format!("not done: {}", error.on_one_line())));
        }
    };
    let plan = proposed::plan(context, place, wish.decision().command(), proposal)?;
    let exit = context.site(place).carry_out(args, &plan)?;
    Ok((exit == Exit::Done).then(|| wish.done().to_owned()))
}

/// Whether the disk or git said no, which says nothing about the wish.
fn may_pass(refusal: &PersonRefusal) -> bool {
    use PersonRefusal as P;
    use StepRefusal as R;
    match refusal {
        P::Snapshot(error) | P::Site(R::Snapshot(error)) => is_of_disk(error),
        P::Site(R::Git(_)) => true,
        P::Site(
            R::NotPlanning { .. }
            | R::AwaitsPerson { .. }
            | R::Ended { .. }
            | R::Inconsistent { .. }
            | R::Dirty { .. }
            | R::Taken { .. }
            | R::NoCommit
            | R::Prompt(_),
        )
        | P::NotAwaiting { .. }
        | P::OpenFindings { .. }
        | P::Over { .. }
        | P::Blank { .. }
        | P::Transition { .. }
        | P::State { .. }
        | P::ReviewedManifest { .. }
        | P::NoReviewedManifest { .. }
        | P::StillAwaiting { .. }
        | P::Awake { .. }
        | P::AsksPerson { .. }
        | P::NotRejected { .. }
        | P::NothingBefore { .. }
        | P::PhaseLanded { .. }
        | P::Changed { .. } => false,
    }
}

/// Whether the migration could not be read, rather than not be used.
fn is_of_disk(error: &SnapshotError) -> bool {
    match error {
        SnapshotError::Path(_) | SnapshotError::Contents(_) => true,
        SnapshotError::NotThere { .. }
        | SnapshotError::NoManifest { .. }
        | SnapshotError::Manifest { .. }
        | SnapshotError::NoState { .. }
        | SnapshotError::State { .. }
        | SnapshotError::Reference { .. }
        | SnapshotError::Own { .. } => false,
    }
}

/// Whether the migration stands where the wish leads.
fn is_so(refusal: &PersonRefusal, wish: &Wish) -> bool {
    let stands = match refusal {
        PersonRefusal::NotAwaiting { status, .. } | PersonRefusal::Over { status, .. } => status,
        PersonRefusal::Snapshot(_)
        | PersonRefusal::Site(_)
        | PersonRefusal::OpenFindings { .. }
        | PersonRefusal::Blank { .. }
        | PersonRefusal::Transition { .. }
        | PersonRefusal::State { .. }
        | PersonRefusal::ReviewedManifest { .. }
        | PersonRefusal::NoReviewedManifest { .. }
        | PersonRefusal::StillAwaiting { .. }
        | PersonRefusal::Awake { .. }
        | PersonRefusal::AsksPerson { .. }
        | PersonRefusal::NotRejected { .. }
        | PersonRefusal::NothingBefore { .. }
        | PersonRefusal::PhaseLanded { .. }
        | PersonRefusal::Changed { .. } => return false,
    };
    match (wish, stands) {
        (Wish::Approve, Status::Ready | Status::InProgress | Status::Done)
        | (Wish::Reject(_), Status::Skipped) => true,
        (Wish::Approve, Status::Planning | Status::Skipped)
        | (Wish::Reject(_), Status::Planning | Status::Ready | Status::InProgress | Status::Done)
        | (Wish::Refine(_), _) => false,
    }
}

/// Whether the planning record has the very words.
fn is_recorded(
    context: &Context,
    site: &Site,
    slug: &Slug,
    wish: &Wish,
) -> Result<bool, CommandError> {
    let Wish::Refine(text) = wish else {
        return Ok(false);
    };
    let live = match Live::read(&context.disk, site, slug) {
        Ok(live) => live,
        Err(error) if is_of_disk(&error) => {
            return Err(person_refusal(PersonRefusal::Snapshot(error), slug));
        }
        // What is wrong with it the decision says.
        Err(_) => return Ok(false),
    };
    Ok(live.state().is_some_and(|state| {
        let mut said = state.feedback().iter();
        said.any(|one| one.text.trim() == text.trim())
    }))
}
