//! A commit that only notes something about a migration: that it was put off,
//! that work on it failed.

use std::path::Path;

use piton_agent::CallRole;
use piton_durable::write_atomic;
use piton_git::CommitId;
use piton_migration::manifest::{MANIFEST_FILE, Manifest};
use piton_migration::own::{OWN_FILE, OwnData};
use piton_migration::slug::Slug;

use super::accepted::Accepted;
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::message::Trailers;
use super::start;
use super::workplace::Workplace;
use crate::commit;
use crate::failures::FailureKind;

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
pub(super) fn commit(at: &Workplace<'_, '_>, putting: &Putting<'_>) -> Result<Accepted, Halt> {
    let Workplace {
        shop, run, start, ..
    } = at;
    let role = CallRole::PhaseExecutionGate;
    let subject = commit::person_subject(shop.prefix, putting.slug.as_str(), putting.verb);
    let trailers = Trailers {
        run: run.id().to_string(),
        migration: Some(putting.slug.to_string()),
        ..Trailers::default()
    };
    let message = trailers.under(&commit::message(&subject, putting.why, None));
    let files = [
        (MANIFEST_FILE, putting.manifest.encode()),
        (OWN_FILE, putting.own.encode()),
    ];
    let commit = commit_files(at, role, putting.slug, &files, &message)?;
    let commit = commit.ok_or_else(|| {
        let kind = FailureKind::AgentInfraFailure;
        Halt::from(WorkFailure::again(role, kind, "there was nothing to note"))
    })?;
    let mut note = Accepted {
        slug: Some(putting.slug.to_string()),
        ..start.led_to(run, commit, subject)
    };
    note.name.push_str("-note");
    start::hold(shop, role, note)
}

/// Writes files of piton's own into a migration, and makes a commit of them
/// alone; none where git sees nothing new.
pub(super) fn commit_files(
    Workplace { shop, slot, .. }: &Workplace<'_, '_>,
    role: CallRole,
    slug: &Slug,
    files: &[(&str, Vec<u8>)],
    message: &str,
) -> Result<Option<CommitId>, Halt> {
    let relative = shop.site.relative(slug);
    for (name, bytes) in files {
        let file = slot.dir().join(&relative).join(name);
        write_atomic(shop.disk, &file, bytes, 0o644).or_trouble(role)?;
    }
    let only = [Path::new(&relative)];
    let proposed = slot.commit(shop.disk, shop.repository, &only, message);
    Ok(proposed.or_trouble(role)?.map(|proposed| proposed.commit))
}
