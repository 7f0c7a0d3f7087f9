//! The two git directories of a slot: the agent's and piton's own.
//!
//! Both are written file by file, without running git.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use piton_durable::{Disk, DiskRead, Kind, create_dirs, tree};

use super::borrowed::Borrowed;
use super::{SlotError, lfs};
use crate::CommitId;

/// Makes the `.git` of a slot: whatever was in its place is gone, hooks and
/// commits of an earlier agent with it.
pub(super) fn make_agents(
    disk: &dyn Disk,
    slot: &Path,
    own: &Path,
    borrowed: &Borrowed,
    commit: &CommitId,
) -> Result<(), SlotError> {
    let git = slot.join(".git");
    tree::remove(disk, &git)?;
    make_bare(disk, &git, borrowed, &alternates(borrowed))?;
    put(
        disk,
        &git.join("config"),
        agents_config(borrowed).as_bytes(),
    )?;
    put(disk, &git.join("packed-refs"), names(borrowed).as_bytes())?;
    put(disk, &git.join("HEAD"), format!("{commit}\n").as_bytes())?;
    // Both look at the same files, so what piton knows of them is true here too.
    let index = own.join("index");
    let bytes = disk.read(&index)?;
    put(disk, &git.join("index"), &bytes)
}

/// Returns what an agent has changed in the `.git` of its slot, to be told. It
/// stays there and changes nothing that piton looks at.
pub(super) fn changed_by_agent(
    disk: &dyn DiskRead,
    slot: &Path,
    borrowed: &Borrowed,
    commit: &CommitId,
) -> Vec<&'static str> {
    let git = slot.join(".git");
    let is_dir = |path: &Path| {
        disk.stat(path)
            .is_ok_and(|stat| stat.is_some_and(|stat| stat.kind == Kind::Dir))
    };
    if !is_dir(&git) {
        return vec![".git itself"];
    }
    let is = |name: &str, expected: &str| {
        disk.read(&git.join(name))
            .is_ok_and(|bytes| bytes == expected.as_bytes())
    };
    let no_files = |name: &str| {
        let dir = git.join(name);
        match disk.stat(&dir) {
            Ok(None) => true,
            Ok(Some(_)) => tree::walk(disk, &dir).is_ok_and(|tree| {
                tree.is_none_or(|tree| tree.nodes.iter().all(|n| n.kind == tree::NodeKind::Dir))
            }),
            Err(_) => false,
        }
    };
    let mut changed = Vec::new();
    if !is("HEAD", &format!("{commit}\n")) {
        changed.push("HEAD");
    }
    if !is("packed-refs", &names(borrowed)) || !no_files("refs") {
        changed.push("references");
    }
    if !is("config", &agents_config(borrowed)) {
        changed.push("config");
    }
    if !no_files("hooks") {
        changed.push("hooks");
    }
    changed
}

/// Makes piton's own git directory for a slot, with no index yet.
pub(super) fn make_own(disk: &dyn Disk, own: &Path, borrowed: &Borrowed) -> Result<(), SlotError> {
    tree::remove(disk, own)?;
    create_dirs(disk, own)?;
    make_bare(disk, own, borrowed, &own_alternates(own, borrowed))?;
    if let Some(storage) = &borrowed.lfs {
        lfs::lend(disk, own, storage)?;
    }
    put(disk, &own.join("config"), borrowed.config().as_bytes())?;
    put(disk, &own.join("HEAD"), b"ref: refs/heads/none\n")
}

/// Tells whether piton's own directory was made from these very settings.
pub(super) fn is_current(disk: &dyn DiskRead, own: &Path, borrowed: &Borrowed) -> bool {
    let same = |name: &str, expected: Option<&[u8]>| {
        let path = own.join(name);
        match (disk.stat(&path), expected) {
            (Ok(None), None) => true,
            (Ok(Some(_)), Some(expected)) => disk.read(&path).is_ok_and(|found| found == expected),
            _ => false,
        }
    };
    same("config", Some(borrowed.config().as_bytes()))
        && same("info/exclude", borrowed.exclude.as_deref())
        && same("info/attributes", borrowed.attributes.as_deref())
        && same("shallow", borrowed.shallow.as_deref())
        && same(
            "objects/info/alternates",
            Some(&own_alternates(own, borrowed)),
        )
        && lfs::is_lent(own, borrowed.lfs.as_deref())
}

fn make_bare(
    disk: &dyn Disk,
    git: &Path,
    borrowed: &Borrowed,
    alternates: &[u8],
) -> Result<(), SlotError> {
    for dir in ["", "objects", "objects/info", "refs", "info"] {
        let dir = git.join(dir);
        if disk.stat(&dir)?.is_none() {
            disk.create_dir(&dir)?;
        }
    }
    let files = [
        ("objects/info/alternates", Some(alternates.to_vec())),
        ("info/exclude", borrowed.exclude.clone()),
        ("info/attributes", borrowed.attributes.clone()),
        ("shallow", borrowed.shallow.clone()),
    ];
    for (name, bytes) in files {
        if let Some(bytes) = bytes {
            put(disk, &git.join(name), &bytes)?;
        }
    }
    Ok(())
}

fn agents_config(borrowed: &Borrowed) -> String {
    // A path that is no directory: no hooks, whatever the user's settings say.
    borrowed.config() + "[core]\n\thooksPath = /dev/null\n"
}

fn alternates(borrowed: &Borrowed) -> Vec<u8> {
    let mut line = borrowed.objects.as_os_str().as_bytes().to_vec();
    line.push(b'\n');
    line
}

/// The same for piton's own directory, which lends the user's files of git-lfs.
fn own_alternates(own: &Path, borrowed: &Borrowed) -> Vec<u8> {
    let mut lines = alternates(borrowed);
    if borrowed.lfs.is_some() {
        lines.extend_from_slice(lfs::lent_objects(own).as_os_str().as_bytes());
        lines.push(b'\n');
    }
    lines
}

/// The user's branches and tags, as names to read.
fn names(borrowed: &Borrowed) -> String {
    let mut text = String::from("# pack-refs with: sorted \n");
    for (name, id) in &borrowed.names {
        if name.starts_with("refs/heads/") || name.starts_with("refs/tags/") {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{id} {name}");
        }
    }
    text
}

pub(super) fn put(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    Ok(disk.write_new(path, bytes, 0o644)?)
}
