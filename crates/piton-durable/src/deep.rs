//! Removing trees that are nested deeper than the longest path.
//!
//! Nothing in them is named by its path: directories are opened one below the
//! other, and what is deep is brought up to the top before it is removed, so
//! that neither the depth nor the number of open files has a limit.

use std::ffi::{CStr, CString, OsStr};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

/// What a directory must let its owner do to be emptied.
const OPEN: Mode = Mode::RWXU;

pub(crate) fn remove(path: &Path) -> io::Result<()> {
    let top = open(fs::CWD, path.as_os_str())?;
    let mut moved = 0_u64;
    loop {
        let entries = entries(&top)?;
        if entries.is_empty() {
            break;
        }
        for (name, kind) in entries {
            if kind != FileType::Directory {
                fs::unlinkat(&top, &name, AtFlags::empty())?;
                continue;
            }
            match fs::unlinkat(&top, &name, AtFlags::REMOVEDIR) {
                Ok(()) => continue,
                Err(Errno::NOTEMPTY | Errno::EXIST) => {}
                // One that nobody may write may be empty all the same.
                Err(Errno::ACCESS | Errno::PERM) => {}
                Err(error) => return Err(error.into()),
            }
            empty(&top, &name, &mut moved)?;
            fs::unlinkat(&top, &name, AtFlags::REMOVEDIR)?;
        }
    }
    drop(top);
    fs::rmdir(path)?;
    Ok(())
}

/// Empties a directory of the top: its files go, its directories move up.
fn empty(top: &OwnedFd, name: &CStr, moved: &mut u64) -> io::Result<()> {
    let dir = open(top, OsStr::from_bytes(name.to_bytes()))?;
    for (name, kind) in entries(&dir)? {
        if kind != FileType::Directory {
            fs::unlinkat(&dir, &name, AtFlags::empty())?;
            continue;
        }
        // Moving a directory changes what it says its parent is.
        drop(open(&dir, OsStr::from_bytes(name.to_bytes()))?);
        loop {
            *moved += 1;
            let free = CString::new(format!(".piton-removed-{moved}"))?;
            match fs::renameat(&dir, &name, top, &free) {
                Ok(()) => break,
                Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

/// Opens a directory, no link, and lets its owner do everything with it.
fn open(at: impl AsFd, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let dir = match fs::openat(&at, name, flags, Mode::empty()) {
        Err(Errno::ACCESS) => {
            fs::chmodat(&at, name, OPEN, AtFlags::empty())?;
            fs::openat(&at, name, flags, Mode::empty())?
        }
        opened => opened?,
    };
    if !Mode::from_raw_mode(fs::fstat(&dir)?.st_mode).contains(OPEN) {
        fs::fchmod(&dir, OPEN)?;
    }
    Ok(dir)
}

fn entries(dir: &OwnedFd) -> io::Result<Vec<(CString, FileType)>> {
    let mut found = Vec::new();
    for entry in Dir::read_from(dir)? {
        let entry = entry?;
        let name = entry.file_name().to_owned();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => {
                let stat = fs::statat(dir, &name, AtFlags::SYMLINK_NOFOLLOW)?;
                FileType::from_raw_mode(stat.st_mode)
            }
            kind => kind,
        };
        found.push((name, kind));
    }
    Ok(found)
}
