//! Where a phase's `file` leads.

use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Entry, Kind, follow};

use super::code::Code;
use super::names::kind_of;
use crate::json::surrogate::carries_half;

/// What a reference leads to.
pub(super) enum PhaseFile {
    /// A regular file of the migration.
    Usable(PathBuf),
    /// Nothing that may be opened.
    Unusable {
        code: Code,
        path: PathBuf,
        problem: &'static str,
    },
}

/// Follows a reference inside the migration in `dir`, whose root holds
/// `entries`. Nothing is opened.
pub(super) fn look_up(disk: &dyn DiskRead, dir: &Path, entries: &[Entry], file: &str) -> PhaseFile {
    let parts: Vec<_> = file
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    let path = if file.starts_with('/') {
        Path::new("/").join(parts.join("/"))
    } else if parts.is_empty() {
        dir.to_owned()
    } else {
        dir.join(parts.join("/"))
    };
    let unusable = |code, problem| PhaseFile::Unusable {
        code,
        path: path.clone(),
        problem,
    };
    let invalid = |problem| unusable(Code::InvalidPhaseFileReference, problem);
    if file.starts_with('/') {
        return invalid("is absolute");
    }
    if parts.is_empty() {
        return invalid("is empty");
    }
    if parts.contains(&"..") {
        return invalid("holds `..`");
    }
    let missing = || unusable(Code::MissingPhaseFile, "does not exist");
    if file.contains('\0') || carries_half(file) {
        return missing();
    }
    match walk(disk, dir, entries, &parts) {
        Walk::Clean(Some(Kind::File)) => PhaseFile::Usable(path),
        Walk::Clean(Some(_)) => unusable(Code::PhaseFileNotRegular, "is not a regular file"),
        Walk::Clean(None) => missing(),
        Walk::Linked { last } => match destination(disk, dir, &path) {
            Some(Destination::Outside) if last => {
                unusable(Code::PhaseFileEscapesMigration, "is a link that leads out")
            }
            _ if last => unusable(Code::PhaseFileNotRegular, "is a link"),
            Some(Destination::Nothing) => missing(),
            Some(Destination::Outside) => {
                unusable(Code::PhaseFileEscapesMigration, "leads out through a link")
            }
            Some(Destination::File(file)) => PhaseFile::Usable(file),
            Some(Destination::Other) | None => {
                unusable(Code::PhaseFileNotRegular, "is not a regular file")
            }
        },
    }
}

/// What walking down the components finds.
enum Walk {
    /// No link; what stands at the end.
    Clean(Option<Kind>),
    /// A link on the way, or (`last`) at the end.
    Linked { last: bool },
}

fn walk(disk: &dyn DiskRead, dir: &Path, entries: &[Entry], parts: &[&str]) -> Walk {
    // The root's listing is at hand, so most references cost no call at all.
    let mut kind = kind_of(entries, parts[0]);
    let mut at = dir.join(parts[0]);
    for (index, _) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        match kind {
            Some(Kind::Symlink) if last => return Walk::Linked { last },
            Some(Kind::Symlink) => {
                let end = dir.join(parts.join("/"));
                let last = matches!(disk.stat(&end), Ok(Some(stat)) if stat.kind == Kind::Symlink);
                return Walk::Linked { last };
            }
            Some(Kind::Dir) if !last => {
                at.push(parts[index + 1]);
                kind = disk.stat(&at).ok().flatten().map(|stat| stat.kind);
            }
            Some(Kind::File | Kind::Dir | Kind::Other) | None if last => {
                return Walk::Clean(kind);
            }
            Some(Kind::File | Kind::Dir | Kind::Other) | None => return Walk::Clean(None),
        }
    }
    Walk::Clean(kind)
}

/// Where links lead.
enum Destination {
    Nothing,
    Outside,
    File(PathBuf),
    Other,
}

/// Resolves a path with links in it. `None` where that is impossible, for a
/// loop of links for example. What lies outside counts as outside, whether or
/// not it exists.
fn destination(disk: &dyn DiskRead, dir: &Path, path: &Path) -> Option<Destination> {
    let root = follow(disk, dir).ok()?;
    let end = follow(disk, path).ok()?;
    if !end.path.starts_with(&root.path) {
        return Some(Destination::Outside);
    }
    Some(match end.kind {
        None => Destination::Nothing,
        Some(Kind::File) => Destination::File(end.path),
        Some(Kind::Dir | Kind::Symlink | Kind::Other) => Destination::Other,
    })
}
