//! Making the edits of a script, inside one directory and nowhere else.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskError, Doing, Kind};
use thiserror::Error;

use super::edit::{Base, Change, Edit};
use crate::call::AgentCall;

/// An edit that cannot be made.
#[derive(Debug, Error)]
pub enum EditError {
    #[error("{} is a link or not a directory; edits follow no links", .0.display())]
    NotADirectory(PathBuf),
    #[error("{} is not a regular file", .0.display())]
    NotAFile(PathBuf),
    #[error(transparent)]
    Disk(#[from] DiskError),
}

pub(super) fn make(disk: &dyn Disk, call: &AgentCall, edit: &Edit) -> Result<(), EditError> {
    let base = match edit.base {
        Base::Workspace => &call.workspace,
        Base::Cwd => &call.cwd,
    };
    let path = base.join(&edit.path);
    make_parents(disk, base, &edit.path)?;
    let before = disk.stat(&path)?;
    if before.is_some_and(|stat| !matches!(stat.kind, Kind::File | Kind::Symlink)) {
        return Err(EditError::NotAFile(path));
    }
    let is_file = before.is_some_and(|stat| stat.kind == Kind::File);
    let old = match (&edit.change, is_file) {
        (Change::Append(_), true) => disk.read(&path)?,
        _ => Vec::new(),
    };
    if before.is_some() {
        disk.remove_file(&path)?;
    }
    let mode = before.filter(|_| is_file).map_or(0o644, |stat| stat.mode);
    match &edit.change {
        Change::Write(text) => disk.write_new(&path, text.as_bytes(), mode)?,
        Change::Append(text) => disk.write_new(&path, &[&old, text.as_bytes()].concat(), mode)?,
        Change::Remove => {}
        Change::Link(target) => {
            std::os::unix::fs::symlink(target, &path)
                .map_err(DiskError::at(Doing::Write, &path))?;
        }
    }
    Ok(())
}

/// Makes the directories above a path, and refuses to go through links.
fn make_parents(disk: &dyn Disk, base: &Path, path: &Path) -> Result<(), EditError> {
    let mut directory = base.to_path_buf();
    for part in path.parent().into_iter().flat_map(Path::components) {
        directory.push(part);
        match disk.stat(&directory)? {
            Some(stat) if stat.kind == Kind::Dir => {}
            Some(_) => return Err(EditError::NotADirectory(directory)),
            None => disk.create_dir(&directory)?,
        }
    }
    Ok(())
}
