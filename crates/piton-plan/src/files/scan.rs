//! Comparing a set of files with a directory.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use piton_durable::{DiskError, DiskRead, Kind};

use crate::failure::Failure;
use crate::files::compare::{Comparison, Depth, FileCategory, compare};
use piton_base::{InvalidRepoPath, RepoPath};

/// The comparisons of a set of files, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    pub comparisons: BTreeMap<RepoPath, Comparison>,
}

/// Why a directory could not be scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error(transparent)]
    Look(#[from] Failure),
    #[error(transparent)]
    List(#[from] DiskError),
    #[error("a name below {dir} cannot be used")]
    Name {
        dir: RepoPath,
        #[source]
        source: InvalidRepoPath,
    },
}

impl Scan {
    /// Returns how many files are of one category.
    pub fn count(&self, category: FileCategory) -> usize {
        let all = self.comparisons.values();
        all.filter(|c| c.category == category).count()
    }
}

/// Compares wanted files with those that are there, and adds all other regular
/// files below `below`, if that is given.
pub fn scan<'w>(
    disk: &dyn DiskRead,
    root: &Path,
    wanted: impl IntoIterator<Item = (&'w RepoPath, &'w [u8], Option<SystemTime>)>,
    below: Option<&RepoPath>,
    depth: Depth,
) -> Result<Scan, ScanError> {
    let mut scan = Scan::default();
    for (path, bytes, modified) in wanted {
        let comparison = compare(disk, root, path, Some((bytes, modified)), depth)?;
        scan.comparisons.insert(path.clone(), comparison);
    }
    let mut dirs: Vec<RepoPath> = below.cloned().into_iter().collect();
    while let Some(dir) = dirs.pop() {
        match disk.stat(&dir.under(root))? {
            Some(stat) if stat.kind == Kind::Dir => {}
            // Nothing is there to be added.
            Some(_) | None => continue,
        }
        for entry in disk.list(&dir.under(root))? {
            let name = entry.name.to_string_lossy();
            let path = match dir.join(&name) {
                Ok(path) => path,
                Err(source) => return Err(ScanError::Name { dir, source }),
            };
            match entry.kind {
                Kind::Dir => dirs.push(path),
                Kind::File if !scan.comparisons.contains_key(&path) => {
                    let comparison = compare(disk, root, &path, None, depth)?;
                    scan.comparisons.insert(path, comparison);
                }
                Kind::File | Kind::Symlink | Kind::Other => {}
            }
        }
    }
    Ok(scan)
}
