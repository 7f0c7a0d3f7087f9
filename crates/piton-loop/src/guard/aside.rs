//! Setting aside what was planted, and putting back what stood there.

use std::path::{Path, PathBuf};

use piton_durable::{
    Disk, DiskError, Kind, TreeError, WriteError, create_dirs, tree, write_atomic,
};

use super::print::{Print, Prints};

/// What was planted is still there, or what stood there is not back.
#[derive(Debug, thiserror::Error)]
#[error(
    "set aside {}, which git would run or obey; remove it before you run git in this repository",
    path.display()
)]
pub struct AsideError {
    path: PathBuf,
    #[source]
    source: Why,
}

#[derive(Debug, thiserror::Error)]
enum Why {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(
        "what stood there before cannot be put back by piton; it is gone or lies in the evidence"
    )]
    Lost,
}

/// Moves what stands at `paths` into `evidence` and puts back what `before`
/// knows. Parents come before what is in them.
pub(super) fn set_aside(
    disk: &dyn Disk,
    paths: &[PathBuf],
    before: &Prints,
    evidence: &Path,
) -> Result<(), AsideError> {
    create_dirs(disk, evidence).map_err(|error| AsideError {
        path: evidence.to_owned(),
        source: error.into(),
    })?;
    for (number, path) in paths.iter().enumerate() {
        let failed = |source| AsideError {
            path: path.clone(),
            source,
        };
        let stays = matches!(before.get(path), Some(Print::Dir { .. })) && is_dir(disk, path);
        if !stays {
            move_away(disk, path, evidence, number).map_err(failed)?;
        }
    }
    for path in paths {
        let failed = |source| AsideError {
            path: path.clone(),
            source,
        };
        put_back(disk, path, before.get(path).unwrap_or(&Print::Missing)).map_err(failed)?;
    }
    Ok(())
}

/// A directory that still is one has another mode, and what is in it stays.
fn is_dir(disk: &dyn Disk, path: &Path) -> bool {
    matches!(disk.stat(path), Ok(Some(stat)) if stat.kind == Kind::Dir)
}

fn move_away(disk: &dyn Disk, path: &Path, evidence: &Path, number: usize) -> Result<(), Why> {
    let Some(stat) = disk.stat(path)? else {
        return Ok(());
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let to = evidence.join(format!("{number}-{name}"));
    if disk.rename(path, &to).is_ok() {
        // Nothing that lies there is ever run, by whatever way.
        if stat.kind == Kind::File {
            disk.set_mode(&to, 0o600)?;
        }
        return Ok(());
    }
    // On another file system: what can be read is kept, the rest is gone.
    if let Ok(bytes) = disk.read(path) {
        write_atomic(disk, &to, &bytes, 0o600)?;
    }
    Ok(tree::remove(disk, path)?)
}

fn put_back(disk: &dyn Disk, path: &Path, before: &Print) -> Result<(), Why> {
    match before {
        Print::Missing => Ok(()),
        Print::File {
            mode,
            bytes: Some(bytes),
            ..
        } => Ok(write_atomic(disk, path, bytes, *mode)?),
        Print::Dir { mode } => {
            if disk.stat(path)?.is_none() {
                create_dirs(disk, path)?;
            }
            Ok(disk.set_mode(path, *mode)?)
        }
        Print::File { bytes: None, .. } | Print::Link { .. } | Print::Other | Print::Unreadable => {
            Err(Why::Lost)
        }
    }
}
