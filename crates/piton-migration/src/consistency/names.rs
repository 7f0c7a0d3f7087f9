//! Names in a directory that was listed.

use piton_durable::{Entry, Kind};

/// Returns what stands at a name in a sorted listing.
pub(super) fn kind_of(entries: &[Entry], name: &str) -> Option<Kind> {
    entries
        .binary_search_by(|entry| entry.name.as_os_str().cmp(name.as_ref()))
        .ok()
        .map(|index| entries[index].kind)
}
