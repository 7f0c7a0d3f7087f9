//! Files that changed although no action names them.

use std::collections::BTreeSet;

use crate::files::operation::FileOp;
use crate::files::scan::Scan;
use piton_base::RepoPath;

/// Returns the files that differ between two scans of the same directory and
/// that none of the operations is about.
pub fn unplanned<'o>(
    before: &Scan,
    after: &Scan,
    operations: impl IntoIterator<Item = &'o FileOp>,
) -> Vec<RepoPath> {
    let named: BTreeSet<&RepoPath> = operations.into_iter().flat_map(FileOp::paths).collect();
    let digest = |scan: &Scan, path: &RepoPath| {
        let comparison = scan.comparisons.get(path);
        comparison.and_then(|c| c.dest).map(|dest| dest.digest)
    };
    let seen: BTreeSet<&RepoPath> = before
        .comparisons
        .keys()
        .chain(after.comparisons.keys())
        .collect();
    seen.into_iter()
        .filter(|path| !named.contains(*path) && digest(before, path) != digest(after, path))
        .cloned()
        .collect()
}
