//! Approving and rejecting.

use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::manifest::{MANIFEST_FILE, Manifest, MigrationState, Status};
use piton_migration::slug::Slug;
use piton_migration::stamp::Stamp;

use super::super::accept::is_reserved_path;
use super::super::decide::refuse_dirty;
use super::super::site::Site;
use super::super::skip_note;
use super::super::snapshot::Live;
use super::proposal::{forget_deferral, proposal};
use super::refusal::PersonRefusal;

/// Approves a migration that waits for a person.
pub fn approve(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    prefix: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let live = Live::read(disk, site, slug)?;
    let slug = slug.clone();
    let MigrationState::AwaitingReview(waiting) = MigrationState::from(live.manifest.clone())
    else {
        let status = live.manifest.status();
        return Err(PersonRefusal::NotAwaiting { slug, status });
    };
    if live.manifest.status() == Status::Planning {
        return Err(PersonRefusal::OpenFindings { slug });
    }
    refuse_dirty(git, site, &slug)?;
    let why = match waiting.manifest().human_review_reason() {
        Some(asked) => format!("Approved by a person, who was asked: {asked}"),
        None => "Approved by a person.".to_owned(),
    };
    let manifest = waiting.reviewed(now).manifest().clone();
    let mut contents = live.contents;
    contents.put(MANIFEST_FILE, manifest.encode());
    forget_deferral(&mut contents, &live.own);
    let mode = Mode::ReadyPublish;
    Ok(proposal(
        slug,
        live.digest,
        contents,
        mode,
        ("approve", prefix),
        &why,
    ))
}

/// Takes up what a person and an agent made of a copy of a migration that
/// waits for a person: a copy of what was `shown`, and of nothing else.
pub fn reviewed(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    shown: &Live,
    copy: Contents,
    prefix: &str,
) -> Result<Proposal, PersonRefusal> {
    let slug = shown.slug.clone();
    let live = Live::read(disk, site, &slug)?;
    if live.digest != shown.digest {
        return Err(PersonRefusal::Changed { slug });
    }
    refuse_dirty(git, site, &slug)?;
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
    let mode = Mode::ReadyPublish;
    Ok(proposal(
        slug,
        live.digest,
        contents,
        mode,
        ("review", prefix),
        &why,
    ))
}

/// Rejects a migration that is planned, ready, or waits for a person.
pub fn reject(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    reason: &str,
    prefix: &str,
    now: Stamp,
) -> Result<Proposal, PersonRefusal> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(PersonRefusal::Blank { verb: "reject" });
    }
    let live = Live::read(disk, site, slug)?;
    let slug = slug.clone();
    let skipped = match MigrationState::from(live.manifest.clone()) {
        MigrationState::Planning(planning) => planning.accept_step(now).reject(),
        MigrationState::Ready(ready) => ready.reject(now),
        MigrationState::AwaitingReview(waiting) => waiting.reject(now),
        MigrationState::Skipped(_) | MigrationState::Done(_) => {
            return Err(PersonRefusal::Over {
                verb: "reject",
                status: live.manifest.status(),
                slug,
            });
        }
    };
    refuse_dirty(git, site, &slug)?;
    let state = live.state();
    let target = match (&state, &live.own.target) {
        (Some(state), _) => state.target(),
        (None, Some(target)) => &target.description,
        (None, None) => slug.as_str(),
    };
    let note = skip_note::render(&slug, target, &live.own, reason);
    let manifest = skipped.into_manifest();
    let mut contents = live.contents;
    contents.put(skip_note::SKIP_NOTE_FILE, note);
    contents.put(MANIFEST_FILE, manifest.encode());
    let mode = Proposal::mode_of(manifest.status());
    let why = format!("Rejected by a person: {reason}");
    Ok(proposal(
        slug,
        live.digest,
        contents,
        mode,
        ("reject", prefix),
        &why,
    ))
}
