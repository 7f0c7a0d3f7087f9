//! What deciding a seal needs to know of the disk.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The reading half of the disk, as far as a seal needs it.
pub trait Look {
    /// Returns the names in a directory that are not symbolic links. What a
    /// link leads to is ruled by where it really is.
    fn names(&self, directory: &Path) -> io::Result<Vec<OsString>>;

    /// Returns where a path really is, links followed, if anything is there.
    fn real(&self, path: &Path) -> Option<PathBuf>;
}

/// The disk itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Real;

impl Look for Real {
    fn names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type().is_ok_and(|kind| !kind.is_symlink()) {
                names.push(entry.file_name());
            }
        }
        names.sort();
        Ok(names)
    }

    fn real(&self, path: &Path) -> Option<PathBuf> {
        // Most credential stores are not there: one look tells, following takes
        // one for each part.
        path.symlink_metadata().ok()?;
        std::fs::canonicalize(path).ok()
    }
}
