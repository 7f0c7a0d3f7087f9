//! Replacing one file, whole or not at all.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::disk::{Disk, Kind};
use crate::refusal::{DiskError, DiskResult, Doing};

/// The end of the name of every temporary file this crate makes.
const LEFTOVER: &str = ".piton-tmp";

/// Why a durable write did not happen. The old content stands, whole, unless
/// the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the directory {} cannot be created: a file has that name", path.display())]
    InTheWay { path: PathBuf },
    #[error("{} names no file", path.display())]
    NoName { path: PathBuf },
    /// The new content is in place and whole, but the name may not outlast a
    /// power cut.
    #[error(transparent)]
    SyncName(DiskError),
}

/// Replaces the file at `path`, or creates it, together with the directories
/// above it. After any crash the old content is there or the new one; when
/// this returned, the new one. A link at `path` is replaced, never followed.
pub fn write_atomic(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<(), WriteError> {
    let (parent, _) = named(path)?;
    create_dirs(disk, parent)?;
    write_whole(disk, path, bytes, mode)?;
    disk.sync_dir(parent).map_err(WriteError::SyncName)
}

/// Replaces the file at `path`, or creates it: after any crash the old content
/// is there or the new one, whole. Which of the two, only the sync of the
/// directory decides, and that is the caller's; it must exist.
pub fn write_whole(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<(), WriteError> {
    let (parent, name) = named(path)?;
    Ok(place(disk, (parent, name), path, bytes, mode)??)
}

/// Replaces the file at `path`, or creates it, for readers who live: they see
/// the old content or the new one. A power cut may take both.
pub fn write_unsynced(
    disk: &dyn Disk,
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<(), WriteError> {
    let (parent, name) = named(path)?;
    let about = |error: DiskError| error.about(Doing::Write, path);
    let temporary = write_beside(disk, parent, name, bytes, mode).map_err(about)?;
    disk.rename(&temporary, path).map_err(|error| {
        let _ = disk.remove_file(&temporary);
        about(error).into()
    })
}

/// Like [`write_atomic`], with the unfinished file in `scratch` instead of beside the one
/// that is written: neither a kill nor an error leaves anything where people work.
/// Where the two are on different file systems it stands beside all the same.
/// Nobody else may write below the same directories meanwhile.
pub fn write_atomic_from(
    disk: &dyn Disk,
    scratch: &Path,
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<(), WriteError> {
    let (parent, name) = named(path)?;
    create_dirs(disk, scratch)?;
    let made = missing(disk, parent)?;
    let written = create_dirs(disk, parent).and_then(|()| {
        match place(disk, (scratch, name), path, bytes, mode)? {
            Ok(()) => disk
                .sync_dir(parent)
                .and_then(|()| disk.sync_dir(scratch))
                .map_err(WriteError::SyncName),
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                write_atomic(disk, path, bytes, mode)
            }
            Err(error) => Err(error.into()),
        }
    });
    if written.is_err() {
        // The first that has anything in it stays, and so do those above it.
        let _ = made.iter().try_for_each(|dir| match disk.remove_dir(dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        });
    }
    written
}

/// Returns the directory that a path is in, and its name there.
fn named(path: &Path) -> Result<(&Path, &OsStr), WriteError> {
    let parts = path.parent().zip(path.file_name());
    parts.ok_or_else(|| WriteError::NoName { path: path.into() })
}

/// Writes a temporary file into a directory, syncs it and renames it. The inner
/// error is that of the rename.
fn place(
    disk: &dyn Disk,
    (at, name): (&Path, &OsStr),
    path: &Path,
    bytes: &[u8],
    mode: u32,
) -> Result<DiskResult<()>, WriteError> {
    let about = |error: DiskError| error.about(Doing::Write, path);
    let temporary = write_beside(disk, at, name, bytes, mode).map_err(about)?;
    // What failed is what the caller must hear of; a leftover that cannot be
    // removed now is swept later.
    let clear = || drop(disk.remove_file(&temporary));
    if let Err(error) = disk.sync_file(&temporary) {
        clear();
        return Err(error.about(Doing::Sync, path).into());
    }
    if let Err(error) = disk.rename(&temporary, path) {
        clear();
        return Ok(Err(about(error)));
    }
    Ok(Ok(()))
}

/// Creates a directory and whatever is missing above it, durably.
pub fn create_dirs(disk: &dyn Disk, path: &Path) -> Result<(), WriteError> {
    for dir in missing(disk, path)?.into_iter().rev() {
        make_dir(disk, dir)?;
        if let Some(parent) = dir.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            disk.sync_dir(parent)?;
        }
    }
    Ok(())
}

/// The same, with no name durable: the caller syncs what is to last.
pub fn make_dirs(disk: &dyn Disk, path: &Path) -> Result<(), WriteError> {
    for dir in missing(disk, path)?.into_iter().rev() {
        make_dir(disk, dir)?;
    }
    Ok(())
}

fn make_dir(disk: &dyn Disk, dir: &Path) -> Result<(), WriteError> {
    match disk.create_dir(dir) {
        Ok(()) => Ok(()),
        // Another process made it first; whether it synced is unknown.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Returns the directories that are missing, the lowest first.
fn missing<'p>(disk: &dyn Disk, path: &'p Path) -> Result<Vec<&'p Path>, WriteError> {
    let mut missing = Vec::new();
    let mut at = path;
    loop {
        match disk.stat(at)? {
            Some(stat) if stat.kind == Kind::File || stat.kind == Kind::Other => {
                return Err(WriteError::InTheWay { path: at.into() });
            }
            // A link to a directory above a repository is the user's own affair.
            Some(_) => break,
            None => missing.push(at),
        }
        match at.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => at = parent,
            _ => break,
        }
    }
    Ok(missing)
}

/// Removes the temporary files that killed writers left in `dir`, and returns
/// their paths. Call it only while holding the lock that all writers of this
/// directory take, because a living writer's file looks just the same.
pub fn sweep(disk: &dyn Disk, dir: &Path) -> DiskResult<Vec<PathBuf>> {
    if disk.stat(dir)?.is_none() {
        return Ok(Vec::new());
    }
    let mut swept = Vec::new();
    for entry in disk.list(dir)? {
        if entry.kind == Kind::File && is_leftover(&entry.name) {
            let path = dir.join(&entry.name);
            disk.remove_file(&path)?;
            swept.push(path);
        }
    }
    Ok(swept)
}

/// Returns whether `name` is that of a temporary file of this crate.
pub fn is_leftover(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    bytes.starts_with(b".") && bytes.ends_with(LEFTOVER.as_bytes())
}

/// Writes a new file beside the target, on whose file system it must be.
fn write_beside(
    disk: &dyn Disk,
    parent: &Path,
    name: &OsStr,
    bytes: &[u8],
    mode: u32,
) -> DiskResult<PathBuf> {
    loop {
        let temporary = parent.join(temporary_name(name));
        match disk.write_new(&temporary, bytes, mode) {
            Ok(()) => return Ok(temporary),
            // A dead process had the same id and died in the same place.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                let _ = disk.remove_file(&temporary);
                return Err(error);
            }
        }
    }
}

/// The process id keeps processes apart, the counter threads.
fn temporary_name(name: &OsStr) -> OsString {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(
        ".{}-{}{LEFTOVER}",
        std::process::id(),
        COUNTER.fetch_add(1, Ordering::Relaxed)
    ));
    temporary
}
