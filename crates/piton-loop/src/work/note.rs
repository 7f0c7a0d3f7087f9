//! A commit that only notes something about a migration: that it was put off,
//! that work on it failed.

use std::path::Path;

use piton_agent::CallRole;
use piton_durable::write_atomic;
use piton_git::slot::Slot;
use piton_migration::manifest::{MANIFEST_FILE, Manifest};
use piton_migration::own::{OWN_FILE, OwnData};
use piton_migration::slug::Slug;

use super::accepted::Accepted;
use super::attempts::Start;
use super::failure::{Halt, WorkFailure};
use super::message::Trailers;
use super::shop::Shop;
use crate::commit;
use crate::failures::FailureKind;
use crate::runs::RunRecord;

/// What is noted, and in which words.
#[derive(Debug)]
pub(super) struct Putting<'a> {
    pub(super) slug: &'a Slug,
    pub(super) manifest: &'a Manifest,
    pub(super) own: &'a OwnData,
    pub(super) verb: &'a str,
    pub(super) why: &'a str,
}

/// Makes the commit in a slot that shows its base, and holds it.
pub(super) fn commit(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    start: &Start,
    putting: &Putting<'_>,
) -> Result<Accepted, Halt> {
    let role = CallRole::PhaseExecutionGate;
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let relative = shop.site.relative(putting.slug);
    let dir = slot.dir().join(&relative);
    for (name, bytes) in [
        (MANIFEST_FILE, putting.manifest.encode()),
        (OWN_FILE, putting.own.encode()),
    ] {
        write_atomic(shop.disk, &dir.join(name), &bytes, 0o644).map_err(|error| trouble(&error))?;
    }
    let subject = commit::person_subject(shop.prefix, putting.slug.as_str(), putting.verb);
    let trailers = Trailers {
        run: run.id().to_string(),
        migration: Some(putting.slug.to_string()),
        ..Trailers::default()
    };
    let message = trailers.under(&commit::message(&subject, putting.why, None));
    let proposed = slot
        .commit(
            shop.disk,
            shop.repository,
            &[Path::new(&relative)],
            &message,
        )
        .map_err(|error| trouble(&error))?
        .ok_or_else(|| {
            let story = "there was nothing to note".to_owned();
            Halt::from(WorkFailure::again(
                role,
                FailureKind::AgentInfraFailure,
                story,
            ))
        })?;
    let accepted = Accepted {
        name: format!("{}-{:03}-note", run.id(), start.attempt),
        base: start.base.clone(),
        commit: proposed.commit,
        onto: start.onto.clone(),
        subject,
        slug: Some(putting.slug.to_string()),
        files: Vec::new(),
        validated: false,
    };
    accepted
        .hold(shop.disk, shop.repository, shop.site.state())
        .map_err(|error| trouble(&error))?;
    Ok(accepted)
}
