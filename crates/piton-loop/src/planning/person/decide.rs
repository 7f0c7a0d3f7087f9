//! Approving and rejecting.

use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::manifest::{MANIFEST_FILE, Manifest, MigrationState, Status};
use piton_migration::stamp::Stamp;

use super::super::accept::is_reserved_path;
use super::super::skip_note;
use super::super::snapshot::Live;
use super::case::{Case, forget_deferral};
use super::refusal::PersonRefusal;

/// Approves a migration that waits for a person.
pub fn approve(case: &Case<'_>, now: Stamp) -> Result<Proposal, PersonRefusal> {
    let live = case.live()?;
    let slug = case.slug.clone();
    let MigrationState::AwaitingReview(waiting) = MigrationState::from(live.manifest.clone())
    else {
        let status = live.manifest.status();
        return Err(PersonRefusal::NotAwaiting { slug, status });
    };
    if live.manifest.status() == Status::Planning {
        return Err(PersonRefusal::OpenFindings { slug });
    }
    case.refuse_dirty()?;
    let why = match waiting.manifest().human_review_reason() {
        Some(asked) => format!("Approved by a person, who was asked: {asked}"),
        None => "Approved by a person.".to_owned(),
    };
    let manifest = waiting.reviewed(now).manifest().clone();
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &live.own);
    Ok(case.proposal(live.digest, contents, Mode::ReadyPublish, "approve", &why))
}

/// Takes up what a person and an agent made of a copy of a migration that
/// waits for a person: a copy of what was `shown`, and of nothing else.
pub fn reviewed(case: &Case<'_>, shown: &Live, copy: Contents) -> Result<Proposal, PersonRefusal> {
    let slug = case.slug.clone();
    let live = case.live()?;
    if live.digest != shown.digest {
        return Err(PersonRefusal::Changed { slug });
    }
    case.refuse_dirty()?;
    let contents = copy.over(&live.contents, |path| {
        path == MANIFEST_FILE || !is_reserved_path(path)
    });
    let Some(bytes) = contents.get(MANIFEST_FILE) else {
        return Err(PersonRefusal::NoReviewedManifest { slug });
    };
    let manifest = Manifest::decode(bytes).map_err(|source| PersonRefusal::ReviewedManifest {
        slug: slug.clone(),
        source,
    })?;
    if manifest.awaiting_human_review() || manifest.human_review_reason().is_some() {
        return Err(PersonRefusal::StillAwaiting { slug });
    }
    let changed = contents.changes(&live.contents).join(", ");
    let why = format!("Reviewed by a person with an agent; changed: {changed}");
    Ok(case.proposal(live.digest, contents, Mode::ReadyPublish, "review", &why))
}

/// Rejects a migration that is planned, ready, or waits for a person.
pub fn reject(case: &Case<'_>, reason: &str, now: Stamp) -> Result<Proposal, PersonRefusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(PersonRefusal::Blank { verb: "reject" });
    }
    let live = case.live()?;
    let slug = case.slug;
    let skipped = match MigrationState::from(live.manifest.clone()) {
        MigrationState::Planning(planning) => planning.accept_step(now).reject(),
        MigrationState::Ready(ready) => ready.reject(now),
        MigrationState::AwaitingReview(waiting) => waiting.reject(now),
        MigrationState::Skipped(_) | MigrationState::Done(_) => {
            return Err(PersonRefusal::Over {
                verb: "reject",
                status: live.manifest.status(),
                slug: slug.clone(),
            });
        }
    };
    case.refuse_dirty()?;
    let state = live.state();
    let target = match (&state, &live.own.target) {
        (Some(state), _) => state.target(),
        (None, Some(target)) => &target.description,
        (None, None) => slug.as_str(),
    };
    let note = skip_note::render(slug, target, &live.own, reason);
    let manifest = skipped.into_manifest();
    let mut contents = live.contents;
    contents.put(skip_note::SKIP_NOTE_FILE, note);
    contents.put(MANIFEST_FILE, manifest.encode());
    let mode = Mode::of_publish(manifest.status());
    let why = format!("Rejected by a person: {reason}");
    Ok(case.proposal(live.digest, contents, mode, "reject", &why))
}
