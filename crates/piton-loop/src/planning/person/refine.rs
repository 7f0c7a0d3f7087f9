//! Recording feedback, and reopening planning for it.

use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::manifest::{MANIFEST_FILE, MigrationState, Planning, Status};
use piton_migration::planning::{Cursor, Feedback, FeedbackSource, STATE_FILE};
use piton_migration::stamp::Stamp;

use super::super::decide::StepRefusal;
use super::super::snapshot::Snapshot;
use super::case::{Case, forget_deferral};
use super::refusal::PersonRefusal;

/// Records feedback on a plan, reopening its planning where a revision is the
/// only way to take it up. The next planning step sees it.
pub fn refine(
    case: &Case<'_>,
    feedback: (FeedbackSource, &str),
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    if feedback.1.trim().is_empty() {
        return Err(PersonRefusal::Blank { verb: "refine" });
    }
    let base = Snapshot::read(case.disk, case.site, case.slug)?;
    case.refuse_dirty()?;
    refined(case, base, feedback, "refine", now)
}

/// Records feedback on a state of a migration that was read, under a verb for
/// the commit.
pub(super) fn refined(
    case: &Case<'_>,
    base: Snapshot,
    (source, text): (FeedbackSource, &str),
    verb: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let slug = base.slug.clone();
    let reopened = reopen(&base, now)?;
    if let (Status::Planning, Cursor::Terminal(_)) = (base.manifest.status(), base.state.cursor()) {
        return Err(StepRefusal::Ended { slug }.into());
    }
    // A plan that is ready goes back to its revision and nowhere else; a record
    // that stands elsewhere does not fit it.
    let must_reopen = base.manifest.status() == Status::Ready;
    let received = Feedback {
        received_at: now.to_raw(),
        source,
        text: text.to_owned(),
    };
    let mut state = base.state.receive(received, now);
    if must_reopen || state.must_reopen_for_feedback() {
        state = state.reopen(now).map_err(|source| PersonRefusal::State {
            slug: slug.clone(),
            source,
        })?;
    }
    if let Cursor::Terminal(_) = state.cursor() {
        return Err(StepRefusal::Ended { slug }.into());
    }
    let manifest = reopened.accept_step(now).into_manifest();
    let mut contents = base.contents;
    contents.put(STATE_FILE, state.encode());
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &base.own);
    let mode = Mode::of_publish(manifest.status());
    Ok(case.proposal(base.digest, contents, mode, verb, text))
}

/// Returns the manifest in planning, unless it is too late for that.
fn reopen(base: &Snapshot, now: Stamp) -> Result<Planning, PersonRefusal> {
    let slug = || base.slug.clone();
    let status = base.manifest.status();
    let current = base.manifest.current_phase();
    let at_the_start = current.is_some_and(|(index, _)| index == 0);
    let over = PersonRefusal::Over {
        verb: "refine",
        slug: slug(),
        status,
    };
    if status == Status::InProgress || (status == Status::Ready && !at_the_start) {
        return Err(over);
    }
    // A person has spoken, so whatever it waited for has come.
    let state = match MigrationState::from(base.manifest.clone()) {
        MigrationState::AwaitingReview(waiting) => waiting.reviewed(now),
        MigrationState::Ready(ready) => MigrationState::Ready(ready.wake(now)),
        other @ (MigrationState::Planning(_)
        | MigrationState::Skipped(_)
        | MigrationState::Done(_)) => other,
    };
    match state {
        MigrationState::Planning(planning) => match base.state.cursor() {
            Cursor::Step(_) => planning.refine(),
            // Its record has ended and nobody is waited for: the two do not fit.
            Cursor::Terminal(_) => return Err(StepRefusal::Ended { slug: slug() }.into()),
        },
        MigrationState::Ready(ready) => ready.refine(),
        MigrationState::AwaitingReview(waiting) => waiting.refine(),
        MigrationState::Skipped(_) | MigrationState::Done(_) => return Err(over),
    }
    .map_err(|source| PersonRefusal::Transition {
        slug: slug(),
        source,
    })
}
