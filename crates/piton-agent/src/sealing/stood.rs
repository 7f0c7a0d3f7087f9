//! What stands where an agent keeps its state.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, Kind, create_dirs, write_atomic};

/// The longest file whose bytes are kept, and the most bytes altogether.
const LONGEST: u64 = 4 << 20;
const MOST: u64 = 64 << 20;

/// What stood at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Was {
    Dir,
    Link(PathBuf),
    File {
        mode: u32,
        bytes: Vec<u8>,
    },
    /// Too long to be kept: the kernel's own time of change tells whether it
    /// was touched, and nobody can set that.
    Long {
        inode: u64,
        changed: (i64, i64),
    },
    /// A device, a socket, a pipe.
    Other,
}

/// Looks at everything below `root`, but what is in an entry of it that is
/// passed over.
pub(super) fn look(
    disk: &dyn Disk,
    root: &Path,
    is_passed_over: impl Fn(&str) -> bool,
) -> io::Result<BTreeMap<PathBuf, Was>> {
    let mut found = BTreeMap::new();
    let mut left = MOST;
    if disk.stat(root)?.is_none_or(|stat| stat.kind != Kind::Dir) {
        return Ok(found);
    }
    for entry in disk.list(root)? {
        if !is_passed_over(&entry.name.to_string_lossy()) {
            walk(disk, root, Path::new(&entry.name), &mut left, &mut found)?;
        }
    }
    Ok(found)
}

fn walk(
    disk: &dyn Disk,
    root: &Path,
    path: &Path,
    left: &mut u64,
    found: &mut BTreeMap<PathBuf, Was>,
) -> io::Result<()> {
    let full = root.join(path);
    let Some(stat) = disk.stat(&full)? else {
        return Ok(());
    };
    let was = match stat.kind {
        Kind::Dir => {
            for entry in disk.list(&full)? {
                walk(disk, root, &path.join(entry.name), left, found)?;
            }
            Was::Dir
        }
        Kind::Symlink => Was::Link(disk.read_link(&full)?),
        Kind::File if stat.len <= LONGEST.min(*left) => {
            *left -= stat.len;
            Was::File {
                mode: stat.mode,
                bytes: disk.read_at_most(&full, LONGEST)?,
            }
        }
        Kind::File => {
            let stat = full.symlink_metadata()?;
            Was::Long {
                inode: stat.ino(),
                changed: (stat.ctime(), stat.ctime_nsec()),
            }
        }
        Kind::Other => Was::Other,
    };
    found.insert(path.to_owned(), was);
    Ok(())
}

/// Copies what stood there, for people to look at; a copy that fails takes
/// nothing away from putting back.
pub(super) fn set_aside(disk: &dyn Disk, root: &Path, path: &Path, is: &Was, evidence: &Path) {
    let folder = root
        .file_name()
        .map_or_else(|| evidence.to_owned(), |name| evidence.join(name));
    let to = folder.join(path);
    let text = match is {
        Was::File { bytes, .. } => bytes.clone(),
        Was::Link(target) => format!("link to {}\n", target.display()).into_bytes(),
        Was::Dir | Was::Long { .. } | Was::Other => return,
    };
    if let Some(parent) = to.parent() {
        let _ = create_dirs(disk, parent).map(|()| disk.write_new(&to, &text, 0o600));
    }
}

/// Puts back what stood there.
pub(super) fn restore(disk: &dyn Disk, full: &Path, was: &Was) -> io::Result<()> {
    match was {
        Was::Dir => create_dirs(disk, full).map_err(io::Error::other),
        Was::File { mode, bytes } => {
            if let Some(parent) = full.parent() {
                create_dirs(disk, parent).map_err(io::Error::other)?;
            }
            write_atomic(disk, full, bytes, *mode).map_err(io::Error::other)
        }
        Was::Link(target) => std::os::unix::fs::symlink(target, full),
        Was::Long { .. } => Err(io::Error::other(
            "it was too long to be kept; install it again",
        )),
        Was::Other => Err(io::Error::other("it was not a file")),
    }
}
