//! Where piton answers otherwise than the original, on purpose.
//!
//! Each difference is a rule, so that it holds for cases nobody recorded yet,
//! and each says why.

use std::path::Path;

use piton_migration::slug::Slug;
use serde_json::Value;

use crate::findings::Row;

/// The original reports a reference that leads out of the migration, then
/// opens the file outside all the same and looks for headings in it. piton
/// opens nothing that it has just called invalid.
pub(crate) fn without_outside_documents(theirs: Vec<Row>) -> Vec<Row> {
    let outside: Vec<_> = theirs
        .iter()
        .filter(|(_, code, _)| {
            code == "invalid-phase-file-reference" || code == "phase-file-escapes-migration"
        })
        .map(|(_, _, path)| path.clone())
        .collect();
    theirs
        .into_iter()
        .filter(|(_, code, path)| {
            !(outside.contains(path)
                && (code == "missing-phase-precondition"
                    || code == "missing-phase-definition-of-done"))
        })
        .collect()
}

/// The original refuses a slug that is also the name of anything in the
/// project root, because it takes the name for a path as well. In piton an
/// exact slug wins.
pub(crate) fn exact_slug_wins(value: &str, slug: &Slug, root: &Path) -> bool {
    value == slug.as_str() && root.join(value).exists()
}

/// The original reads a manifest through a link, and then refuses to publish
/// the migration because it holds one. piton says at once that the link is in
/// the way.
pub(crate) fn manifest_behind_a_link(entries: &[Value]) -> bool {
    entries
        .iter()
        .any(|entry| entry["path"] == "manifest.json" && entry["type"] == "symlink")
}
