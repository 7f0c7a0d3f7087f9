//! What a person decided, as it is published.

use piton_durable::TreeDigest;
use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::contents::Contents;
use piton_migration::own::{OWN_FILE, OwnData};
use piton_migration::slug::Slug;

use crate::commit;

/// Returns the next state of a migration, under a verb for its commit.
pub(super) fn proposal(
    slug: Slug,
    base: TreeDigest,
    contents: Contents,
    mode: Mode,
    (verb, prefix): (&str, &str),
    why: &str,
) -> Proposal {
    let subject = commit::person_subject(prefix, slug.as_str(), verb);
    Proposal {
        message: commit::message(&subject, why, None),
        operation: format!("migration.{verb}"),
        slug,
        base,
        mode,
        contents,
    }
}

/// Takes the deferral out of piton's notes, where there is one: a person acted.
pub(super) fn forget_deferral(contents: &mut Contents, own: &OwnData) {
    if is_put_off(own) {
        let mut own = own.clone();
        own.clear_deferral();
        contents.put(OWN_FILE, own.encode());
    }
}

pub(super) fn is_put_off(own: &OwnData) -> bool {
    own.deferral.is_some() || own.failures > 0 || own.retry_at.is_some()
}
