//! Walking to a directory without going through a link.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskError, DiskRead, Kind};

/// The way to a migration's directory is not what it must be.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    #[error("{} is a link; piton follows none on the way to a migration", path.display())]
    Link { path: PathBuf },
    #[error("{} is not a directory", path.display())]
    NotADirectory { path: PathBuf },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Checks that whatever exists of `relative` below `top` are directories.
pub fn refuse_links(disk: &dyn DiskRead, top: &Path, relative: &str) -> Result<(), PathError> {
    let mut path = top.to_owned();
    for part in relative.split('/') {
        path.push(part);
        if !is_dir(disk, &path)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Makes the directory `relative` below `top`, through no link.
pub fn make_dirs(disk: &dyn Disk, top: &Path, relative: &str) -> Result<(), PathError> {
    let mut path = top.to_owned();
    for part in relative.split('/') {
        path.push(part);
        if !is_dir(disk, &path)? {
            disk.create_dir(&path)?;
        }
    }
    Ok(())
}

/// Tells whether a directory is there; anything else there is an error.
fn is_dir(disk: &dyn DiskRead, path: &Path) -> Result<bool, PathError> {
    let stat = disk.stat(path)?;
    let path = || path.to_owned();
    match stat.map(|stat| stat.kind) {
        None => Ok(false),
        Some(Kind::Dir) => Ok(true),
        Some(Kind::Symlink) => Err(PathError::Link { path: path() }),
        Some(Kind::File | Kind::Other) => Err(PathError::NotADirectory { path: path() }),
    }
}
