//! Changing the user's files without ever writing over one.
//!
//! A prepared file changes places with what stands at its path, in one step.
//! What came out is where the prepared one was; unless it is what was seen
//! before, it goes back.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskError, Doing, Kind, create_dirs};

use super::change::PathChange;
use super::error::{InTheWay, LandError, Obstacle, Refusal};
use super::look::Seen;

/// Where the files of one landing are kept outside the working tree.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) top: PathBuf,
    dir: PathBuf,
}

impl Places {
    pub(super) fn new(top: &Path, dir: &Path) -> Self {
        Self {
            top: top.to_owned(),
            dir: dir.to_owned(),
        }
    }

    pub(super) fn index(&self) -> PathBuf {
        self.dir.join("index")
    }

    /// Returns where prepared files are, and the user's once they changed
    /// places.
    pub(super) fn prepared(&self) -> PathBuf {
        self.dir.join("new")
    }

    pub(super) fn new_file(&self, change: &PathChange) -> PathBuf {
        self.prepared().join(&change.path)
    }

    /// Returns where a file that goes is kept until the landing is over.
    pub(super) fn old_file(&self, change: &PathChange) -> PathBuf {
        self.dir.join("old").join(&change.path)
    }
}

/// Makes the prepared files durable, and returns what they look like.
pub(super) fn prepare(
    disk: &dyn Disk,
    places: &Places,
    changes: &[PathChange],
) -> Result<Vec<Option<Seen>>, LandError> {
    let mut prepared = Vec::with_capacity(changes.len());
    for change in changes {
        if change.to.is_none() {
            prepared.push(None);
            continue;
        }
        let path = places.new_file(change);
        let Some((seen, kind)) = Seen::at(&path)? else {
            return Err(DiskError::new(Doing::Look, &path, io::ErrorKind::NotFound).into());
        };
        if kind.is_file() {
            disk.sync_file(&path)?;
        }
        prepared.push(Some(seen));
    }
    Ok(prepared)
}

/// Changes all paths. What goes makes way first. On failure the caller puts
/// back; nothing is decided here.
pub(super) fn apply(
    disk: &dyn Disk,
    places: &Places,
    changes: &[PathChange],
    seen: &[Option<Seen>],
) -> Result<(), LandError> {
    let both = || changes.iter().zip(seen);
    for (change, seen) in both().filter(|(change, _)| change.to.is_none()) {
        take_out(disk, places, change, *seen)?;
    }
    for (change, seen) in both().filter(|(change, _)| change.to.is_some()) {
        put_in(disk, places, change, *seen)?;
    }
    sync_parents(disk, places, changes)
}

fn take_out(
    disk: &dyn Disk,
    places: &Places,
    change: &PathChange,
    seen: Option<Seen>,
) -> Result<(), LandError> {
    let (path, kept) = (places.top.join(&change.path), places.old_file(change));
    if let Some(parent) = kept.parent() {
        create_dirs(disk, parent)?;
    }
    disk.rename_new(&path, &kept)
        .map_err(|error| gone_or(error, change))?;
    if Seen::at(&kept)?.map(|(now, _)| now) != seen {
        // `put_back` finds it here and puts it back.
        return Err(in_the_way(change, Obstacle::Changed));
    }
    remove_empty_parents(disk, &places.top, &path);
    Ok(())
}

fn put_in(
    disk: &dyn Disk,
    places: &Places,
    change: &PathChange,
    seen: Option<Seen>,
) -> Result<(), LandError> {
    let (path, new) = (places.top.join(&change.path), places.new_file(change));
    let Some(seen) = seen else {
        if let Some(parent) = path.parent() {
            create_dirs(disk, parent)?;
        }
        // git knows no empty directories.
        remove_empty(disk, &path);
        return match disk.rename_new(&new, &path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(in_the_way(change, Obstacle::Untracked))
            }
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                Err(LandError::Refused(Refusal::OtherFileSystem))
            }
            Err(error) => Err(error.into()),
        };
    };
    match disk.exchange(&new, &path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            return exchange_in_two(disk, places, change, seen);
        }
        Err(error) => return Err(gone_or(error, change)),
    }
    match Seen::at(&new)? {
        Some((now, _)) if now == seen => Ok(()),
        Some(_) | None => Err(in_the_way(change, Obstacle::Changed)),
    }
}

/// Where the platform cannot exchange, the path is away for a moment; what was
/// there is kept, and recovery knows the state between.
fn exchange_in_two(
    disk: &dyn Disk,
    places: &Places,
    change: &PathChange,
    seen: Seen,
) -> Result<(), LandError> {
    let (path, new) = (places.top.join(&change.path), places.new_file(change));
    let kept = places.old_file(change);
    if let Some(parent) = kept.parent() {
        create_dirs(disk, parent)?;
    }
    disk.rename(&path, &kept)
        .map_err(|error| gone_or(error, change))?;
    if Seen::at(&kept)?.map(|(now, _)| now) != Some(seen) {
        return Err(in_the_way(change, Obstacle::Changed));
    }
    Ok(disk.rename(&new, &path)?)
}

/// Puts back what a landing changed, and returns the paths that were left as
/// they are because somebody changed them meanwhile. A file goes out only where
/// `is_ours` says so.
pub(super) fn put_back(
    disk: &dyn Disk,
    places: &Places,
    changes: &[PathChange],
    prepared: &[Option<Seen>],
    is_ours: &dyn Fn(&PathChange) -> bool,
) -> Result<Vec<PathBuf>, LandError> {
    let mut left = Vec::new();
    let both = || changes.iter().zip(prepared);
    // The other way round: what came in goes out first.
    for (change, prepared) in both().filter(|(change, _)| change.to.is_some()) {
        let (path, new) = (places.top.join(&change.path), places.new_file(change));
        let here = Seen::at(&path)?.map(|(now, _)| now);
        let came = here.is_some_and(|here| prepared.is_some_and(|it| it.inode == here.inode));
        if !came {
            continue;
        }
        if here != *prepared || !is_ours(change) {
            left.push(change.path.clone());
            continue;
        }
        if change.from.is_none() {
            disk.rename_new(&path, &new)?;
            remove_empty_parents(disk, &places.top, &path);
        } else if disk.stat(&new)?.is_some() {
            disk.exchange(&new, &path)?;
        } else {
            // It came in by two renames: what was there is kept below.
            disk.rename(&path, &new)?;
        }
    }
    for (change, _) in both().filter(|(change, _)| change.from.is_some()) {
        let (path, kept) = (places.top.join(&change.path), places.old_file(change));
        let is_kept = disk.stat(&kept)?.is_some();
        if !is_kept {
            continue;
        }
        if let Some(parent) = path.parent() {
            create_dirs(disk, parent)?;
        }
        match disk.rename_new(&kept, &path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                left.push(change.path.clone());
            }
            Err(error) => return Err(error.into()),
        }
    }
    sync_parents(disk, places, changes)?;
    Ok(left)
}

fn sync_parents(disk: &dyn Disk, places: &Places, changes: &[PathChange]) -> Result<(), LandError> {
    let mut parents: Vec<PathBuf> = changes
        .iter()
        .filter_map(|change| places.top.join(&change.path).parent().map(Path::to_owned))
        .collect();
    parents.sort_unstable();
    parents.dedup();
    for parent in parents {
        // One that is gone with its last file has a parent that tells so.
        let is_dir = disk
            .stat(&parent)?
            .is_some_and(|stat| stat.kind == Kind::Dir);
        if is_dir {
            disk.sync_dir(&parent)?;
        }
    }
    Ok(())
}

/// Removes a directory in which nothing but directories is. What holds a file
/// stays.
fn remove_empty(disk: &dyn Disk, dir: &Path) {
    if !matches!(disk.stat(dir), Ok(Some(stat)) if stat.kind == Kind::Dir) {
        return;
    }
    for entry in disk.list(dir).unwrap_or_default() {
        if entry.kind == Kind::Dir {
            remove_empty(disk, &dir.join(&entry.name));
        }
    }
    let _ = disk.remove_dir(dir);
}

/// Removes directories that held nothing but what went, as git does.
fn remove_empty_parents(disk: &dyn Disk, top: &Path, path: &Path) {
    for parent in path.ancestors().skip(1) {
        if parent == top || disk.remove_dir(parent).is_err() {
            return;
        }
    }
}

fn in_the_way(change: &PathChange, obstacle: Obstacle) -> LandError {
    LandError::Refused(Refusal::InTheWay(vec![InTheWay {
        path: change.path.clone(),
        obstacle,
    }]))
}

fn gone_or(error: DiskError, change: &PathChange) -> LandError {
    match error.kind() {
        io::ErrorKind::NotFound => in_the_way(change, Obstacle::Deleted),
        io::ErrorKind::CrossesDevices => LandError::Refused(Refusal::OtherFileSystem),
        _ => error.into(),
    }
}
