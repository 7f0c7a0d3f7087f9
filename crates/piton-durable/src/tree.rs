//! Whole directories: walked, copied durably, removed.
//!
//! A tree that piton carries holds directories and regular files with UTF-8
//! names, nothing else: a link could point out of it, a device could block its
//! reader, and neither survives a copy with its meaning intact.

use std::io;
use std::path::{Path, PathBuf};

use crate::disk::{Disk, DiskRead, Entry, Kind};
use crate::refusal::{DiskError, DiskResult, Doing};

/// The bits of a file's mode that a copy keeps. Set-id and sticky bits are
/// dropped on purpose: an agent must not be able to smuggle one in.
pub(crate) const COPIED_MODE: u32 = 0o777;

/// Why a tree was refused, or could not be handled.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    #[error("{} does not exist", path.display())]
    Missing { path: PathBuf },
    #[error("{} is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    #[error("{} is a symbolic link; a migration may hold only files and directories", path.display())]
    Symlink { path: PathBuf },
    #[error("{} is neither a file nor a directory", path.display())]
    Special { path: PathBuf },
    #[error("{} has a name that is not UTF-8", path.display())]
    NotUtf8 { path: PathBuf },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl TreeError {
    /// Whether a disk failed that may do better a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Disk(error) => error.may_pass(),
            Self::Missing { .. }
            | Self::NotADirectory { .. }
            | Self::Symlink { .. }
            | Self::Special { .. }
            | Self::NotUtf8 { .. } => false,
        }
    }
}

/// What a tree can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    Dir,
    File,
}

/// One thing in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The path below the root, with `/` between its parts on every platform.
    pub path: String,
    pub kind: NodeKind,
    /// Permission, set-id and sticky bits.
    pub mode: u32,
}

/// Everything below a directory, sorted by the whole path as one string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub nodes: Vec<Node>,
}

/// Walks the directory at `root`; `None` when there is none. A dangling link
/// counts as none, because that is what the digest says of it.
pub fn walk(disk: &dyn DiskRead, root: &Path) -> Result<Option<Tree>, TreeError> {
    let stat = disk.stat(root)?;
    match stat.map(|stat| stat.kind) {
        None => return Ok(None),
        Some(Kind::Dir) => {}
        Some(Kind::Symlink) => {
            return match disk.list(root) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                _ => Err(TreeError::Symlink { path: root.into() }),
            };
        }
        Some(Kind::File | Kind::Other) => {
            return Err(TreeError::NotADirectory { path: root.into() });
        }
    }
    let mut nodes = Vec::new();
    // A stack of our own, so that no depth of nesting can exhaust the thread's.
    let mut waiting = vec![String::new()];
    while let Some(dir) = waiting.pop() {
        let here = root.join(&dir);
        for entry in disk.list(&here)? {
            let full = here.join(&entry.name);
            let Some(name) = entry.name.to_str() else {
                return Err(TreeError::NotUtf8 { path: full });
            };
            let path = if dir.is_empty() {
                name.to_owned()
            } else {
                format!("{dir}/{name}")
            };
            let stat = disk
                .stat(&full)?
                .ok_or_else(|| DiskError::new(Doing::Look, &full, io::ErrorKind::NotFound))?;
            let kind = match stat.kind {
                Kind::File => NodeKind::File,
                Kind::Dir => NodeKind::Dir,
                Kind::Symlink => return Err(TreeError::Symlink { path: full }),
                Kind::Other => return Err(TreeError::Special { path: full }),
            };
            if kind == NodeKind::Dir {
                waiting.push(path.clone());
            }
            nodes.push(Node {
                path,
                kind,
                mode: stat.mode,
            });
        }
    }
    nodes.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(Some(Tree { nodes }))
}

/// Copies the directory `from` to `to`, which must not exist but whose parent
/// must. When this returned, every byte and every name below `to` is durable;
/// the name of `to` itself is too.
///
/// Files keep their permission bits. Directories keep theirs as well, except
/// that their owner may always read, write and enter them: one that nobody can
/// write could never be replaced or removed again.
pub fn copy(disk: &dyn Disk, from: &Path, to: &Path) -> Result<(), TreeError> {
    let tree = walk(disk, from)?.ok_or_else(|| TreeError::Missing { path: from.into() })?;
    let root_mode = disk.stat(from)?.map_or(0o755, |stat| stat.mode);
    let make_dir = |path: &Path, mode: u32| {
        disk.create_dir(path)
            .and_then(|()| disk.set_mode(path, dir_mode(mode)))
    };
    make_dir(to, root_mode)?;
    let mut dirs = vec![to.to_path_buf()];
    let mut files = Vec::new();
    // Sorted by path, a directory comes before everything in it.
    for node in &tree.nodes {
        let target = to.join(&node.path);
        match node.kind {
            NodeKind::Dir => {
                make_dir(&target, node.mode)?;
                dirs.push(target);
            }
            NodeKind::File => {
                let source = from.join(&node.path);
                let bytes = disk.read(&source)?;
                disk.write_new(&target, &bytes, node.mode & COPIED_MODE)?;
                files.push(target);
            }
        }
    }
    // All are written before the first is synced, because a journal commits
    // what has gathered in it at once, and the later syncs find little to do.
    for file in &files {
        disk.sync_file(file)?;
    }
    if let Some(parent) = to.parent() {
        dirs.insert(0, parent.to_path_buf());
    }
    for dir in dirs.iter().rev() {
        disk.sync_dir(dir)?;
    }
    Ok(())
}

/// Removes whatever is at `path`, links and odd things included, following
/// none of them. Nothing there is no error. Not durable until the parent is
/// synced.
pub fn remove(disk: &dyn Disk, path: &Path) -> Result<(), TreeError> {
    match remove_by_paths(disk, path) {
        // Nested deeper than the longest path.
        Err(error) if error.kind() == io::ErrorKind::InvalidFilename => Ok(disk.remove_deep(path)?),
        done => Ok(done?),
    }
}

/// Removes a directory in which others may be at work, if it is empty. Tells
/// whether it did. Not durable until the parent is synced.
pub fn remove_if_empty(disk: &dyn Disk, dir: &Path) -> DiskResult<bool> {
    use io::ErrorKind::{DirectoryNotEmpty, NotFound};
    match disk.remove_dir(dir) {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.kind(), DirectoryNotEmpty | NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns how many bytes the files at and below a path hold, links not
/// followed. What cannot be read counts as nothing.
pub fn size(disk: &dyn DiskRead, path: &Path) -> u64 {
    let (mut bytes, mut waiting) = (0, vec![path.to_path_buf()]);
    while let Some(path) = waiting.pop() {
        match disk.stat(&path) {
            Ok(Some(stat)) if stat.kind == Kind::File => bytes += stat.len,
            Ok(Some(stat)) if stat.kind == Kind::Dir => {
                let entries = disk.list(&path).unwrap_or_default().into_iter();
                waiting.extend(entries.map(|entry| path.join(entry.name)));
            }
            Ok(_) | Err(_) => {}
        }
    }
    bytes
}

fn remove_by_paths(disk: &dyn Disk, path: &Path) -> DiskResult<()> {
    match disk.stat(path)? {
        None => return Ok(()),
        Some(stat) if stat.kind != Kind::Dir => {
            return disk.remove_file(path);
        }
        Some(_) => {}
    }
    let mut dirs = vec![path.to_path_buf()];
    let mut next = 0;
    while let Some(dir) = dirs.get(next).cloned() {
        next += 1;
        let entries = list_for_removal(disk, &dir)?;
        for entry in entries {
            let child = dir.join(&entry.name);
            if entry.kind == Kind::Dir {
                dirs.push(child);
            } else {
                disk.remove_file(&child)?;
            }
        }
    }
    // Parents come before their children in the list.
    for dir in dirs.iter().rev() {
        disk.remove_dir(dir)?;
    }
    Ok(())
}

/// Lists a directory whose content is to be removed, and opens it for its
/// owner where somebody closed it.
fn list_for_removal(disk: &dyn Disk, dir: &Path) -> DiskResult<Vec<Entry>> {
    if let Some(stat) = disk.stat(dir)?
        && stat.mode & 0o700 != 0o700
    {
        disk.set_mode(dir, dir_mode(stat.mode))?;
    }
    disk.list(dir)
}

fn dir_mode(mode: u32) -> u32 {
    mode & COPIED_MODE | 0o700
}
