//! Whether a file is the very one that a commit names.
//!
//! A note about a landing is a file that others could have written. So what it
//! names is moved or removed only where the content shows that it is piton's.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use piton_durable::{Disk, DiskRead as _, Kind, RealDisk};

use super::change::{PathChange, TreeEntry};
use super::files::Places;
use super::plain;
use crate::Repository;
use crate::program::GitCommand;

/// Larger files are git's to compare.
const LONGEST: u64 = 64 << 20;

/// Whether what stands at `file` is what the commit has there. What cannot be
/// looked at is not.
pub(super) fn is_stored(
    repository: &Repository,
    file: &Path,
    path: &Path,
    entry: &TreeEntry,
) -> bool {
    let found = if entry.is_link() {
        let link = std::fs::read_link(file);
        link.map(|link| link.as_os_str().as_bytes().to_vec()).ok()
    } else {
        RealDisk.read_at_most(file, LONGEST).ok()
    };
    if let (Some(here), Ok(stored)) = (found, plain::stored(repository, entry))
        && here == stored
    {
        return true;
    }
    let is_file = matches!(RealDisk.stat(file), Ok(Some(stat)) if stat.kind == Kind::File);
    // Ends of lines and filters make files differ from what is stored. Looking
    // at the working tree runs the same ones.
    is_file && !entry.is_link() && {
        let told = GitCommand::reading(repository.top())
            .args(["hash-object", "--path"])
            .arg(path)
            .arg("--")
            .arg(file)
            .line();
        told.is_ok_and(|id| id == entry.object)
    }
}

/// Whether everything that a landing has aside is in one of the two commits, so
/// that nothing is lost with it.
pub(super) fn is_all_stored(
    disk: &dyn Disk,
    repository: &Repository,
    places: &Places,
    changes: &[PathChange],
) -> bool {
    changes.iter().all(|change| {
        let known = [&change.to, &change.from];
        let aside = [places.new_file(change), places.old_file(change)];
        aside.iter().all(|file| match disk.stat(file) {
            Ok(None) => true,
            Ok(Some(stat)) if stat.kind == Kind::Dir => true,
            Ok(Some(_)) => (known.into_iter().flatten())
                .any(|entry| is_stored(repository, file, &change.path, entry)),
            Err(_) => false,
        })
    })
}
