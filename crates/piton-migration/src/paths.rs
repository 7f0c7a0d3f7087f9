//! Following links on purpose, to see where they lead, without opening anything.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use piton_durable::{DiskRead, Kind};

/// Longer chains of links are taken for loops, as the kernel does.
const MAX_LINKS: u32 = 40;

/// Where a path really leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// The path without links, `.` or `..`.
    pub(crate) path: PathBuf,
    /// What stands there; `None` where nothing does.
    pub(crate) kind: Option<Kind>,
}

/// Resolves an absolute path. What does not exist keeps its name.
pub(crate) fn resolve(disk: &dyn DiskRead, path: &Path) -> io::Result<Resolved> {
    let mut pending: Vec<OsString> = Vec::new();
    push_components(&mut pending, path);
    let mut at = PathBuf::from("/");
    let mut kind = Some(Kind::Dir);
    let mut links = 0;
    while let Some(name) = pending.pop() {
        if name == ".." {
            at.pop();
            kind = Some(Kind::Dir);
            continue;
        }
        at.push(&name);
        kind = match kind {
            Some(Kind::Dir) => disk.stat(&at)?.map(|stat| stat.kind),
            // Below a file, or below nothing, there is nothing.
            _ => None,
        };
        if kind == Some(Kind::Symlink) {
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::other("too many links"));
            }
            let target = disk.read_link(&at)?;
            at.pop();
            if target.is_absolute() {
                at = PathBuf::from("/");
            }
            kind = Some(Kind::Dir);
            push_components(&mut pending, &target);
        }
    }
    Ok(Resolved { path: at, kind })
}

/// Puts a path's components on a stack, the first on top.
fn push_components(stack: &mut Vec<OsString>, path: &Path) {
    stack.extend(path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    }));
}
